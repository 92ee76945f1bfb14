-- # figures /projectStats/rows/*
SELECT p.groundbreaking_on::text AS cohort, count(*) AS "measures/total", count(*) FILTER (WHERE is_late) AS "measures/late", avg(slip_days) AS "measures/slipDays",
       sum(pm.paid) / sum(pm.planned) AS "measures/disbursement/pm/value", sum(city.paid) / sum(city.planned) AS "measures/disbursement/city/value",
       sum(total_investment) AS "measures/investment"
FROM project AS p LEFT JOIN money AS pm ON pm.project_code = p.code AND pm.basis = 'PM' LEFT JOIN money AS city ON city.project_code = p.code AND city.basis = 'CITY'
WHERE p.groundbreaking_on IN ('2025-08-19', '2025-12-19') AND p.in_scope
GROUP BY 1 ORDER BY 1

-- # figures /clearanceStats/rows/*
SELECT cohort::text AS cohort, count(*) AS "measures/parcels", sum(cleared) / sum(area_to_acquire) AS "measures/areaCleared/value",
       (SELECT count(DISTINCT h.party) FROM parcel AS c JOIN project AS p ON p.code = c.project_code JOIN holding AS h ON h.parcel_id = c.id
        WHERE p.groundbreaking_on = a.cohort) AS "measures/parties",
       -- A household is cleared when all its parcels of the cohort are.
       (SELECT avg(is_whole::int) FROM (SELECT bool_and(c.is_cleared) AS is_whole
            FROM parcel AS c JOIN project AS p ON p.code = c.project_code JOIN holding AS h ON h.parcel_id = c.id
            WHERE p.groundbreaking_on = a.cohort AND h.kind = 'HOUSEHOLD' GROUP BY h.party) AS household) AS "measures/householdsCleared/value"
FROM (SELECT c.*, p.groundbreaking_on AS cohort FROM parcel AS c JOIN project AS p ON p.code = c.project_code
      WHERE p.groundbreaking_on IN ('2025-08-19', '2025-12-19')) AS a
GROUP BY cohort ORDER BY cohort

-- # figures-in-any-order /projects/edges/*/node
SELECT p.code, p.groundbreaking_on::text AS "groundbreakingOn", p.is_late AS "isLate", p.slip_days AS "slipDays",
       (SELECT count(*) FROM feedback AS f WHERE f.project_code = p.code AND extract(year FROM f.submitted_on) = 2026) AS "feedbackMeasures/received",
       (SELECT count(*) FROM feedback AS f WHERE f.project_code = p.code AND f.is_open) AS "feedbackMeasures/open",
       (SELECT count(*) FROM rating AS r WHERE r.project_code = p.code AND extract(year FROM r.rated_on) = 2026) AS "feedbackMeasures/satisfaction/rated"
FROM project AS p WHERE p.groundbreaking_on IN ('2025-08-19', '2025-12-19')

-- # twice /clearanceStats/rows/*
-- A parcel with two parties, and a party with several parcels.
SELECT p.groundbreaking_on::text AS cohort, count(*) AS "measures/parcels", count(*) AS "measures/parties"
FROM parcel AS c JOIN project AS p ON p.code = c.project_code JOIN projects.parcel_right AS r ON r.parcel_id = c.id AND r.deleted_at IS NULL
WHERE p.groundbreaking_on IN ('2025-08-19', '2025-12-19') GROUP BY 1

-- # empty {"days": ["2024-02-29"]}
-- /projectStats/rows
-- /clearanceStats/rows
-- /projects/edges
