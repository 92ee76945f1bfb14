-- # figures-in-any-order /tasks/edges/*/node
SELECT code, current_due AS "currentDue" FROM task WHERE is_open AND current_due BETWEEN '2026-03-01' AND '2026-03-31'

-- # including /tasks/edges/*/node/projects/*
-- Late land as of today: neither handed over, nor withdrawn, with a milestone.
SELECT p.code, c.overdue AS "clearanceMeasures/overdue"
FROM task AS t JOIN project AS p ON p.code = ANY (t.project_codes)
CROSS JOIN LATERAL (SELECT count(*) AS overdue
    FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code AND s.deleted_at IS NULL
    WHERE c.deleted_at IS NULL AND s.project_code = p.code AND s.target_handover < (SELECT day FROM today)
      AND EXISTS (SELECT FROM projects.milestone AS m WHERE m.parcel_id = c.id AND m.deleted_at IS NULL)
      AND NOT EXISTS (SELECT FROM projects.milestone AS m WHERE m.parcel_id = c.id AND m.deleted_at IS NULL
          AND m.kind IN ('HANDED_OVER', 'ENFORCED', 'WITHDRAWN'))) AS c
WHERE t.is_open AND t.current_due BETWEEN '2026-03-01' AND '2026-03-31'

-- # twice /tasks/edges/*/node/projects/*
-- Parcels joined with their milestones.
SELECT s.project_code AS code, count(*) AS "clearanceMeasures/overdue"
FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code JOIN projects.milestone AS m ON m.parcel_id = c.id
WHERE s.target_handover < (SELECT day FROM today) GROUP BY 1

-- # empty {"from": "2010-03-01", "to": "2010-03-31"}
-- /tasks/edges
