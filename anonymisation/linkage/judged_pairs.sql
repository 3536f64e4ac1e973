-- Each pair that shares a match-key, judged: linked, or vetoed and why.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_key_pair.
-- passes: bit n set where key n is shared. Vetoes, in order: two checked identifiers that differ; an identifier or own
-- reference alone although date of birth and forename both differ; twins (surname and date of birth agree, forenames are
-- unlike); initials alone (K14 alone, forenames unlike); one name in a household (K6 alone, dates of birth unlike); one name in a
-- district and year (K10 alone, neither day nor month agrees).
CREATE OR REPLACE TEMP TABLE link_judged AS
WITH pair AS (
    SELECT iid_l, iid_r, bit_or(passes) AS passes FROM link_key_pair GROUP BY iid_l, iid_r
),
compared AS (
    SELECT
        pair.iid_l,
        pair.iid_r,
        pair.passes,
        coalesce(l.c_nhs, l.c_pnc) AS known_l,
        coalesce(r.c_nhs, r.c_pnc) AS known_r,
        coalesce(l.c_nhs <> r.c_nhs, false) OR coalesce(l.c_pnc <> r.c_pnc, false) AS ids_differ,
        $names_unlike AS names_unlike,
        $births_unlike AS births_unlike,
        coalesce(l.c_surname = r.c_surname AND l.c_dob = r.c_dob, false) AS same_family_birth,
        coalesce(l.c_dob_m = r.c_dob_m OR l.c_dob_d = r.c_dob_d, true) AS day_or_month_agrees
    FROM pair
    JOIN link_identity AS l ON l.iid = pair.iid_l
    JOIN link_identity AS r ON r.iid = pair.iid_r
)
SELECT
    iid_l,
    iid_r,
    passes,
    known_l,
    known_r,
    CASE
        WHEN ids_differ THEN 'two_identifiers'
        WHEN (passes & ~3) = 0 AND names_unlike AND births_unlike THEN 'identifier_alone'
        WHEN same_family_birth AND names_unlike AND (passes & 2) = 0 THEN 'twins'
        WHEN (passes & ~1) = 16384 AND names_unlike THEN 'initials_alone'
        WHEN passes = 64 AND births_unlike THEN 'household_name'
        WHEN passes = 1024 AND NOT day_or_month_agrees THEN 'district_name'
    END AS veto
FROM compared
