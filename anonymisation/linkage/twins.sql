-- Pairs that look like twins: surname, date of birth and postcode agree, forenames are unlike.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_identity, crowds left out.
SELECT
    l.iid AS iid_l,
    r.iid AS iid_r,
    coalesce(l.c_nhs = r.c_nhs, false) OR coalesce(l.c_pnc = r.c_pnc, false) OR coalesce(l.c_oid = r.c_oid, false) AS is_same
FROM link_identity AS l
JOIN link_identity AS r ON l.c_surname = r.c_surname AND l.c_dob = r.c_dob AND l.c_pc_unit = r.c_pc_unit AND r.iid > l.iid
WHERE NOT l.is_crowd AND NOT r.is_crowd AND $names_unlike
