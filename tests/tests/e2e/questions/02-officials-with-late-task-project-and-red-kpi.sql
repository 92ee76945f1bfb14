-- # among /scorecards/edges/*/node
-- Officials with an overdue task, a late project and a target. Which targets are red follows from forecasts and is not told here.
SELECT o.code AS "official/code", t.open AS "measures/tasks/open", t.overdue AS "measures/tasks/overdue", p.total AS "measures/projects/total", p.late AS "measures/projects/late",
       k.total AS "measures/kpis/total", t.overdue AS "official/tasks/totalCount", p.late AS "official/projects/totalCount"
FROM directory.official AS o
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE is_open) AS open, count(*) FILTER (WHERE is_overdue) AS overdue
    FROM task WHERE in_scope AND accountable_position_code IN (SELECT position_code FROM holder WHERE official_code = o.code)) AS t
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE in_scope AND is_late) AS late
    FROM project WHERE accountable_position_code IN (SELECT position_code FROM holder WHERE official_code = o.code)) AS p
CROSS JOIN LATERAL (SELECT count(*) AS total FROM target
    WHERE left(period, 4) = '2026' AND accountable_position_code IN (SELECT position_code FROM holder WHERE official_code = o.code)) AS k
WHERE t.overdue > 0 AND p.late > 0 AND k.total > 0

-- # twice /scorecards/edges/*/node
-- Tasks, projects and targets of an official in one join.
SELECT h.official_code AS "official/code", count(*) AS "measures/tasks/overdue"
FROM holder AS h JOIN task AS t ON t.accountable_position_code = h.position_code AND t.is_overdue
JOIN project AS p ON p.accountable_position_code IN (SELECT position_code FROM holder WHERE official_code = h.official_code)
JOIN target AS k ON k.accountable_position_code IN (SELECT position_code FROM holder WHERE official_code = h.official_code) GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
