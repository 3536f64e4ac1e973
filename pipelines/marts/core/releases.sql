-- grain: release of one person from custody, latest version
-- unit: release, as one agency records it; nobody is linked
-- population: every release, by its quarter; never by area, since a borough may have a handful
SELECT agency, event_quarter AS period, reported_on_time, support_offered, accommodation
FROM latest_releases
