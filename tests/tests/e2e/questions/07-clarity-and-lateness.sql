-- # figures-in-any-order /all/rows/*
SELECT o.axis, count(*) FILTER (WHERE in_scope) AS "measures/total", count(*) FILTER (WHERE in_scope AND is_overdue) AS "measures/overdue",
       count(*) FILTER (WHERE due_here) AS "measures/dueThisPeriod",
       count(*) FILTER (WHERE due_here AND current_due < day AND done_on <= current_due) AS "measures/onTime/numerator",
       count(*) FILTER (WHERE due_here AND current_due < day) AS "measures/onTime/denominator",
       avg(points) FILTER (WHERE in_scope) AS "measures/clarity/mean", count(*) FILTER (WHERE in_scope AND points = 6) AS "measures/clarity/complete",
       avg(CASE WHEN is_overdue THEN day - current_due WHEN done_on > current_due THEN done_on - current_due END) FILTER (WHERE due_here) AS "measures/averageDaysLate"
FROM (SELECT t.*, coalesce(t.accountable_position_code IN (SELECT position_code FROM holder), false)::int + (t.action IS NOT NULL)::int + (t.current_due IS NOT NULL)::int
             + (t.lead_role IS NOT NULL)::int + (t.deliverable IS NOT NULL AND t.acceptance_criteria IS NOT NULL)::int
             + (t.approver_position_code IS NOT NULL AND t.legal_basis IS NOT NULL)::int AS points FROM task AS t) AS t
CROSS JOIN today JOIN directory.organization AS o ON o.code = t.lead_organization_code
GROUP BY o.axis

-- # figures-in-any-order /unclear/rows/*
SELECT o.axis, count(*) FILTER (WHERE in_scope) AS "measures/total", count(*) FILTER (WHERE in_scope AND is_overdue) AS "measures/overdue",
       count(*) FILTER (WHERE due_here AND current_due < day AND done_on <= current_due) AS "measures/onTime/numerator",
       count(*) FILTER (WHERE due_here AND current_due < day) AS "measures/onTime/denominator"
FROM task AS t CROSS JOIN today JOIN directory.organization AS o ON o.code = t.lead_organization_code
WHERE NOT coalesce(t.accountable_position_code IN (SELECT position_code FROM holder) AND t.action IS NOT NULL AND t.current_due IS NOT NULL
    AND t.lead_role IS NOT NULL AND t.deliverable IS NOT NULL AND t.acceptance_criteria IS NOT NULL
    AND t.approver_position_code IS NOT NULL AND t.legal_basis IS NOT NULL, false)
GROUP BY o.axis

-- # figures-in-any-order /clear/rows/*
SELECT o.axis, count(*) FILTER (WHERE in_scope) AS "measures/total", count(*) FILTER (WHERE in_scope AND is_overdue) AS "measures/overdue"
FROM task AS t JOIN directory.organization AS o ON o.code = t.lead_organization_code
WHERE t.accountable_position_code IN (SELECT position_code FROM holder) AND t.action IS NOT NULL AND t.current_due IS NOT NULL
    AND t.lead_role IS NOT NULL AND t.deliverable IS NOT NULL AND t.acceptance_criteria IS NOT NULL
    AND t.approver_position_code IS NOT NULL AND t.legal_basis IS NOT NULL
GROUP BY o.axis

-- # twice /all/rows/*
-- A task with coordinating organizations would count for the lead once for each of them.
SELECT o.axis, count(*) AS "measures/total"
FROM task AS t JOIN directory.organization AS o ON o.code = t.lead_organization_code
LEFT JOIN LATERAL unnest(t.coordinating_organization_codes) AS c(code) ON true WHERE t.in_scope GROUP BY o.axis

-- # empty {"period": "2010"}
-- /all/rows
-- /unclear/rows
-- /clear/rows
