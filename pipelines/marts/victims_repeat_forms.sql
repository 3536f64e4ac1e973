-- grain: quarter of the report, repeat (RV-A), by the same suspect (RV-B-like), of the same offence group (RV-C-like)
-- unit: person; each property holds if it holds of any of the person's crimes in the quarter
-- population: people with a crime recorded by the police and reported in the quarter
WITH people AS (
    SELECT
        links,
        person_id,
        period,
        -- yes > not_recorded > no; a person is either linkable throughout or not at all
        max(is_repeat) AS is_repeat,
        max(is_same_suspect) AS is_same_suspect,
        max(is_same_offence) AS is_same_offence
    FROM core_police_victims
    GROUP BY links, person_id, period
)
SELECT '' AS agency, links, period, is_repeat, is_same_suspect, is_same_offence, count(*) AS n
FROM people
GROUP BY ALL
