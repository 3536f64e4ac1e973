-- grain: quarter of the report, time to the next report
-- unit: person; from their first report in the quarter to their next one on a later day
-- population: people with a crime recorded by the police and reported in the quarter who may be linked: of nobody else can it be told
SELECT
    '' AS agency,
    links,
    period,
    CASE
        WHEN days_to_next <= 30 THEN 'le_30_days'
        WHEN days_to_next <= 90 THEN 'le_90_days'
        WHEN days_to_next <= 180 THEN 'le_180_days'
        WHEN days_to_next <= 365 THEN 'le_365_days'
        ELSE 'none_in_365_days'
    END AS next_report,
    count(*) AS n
FROM core_next_reports
WHERE is_followed
GROUP BY ALL
