-- grain: client of one agency and quarter
-- unit: person as the agency knows them, counted in each quarter in which support of theirs began
-- population: cases in their latest version
SELECT
    agency,
    event_quarter AS period,
    agency_person_id,
    coalesce(max(band.age_band) FILTER (band.is_standard AND band.age_band <> 'not_recorded'), 'not_recorded') AS age_band
FROM latest_cases AS opened
LEFT JOIN ref_age_bands AS band ON band.age_band = opened.age_band
GROUP BY ALL
