-- The tokens of each identity, once.
-- Grain: identity (iid). Unit: identities. Population: link_member.
CREATE OR REPLACE TEMP TABLE link_identity AS
WITH spread AS (
    SELECT iid, count(*) AS n_records, list_sort(list(DISTINCT source)) AS sources, bool_or(is_crowd) AS is_crowd
    FROM link_member
    GROUP BY iid
)
SELECT
    head.iid,
    spread.n_records,
    spread.sources,
    spread.is_crowd,
    coalesce($keys) IS NOT NULL AS is_told,
    tokens.* EXCLUDE (rec_key, k0 $dropped)
FROM link_member AS head
JOIN spread ON spread.iid = head.iid
JOIN $tokens AS tokens ON tokens.rec_key = head.rec_key
WHERE head.is_head
