-- Distinct candidate pairs that are roughly alike.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_candidate.
CREATE OR REPLACE TEMP TABLE link_candidate AS
WITH pair AS (
    SELECT DISTINCT iid_l, iid_r FROM link_candidate
),
compared AS (
    SELECT pair.iid_l, pair.iid_r, $alike AS n_alike
    FROM pair
    JOIN link_identity AS l ON l.iid = pair.iid_l
    JOIN link_identity AS r ON r.iid = pair.iid_r
)
SELECT iid_l, iid_r, n_alike FROM compared WHERE n_alike >= $n_alike
