-- schema/operations/search.graphql: "ba dinh" in areas, organizations and tasks.
SELECT json_build_object(
    'areas', json_build_object('edges', coalesce((
        SELECT json_agg(json_build_object('node', json_build_object('code', a.code, 'name', a.name,
            'centre', CASE WHEN a.lat IS NOT NULL THEN json_build_object('lat', a.lat, 'lon', a.lon) END, 'areaKm2', a.area_km2::text)) ORDER BY a.code)
        FROM (SELECT area.* FROM directory.area, platform.day_of(now()) AS today WHERE deleted_at IS NULL AND coalesce(valid_from <= today, true) AND coalesce(today < valid_to, true) AND search LIKE '%dinh%' AND search LIKE '%ba%' ORDER BY code LIMIT 20) AS a), '[]')),
    'organizations', json_build_object('edges', coalesce((
        SELECT json_agg(json_build_object('node', json_build_object('code', o.code, 'name', o.name, 'axis', o.axis, 'level', o.level,
            'parent', CASE WHEN p.code IS NOT NULL THEN json_build_object('name', p.name) END)) ORDER BY o.code)
        FROM (SELECT * FROM directory.organization WHERE deleted_at IS NULL AND search LIKE '%dinh%' AND search LIKE '%ba%' ORDER BY code LIMIT 20) AS o
        LEFT JOIN directory.organization AS p ON p.code = o.parent_code AND p.deleted_at IS NULL), '[]')),
    'tasks', json_build_object('edges', coalesce((
        SELECT json_agg(json_build_object('node', json_build_object('code', t.code, 'title', t.title)) ORDER BY t.due, t.id)
        FROM (SELECT t.id, t.code, t.title, coalesce(f.due_on, 'infinity') AS due
              FROM (SELECT platform.day_of(now()) AS day) AS today
              -- "ba" is too short for the trigram index, and `LIKE ALL` keeps PostgreSQL from reading all of it.
              -- `OFFSET 0`: the words are found before the due dates are ordered.
              CROSS JOIN (SELECT id, code, title FROM tasks.task WHERE search LIKE '%dinh%' AND search LIKE ALL (ARRAY['%ba%']) OFFSET 0) AS t
              -- `LIMIT 1` has the facts of these tasks read by index, and not all facts.
              CROSS JOIN LATERAL (SELECT due_on FROM tasks.fact WHERE task_id = t.id AND from_day <= today.day AND today.day < to_day LIMIT 1) AS f
              ORDER BY 4, 1 LIMIT 5) AS t), '[]')))
