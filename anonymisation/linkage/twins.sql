-- Pairs that look like twins: date of birth and postcode agree, surnames do but for a slip or a variant, and forenames are
-- unlike; or forenames are but a slip apart, yet both are names that people bear (is_name), and one agency has each of them twice or
-- more, under a reference that never has the other.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_identity, crowds left out.
WITH homes AS (
    SELECT
        l.iid AS iid_l,
        r.iid AS iid_r,
        $names_unlike AS is_unlike,
        coalesce(l.c_nhs = r.c_nhs, false) OR coalesce(l.c_pnc = r.c_pnc, false) OR coalesce(l.c_oid = r.c_oid, false) AS is_same,
        coalesce(NOT list_has_any(l.c_oid_near, r.c_oid_near), false) AS is_other,
        l.is_name AND r.is_name AS are_names,
        l.c_forename_first AS forename_l,
        r.c_forename_first AS forename_r
    FROM link_identity AS l
    JOIN link_identity AS r ON l.c_dob = r.c_dob AND l.c_pc_unit = r.c_pc_unit AND r.iid > l.iid
    WHERE NOT l.is_crowd AND NOT r.is_crowd
        AND (l.c_surname = r.c_surname OR l.c_surname_canon = r.c_surname_canon OR list_has_any(l.c_surname_near, r.c_surname_near))
        AND l.c_forename_first <> r.c_forename_first AND l.c_forename_canon <> r.c_forename_canon
        AND coalesce(l.c_forename_first <> r.c_surname, true)
),
close AS (
    SELECT iid_l AS iid FROM homes WHERE NOT is_unlike
    UNION
    SELECT iid_r FROM homes WHERE NOT is_unlike
),
held AS (
    SELECT DISTINCT member.iid, member.source, member.k0
    FROM link_member AS member
    JOIN close ON close.iid = member.iid
    WHERE member.k0 IS NOT NULL
),
written AS (
    SELECT member.k0, identity.c_forename_first AS forename, count(*) AS n_records
    FROM link_member AS member
    JOIN link_identity AS identity ON identity.iid = member.iid
    WHERE member.k0 IN (SELECT k0 FROM held)
    GROUP BY ALL
),
two_people AS (
    SELECT DISTINCT homes.iid_l, homes.iid_r
    FROM homes
    JOIN held AS l ON l.iid = homes.iid_l
    JOIN held AS r ON r.iid = homes.iid_r AND r.source = l.source AND r.k0 <> l.k0
    JOIN written AS own_l ON own_l.k0 = l.k0 AND own_l.forename = homes.forename_l AND own_l.n_records > 1
    JOIN written AS own_r ON own_r.k0 = r.k0 AND own_r.forename = homes.forename_r AND own_r.n_records > 1
    ANTI JOIN written AS cross_l ON cross_l.k0 = l.k0 AND cross_l.forename = homes.forename_r
    ANTI JOIN written AS cross_r ON cross_r.k0 = r.k0 AND cross_r.forename = homes.forename_l
    WHERE homes.are_names AND NOT homes.is_unlike AND NOT homes.is_same
)
SELECT iid_l, iid_r, is_same, is_other FROM homes WHERE is_unlike
UNION ALL
SELECT iid_l, iid_r, false AS is_same, false AS is_other FROM two_people
ORDER BY iid_l, iid_r
