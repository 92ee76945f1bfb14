-- # including /changesSince/counts/*
-- Since the latest briefing was held: tasks whose work was accepted, extensions that were approved, cases that were submitted.
SELECT 'TASKS' AS dataset, 'FINISHED' AS kind, count(*) AS count
FROM tasks.transition WHERE to_status = 'COMPLETED' AND at > (SELECT max(held_at) FROM insights.briefing)
UNION ALL
SELECT 'TASKS', 'SLIPPED', count(*)
FROM tasks.extension_request WHERE status = 'APPROVED' AND decided_at > (SELECT max(held_at) FROM insights.briefing)

-- # twice /changesSince/counts/*
-- The acceptance of a task joined with all its transitions.
SELECT 'TASKS' AS dataset, 'FINISHED' AS kind, count(*) AS count
FROM tasks.transition AS t JOIN tasks.transition AS o ON o.task_id = t.task_id
WHERE t.to_status = 'COMPLETED' AND t.at > (SELECT max(held_at) FROM insights.briefing)

-- # unloaded
-- /changesSince/edges
