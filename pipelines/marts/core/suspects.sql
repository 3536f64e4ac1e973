-- grain: person suspected, charged or convicted in one incident, under one reading of the links (strict, all, and own: the
--        agency's own references, which linkage may still tell apart where a reference was used twice)
-- unit: suspicion (person and incident)
-- population: recorded crimes and convictions; N100, cancelled and transferred crimes and eliminated people are out
SELECT
    reading.links,
    suspect.agency,
    suspect.incident_id,
    suspect.event_quarter AS period,
    suspect.stage,
    CASE
        WHEN link.person_id IS NULL THEN concat('own:', suspect.agency, ':', suspect.agency_person_id)
        WHEN reading.links = 'own' THEN concat('own:', suspect.agency, ':', suspect.agency_person_id, ':', link.person_id)
        ELSE link.person_id
    END AS person_id,
    link.person_day,
    concat(suspect.event_month, format('{:09d}', coalesce(link.person_day, 0) + 100000000), suspect.agency, ':') AS position,
    coalesce(band.age_band, 'not_recorded') AS age_band,
    suspect.sex,
    coalesce(ethnic.ethnicity5, suspect.ethnicity) AS ethnicity5
FROM latest_suspects AS suspect
CROSS JOIN (VALUES ('strict', 'strict'), ('all', 'all'), ('own', 'all')) AS reading(links, clock)
LEFT JOIN core_incidents AS incident ON incident.agency = suspect.agency AND incident.incident_id = suspect.incident_id
LEFT JOIN warehouse.links AS link
    ON link.record_id = suspect.record_id AND link.links = reading.clock AND link.role = 'suspect'
LEFT JOIN ref_age_bands AS band ON band.age_band = suspect.age_band AND band.is_standard
LEFT JOIN ref_ethnicity AS ethnic ON ethnic.ethnicity19 = suspect.ethnicity
WHERE suspect.stage <> 'eliminated' AND coalesce(incident.status, 'recorded') = 'recorded'
