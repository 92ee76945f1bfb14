-- # figures /alerts
-- Positions without a holder that are accountable for an open task, for a project that has not ended, or for an indicator with a target.
SELECT count(DISTINCT p.code) AS "totalCount"
FROM directory.position AS p
WHERE p.deleted_at IS NULL AND p.code NOT IN (SELECT position_code FROM holder)
  AND (EXISTS (SELECT FROM task WHERE is_open AND accountable_position_code = p.code)
       OR EXISTS (SELECT FROM project WHERE phase NOT IN ('COMPLETED', 'CANCELLED') AND accountable_position_code = p.code)
       OR EXISTS (SELECT FROM kpis.indicator AS i WHERE i.deleted_at IS NULL AND i.accountable_position_code = p.code))

-- # twice /alerts
-- A position once for each pair of a task and a project of it.
SELECT count(*) AS "totalCount"
FROM directory.position AS p LEFT JOIN task AS t ON t.accountable_position_code = p.code LEFT JOIN project AS j ON j.accountable_position_code = p.code
WHERE p.code NOT IN (SELECT position_code FROM holder)

-- # unloaded
-- /alerts/edges
