-- grain: incident of one agency, latest version
-- unit: incident known to the agency (a crime, an attendance, a disclosure)
-- population: all statuses; each cube says which it takes
WITH described AS (
    SELECT
        incident.*,
        agency_of.kind AS agency_kind,
        offence.offence_group,
        offence.told_category,
        offence.fixed_age_group,
        offence.is_new_offence,
        left(incident.outcome_month, 4) || '-Q' || ((CAST(right(incident.outcome_month, 2) AS INTEGER) + 2) // 3) AS outcome_quarter,
        concat(CAST(left(incident.event_quarter, 4) AS INTEGER) + 1, right(incident.event_quarter, 3)) AS due_quarter
    FROM latest_incidents AS incident
    JOIN ref_agencies AS agency_of USING (agency)
    LEFT JOIN ref_offences AS offence
        ON offence.category = incident.offence_category AND offence.code = incident.offence_code
),
harmed AS (
    SELECT
        agency,
        incident_id,
        bool_or(is_child) AS has_child,
        bool_and(is_child IS NULL) AS is_unknown,
        -- yes > not_recorded > no: one flagged victim flags the incident
        max(is_persistently_targeted) AS vulnerability_persistently_targeted,
        max(is_vulnerable) AS vulnerability_vulnerable,
        max(is_intimidated) AS vulnerability_intimidated
    FROM latest_victims LEFT JOIN ref_age_bands USING (age_band)
    GROUP BY agency, incident_id
),
suspected AS (
    SELECT agency, incident_id, bool_or(stage IN ('charged', 'convicted')) AS has_charge
    FROM latest_suspects
    WHERE stage <> 'eliminated'
    GROUP BY agency, incident_id
)
SELECT
    described.agency,
    described.agency_kind,
    described.incident_id,
    described.event_quarter AS period,
    described.status,
    described.recency,
    described.setting,
    coalesce(offence_areas.area, 'outside') AS area,
    described.is_exploitation,
    described.is_domestic AS flag_domestic,
    described.is_child_abuse AS flag_child_abuse,
    described.is_exploitation AS flag_exploitation,
    described.is_online AS flag_online,
    coalesce(harmed.vulnerability_persistently_targeted, 'not_recorded') AS vulnerability_persistently_targeted,
    coalesce(harmed.vulnerability_vulnerable, 'not_recorded') AS vulnerability_vulnerable,
    coalesce(harmed.vulnerability_intimidated, 'not_recorded') AS vulnerability_intimidated,
    described.outcome_type = '0' AS is_open,
    -- a number of changes is a band: somebody may know that a case had seven officers
    CASE
        WHEN described.n_officer_changes IS NULL THEN 'not_recorded'
        WHEN described.n_officer_changes < 3 THEN described.n_officer_changes::VARCHAR
        ELSE '3_or_more'
    END AS officer_changes,
    described.examiner_choice,
    described.out_of_hours,
    described.crisis_worker_wait,
    described.is_child_pathway,
    described.disclosure_stage,
    described.share_basis,
    CASE described.share_basis WHEN 'not_shared' THEN 'not_shared' ELSE described.survivor_told END AS survivor_told,
    described.wishes_recorded,
    CASE described.wishes_recorded WHEN 'yes' THEN described.wishes_basis ELSE 'no_wishes' END AS wishes_basis,
    described.abuse_action,
    CASE
        WHEN described.offence_group IS NOT NULL THEN described.offence_group
        WHEN described.offence_category = 'unmapped' THEN 'unmapped'
        ELSE 'not_recorded'
    END AS offence_group,
    CASE
        WHEN described.offence_group IS NOT NULL THEN described.told_category
        WHEN described.offence_category = 'unmapped' THEN 'unmapped'
        ELSE 'not_recorded'
    END AS offence_category,
    CASE
        WHEN described.fixed_age_group IS NOT NULL THEN described.fixed_age_group
        WHEN harmed.is_unknown IS NULL OR harmed.is_unknown THEN 'not_recorded'
        WHEN harmed.has_child THEN 'child'
        ELSE 'adult'
    END AS victim_age_group,
    coalesce(described.is_new_offence, 'no') AS is_new_offence,
    CASE WHEN suspected.incident_id IS NULL THEN 'no' ELSE 'yes' END AS has_suspect,
    CASE WHEN outcome.is_charge OR suspected.has_charge THEN 'yes' ELSE 'no' END AS has_charge,
    coalesce(outcome.outcome_group, described.outcome_type) AS outcome_group,
    coalesce(described.outcome_wait, 'not_recorded') AS outcome_days,
    described.outcome_quarter,
    -- the cohort funnel: what had become of it by the end of the fourth quarter after its own, however late it is looked at
    CASE
        WHEN described.outcome_quarter > described.due_quarter THEN 'open'
        ELSE coalesce(outcome.cohort_outcome, described.outcome_type)
    END AS cohort_outcome,
    -- an incident is of a kind if the agency says so or if its offence is: the declared scope
    -- of a crime of the police, whether it is rape is what its offence says: the two counts are one
    CASE
        WHEN described.agency_kind <> 'police' THEN greatest(described.kind_rape, coalesce(scope.kind_rape, 'no'))
        WHEN described.offence_group = 'rape' THEN 'yes'
        ELSE 'no'
    END AS kind_rape,
    greatest(described.kind_sexual_assault, coalesce(scope.kind_sexual_assault, 'no')) AS kind_sexual_assault,
    greatest(described.kind_unwanted_touching, coalesce(scope.kind_unwanted_touching, 'no')) AS kind_unwanted_touching,
    greatest(described.kind_advances_harassment, coalesce(scope.kind_advances_harassment, 'no')) AS kind_advances_harassment,
    greatest(described.kind_coercion_exploitation, coalesce(scope.kind_coercion_exploitation, 'no')) AS kind_coercion_exploitation,
    greatest(described.kind_pressure, coalesce(scope.kind_pressure, 'no')) AS kind_pressure,
    greatest(described.kind_child_abuse_incest, coalesce(scope.kind_child_abuse_incest, 'no')) AS kind_child_abuse_incest,
    greatest(described.kind_faith_or_belief, coalesce(scope.kind_faith_or_belief, 'no')) AS kind_faith_or_belief,
    -- so is whether it is against a person with a mental disorder: Home Office category 70
    CASE
        WHEN described.agency_kind <> 'police'
            THEN greatest(described.kind_vulnerable_adults, coalesce(scope.kind_vulnerable_adults, 'no'))
        WHEN described.told_category = '70' THEN 'yes'
        ELSE 'no'
    END AS kind_vulnerable_adults,
    greatest(described.kind_pornography, coalesce(scope.kind_pornography, 'no')) AS kind_pornography,
    greatest(described.kind_prostitution, coalesce(scope.kind_prostitution, 'no')) AS kind_prostitution,
    greatest(described.kind_exposure, coalesce(scope.kind_exposure, 'no')) AS kind_exposure,
    greatest(described.kind_trafficking, coalesce(scope.kind_trafficking, 'no')) AS kind_trafficking,
    greatest(described.kind_fgm, coalesce(scope.kind_fgm, 'no')) AS kind_fgm,
    greatest(described.kind_online, coalesce(scope.kind_online, 'no')) AS kind_online
FROM described
LEFT JOIN harmed ON harmed.agency = described.agency AND harmed.incident_id = described.incident_id
LEFT JOIN ref_outcomes AS outcome ON outcome.outcome_type = described.outcome_type
LEFT JOIN suspected ON suspected.agency = described.agency AND suspected.incident_id = described.incident_id
LEFT JOIN ref_scope AS scope
    ON scope.category = described.offence_category AND scope.code = described.offence_code
    AND scope.is_sexual = CASE described.is_sexual WHEN 'yes' THEN 'yes' ELSE 'no' END
LEFT JOIN ref_areas AS offence_areas
    -- services record where they work; police and others where it happened
    ON offence_areas.area = CASE WHEN described.offence_area = 'not_recorded' THEN described.service_area ELSE described.offence_area END
