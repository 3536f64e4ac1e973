-- grain: agency
-- unit: agency of the partnership; history_from: its fifth quarter, from which it can be asked what happened in the year before
-- population: every agency that has a file
SELECT agency, kind, is_specialist, history_from
FROM ref_agencies
