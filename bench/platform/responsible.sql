-- schema/operations/responsible.graphql: overdue tasks, the accountable position and its holder today.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
overdue AS MATERIALIZED (
    SELECT f.* FROM today, tasks.fact AS f
    WHERE f.from_day <= today.day AND today.day < f.to_day AND f.overdue_from <= today.day)
SELECT json_build_object('tasks', json_build_object(
    'totalCount', (SELECT count(*) FROM overdue),
    'edges', (SELECT json_agg(json_build_object('node', json_build_object(
            'code', t.code, 'title', t.title, 'currentDue', f.due_on,
            'lead', json_build_object('name', o.name, 'area', CASE WHEN a.code IS NOT NULL THEN json_build_object('name', a.name) END),
            'accountable', CASE WHEN p.code IS NOT NULL THEN json_build_object('title', p.title,
                'holder', CASE WHEN h.code IS NOT NULL THEN json_build_object('displayName', h.display_name) END) END,
            'programmes', (SELECT coalesce(json_agg(json_build_object('code', g.code, 'title', g.title,
                    'parent', CASE WHEN up.code IS NOT NULL THEN json_build_object('title', up.title) END) ORDER BY c.place), '[]')
                FROM unnest(t.programme_codes) WITH ORDINALITY AS c(code, place)
                JOIN directory.programme AS g ON g.code = c.code AND g.deleted_at IS NULL
                LEFT JOIN directory.programme AS up ON up.code = g.parent_code AND up.deleted_at IS NULL)))
            ORDER BY coalesce(f.due_on, 'infinity'), f.task_id)
        FROM today CROSS JOIN (SELECT * FROM overdue ORDER BY coalesce(due_on, 'infinity'), task_id LIMIT 10) AS f
        JOIN tasks.task AS t ON t.id = f.task_id
        LEFT JOIN directory.organization AS o ON o.code = f.lead
        LEFT JOIN directory.area AS a ON a.code = o.area_code
        LEFT JOIN directory.position AS p ON p.code = f.position AND p.deleted_at IS NULL
        LEFT JOIN directory.appointment AS held ON held.position_code = p.code AND held.deleted_at IS NULL
             AND held.from_on <= today.day AND (held.to_on IS NULL OR today.day < held.to_on)
        LEFT JOIN directory.official AS h ON h.code = held.official_code AND h.deleted_at IS NULL)))
