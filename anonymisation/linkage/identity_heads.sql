-- The record that speaks for each identity, and what all its records say together. A table of its own, so that the wide tokens
-- stream past it once and are never held in a join.
-- Grain: identity (iid). Unit: identities. Population: link_member.
CREATE OR REPLACE TEMP TABLE link_head AS
WITH spread AS (
    SELECT iid, count(*) AS n_records, list_sort(list(DISTINCT source)) AS sources, bool_or(is_crowd) AS is_crowd
    FROM link_member
    GROUP BY iid
)
SELECT head.rec_key, head.iid, spread.n_records, spread.sources, spread.is_crowd
FROM link_member AS head
JOIN spread ON spread.iid = head.iid
WHERE head.is_head
