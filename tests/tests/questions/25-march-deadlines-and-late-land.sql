-- # figures /scorecards/edges/*/node
-- Both are as of the end of March: open is what was not submitted by then, and cleared what was handed over by then.
SELECT p.code, t.due AS "measures/tasks/dueThisPeriod", t.open AS "measures/tasks/open", c.overdue AS "measures/clearance/overdue"
FROM project AS p
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE is_valid AND current_due BETWEEN '2026-03-01' AND '2026-03-31') AS due,
        count(*) FILTER (WHERE start_on < '2026-04-01' AND coalesce(done_on, '2026-04-01') > '2026-03-31' AND is_valid) AS open
    FROM task WHERE p.code = ANY (project_codes)) AS t
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE target_handover < '2026-03-31' AND coalesce(handed_on, 'infinity') > '2026-03-31') AS overdue
    FROM parcel WHERE project_code = p.code) AS c
WHERE t.due > 0 AND t.open > 0 AND c.overdue > 0
ORDER BY c.overdue DESC, p.code LIMIT 20

-- # twice /scorecards/edges/*/node
-- Parcels joined with the tasks of their project.
SELECT c.project_code AS code, count(*) AS "measures/clearance/overdue"
FROM parcel AS c JOIN holding AS h ON h.parcel_id = c.id JOIN task AS t ON c.project_code = ANY (t.project_codes)
WHERE c.target_handover < '2026-03-31' AND coalesce(c.handed_on, 'infinity') > '2026-03-31' GROUP BY 1

-- # empty {"month": "2010-03", "from": "2010-03-01", "to": "2010-03-31"}
-- /scorecards/edges
