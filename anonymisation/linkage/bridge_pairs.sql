-- Records of either role that share a bridge key; keys that too many records hold are ignored.
-- Grain: pair (head, record) within one key. Unit: records. Population: bridge_record.
WITH held AS ($held),
telling AS (
    SELECT key, token, min(n) AS head FROM held GROUP BY key, token HAVING count(*) BETWEEN 2 AND $max_records
)
SELECT DISTINCT telling.head, held.n
FROM held
JOIN telling ON telling.key = held.key AND telling.token = held.token
WHERE held.n > telling.head
