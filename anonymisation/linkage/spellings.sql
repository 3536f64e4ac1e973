-- What is said of name, birth and place, each spelling once: one person's many equal records are one.
-- Grain: spelling. Unit: spellings. Population: $tokens.
CREATE OR REPLACE TEMP TABLE link_spelling AS
SELECT DISTINCT c_forename, c_surname, c_dob, c_pc_unit FROM $tokens
