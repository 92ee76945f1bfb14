-- # figures /bottleneck
SELECT b.title, f.received AS "feedbackMeasures/received", f.open AS "feedbackMeasures/open", r.rated AS "feedbackMeasures/satisfaction/rated",
       r.rate AS "feedbackMeasures/satisfaction/rate", p.total AS "projectMeasures/total", p.late AS "projectMeasures/late",
       p.slip_days AS "projectMeasures/slipDays", m.rate AS "projectMeasures/disbursement/city/value", p.late AS "projects/totalCount",
       (SELECT count(*) FROM target WHERE 'FLOODING' = ANY (bottleneck_codes)) AS "kpiTargets/totalCount",
       (SELECT count(*) FROM task WHERE 'FLOODING' = ANY (bottleneck_codes) AND is_open) AS "tasks/totalCount"
FROM directory.bottleneck AS b
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE extract(year FROM submitted_on) = 2026) AS received, count(*) FILTER (WHERE is_open) AS open
    FROM feedback WHERE b.code = ANY (bottleneck_codes)) AS f
CROSS JOIN LATERAL (SELECT count(*) AS rated, avg(is_satisfied::int) AS rate FROM rating WHERE b.code = ANY (bottleneck_codes) AND extract(year FROM rated_on) = 2026) AS r
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE in_scope AND is_late) AS late,
        avg(slip_days) FILTER (WHERE in_scope) AS slip_days
    FROM project WHERE b.code = ANY (bottleneck_codes)) AS p
CROSS JOIN LATERAL (SELECT sum(paid) / sum(planned) AS rate FROM money JOIN project ON project.code = money.project_code
    WHERE basis = 'CITY' AND b.code = ANY (bottleneck_codes)) AS m
WHERE b.code = 'FLOODING'

-- # figures /trend/*/points/*
SELECT to_char(month, 'YYYY-MM') AS bucket, (SELECT count(*) FROM feedback WHERE 'FLOODING' = ANY (bottleneck_codes) AND date_trunc('month', submitted_on) = month) AS "measures/feedback/received"
FROM today CROSS JOIN generate_series('2026-01-01'::timestamp, day, '1 month') AS month ORDER BY month

-- # figures /byArea/rows/*
SELECT f.area_code AS "area/code", count(*) AS "measures/received"
FROM feedback AS f WHERE 'FLOODING' = ANY (f.bottleneck_codes) AND extract(year FROM f.submitted_on) = 2026
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 10

-- # twice /bottleneck
-- Cases joined with the drainage works of their area.
SELECT count(*) AS "feedbackMeasures/received"
FROM feedback AS f JOIN project AS p ON f.area_code = ANY (p.area_codes) AND 'FLOODING' = ANY (p.bottleneck_codes)
LEFT JOIN target AS t ON 'FLOODING' = ANY (t.bottleneck_codes)
WHERE 'FLOODING' = ANY (f.bottleneck_codes) AND extract(year FROM f.submitted_on) = 2026

-- # empty {"period": "2010"}
-- /bottleneck/feedbackMeasures/received
