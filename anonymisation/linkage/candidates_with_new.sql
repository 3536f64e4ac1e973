-- Candidate pairs of one blocking rule with somebody new, added to those there are.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_identity of an increment, crowds left out.
-- Left out: pairs that are linked already by a match-key.
INSERT INTO link_candidate
SELECT least(l.iid, r.iid) AS iid_l, greatest(l.iid, r.iid) AS iid_r
FROM link_identity AS l
JOIN link_identity AS r ON $condition AND (r.was IS NOT NULL OR r.iid > l.iid)
WHERE l.was IS NULL AND NOT l.is_crowd AND NOT r.is_crowd AND l.strict <> r.strict
