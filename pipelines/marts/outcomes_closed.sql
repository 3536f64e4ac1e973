-- grain: agency, quarter of the outcome, outcome group, somebody charged, days from report to outcome
-- unit: outcome given to a crime; never added to crimes recorded in the quarter
-- population: recorded crimes to which an outcome was given in the quarter, whenever they were reported
SELECT agency, '' AS links, outcome_quarter AS period, outcome_group, has_charge, outcome_days, count(*) AS n
FROM core_incidents
WHERE status = 'recorded' AND outcome_group NOT IN ('not_yet_assigned', 'not_recorded')
GROUP BY ALL
