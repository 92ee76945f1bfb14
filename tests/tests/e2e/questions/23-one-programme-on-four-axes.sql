-- # figures /programme
SELECT p.code, p.title, (SELECT count(*) FROM task WHERE p.code = ANY (programme_codes) AND in_scope) AS "taskMeasures/total",
       (SELECT count(*) FROM task WHERE p.code = ANY (programme_codes) AND in_scope AND is_overdue) AS "taskMeasures/overdue",
       (SELECT count(*) FROM target WHERE p.code = ANY (programme_codes) AND left(period, 4) = '2026') AS "kpiMeasures/total"
FROM directory.programme AS p WHERE p.code = 'CTHD-DH14'

-- # figures-in-any-order /taskStats/rows/*
SELECT o.axis, count(*) FILTER (WHERE in_scope) AS "measures/total", count(*) FILTER (WHERE in_scope AND is_open) AS "measures/open",
       count(*) FILTER (WHERE extract(year FROM done_on) = 2026) AS "measures/completed", count(*) FILTER (WHERE in_scope AND is_overdue) AS "measures/overdue",
       count(*) FILTER (WHERE due_here AND current_due < day AND done_on <= current_due) AS "measures/onTime/numerator",
       count(*) FILTER (WHERE due_here AND current_due < day) AS "measures/onTime/denominator"
FROM task AS t CROSS JOIN today JOIN directory.organization AS o ON o.code = t.lead_organization_code
WHERE 'CTHD-DH14' = ANY (t.programme_codes) GROUP BY o.axis

-- # figures-in-any-order /kpiStats/rows/*
-- The organization of the scope, else the owner of the indicator.
SELECT o.axis, count(*) AS "measures/total"
FROM target AS t JOIN directory.organization AS o ON o.code = coalesce(t.organization_code, t.owner_organization_code)
WHERE 'CTHD-DH14' = ANY (t.programme_codes) AND left(t.period, 4) = '2026' GROUP BY o.axis

-- # twice /programme
-- A task of two programmes, and one with coordinating organizations of several axes.
SELECT count(*) AS "taskMeasures/total"
FROM task AS t JOIN directory.organization AS o ON o.code = t.lead_organization_code OR o.code = ANY (t.coordinating_organization_codes)
WHERE 'CTHD-DH14' = ANY (t.programme_codes) AND t.in_scope

-- # empty {"period": "2010"}
-- /programme/taskMeasures/total
-- /programme/kpiMeasures/total
-- /taskStats/rows
-- /kpiStats/rows
