-- grain: person named in one crime that the police recorded, latest version
-- unit: suspicion (person and crime), as one force records it; nobody is linked
-- population: recorded crimes; eliminated people are out. Outstanding: named, neither arrested nor further, and the case is open
SELECT
    suspect.agency,
    crime.period,
    CASE
        WHEN suspect.arrest_wait IS NOT NULL THEN suspect.arrest_wait
        WHEN suspect.arrested_month IS NOT NULL THEN 'not_recorded'
        WHEN suspect.stage <> 'named' THEN 'not_sought'
        WHEN crime.is_open THEN 'outstanding'
        ELSE 'not_sought'
    END AS arrest_band
FROM latest_suspects AS suspect
JOIN core_incidents AS crime ON crime.agency = suspect.agency AND crime.incident_id = suspect.incident_id
WHERE crime.agency_kind = 'police' AND crime.status = 'recorded' AND suspect.stage <> 'eliminated'
