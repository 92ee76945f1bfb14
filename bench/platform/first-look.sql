-- schema/operations/first-look.graphql: counts of today, and measures by axis as of 30 September 2026.
WITH today AS (SELECT platform.day_of(now()) AS day),
issued AS (SELECT f.task_id FROM today, tasks.fact AS f WHERE f.from_day <= today.day AND today.day < f.to_day),
areas AS (
    SELECT count(*) AS all, count(*) FILTER (WHERE kind = 'WARD') AS wards, count(*) FILTER (WHERE kind = 'COMMUNE') AS communes
    FROM today, directory.area WHERE kind IN ('WARD', 'COMMUNE') AND deleted_at IS NULL AND coalesce(valid_from <= day, true) AND coalesce(day < valid_to, true)),
measured AS (
    SELECT grouping(o.axis) = 1 AS is_total, o.axis,
           count(*) FILTER (WHERE f.in_scope) AS total,
           count(*) FILTER (WHERE f.in_scope AND f.overdue_from <= '2026-09-30') AS overdue,
           count(*) FILTER (WHERE f.in_scope AND f.risk_from <= '2026-09-30' AND f.in_time) AS at_risk,
           count(*) FILTER (WHERE f.in_scope AND f.blocked_from <= '2026-09-30' AND f.in_time) AS blocked,
           count(*) FILTER (WHERE f.in_scope AND f.predecessor_from <= '2026-09-30' AND f.in_time) AS predecessor,
           count(*) FILTER (WHERE f.in_scope AND f.behind_from <= '2026-09-30' AND f.in_time) AS behind,
           count(*) FILTER (WHERE f.in_scope AND f.silent_from <= '2026-09-30' AND f.in_time) AS silent,
           count(*) FILTER (WHERE f.in_scope AND f.declared_from <= '2026-09-30' AND f.in_time) AS declared,
           count(*) FILTER (WHERE f.is_due) AS due,
           count(*) FILTER (WHERE f.is_due AND f.done_on <= f.due_on) AS on_time,
           sum(f.clarity + f.has_person) FILTER (WHERE f.in_scope) AS points,
           count(*) FILTER (WHERE f.in_scope AND f.clarity + f.has_person = 6) AS complete
    FROM (SELECT d.*, d.start_on < '2027-01-01' AND (d.ended_on IS NULL OR d.ended_on >= '2026-01-01') AS in_scope,
                 d.overdue_from IS NULL OR d.overdue_from > '2026-09-30' AS in_time,
                 d.status NOT IN ('CANCELLED', 'SUPERSEDED') AND d.due_on >= '2026-01-01' AND d.due_on < '2026-09-30' AS is_due,
                 (a.position_code IS NOT NULL)::int AS has_person
          FROM tasks.fact AS d
          LEFT JOIN directory.appointment AS a ON a.position_code = d.position AND a.deleted_at IS NULL
               AND a.from_on <= '2026-09-30' AND (a.to_on IS NULL OR a.to_on > '2026-09-30')
          WHERE d.from_day <= '2026-09-30' AND d.to_day > '2026-09-30') AS f
    LEFT JOIN directory.organization AS o ON o.code = f.lead AND o.deleted_at IS NULL
    WHERE f.in_scope OR f.is_due
    GROUP BY GROUPING SETS ((o.axis), ()))
SELECT json_build_object(
    'areas', json_build_object('totalCount', areas.all),
    'wards', json_build_object('totalCount', areas.wards),
    'communes', json_build_object('totalCount', areas.communes),
    'tasks', json_build_object('totalCount', (SELECT count(*) FROM issued)),
    'programme', (SELECT json_build_object('title', p.title, 'tasks', json_build_object('totalCount',
            (SELECT count(*) FROM today, issued JOIN tasks.fact_code AS c USING (task_id)
             WHERE c.dimension = 'PROGRAMME' AND c.code = p.code AND c.from_day <= today.day AND today.day < c.to_day)))
        FROM directory.programme AS p WHERE p.code = 'NQ-DH18-HN' AND p.deleted_at IS NULL),
    'taskStats', json_build_object(
        'totals', (SELECT json_build_object('total', total, 'overdue', overdue, 'atRisk', at_risk) FROM measured WHERE is_total),
        'rows', (SELECT json_agg(json_build_object('axis', m.axis, 'measures', json_build_object(
                'total', m.total, 'overdue', m.overdue, 'atRisk', m.at_risk,
                'atRiskReasons', (SELECT json_agg(json_build_object('reason', r.reason, 'tasks', r.tasks) ORDER BY r.place)
                    FROM (VALUES (1, 'BLOCKED', m.blocked), (2, 'PREDECESSOR_OVERDUE', m.predecessor), (3, 'BEHIND_SCHEDULE', m.behind),
                                 (4, 'NO_UPDATE', m.silent), (5, 'SELF_DECLARED_HIGH', m.declared)) AS r(place, reason, tasks) WHERE r.tasks > 0),
                'onTime', json_build_object('numerator', m.on_time::text, 'denominator', m.due::text, 'value', m.on_time::float / nullif(m.due, 0)),
                'clarity', json_build_object('mean', m.points::float / nullif(m.total, 0), 'complete', m.complete))) ORDER BY m.axis)
            FROM measured AS m WHERE NOT m.is_total),
        'freshness', json_build_object('asOf', '2026-09-30', 'servedBy', 'ROWS', 'partial', true)))
FROM areas
