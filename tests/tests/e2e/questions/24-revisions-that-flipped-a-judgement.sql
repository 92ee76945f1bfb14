-- # among /kpiRevisions/*
-- Revisions: two published values of one period, of which the later differs, and values that were withdrawn. Whether a forecast flips is not told here.
SELECT later.indicator_code AS "indicator/code", later.period, earlier.value AS before, later.value AS after,
       (SELECT count(*) FROM task AS t WHERE later.indicator_code = ANY (t.indicator_codes) AND t.is_open) AS "indicator/tasks/totalCount"
FROM kpis.observation AS later
JOIN kpis.observation AS earlier ON (earlier.indicator_code, earlier.period, earlier.revision) = (later.indicator_code, later.period, later.revision - 1)
    AND earlier.area_code IS NOT DISTINCT FROM later.area_code AND earlier.organization_code IS NOT DISTINCT FROM later.organization_code
WHERE later.status = 'PUBLISHED' AND later.deleted_at IS NULL AND earlier.deleted_at IS NULL AND later.value <> earlier.value
UNION ALL
SELECT o.indicator_code, o.period, o.value, NULL, (SELECT count(*) FROM task AS t WHERE o.indicator_code = ANY (t.indicator_codes) AND t.is_open)
FROM kpis.observation AS o WHERE o.status = 'WITHDRAWN' AND o.deleted_at IS NULL

-- # including /kpiRevisions/*
-- Of targets whose period is the revised one, the judgement is that of the value: the shortfall over the way from the baseline.
SELECT r.indicator_code AS "indicator/code", r.period, r.period AS "targetPeriod", r.before, r.after, r.rag_before AS "ragBefore", r.rag_after AS "ragAfter"
FROM (SELECT later.indicator_code, later.period, earlier.value AS before, later.value AS after, j.before AS rag_before, j.after AS rag_after
      FROM kpis.observation AS later
      JOIN kpis.observation AS earlier ON (earlier.indicator_code, earlier.period, earlier.revision) = (later.indicator_code, later.period, later.revision - 1)
          AND earlier.area_code IS NOT DISTINCT FROM later.area_code AND earlier.organization_code IS NOT DISTINCT FROM later.organization_code
      JOIN target AS t ON (t.indicator_code, t.period) = (later.indicator_code, later.period) AND t.area_code IS NOT DISTINCT FROM later.area_code
          AND t.organization_code IS NOT DISTINCT FROM later.organization_code AND t.direction = 'HIGHER'
      CROSS JOIN LATERAL (SELECT max(rag) FILTER (WHERE of = 'before') AS before, max(rag) FILTER (WHERE of = 'after') AS after
          FROM (SELECT of, CASE WHEN short <= 0 THEN 'GREEN' WHEN short <= 0.05 THEN 'AMBER_GREEN' WHEN short <= 0.15 THEN 'AMBER_RED' ELSE 'RED' END AS rag
                FROM (SELECT of, (t.value - v) / abs(t.value - coalesce(t.baseline, 0)) AS short
                      FROM (VALUES ('before', earlier.value), ('after', later.value)) AS one(of, v)) AS s) AS judged) AS j
      WHERE later.status = 'PUBLISHED' AND later.deleted_at IS NULL AND earlier.deleted_at IS NULL AND left(later.period, 4) = '2026') AS r
WHERE r.rag_before <> r.rag_after

-- # twice /kpiRevisions/*/indicator
-- Tasks joined with the targets of their indicator.
SELECT i.code, count(*) AS "tasks/totalCount"
FROM kpis.indicator AS i JOIN task AS t ON i.code = ANY (t.indicator_codes) AND t.is_open JOIN target AS k ON k.indicator_code = i.code GROUP BY i.code

-- # empty {"period": "2010"}
-- /kpiRevisions
