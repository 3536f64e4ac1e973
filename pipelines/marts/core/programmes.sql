-- grain: one person's place on one behaviour programme, latest version
-- unit: programme place, as one agency records it; nobody is linked
-- population: every place, by the quarter of the referral
SELECT agency, event_quarter AS period, programme_kind, programme_status, programme_cohort, is_first_time
FROM latest_programmes
