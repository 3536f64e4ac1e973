-- Candidate pairs of one blocking rule, added to those there are.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_identity, crowds left out.
-- Left out: pairs that are linked already by a match-key, unless both carry a checked identifier and so are known.
INSERT INTO link_candidate
SELECT l.iid AS iid_l, r.iid AS iid_r
FROM link_identity AS l
JOIN link_identity AS r ON $condition AND r.iid > l.iid
WHERE NOT l.is_crowd AND NOT r.is_crowd AND $scope
