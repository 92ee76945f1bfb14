-- # including /changesSince/counts/*
-- Since the latest briefing was held: tasks whose work was accepted, extensions that were approved, cases that were submitted.
SELECT 'TASKS' AS dataset, 'FINISHED' AS kind, count(*) AS count
FROM tasks.transition WHERE to_status = 'COMPLETED' AND at > (SELECT max(held_at) FROM insights.briefing)
UNION ALL
SELECT 'TASKS', 'SLIPPED', count(*)
FROM tasks.extension_request WHERE status = 'APPROVED' AND decided_at > (SELECT max(held_at) FROM insights.briefing)

-- # unloaded
-- /changesSince/edges
