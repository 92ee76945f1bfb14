-- schema/operations/wards.graphql: 126 areas with measures of 2026 as of today, and the next five tasks of each.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
concerned AS MATERIALIZED (
    SELECT c.code AS area, f.*
    FROM today, tasks.fact AS f JOIN tasks.fact_code AS c USING (task_id)
    WHERE f.from_day <= today.day AND today.day < f.to_day
      AND c.dimension = 'AREA' AND c.from_day <= today.day AND today.day < c.to_day),
measured AS (
    SELECT f.area, count(*) AS tasks, count(*) FILTER (WHERE f.in_scope) AS total,
           count(*) FILTER (WHERE f.in_scope AND f.is_overdue) AS overdue,
           count(*) FILTER (WHERE f.in_scope AND f.is_at_risk AND NOT f.is_overdue) AS at_risk,
           count(*) FILTER (WHERE f.is_due) AS due, count(*) FILTER (WHERE f.is_due AND f.done_on <= f.due_on) AS on_time
    FROM (SELECT c.*, c.start_on < '2027-01-01' AND (c.ended_on IS NULL OR c.ended_on >= '2026-01-01') AS in_scope,
                 coalesce(c.overdue_from <= today.day, false) AS is_overdue, c.risk_from <= today.day AS is_at_risk,
                 c.status NOT IN ('CANCELLED', 'SUPERSEDED') AND c.due_on >= '2026-01-01'
                     AND c.due_on < least(today.day, '2027-01-01') AS is_due
          FROM today, concerned AS c) AS f
    GROUP BY f.area),
next AS (
    SELECT n.area, json_agg(json_build_object('node', json_build_object('code', t.code, 'title', t.title, 'status', n.status,
               'currentDue', n.due_on, 'lead', json_build_object('name', o.name))) ORDER BY n.place) AS edges
    FROM (SELECT area, task_id, status, due_on, lead,
                 row_number() OVER (PARTITION BY area ORDER BY coalesce(due_on, 'infinity'), task_id) AS place
          FROM concerned) AS n
    JOIN tasks.task AS t ON t.id = n.task_id
    LEFT JOIN directory.organization AS o ON o.code = n.lead
    WHERE n.place <= 5 GROUP BY n.area)
SELECT json_build_object('areas', json_build_object('totalCount', count(*), 'edges', json_agg(json_build_object('node', json_build_object(
    'code', a.code, 'name', a.name,
    'taskMeasures', json_build_object('total', coalesce(m.total, 0), 'overdue', coalesce(m.overdue, 0), 'atRisk', coalesce(m.at_risk, 0),
        'onTime', json_build_object('value', m.on_time::float / nullif(m.due, 0))),
    'tasks', json_build_object('totalCount', coalesce(m.tasks, 0), 'edges', coalesce(next.edges, '[]'))))
    ORDER BY platform.fold(coalesce(a.short_name, a.name)), a.code)))
FROM directory.area AS a
LEFT JOIN measured AS m ON m.area = a.code
LEFT JOIN next ON next.area = a.code
WHERE a.kind IN ('WARD', 'COMMUNE') AND a.deleted_at IS NULL AND coalesce(a.valid_from <= platform.day_of(now()), true) AND coalesce(platform.day_of(now()) < a.valid_to, true)
