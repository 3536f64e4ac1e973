-- Candidate pairs of any blocking rule within a person of the last run, added to those there are.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_identity of an increment, crowds left out.
-- Left out: pairs that are linked already by a match-key.
INSERT INTO link_candidate
SELECT l.iid AS iid_l, r.iid AS iid_r
FROM link_identity AS l
JOIN link_identity AS r ON r.was = l.was AND r.iid > l.iid
WHERE NOT l.is_crowd AND NOT r.is_crowd AND l.strict <> r.strict AND ($conditions)
