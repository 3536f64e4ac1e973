-- grain: calendar year of the later role, order of the roles
-- unit: person; worked out inside linkage, which hands over nothing but these counts
-- population: victims of recorded exploitation who were also suspects, whole partnership
SELECT '' AS agency, 'all' AS links, CAST(year AS VARCHAR) AS period, role_order, n_people AS n
FROM warehouse.role_overlap
