-- schema/operations/growth-gap.graphql: growth in the first quarter as of today, what the wards declared and reached, and their late projects.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
f AS MATERIALIZED (
    SELECT d.*, kpis.gap(d.direction, d.actual, d.target, d.low, d.high) AS gap FROM today JOIN kpis.target_fact AS d ON d.from_day <= today.day AND today.day < d.to_day
    WHERE d.period = '2026-Q1' AND d.indicator_code IN ('GRDP_GROWTH', 'GRDP_CONTRIBUTION')),
part AS (SELECT * FROM f WHERE indicator_code = 'GRDP_CONTRIBUTION' AND scope = 'AREA'),
project AS MATERIALIZED (
    SELECT c.code AS area, p.* , p.late_from <= today.day AS is_late
    FROM today, projects.fact_code AS c JOIN projects.fact AS p ON p.project_id = c.project_id
    WHERE c.dimension = 'AREA' AND c.from_day <= today.day AND today.day < c.to_day AND p.from_day <= today.day AND today.day < p.to_day)
SELECT json_build_object(
    'indicator', (SELECT json_build_object('name', i.name, 'unit', i.unit,
        'targets', (SELECT json_agg(json_build_object('value', t.target, 'actual', t.actual, 'gap', t.gap, 'attainment', kpis.attainment(t.direction, t.actual, t.target, t.baseline), 'rag', t.rag, 'needed', t.needed))
                    FROM f AS t WHERE t.indicator_code = i.code AND t.scope = 'CITY'),
        'decomposition', (SELECT json_build_object('declared', sum(target), 'actual', sum(actual), 'declaring', count(target), 'observed', count(actual)) FROM part),
        'missing', (SELECT json_agg(json_build_object('code', a.code, 'name', a.name) ORDER BY a.code) FROM directory.area AS a, today
                    WHERE a.kind <> 'CITY' AND a.deleted_at IS NULL AND coalesce(a.valid_from <= today.day, true) AND coalesce(today.day < a.valid_to, true) AND NOT EXISTS (SELECT FROM part AS t WHERE t.area_code = a.code AND t.target IS NOT NULL)),
        'tasks', (SELECT json_build_object('totalCount', count(*), 'edges', (array_agg(json_build_object('code', t.code, 'title', t.title, 'currentDue', t.current_due) ORDER BY k.due_on, k.task_id))[1:5])
                  FROM today, tasks.fact_code AS c JOIN tasks.fact_present AS k ON k.task_id = c.task_id JOIN tasks.task AS t ON t.id = k.task_id
                  WHERE c.dimension = 'INDICATOR' AND c.code = i.code AND c.from_day <= today.day AND today.day < c.to_day AND k.from_day <= today.day AND k.overdue_from <= today.day))
        FROM kpis.indicator AS i WHERE i.code = 'GRDP_GROWTH'),
    'wards', json_build_object('totalCount', (SELECT count(*) FROM part), 'edges', (
        SELECT json_agg(json_build_object('value', t.target, 'actual', t.actual, 'gap', t.gap, 'rag', t.rag, 'area', json_build_object('code', a.code, 'name', a.name,
            'total', (SELECT count(*) FROM project AS p WHERE p.area = a.code),
            'lateTotal', (SELECT count(*) FROM project AS p WHERE p.area = a.code AND p.is_late),
            'late', (SELECT json_agg(json_build_object('code', p.project_code, 'slipDays', p.forecast_end - p.baseline_end) ORDER BY p.project_code COLLATE "C")
                      FROM (SELECT * FROM project WHERE area = a.code AND is_late ORDER BY project_code COLLATE "C" LIMIT 3) AS p))))
        FROM (SELECT * FROM part ORDER BY coalesce(gap, 'Infinity'::numeric), target_id LIMIT 10) AS t JOIN directory.area AS a ON a.code = t.area_code)))
