-- # figures /scorecards/edges/*/node
-- Falling: pooled two-proportion z below -1.645, with at least 30 ratings on both sides.
SELECT a.code, c.key_overdue AS "measures/clearance/keyOverdue", c.overdue AS "measures/clearance/overdue", r.now AS "measures/feedback/satisfactionRated",
       r.before AS "previous/feedback/satisfactionRated"
FROM directory.area AS a
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE parcel.is_overdue AND project.key_list) AS key_overdue, count(*) FILTER (WHERE parcel.is_overdue) AS overdue
    FROM parcel LEFT JOIN project ON project.code = parcel.project_code WHERE parcel.area_code = a.code) AS c
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE is_now) AS now, count(*) FILTER (WHERE is_now AND is_satisfied) AS satisfied_now,
        count(*) FILTER (WHERE is_before) AS before, count(*) FILTER (WHERE is_before AND is_satisfied) AS satisfied_before
    FROM (SELECT is_satisfied, extract(year FROM rated_on) = 2026 AS is_now, extract(year FROM rated_on) = 2025 AND rated_on <= day - interval '1 year' AS is_before
          FROM rating, today WHERE area_code = a.code) AS rating) AS r
CROSS JOIN LATERAL (SELECT (r.satisfied_now + r.satisfied_before)::float8 / nullif(r.now + r.before, 0) AS pooled) AS p
WHERE c.key_overdue > 0 AND r.now >= 30 AND r.before >= 30
  AND r.satisfied_now::float8 / r.now - r.satisfied_before::float8 / r.before < -1.645 * sqrt(p.pooled * (1 - p.pooled) * (1.0 / r.now + 1.0 / r.before))
ORDER BY c.key_overdue DESC, a.code LIMIT 20

-- # twice /scorecards/edges/*/node
-- Parcels joined with their parties and with the ratings of their ward.
SELECT c.area_code AS code, count(*) AS "measures/clearance/keyOverdue"
FROM parcel AS c JOIN project AS p ON p.code = c.project_code AND p.key_list JOIN holding AS h ON h.parcel_id = c.id
JOIN rating AS r ON r.area_code = c.area_code WHERE c.is_overdue GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
