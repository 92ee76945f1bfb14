-- # figures-in-any-order /tasks/edges/*/node
SELECT t.code, n.extensions AS "extensionCount", t.baseline_due AS "baselineDue", t.current_due AS "currentDue", t.is_overdue AS "isOverdue",
       t.lead_organization_code AS "lead/code"
FROM task AS t CROSS JOIN LATERAL (SELECT count(*) AS extensions FROM tasks.extension_request AS e WHERE e.task_id = t.id AND e.status = 'APPROVED') AS n
WHERE n.extensions >= 2

-- # figures-in-any-order /tasks/edges/*/node/projects/*
SELECT p.code, p.slip_days AS "slipDays", p.is_late AS "isLate", p.baseline_end AS "baselineEnd", p.forecast_end AS "forecastEnd"
FROM task AS t JOIN project AS p ON p.code = ANY (t.project_codes)
WHERE (SELECT count(*) FROM tasks.extension_request AS e WHERE e.task_id = t.id AND e.status = 'APPROVED') >= 2

-- # twice /tasks
-- A task with two extensions and several relations.
SELECT count(*) AS "totalCount"
FROM task AS t JOIN tasks.extension_request AS e ON e.task_id = t.id AND e.status = 'APPROVED'
WHERE (SELECT count(*) FROM tasks.extension_request AS e WHERE e.task_id = t.id AND e.status = 'APPROVED') >= 2

-- # unloaded
-- /tasks/edges
