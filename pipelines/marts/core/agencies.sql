-- grain: agency
-- unit: agency of the partnership
-- population: every agency that has a file
SELECT agency, kind, is_specialist
FROM ref_agencies
