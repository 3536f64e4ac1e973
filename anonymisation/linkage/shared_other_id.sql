-- Sets aside an unchecked identifier that is not a person's own.
-- Grain: identity (iid). Unit: identities. Population: link_identity.
UPDATE temp.link_identity
SET
    c_oid = NULL,
    c_oid_near = NULL,
    k1 = CASE WHEN c_nhs IS NOT NULL OR c_pnc IS NOT NULL THEN k1 END,
    is_told = c_nhs IS NOT NULL OR c_pnc IS NOT NULL OR coalesce($keys) IS NOT NULL
