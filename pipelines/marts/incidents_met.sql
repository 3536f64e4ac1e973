-- grain: agency, quarter of the report, and how the person was met
-- unit: incident
-- population: recorded incidents in their latest version
SELECT agency, '' AS links, period, examiner_choice, out_of_hours, crisis_worker_wait, is_child_pathway, disclosure_stage, share_basis,
    survivor_told, wishes_recorded, wishes_basis, abuse_action, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
