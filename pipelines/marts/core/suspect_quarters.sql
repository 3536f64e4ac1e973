-- grain: person and quarter at one stage (named, charged, convicted), under one reading of the links
-- unit: person; the stages overlap (who is charged was named) and are never added up
-- population: people with an incident of the quarter at the stage. is_repeat: linked to another incident of the stage in the
--       365 days up to their latest one in the quarter; is_multiple: those incidents harmed two or more different people;
--       is_outstanding: neither arrested nor charged so far in any incident of the quarter
WITH staged AS (
    SELECT 'named' AS at_stage, core_suspects.* FROM core_suspects
    UNION ALL
    SELECT 'charged', core_suspects.* FROM core_suspects WHERE stage IN ('charged', 'convicted')
    UNION ALL
    SELECT 'convicted', core_suspects.* FROM core_suspects WHERE stage IN ('convicted', 'cautioned')
),
people AS (
    SELECT
        at_stage,
        links,
        person_id,
        period,
        max(person_day) AS last_day,
        -- an own person is one agency's; of linked people this says nothing
        min(agency) AS own_agency,
        CASE WHEN bool_and(stage IN ('named', 'not_recorded')) THEN 'yes' ELSE 'no' END AS is_outstanding,
        coalesce(arg_max(age_band, concat(position, age_band)) FILTER (age_band NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS age_band,
        coalesce(arg_max(sex, concat(position, sex)) FILTER (sex NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS sex,
        coalesce(arg_max(ethnicity5, concat(position, ethnicity5)) FILTER (ethnicity5 NOT IN ('not_recorded', 'not_stated', 'unmapped')),
            'not_recorded') AS ethnicity5
    FROM staged
    GROUP BY at_stage, links, person_id, period
),
history AS (
    SELECT
        people.at_stage,
        people.links,
        people.person_id,
        people.period,
        count(DISTINCT (earlier.agency, earlier.incident_id)) AS n_incidents,
        count(DISTINCT harmed.person_id) AS n_victims
    FROM people
    JOIN staged AS earlier
        ON earlier.at_stage = people.at_stage
        AND earlier.links = people.links
        AND earlier.person_id = people.person_id
        AND earlier.person_day BETWEEN people.last_day - 365 AND people.last_day
    LEFT JOIN core_victims AS harmed
        ON harmed.links = earlier.links AND harmed.agency = earlier.agency AND harmed.incident_id = earlier.incident_id
    GROUP BY ALL
)
SELECT
    people.* EXCLUDE (last_day),
    CASE WHEN people.last_day IS NULL THEN 'not_recorded' WHEN history.n_incidents >= 2 THEN 'yes' ELSE 'no' END AS is_repeat,
    CASE
        WHEN people.last_day IS NULL OR history.n_victims = 0 THEN 'not_recorded'
        WHEN history.n_victims >= 2 THEN 'yes'
        ELSE 'no'
    END AS is_multiple
FROM people
LEFT JOIN history USING (at_stage, links, person_id, period)
