-- Records of earlier people whom a new record could be, with the ids that they have.
-- Grain: record (rec_key). Unit: records. Population: $people.
CREATE OR REPLACE TEMP TABLE link_touched AS
WITH met AS ($met),
known AS (
    SELECT DISTINCT person_uid FROM $people SEMI JOIN met USING (rec_key)
)
SELECT rec_key, person_uid, strict_uid FROM $people SEMI JOIN known USING (person_uid)
