-- # figures /projectStats/totals
SELECT (SELECT count(*) FROM project WHERE in_scope) AS total, (SELECT count(*) FROM project WHERE in_scope AND is_late) AS late,
       (SELECT sum(amount) FROM projects.disbursement, today WHERE deleted_at IS NULL AND plan_year = 2026 AND paid_on <= day) AS disbursed,
       sum(paid) FILTER (WHERE basis = 'PM') AS "disbursement/pm/numerator", sum(planned) FILTER (WHERE basis = 'PM') AS "disbursement/pm/denominator",
       sum(paid) FILTER (WHERE basis = 'CITY') AS "disbursement/city/numerator", sum(planned) FILTER (WHERE basis = 'CITY') AS "disbursement/city/denominator",
       sum(paid) FILTER (WHERE basis = 'ADJUSTED') AS "disbursement/adjusted/numerator", sum(planned) FILTER (WHERE basis = 'ADJUSTED') AS "disbursement/adjusted/denominator",
       sum(paid) FILTER (WHERE basis = 'CARRIED_OVER') AS "disbursement/carriedOver/numerator", sum(planned) FILTER (WHERE basis = 'CARRIED_OVER') AS "disbursement/carriedOver/denominator"
FROM money JOIN project ON project.code = money.project_code

-- # figures /scorecards/edges/*/node
SELECT p.code, m.paid AS "measures/projects/disbursementCity/numerator", m.planned AS "measures/projects/disbursementCity/denominator",
       t.open AS "measures/tasks/open", t.overdue AS "measures/tasks/overdue", t.open AS "project/tasks/totalCount"
FROM project AS p JOIN money AS m ON m.project_code = p.code AND m.basis = 'CITY'
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE is_open) AS open, count(*) FILTER (WHERE is_overdue) AS overdue
    FROM task WHERE p.code = ANY (project_codes) AND in_scope) AS t
WHERE m.paid / m.planned < 0.9 AND t.open > 0
ORDER BY m.paid / m.planned, p.code LIMIT 20

-- # twice /projectStats/totals
-- Each version of a plan, for each payment.
SELECT sum(c.amount) FILTER (WHERE c.basis = 'PM') AS "disbursement/pm/denominator", sum(c.amount) FILTER (WHERE c.basis = 'CITY') AS "disbursement/city/denominator"
FROM projects.capital_plan AS c JOIN projects.disbursement AS d ON d.project_code = c.project_code AND d.plan_year = c.year WHERE c.year = 2026

-- # empty {"below": 0}
-- /scorecards/edges
