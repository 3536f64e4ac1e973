-- grain: agency, quarter of the report, gender identity
-- unit: person as the agency knows them; one-way, never linked, never from the police
-- population: people with an incident at a specialist service in the quarter
SELECT own_agency AS agency, '' AS links, period, gender_identity, count(*) AS n
FROM core_victim_quarters
WHERE links = 'own' AND is_specialist_client
GROUP BY ALL
