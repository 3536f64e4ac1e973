-- grain: person harmed in one crime that the police recorded, under one reading of the links
-- unit: victimisation; RV-A, report-anchored: a repeat is a crime reported 1 to 365 days after an earlier report of the same
--       person; several crimes in one report (the same day) are no repeat
-- population: recorded crimes; people who may not be linked have no history: not_recorded
SELECT
    *,
    CASE
        WHEN person_day IS NULL THEN 'not_recorded'
        WHEN count(*) OVER (
            PARTITION BY links, person_id ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING
        ) > 0 THEN 'yes'
        ELSE 'no'
    END AS is_repeat
FROM core_victims
WHERE agency_kind = 'police'
