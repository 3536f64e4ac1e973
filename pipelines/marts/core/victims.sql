-- grain: person harmed in one incident, under one reading of the links (strict, all, and own: the agency's own references)
-- unit: victimisation
-- population: recorded incidents; a person who may not be linked is the agency's own person and has no person_day
SELECT
    reading.links,
    victim.agency,
    incident.agency_kind,
    agency_of.is_specialist,
    victim.incident_id,
    incident.period,
    incident.area AS offence_area,
    CASE
        WHEN link.person_id IS NULL OR reading.links = 'own' THEN concat('own:', victim.agency, ':', victim.agency_person_id)
        ELSE link.person_id
    END AS person_id,
    link.person_day,
    -- a text that sorts by month, day (where the person may be linked) and agency; no key is in it, so that "latest" is the same
    -- in every run and under every key. Records that it cannot tell apart are ordered by their value, where one is picked
    concat(victim.event_month, format('{:09d}', coalesce(link.person_day, 0) + 100000000), victim.agency, ':') AS position,
    coalesce(residence.area, 'outside') AS area,
    coalesce(band.age_band, 'not_recorded') AS age_band,
    victim.sex,
    coalesce(ethnic.ethnicity5, victim.ethnicity) AS ethnicity5,
    victim.disability,
    victim.religion,
    victim.orientation,
    victim.gender_identity,
    coalesce(began.age_band, 'not_recorded') AS offence_age_band,
    incident.offence_group,
    coalesce(related.relationship_group, victim.relationship) AS relationship,
    victim.deprivation_quintile,
    victim.is_flagged_repeat
FROM latest_victims AS victim
CROSS JOIN (VALUES ('strict', 'strict'), ('all', 'all'), ('own', 'all')) AS reading(links, clock)
JOIN core_incidents AS incident ON incident.agency = victim.agency AND incident.incident_id = victim.incident_id
JOIN ref_agencies AS agency_of ON agency_of.agency = victim.agency
LEFT JOIN warehouse.links AS link
    ON link.record_id = victim.record_id AND link.links = reading.clock AND link.role = 'victim'
LEFT JOIN ref_areas AS residence ON residence.area = victim.residence_area
LEFT JOIN ref_age_bands AS band ON band.age_band = victim.age_band AND band.is_standard
LEFT JOIN ref_age_bands AS began ON began.age_band = victim.offence_age_band AND began.is_standard
LEFT JOIN ref_ethnicity AS ethnic ON ethnic.ethnicity19 = victim.ethnicity
LEFT JOIN ref_relationship AS related ON related.relationship = victim.relationship
WHERE incident.status = 'recorded'
