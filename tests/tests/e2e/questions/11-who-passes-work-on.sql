-- # figures-in-any-order /taskStats/rows/*
-- The organization that gave the work away is the one that passes it on.
SELECT o.code AS "formerLead/code", count(DISTINCT t.id) AS "measures/total",
       count(DISTINCT t.id) FILTER (WHERE t.is_overdue) AS "measures/overdue",
       (SELECT count(*) FROM task AS r WHERE r.lead_organization_code = o.code AND r.status = 'RETURNED') AS "formerLead/tasks/totalCount",
       (SELECT count(*) FROM feedback WHERE lead_organization_code = o.code AND extract(year FROM submitted_on) = 2026) AS "formerLead/feedbackMeasures/received"
FROM tasks.transition AS m JOIN task AS t ON t.id = m.task_id AND t.in_scope JOIN directory.organization AS o ON o.code = m.from_lead
WHERE m.from_status <> 'DRAFT' AND m.from_lead <> m.to_lead
GROUP BY o.code

-- # figures-in-any-order /feedbacks
SELECT count(*) AS "totalCount" FROM (
    SELECT e.id FROM (
        SELECT e.id, e.changes ->> 'lead_organization_code' AS lead,
               lag(e.changes ->> 'lead_organization_code') OVER (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal) AS before
        FROM feedback.feedback_event AS e
        WHERE e.effective AND e.withdrawn_at IS NULL AND e.changes ->> 'lead_organization_code' IS NOT NULL) AS e
    JOIN feedback AS f ON f.id = e.id
    WHERE e.lead <> e.before GROUP BY e.id HAVING count(*) >= 2) AS passed

-- # twice /taskStats/rows/*
-- A transfer joined with the programmes of its task.
SELECT m.from_lead AS "formerLead/code", count(*) AS "measures/total"
FROM tasks.transition AS m JOIN task AS t ON t.id = m.task_id CROSS JOIN LATERAL unnest(t.programme_codes || ARRAY['-']) AS p(code)
WHERE m.from_status <> 'DRAFT' AND m.from_lead <> m.to_lead GROUP BY 1

-- # empty {"period": "2010"}
-- /taskStats/rows
