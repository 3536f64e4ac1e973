-- grain: person harmed in one crime that the police recorded, latest version
-- unit: victimisation, as one force records it; nobody is linked
-- population: recorded crimes
SELECT
    victim.agency,
    crime.period,
    victim.victim_support,
    victim.enhanced_rights_offered,
    -- a need of enhanced rights is what the Victims' Code names and the force has flagged
    CASE
        WHEN 'yes' IN (victim.is_persistently_targeted, victim.is_vulnerable, victim.is_intimidated) THEN 'yes'
        WHEN 'no' IN (victim.is_persistently_targeted, victim.is_vulnerable, victim.is_intimidated) THEN 'no'
        ELSE 'not_recorded'
    END AS is_priority,
    victim.update_arrest AS update_stage_arrest,
    victim.update_charge AS update_stage_charge,
    victim.update_court AS update_stage_court,
    victim.is_specialist_interview,
    victim.interview_venue,
    victim.restorative_stage,
    -- nobody was approached where it went no further: the two are told in one table
    CASE
        WHEN victim.restorative_stage IN ('not_raised', 'not_suitable') THEN 'nobody'
        ELSE victim.first_approached
    END AS first_approached,
    crime.officer_changes,
    crime.cohort_outcome,
    coalesce(ethnic.ethnicity5, victim.ethnicity) AS ethnicity5
FROM latest_victims AS victim
JOIN core_incidents AS crime ON crime.agency = victim.agency AND crime.incident_id = victim.incident_id
LEFT JOIN ref_ethnicity AS ethnic ON ethnic.ethnicity19 = victim.ethnicity
WHERE crime.agency_kind = 'police' AND crime.status = 'recorded'
