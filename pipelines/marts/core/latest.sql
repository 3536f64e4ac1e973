-- grain: record of one agency in its latest version, as of a release
-- unit: record; {table} and {key} are names of the schema, never values
-- population: current submissions up to the release quarter that were received by its cut-off
SELECT *
FROM warehouse.{table}
WHERE submission_id IN (SELECT submission_id FROM as_of_submissions)
QUALIFY row_number() OVER (PARTITION BY agency, {key} ORDER BY extract_quarter DESC, record_id) = 1
