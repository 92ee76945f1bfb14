-- # figures /scorecards/edges/*/node
-- Not moved: the observed part of the year is no better than the same part of the year before, for a flow, or than the baseline.
SELECT i.code, t.total AS "measures/tasks/total", t.completed AS "measures/tasks/completed", t.open AS "measures/tasks/open",
       k.total AS "measures/kpis/total", t.all_completed AS "indicator/tasks/totalCount"
FROM kpis.indicator AS i
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE extract(year FROM done_on) = 2026) AS completed,
        count(*) FILTER (WHERE in_scope AND is_open) AS open, count(*) FILTER (WHERE status = 'COMPLETED') AS all_completed
    FROM task WHERE i.code = ANY (indicator_codes)) AS t
CROSS JOIN LATERAL (SELECT count(*) AS total FROM target WHERE indicator_code = i.code AND left(period, 4) = '2026') AS k
CROSS JOIN LATERAL (
    -- Of each target the months or quarters that are observed in both years.
    SELECT count(*) FILTER (WHERE (m.now - m.before) * CASE i.direction WHEN 'HIGHER' THEN 1 WHEN 'LOWER' THEN -1 END <= 0) AS unmoved
    FROM target AS t CROSS JOIN LATERAL (
        SELECT CASE WHEN i.nature = 'FLOW' THEN sum(o.value) WHEN i.nature = 'RATE' AND count(o.numerator) = count(*) THEN i.scale * sum(o.numerator) / sum(o.denominator)
                    ELSE (array_agg(o.value ORDER BY o.period DESC))[1] END AS now,
               CASE i.nature WHEN 'FLOW' THEN CASE WHEN count(b.value) = count(*) THEN sum(b.value) END ELSE t.baseline END AS before
        FROM observed AS o LEFT JOIN observed AS b ON b.indicator_code = o.indicator_code AND b.area_code = o.area_code
            AND b.period = (left(o.period, 4)::int - 1)::text || substr(o.period, 5) AND b.value IS NOT NULL
        WHERE o.indicator_code = t.indicator_code AND o.area_code = t.area_code AND left(o.period, 4) = left(t.period, 4)
          AND coalesce(o.value, o.numerator) IS NOT NULL AND NOT o.flags && ARRAY['MISSING', 'SUPPRESSED']) AS m
    WHERE t.indicator_code = i.code AND t.period = '2026') AS u
WHERE i.deleted_at IS NULL AND t.completed > 0 AND u.unmoved > 0
ORDER BY t.completed DESC, i.code

-- # twice /scorecards/edges/*/node
-- A task joined with the targets of its indicator counts once for each.
SELECT k.indicator_code AS code, count(*) AS "measures/tasks/completed"
FROM task AS t JOIN target AS k ON k.indicator_code = ANY (t.indicator_codes) WHERE extract(year FROM t.done_on) = 2026 GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
