-- Pairs of identities that share one match-key; tokens that too many identities hold are ignored.
-- Grain: pair (iid_l < iid_r) within one match-key. Unit: pairs of identities. Population: link_identity, crowds left out.
INSERT INTO link_key_pair
WITH held AS (
    SELECT $key AS token, iid FROM link_identity WHERE $key IS NOT NULL AND NOT is_crowd
),
telling AS (
    SELECT token FROM held GROUP BY token HAVING count(*) BETWEEN 2 AND $max_identities
),
few AS (
    SELECT held.token, held.iid FROM held JOIN telling ON telling.token = held.token
)
SELECT l.iid AS iid_l, r.iid AS iid_r, $bit AS passes
FROM few AS l
JOIN few AS r ON r.token = l.token AND r.iid > l.iid
