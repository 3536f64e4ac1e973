-- The tokens of each identity, once. Match-keys stand as hashes of 64 bits for the length of the run, in a quarter of the room: two of
-- a million meet by chance in one run of two million (1e12 / 2 / 2^64, fifteen keys).
-- Grain: identity (iid). Unit: identities. Population: link_head.
CREATE OR REPLACE TEMP TABLE link_identity AS
SELECT
    head.iid,
    head.n_records,
    head.sources,
    head.is_crowd,
    coalesce($keys) IS NOT NULL AS is_told,
    tokens.* EXCLUDE (rec_key, k0 $dropped) REPLACE ($narrow)
FROM $tokens AS tokens
JOIN link_head AS head ON head.rec_key = tokens.rec_key
