-- grain: order made against one person, latest version
-- unit: order, as one agency records it; nobody is linked
-- population: every order, by the quarter in which it was made; a breach may come later, so recent quarters have fewer
SELECT agency, event_quarter AS period, order_type, CASE WHEN breached_month IS NULL THEN 'no' ELSE 'yes' END AS is_breached
FROM latest_orders
