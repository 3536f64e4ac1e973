-- grain: victim and suspect of one recorded crime
-- unit: pair of people in one crime, as the police recorded both; nobody is linked
-- population: recorded crimes with a suspect who is not eliminated
SELECT
    victim.agency,
    victim.period,
    victim.relationship,
    CASE
        WHEN victim.sex IN ('female', 'male') AND suspect.sex IN ('female', 'male') THEN concat(victim.sex, '_by_', suspect.sex)
        ELSE 'not_recorded'
    END AS sex_of_both
FROM core_victims AS victim
JOIN core_suspects AS suspect
    ON suspect.links = victim.links AND suspect.agency = victim.agency AND suspect.incident_id = victim.incident_id
WHERE victim.links = 'own'
