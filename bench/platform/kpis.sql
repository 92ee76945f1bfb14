-- schema/operations/kpis.graphql: the city's targets of the year as of today, those that are short, and revisions that flipped a judgement.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
f AS MATERIALIZED (
    SELECT d.*, coalesce(d.organization_code, d.owner) AS responsible, today.day, d.late_from <= today.day AS is_late,
           (SELECT count(*) FROM unnest(d.ends) AS e(last) WHERE e.last + d.lag_days <= today.day) AS reported,
           (SELECT count(*) FROM generate_series(1, d.expected) AS place WHERE (d.period_first + make_interval(months => place * d.step))::date + d.lag_days <= today.day) AS due
    FROM today JOIN kpis.target_fact AS d ON d.from_day <= today.day AND today.day < d.to_day WHERE d.scope = 'CITY'),
year AS (SELECT * FROM f WHERE kpis.period_months(period) = 12 AND period_first < '2027-01-01' AND '2026-01-01' < period_end),
measured AS (
    SELECT responsible, count(*) AS total, count(*) FILTER (WHERE rag = 'GREEN') AS green, count(*) FILTER (WHERE rag = 'AMBER_GREEN') AS amber_green,
           count(*) FILTER (WHERE rag = 'AMBER_RED') AS amber_red, count(*) FILTER (WHERE rag = 'RED') AS red, count(*) FILTER (WHERE rag IS NULL) AS unjudged,
           count(*) FILTER (WHERE is_late) AS late, sum(reported) AS reported, sum(due) AS due
    FROM year GROUP BY GROUPING SETS ((responsible), ()))
SELECT json_build_object(
    'kpiStats', json_build_object(
        'totals', (SELECT json_build_object('total', m.total, 'unjudged', m.unjudged, 'observationLate', m.late, 'green', m.green, 'amberGreen', m.amber_green, 'amberRed', m.amber_red, 'red', m.red,
            'onTrack', (m.green + m.amber_green)::float / nullif(m.total - m.unjudged, 0), 'reported', m.reported::float / nullif(m.due, 0)) FROM measured AS m WHERE m.responsible IS NULL),
        'rows', (SELECT json_agg(json_build_object('organization', json_build_object('code', o.code, 'name', o.name), 'total', m.total, 'green', m.green, 'amberGreen', m.amber_green,
            'amberRed', m.amber_red, 'red', m.red, 'unjudged', m.unjudged) ORDER BY m.red DESC, m.responsible)
            FROM measured AS m JOIN directory.organization AS o ON o.code = m.responsible)),
    'kpiTargets', json_build_object('totalCount', (SELECT count(*) FROM year WHERE rag IN ('RED', 'AMBER_RED')), 'edges', (
        SELECT json_agg(json_build_object('indicator', json_build_object('code', i.code, 'name', i.name, 'unit', i.unit), 'accountable', p.title, 'holder', h.display_name, 'period', t.period,
            'value', t.target, 'actual', t.actual, 'observedUntil', t.ends[cardinality(t.ends)] - 1, 'forecast', t.forecast, 'attainment', CASE WHEN t.complete OR NOT kpis.needs_whole(t.nature, t.direction, t.baseline) THEN kpis.attainment(t.direction, t.actual, t.target, t.baseline) END,
            'shortfall', t.shortfall, 'rag', t.rag, 'judged', t.judged))
        FROM (SELECT * FROM year WHERE rag IN ('RED', 'AMBER_RED') ORDER BY shortfall DESC, target_id DESC LIMIT 10) AS t
        JOIN kpis.indicator AS i ON i.code = t.indicator_code
        LEFT JOIN directory.position AS p ON p.code = i.accountable_position_code
        LEFT JOIN directory.appointment AS a ON a.position_code = p.code AND a.deleted_at IS NULL AND a.from_on <= t.day AND (a.to_on IS NULL OR t.day < a.to_on)
        LEFT JOIN directory.official AS h ON h.code = a.official_code)),
    'kpiRevisions', (SELECT json_agg(r) FROM (
        SELECT s.indicator_code, i.name, c.period, c.day, c.before, c.after, y.rag AS rag_before, t.rag AS rag_after
        FROM (SELECT c.series_id, c.period, c.period_first, c.period_end, c.from_day AS day, c.value AS after, b.value AS before
              FROM kpis.observed_fact AS c
              CROSS JOIN LATERAL (SELECT * FROM kpis.observed_fact AS b WHERE b.series_id = c.series_id AND b.period = c.period AND b.from_day < c.from_day ORDER BY b.from_day DESC LIMIT 1) AS b
              WHERE c.vintage > 1 AND c.from_day BETWEEN '2026-01-01' AND '2026-12-31' AND c.from_day < c.to_day
                AND (b.to_day < c.from_day OR (b.value, b.numerator, b.denominator, b.counts) IS DISTINCT FROM (c.value, c.numerator, c.denominator, c.counts))
              UNION ALL
              SELECT b.series_id, b.period, b.period_first, b.period_end, b.to_day, NULL, b.value FROM kpis.observed_fact AS b
              WHERE b.to_day < 'infinity' AND b.to_day BETWEEN '2026-01-01' AND '2026-12-31'
                AND NOT EXISTS (SELECT FROM kpis.observed_fact AS c WHERE c.series_id = b.series_id AND c.period = b.period AND c.from_day = b.to_day)) AS c
        JOIN kpis.series AS s ON s.id = c.series_id
        JOIN kpis.indicator AS i ON i.code = s.indicator_code
        JOIN kpis.target_fact AS t ON t.series_id = c.series_id AND t.period_first <= c.period_first AND c.period_end <= t.period_end AND t.from_day <= c.day AND c.day < t.to_day
        JOIN kpis.target_fact AS y ON y.series_id = t.series_id AND y.period = t.period AND y.from_day < c.day AND c.day <= y.to_day
        WHERE y.rag IS DISTINCT FROM t.rag
        ORDER BY c.day DESC, s.indicator_code, s.area_code, s.organization_code, c.period, t.period LIMIT 5) AS r))
