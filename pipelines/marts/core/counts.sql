-- grain: count that a service of tier counts sends: agency, quarter, measure, area of the service, age, sex
-- unit: as the measure says
-- population: latest return of each quarter
SELECT
    agency,
    extract_quarter AS period,
    count_measure,
    coalesce(areas.area, 'outside') AS area,
    coalesce(band.age_band, 'not_recorded') AS age_band,
    sex,
    n
FROM latest_counts AS returned
LEFT JOIN ref_areas AS areas ON areas.area = returned.service_area
LEFT JOIN ref_age_bands AS band ON band.age_band = returned.age_band AND band.is_standard
