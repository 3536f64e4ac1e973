-- Pairs that carry one unchecked number, and those of them who are plainly two people: neither forename nor birth agrees.
-- Grain: kind of number and source (kind, source, n_pairs, n_two_people); the other identifier belongs to no source. Unit: pairs of
-- identities. Population: link_identity and link_member; crowds left out, and numbers that too many identities hold.
WITH carried AS (
    SELECT 'other_id' AS kind, NULL AS source, hash(c_oid) AS number, iid FROM link_identity WHERE c_oid IS NOT NULL AND NOT is_crowd
    UNION ALL
    SELECT DISTINCT 'reference' AS kind, source, hash(k0) AS number, iid FROM link_member WHERE k0 IS NOT NULL AND NOT is_crowd
),
telling AS (
    SELECT kind, number FROM carried GROUP BY ALL HAVING count(*) BETWEEN 2 AND $max_identities
),
held AS (
    SELECT * FROM carried SEMI JOIN telling USING (kind, number)
),
pair AS (
    SELECT a.kind, a.source, a.iid AS iid_l, b.iid AS iid_r
    FROM held AS a
    JOIN held AS b ON b.kind = a.kind AND b.number = a.number AND b.iid > a.iid
)
SELECT pair.kind, pair.source, count(*) AS n_pairs, count(*) FILTER ($names_unlike AND $births_unlike) AS n_two_people
FROM pair
JOIN link_identity AS l ON l.iid = pair.iid_l
JOIN link_identity AS r ON r.iid = pair.iid_r
GROUP BY ALL
ORDER BY ALL
