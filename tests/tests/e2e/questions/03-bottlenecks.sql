-- # figures /scorecards/edges/*/node
-- Overdue feedback needs the working hours of the calendar, and a judgement the formulas of targets: their tests are elsewhere.
SELECT b.code, t.total AS "measures/tasks/total", t.open AS "measures/tasks/open", t.overdue AS "measures/tasks/overdue",
       p.total AS "measures/projects/total", p.late AS "measures/projects/late",
       m.paid AS "measures/projects/disbursementCity/numerator", m.planned AS "measures/projects/disbursementCity/denominator",
       k.total AS "measures/kpis/total", f.received AS "measures/feedback/received", f.open AS "measures/feedback/open",
       r.rated AS "measures/feedback/satisfactionRated", r.rate AS "measures/feedback/satisfactionRate"
FROM directory.bottleneck AS b
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE in_scope AND is_open) AS open,
        count(*) FILTER (WHERE in_scope AND is_overdue) AS overdue
    FROM task WHERE b.code = ANY (bottleneck_codes)) AS t
CROSS JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE is_late) AS late
    FROM project WHERE b.code = ANY (bottleneck_codes) AND in_scope) AS p
CROSS JOIN LATERAL (SELECT coalesce(sum(paid), 0) AS paid, coalesce(sum(planned), 0) AS planned
    FROM money JOIN project ON project.code = money.project_code WHERE b.code = ANY (bottleneck_codes) AND basis = 'CITY') AS m
CROSS JOIN LATERAL (SELECT count(*) AS total FROM target WHERE b.code = ANY (bottleneck_codes) AND left(period, 4) = '2026') AS k
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE extract(year FROM submitted_on) = 2026) AS received, count(*) FILTER (WHERE is_open) AS open
    FROM feedback WHERE b.code = ANY (bottleneck_codes)) AS f
CROSS JOIN LATERAL (SELECT count(*) AS rated, avg(is_satisfied::int) AS rate
    FROM rating WHERE b.code = ANY (bottleneck_codes) AND extract(year FROM rated_on) = 2026) AS r
ORDER BY b.code

-- # twice /scorecards/edges/*/node
-- Plans joined with payments count each plan once for each payment.
SELECT b.code, sum(c.amount) AS "measures/projects/disbursementCity/denominator"
FROM directory.bottleneck AS b JOIN project AS p ON b.code = ANY (p.bottleneck_codes)
JOIN projects.capital_plan AS c ON c.project_code = p.code AND c.year = 2026 AND c.basis = 'CITY'
JOIN projects.disbursement AS d ON d.project_code = p.code AND d.plan_year = 2026
GROUP BY b.code

-- # empty {"period": "2010"}
-- /scorecards/edges/*/node/measures/tasks/total
-- /scorecards/edges/*/node/measures/kpis/total
-- /scorecards/edges/*/node/measures/feedback/received
