-- grain: agency, quarter in which the referral was made or offered, chain
-- unit: offered referral
-- population: every referral that a force records, followed through the services' records
SELECT agency, '' AS links, period, chain, count(*) AS n
FROM core_referral_chain
GROUP BY ALL
