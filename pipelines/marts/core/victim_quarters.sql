-- grain: person and quarter, under one reading of the links
-- unit: person: one value per dimension, the latest one that any agency recorded in the quarter, so that tables of people add up
-- population: people with a recorded incident reported in the quarter, across agencies
--       is_seen_again (RV-E): an incident of the quarter follows another by 1 to 365 days, at any agency, or a second agency knew
--       the person in the year before it; asked of people whom an agency with four full quarters of history knows
WITH dated AS (
    SELECT
        core_victims.*,
        agency_of.history_from <= core_victims.period AS has_history,
        count(*) OVER days_before > 0 OR min(agency) OVER year_before <> max(agency) OVER year_before AS is_again
    FROM core_victims
    JOIN core_agencies AS agency_of USING (agency)
    WINDOW
        days_before AS (PARTITION BY links, person_id ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING),
        year_before AS (PARTITION BY links, person_id ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND CURRENT ROW)
)
SELECT
    links,
    person_id,
    period,
    -- an own person is one agency's; of linked people this says nothing
    min(agency) AS own_agency,
    bool_or(is_specialist) AS is_specialist_client,
    CASE
        WHEN max(person_day) IS NULL OR NOT bool_or(has_history) THEN 'not_recorded'
        WHEN bool_or(is_again AND person_day IS NOT NULL) THEN 'yes'
        ELSE 'no'
    END AS is_seen_again,
    coalesce(arg_max(area, concat(position, area)) FILTER (area NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS area,
    coalesce(arg_max(age_band, concat(position, age_band)) FILTER (age_band NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS age_band,
    coalesce(arg_max(sex, concat(position, sex)) FILTER (sex NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS sex,
    coalesce(arg_max(ethnicity5, concat(position, ethnicity5)) FILTER (ethnicity5 NOT IN ('not_recorded', 'not_stated', 'unmapped')), 'not_recorded')
        AS ethnicity5,
    coalesce(arg_max(disability, concat(position, disability)) FILTER (disability NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS disability,
    coalesce(arg_max(religion, concat(position, religion)) FILTER (religion NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS religion,
    coalesce(arg_max(relationship, concat(position, relationship)) FILTER (relationship NOT IN ('not_recorded', 'unmapped')), 'not_recorded')
        AS relationship,
    coalesce(arg_max(orientation, concat(position, orientation)) FILTER (is_specialist AND orientation NOT IN ('not_recorded', 'unmapped')),
        'not_recorded') AS orientation,
    coalesce(arg_max(gender_identity, concat(position, gender_identity)) FILTER (is_specialist AND gender_identity NOT IN ('not_recorded', 'unmapped')),
        'not_recorded') AS gender_identity
FROM dated
GROUP BY links, person_id, period
