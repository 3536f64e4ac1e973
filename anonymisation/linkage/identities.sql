-- Which identity each record says: records that say exactly the same, and enough to be one person, are one identity.
-- Grain: record (rec_key). Unit: records. Population: tokens of one role.
-- A record that says too little (no identifier, no name with date of birth or postcode) is an identity of its own, and so is
-- each agency's own person within a crowd: more equal records than anybody has, without a checked identifier.
CREATE OR REPLACE TEMP TABLE link_member AS
WITH said AS (
    SELECT
        rec_key,
        $source AS source,
        k0,
        (c_nhs IS NULL AND c_pnc IS NULL) AS is_unchecked,
        hash(
            CASE WHEN k1 IS NULL AND k2 IS NULL AND k3 IS NULL AND k6 IS NULL THEN rec_key END,
            c_forename, c_forename_first, c_fn1, c_surname, c_dob, c_pc_unit, c_pc_sector, c_pc_district, c_nhs, c_pnc, c_oid
        ) AS says
    FROM $tokens
),
crowd AS (
    SELECT says FROM said GROUP BY says HAVING count(*) > $max_records AND bool_and(is_unchecked)
),
told AS (
    SELECT
        said.rec_key,
        said.source,
        said.k0,
        crowd.says IS NOT NULL AS is_crowd,
        CASE WHEN crowd.says IS NULL THEN said.says ELSE hash(said.says, coalesce(said.k0::VARCHAR, said.rec_key)) END AS says
    FROM said
    LEFT JOIN crowd ON crowd.says = said.says
),
heads AS (
    SELECT says, min(rec_key) AS head FROM told GROUP BY says
),
numbered AS (
    SELECT says, head, row_number() OVER (ORDER BY head) AS iid FROM heads
)
SELECT told.rec_key, told.source, told.k0, told.is_crowd, numbered.iid, told.rec_key = numbered.head AS is_head
FROM told
JOIN numbered ON numbered.says = told.says
