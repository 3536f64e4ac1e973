-- Which identity each record says: records that say exactly the same, and enough to be one person, are one identity.
-- Grain: record (rec_key). Unit: records. Population: tokens of one role.
-- A record that says too little (no identifier, no name with date of birth or postcode) is an identity of its own, and so is
-- each agency's own person within a crowd: more equal records than anybody has, without a checked identifier.
CREATE OR REPLACE TEMP TABLE link_member AS
WITH record AS (
    SELECT
        rec_key,
        $source AS source,
        k0,
        row_number() OVER (ORDER BY rec_key) AS record_number,
        (c_nhs IS NULL AND c_pnc IS NULL) AS is_unchecked,
        hash(
            CASE WHEN k1 IS NULL AND k2 IS NULL AND k3 IS NULL AND k6 IS NULL THEN rec_key END,
            c_forename, c_forename_first, c_fn1, c_surname, c_dob, c_pc_unit, c_pc_sector, c_pc_district, c_nhs, c_pnc, c_oid
        ) AS says
    FROM $tokens
),
same AS (
    SELECT says, min(record_number) AS head, count(*) > $max_records AND bool_and(is_unchecked) AS is_crowd
    FROM record
    GROUP BY says
)
SELECT
    record.rec_key,
    record.source,
    record.k0,
    same.is_crowd,
    CASE
        WHEN NOT same.is_crowd THEN same.head
        WHEN record.k0 IS NULL THEN record.record_number
        ELSE min(record.record_number) OVER (PARTITION BY same.is_crowd, same.head, record.k0)
    END AS iid,
    record.record_number = iid AS is_head
FROM record
JOIN same USING (says)
