-- Share of all pairs with a value that have the same one.
-- Grain: one number. Unit: pairs of identities. Population: link_identity with the value, crowds left out.
WITH held AS (
    SELECT count(*) AS n FROM link_identity WHERE $column IS NOT NULL AND NOT is_crowd GROUP BY $column
)
SELECT sum(n * (n - 1.0)) / nullif(sum(n) * (sum(n) - 1.0), 0) FROM held
