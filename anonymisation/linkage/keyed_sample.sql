-- A sample of pairs that a match-key holds, to be weighed like candidates.
-- Grain: pair (iid_l < iid_r). Unit: pairs of identities. Population: link_judged without a veto, not candidates already.
INSERT INTO link_candidate
SELECT judged.iid_l, judged.iid_r, 4 AS n_alike
FROM link_judged AS judged
ANTI JOIN link_candidate AS candidate ON candidate.iid_l = judged.iid_l AND candidate.iid_r = judged.iid_r
WHERE judged.veto IS NULL AND (judged.passes & ~3) <> 0
ORDER BY hash(judged.iid_l, judged.iid_r)
LIMIT $n_pairs
