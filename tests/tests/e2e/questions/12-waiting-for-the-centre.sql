-- # figures-in-any-order /tasks/edges/*/node
SELECT t.code, t.lead_organization_code AS "lead/code", t.is_overdue AS "isOverdue", t.current_due AS "currentDue"
FROM task AS t WHERE t.is_open AND EXISTS (SELECT FROM tasks.blocker AS b
    WHERE b.task_id = t.id AND b.needs_level = 'CENTRAL' AND b.resolved_at IS NULL AND b.decided_on IS NULL AND b.deleted_at IS NULL)

-- # figures-in-any-order /tasks/edges/*/node/projects/*
SELECT p.code, p.slip_days AS "slipDays", p.is_late AS "isLate"
FROM task AS t JOIN project AS p ON p.code = ANY (t.project_codes) WHERE t.is_open AND EXISTS (SELECT FROM tasks.blocker AS b
    WHERE b.task_id = t.id AND b.needs_level = 'CENTRAL' AND b.resolved_at IS NULL AND b.decided_on IS NULL AND b.deleted_at IS NULL)

-- # twice /tasks
-- A task with several blockers, and with several projects and indicators.
SELECT count(*) AS "totalCount"
FROM task AS t JOIN tasks.blocker AS b ON b.task_id = t.id AND b.deleted_at IS NULL LEFT JOIN LATERAL unnest(t.indicator_codes) AS i(code) ON true
WHERE t.is_open AND EXISTS (SELECT FROM tasks.blocker AS b
    WHERE b.task_id = t.id AND b.needs_level = 'CENTRAL' AND b.resolved_at IS NULL AND b.decided_on IS NULL AND b.deleted_at IS NULL)

-- # unloaded
-- /tasks/edges
