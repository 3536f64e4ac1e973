-- grain: person and quarter, under one reading of the links
-- unit: person; days_to_next: from the person's first report to the police in the quarter to their next one on a later day;
--       null where none has come
-- population: people with a crime recorded by the police and reported in the quarter
WITH reports AS (
    SELECT DISTINCT links, person_id, person_day, period
    FROM core_police_victims
),
followed AS (
    SELECT
        *,
        lead(person_day) OVER (PARTITION BY links, person_id ORDER BY person_day) - person_day AS days_to_next,
        row_number() OVER (PARTITION BY links, person_id, period ORDER BY person_day) AS position
    FROM reports
)
SELECT links, person_id, period, person_day IS NOT NULL AS is_followed, days_to_next
FROM followed
WHERE position = 1
