-- grain: quarter of the report, area of residence, repeat
-- unit: person; a repeat victim has at least one repeat crime (RV-A) in the quarter
-- population: people with a crime recorded by the police and reported in the quarter
WITH people AS (
    SELECT
        links,
        person_id,
        period,
        coalesce(arg_max(area, concat(position, area)) FILTER (area NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS area,
        max(is_repeat) AS is_repeat -- yes > not_recorded > no; a person is either linkable throughout or not at all
    FROM core_police_victims
    GROUP BY links, person_id, period
)
SELECT '' AS agency, links, period, area, is_repeat, count(*) AS n
FROM people
GROUP BY ALL
