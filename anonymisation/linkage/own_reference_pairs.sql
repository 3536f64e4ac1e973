-- Pairs of identities that carry the same agency's same own reference (K0).
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: records with an own reference; crowds stay in, their
-- own reference is what holds them.
INSERT INTO link_key_pair
WITH held AS (
    SELECT DISTINCT k0 AS token, iid FROM link_member WHERE k0 IS NOT NULL
),
telling AS (
    SELECT token, min(iid) AS head FROM held GROUP BY token HAVING count(*) BETWEEN 2 AND $max_identities
)
SELECT telling.head AS iid_l, held.iid AS iid_r, 1 AS passes
FROM held
JOIN telling ON telling.token = held.token AND telling.head < held.iid
