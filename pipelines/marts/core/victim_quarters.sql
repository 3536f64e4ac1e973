-- grain: person and quarter, under one reading of the links
-- unit: person: one value per dimension, the latest one that any agency recorded in the quarter, so that tables of people add up
-- population: people with a recorded incident reported in the quarter, across agencies
SELECT
    links,
    person_id,
    period,
    bool_or(is_specialist) AS is_specialist_client,
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
        'not_recorded') AS orientation
FROM core_victims
GROUP BY links, person_id, period
