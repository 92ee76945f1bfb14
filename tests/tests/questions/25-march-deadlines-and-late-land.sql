-- # figures /scorecards/edges/*/node
-- Both are as of the end of March: open is what was not done or ended by then, and late what was neither handed over nor withdrawn.
SELECT p.code, t.due AS "measures/tasks/dueThisPeriod", t.open AS "measures/tasks/open", c.overdue AS "measures/clearance/overdue"
FROM project AS p
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE is_valid AND current_due BETWEEN '2026-03-01' AND '2026-03-31') AS due,
        count(*) FILTER (WHERE start_on < '2026-04-01' AND CASE WHEN is_open THEN true WHEN status = 'COMPLETED' THEN submitted_on > '2026-03-31'
            ELSE closed_on > '2026-03-31' END) AS open
    FROM task WHERE p.code = ANY (project_codes)) AS t
CROSS JOIN LATERAL (SELECT count(*) AS overdue
    FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code AND s.deleted_at IS NULL
    WHERE c.deleted_at IS NULL AND s.project_code = p.code AND s.target_handover < '2026-03-31'
      AND EXISTS (SELECT FROM projects.milestone AS m WHERE m.parcel_id = c.id AND m.deleted_at IS NULL AND m.happened_on <= '2026-03-31')
      AND NOT EXISTS (SELECT FROM projects.milestone AS m WHERE m.parcel_id = c.id AND m.deleted_at IS NULL AND m.happened_on <= '2026-03-31'
          AND m.kind IN ('HANDED_OVER', 'ENFORCED', 'WITHDRAWN'))) AS c
WHERE t.due > 0 AND t.open > 0 AND c.overdue > 0
ORDER BY c.overdue DESC, p.code LIMIT 20

-- # twice /scorecards/edges/*/node
-- Parcels joined with the tasks of their project and with their milestones.
SELECT s.project_code AS code, count(*) AS "measures/clearance/overdue"
FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code JOIN projects.milestone AS m ON m.parcel_id = c.id
JOIN task AS t ON s.project_code = ANY (t.project_codes)
WHERE s.target_handover < '2026-03-31' GROUP BY 1

-- # empty {"month": "2010-03", "from": "2010-03-01", "to": "2010-03-31"}
-- /scorecards/edges
