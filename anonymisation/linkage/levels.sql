-- At which level each pair agrees in each comparison, and how common the value is that it agrees in.
-- Grain: pair (iid_l, iid_r). Unit: pairs of identities. Population: $pairs.
-- is_unknown: between two people of the first pass, and no checked identifiers tell that they are two.
CREATE OR REPLACE TEMP TABLE $into AS
SELECT
    pair.iid_l,
    pair.iid_r,
    l.strict <> r.strict AND coalesce(l.c_nhs = r.c_nhs, true) AND coalesce(l.c_pnc = r.c_pnc, true) AS is_unknown,
    $levels
FROM $pairs AS pair
JOIN link_identity AS l ON l.iid = pair.iid_l
JOIN link_identity AS r ON r.iid = pair.iid_r
