-- Forenames that people bear: beside $n_surnames surnames or more. A slip is borne by nobody else.
-- Grain: forename (hashed). Unit: forenames. Population: $spellings.
CREATE OR REPLACE TEMP TABLE link_known_name AS
SELECT c_forename_first AS forename
FROM $spellings
WHERE c_forename_first IS NOT NULL
GROUP BY c_forename_first
HAVING count(DISTINCT c_surname) >= $n_surnames
