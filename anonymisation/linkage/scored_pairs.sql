-- Weighed pairs with what is known of them: whether a match-key holds them, whether checked identifiers agree, whether they
-- were one person before, and whether they could be kin and no more.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_scored.
SELECT
    scored.iid_l,
    scored.iid_r,
    scored.bits,
    coalesce((judged.passes & ~3) <> 0 AND coalesce(judged.veto, '') IN ('', 'two_identifiers'), false) AS is_keyed,
    CASE
        WHEN l.c_nhs IS NOT NULL AND r.c_nhs IS NOT NULL THEN l.c_nhs = r.c_nhs
        WHEN l.c_pnc IS NOT NULL AND r.c_pnc IS NOT NULL THEN l.c_pnc = r.c_pnc
    END AS is_known_same,
    coalesce(before_l.person_uid = before_r.person_uid, false) AS was_one,
    l.strict <> r.strict AS is_open,
    coalesce($kin_like, false) AS is_kin_like
FROM link_scored AS scored
JOIN link_identity AS l ON l.iid = scored.iid_l
JOIN link_identity AS r ON r.iid = scored.iid_r
LEFT JOIN link_judged AS judged ON judged.iid_l = scored.iid_l AND judged.iid_r = scored.iid_r
LEFT JOIN link_before AS before_l ON before_l.iid = scored.iid_l
LEFT JOIN link_before AS before_r ON before_r.iid = scored.iid_r
ORDER BY scored.bits DESC, scored.iid_l, scored.iid_r
