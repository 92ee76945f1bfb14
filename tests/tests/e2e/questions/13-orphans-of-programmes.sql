-- # figures /scorecards/edges/*/node
SELECT p.code, p.kind AS "programme/kind", p.parent_code AS "programme/parent/code"
FROM directory.programme AS p
WHERE p.deleted_at IS NULL AND NOT EXISTS (SELECT FROM task WHERE p.code = ANY (programme_codes) AND in_scope)
  AND NOT EXISTS (SELECT FROM project WHERE p.code = ANY (programme_codes) AND in_scope)
  AND NOT EXISTS (SELECT FROM target WHERE p.code = ANY (programme_codes) AND left(period, 4) = '2026')
ORDER BY p.code

-- # figures /
SELECT (SELECT count(*) FROM task WHERE is_open AND cardinality(programme_codes) = 0) AS "tasks/totalCount",
       (SELECT count(*) FROM project WHERE cardinality(programme_codes) = 0) AS "projects/totalCount",
       (SELECT count(*) FROM target WHERE cardinality(programme_codes) = 0) AS "kpiTargets/totalCount"

-- # twice /
-- Anti-joins by pairs: every task has a programme that it does not name.
SELECT count(*) AS "tasks/totalCount"
FROM task AS t JOIN directory.programme AS p ON p.code <> ALL (t.programme_codes) WHERE t.is_open

-- # unloaded
-- /scorecards/edges
-- /tasks/edges
-- /projects/edges
-- /kpiTargets/edges
