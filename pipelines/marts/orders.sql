-- grain: agency, quarter in which the order was made, order_type, is_breached
-- unit: order
-- population: orders, latest version
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_orders
GROUP BY ALL
