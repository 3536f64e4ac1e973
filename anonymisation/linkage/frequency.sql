-- How common each value is, as a share of the identities that say one.
-- Grain: value. Unit: identities. Population: link_identity.
CREATE OR REPLACE TEMP TABLE link_frequency_$column AS
WITH whole AS (
    SELECT count($column) AS n FROM link_identity
)
SELECT $column AS value, count(*) / any_value(whole.n) AS share
FROM link_identity, whole
WHERE $column IS NOT NULL
GROUP BY $column
