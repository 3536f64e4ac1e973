-- grain: person harmed in one crime that the police recorded, under one reading of the links
-- unit: victimisation; RV-A, report-anchored: a repeat is a crime reported 1 to 365 days after an earlier report of the same
--       person; several crimes in one report (the same day) are no repeat. is_same_suspect (RV-B-like): one of the earlier
--       reports names the same suspect; is_same_offence (RV-C-like): one of them is of the same offence group
-- population: recorded crimes; people who may not be linked have no history: not_recorded
WITH crimes AS (
    SELECT * FROM core_victims WHERE agency_kind = 'police' AND links <> 'own'
),
pairs AS (
    SELECT DISTINCT crimes.links, crimes.person_id, crimes.incident_id, crimes.person_day, suspect.person_id AS suspect_id
    FROM crimes
    JOIN core_suspects AS suspect
        ON suspect.links = crimes.links AND suspect.agency = crimes.agency AND suspect.incident_id = crimes.incident_id
    WHERE crimes.person_day IS NOT NULL
),
same_suspect AS (
    SELECT links, person_id, incident_id, bool_or(n_before > 0) AS is_same
    FROM (
        SELECT
            *,
            count(*) OVER (
                PARTITION BY links, person_id, suspect_id ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING
            ) AS n_before
        FROM pairs
    ) AS counted
    GROUP BY links, person_id, incident_id
),
-- help that any agency recorded: a referral of the person on the day of the report or in the 28 days after it
referred AS (
    SELECT
        crimes.links,
        crimes.person_id,
        crimes.incident_id,
        min(referral.person_day - crimes.person_day) AS days
    FROM crimes
    JOIN core_referred AS referral
        ON referral.links = crimes.links
        AND referral.person_id = crimes.person_id
        AND referral.person_day BETWEEN crimes.person_day AND crimes.person_day + 28
    GROUP BY ALL
)
SELECT
    crimes.*,
    CASE
        WHEN person_day IS NULL THEN 'not_recorded'
        WHEN count(*) OVER (
            PARTITION BY links, person_id ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING
        ) > 0 THEN 'yes'
        ELSE 'no'
    END AS is_repeat,
    CASE
        WHEN person_day IS NULL THEN 'not_recorded'
        WHEN coalesce(same_suspect.is_same, false) THEN 'yes'
        ELSE 'no'
    END AS is_same_suspect,
    CASE
        WHEN person_day IS NULL THEN 'not_recorded'
        WHEN offence_group NOT IN ('not_recorded', 'unmapped') AND count(*) OVER (
            PARTITION BY links, person_id, offence_group ORDER BY person_day RANGE BETWEEN 365 PRECEDING AND 1 PRECEDING
        ) > 0 THEN 'yes'
        ELSE 'no'
    END AS is_same_offence,
    CASE
        WHEN person_day IS NULL THEN 'not_recorded'
        WHEN referred.days <= 2 THEN 'le_2_days'
        WHEN referred.days <= 7 THEN 'le_7_days'
        WHEN referred.days <= 28 THEN 'le_28_days'
        ELSE 'not_in_28_days'
    END AS referred_within
FROM crimes
LEFT JOIN same_suspect USING (links, person_id, incident_id)
LEFT JOIN referred USING (links, person_id, incident_id)
