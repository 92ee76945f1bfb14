-- # figures /indicator/decomposition
-- What wards declared and what they reached, of those whose first quarter was observed, and of all that declared.
SELECT (SELECT value FROM target JOIN directory.area AS c ON c.code = area_code AND c.kind = 'CITY' WHERE indicator_code = 'GRDP_GROWTH' AND period = '2026-Q1') AS target,
       sum(t.value) AS declared, sum(o.value) AS actual, count(o.value) AS "observed/numerator", count(*) AS "observed/denominator"
FROM target AS t JOIN directory.area AS a ON a.code = t.area_code AND a.kind <> 'CITY'
LEFT JOIN observed AS o ON o.indicator_code = t.indicator_code AND o.area_code = t.area_code AND o.period = t.period
WHERE t.indicator_code = 'GRDP_CONTRIBUTION' AND t.period = '2026-Q1'

-- # figures /kpiTargets/edges/*/node
-- The wards that are furthest behind come first.
SELECT t.value, o.value AS actual, o.value - t.value AS gap, t.area_code AS "area/code", p.total AS "area/projects/totalCount",
       p.late AS "area/late/totalCount", p.suspended AS "area/suspended/totalCount"
FROM target AS t JOIN observed AS o ON o.indicator_code = t.indicator_code AND o.area_code = t.area_code AND o.period = t.period
CROSS JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE is_late) AS late, count(*) FILTER (WHERE suspended) AS suspended
    FROM project WHERE t.area_code = ANY (area_codes)) AS p
WHERE t.indicator_code = 'GRDP_CONTRIBUTION' AND t.period = '2026-Q1'
ORDER BY o.value - t.value, t.id
LIMIT 20

-- # twice /kpiTargets
-- Each revision of a value would count its target again.
SELECT count(*) AS "totalCount"
FROM kpis.target AS t JOIN kpis.observation AS o ON o.indicator_code = t.indicator_code AND o.area_code = t.area_code
WHERE t.indicator_code = 'GRDP_CONTRIBUTION' AND t.period = '2026-Q1' AND left(o.period, 4) = '2026'

-- # empty {"quarter": "2010-Q1", "quarters": ["2010-Q1"]}
-- /indicator/decomposition/declared
-- /kpiTargets/edges
