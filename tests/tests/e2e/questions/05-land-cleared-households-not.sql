-- # figures /scorecards/edges/*/node
SELECT a.code, c.parcels AS "measures/clearance/parcels", c.parties AS "measures/clearance/parties", c.rate AS "measures/clearance/areaCleared/value",
       h.whole AS "measures/clearance/householdsCleared/numerator", h.households AS "measures/clearance/householdsCleared/denominator",
       f.received AS "measures/feedback/received"
FROM directory.area AS a
CROSS JOIN LATERAL (SELECT count(*) AS parcels, sum(cleared) / sum(area_to_acquire) AS rate,
        (SELECT count(DISTINCT h.party) FROM parcel AS p JOIN holding AS h ON h.parcel_id = p.id WHERE p.area_code = a.code) AS parties
    FROM parcel WHERE area_code = a.code) AS c
CROSS JOIN LATERAL (SELECT count(*) AS households, count(*) FILTER (WHERE is_whole) AS whole
    FROM (SELECT bool_and(p.is_cleared) AS is_whole FROM parcel AS p JOIN holding AS h ON h.parcel_id = p.id AND h.kind = 'HOUSEHOLD'
          WHERE p.area_code = a.code GROUP BY h.party) AS household) AS h
CROSS JOIN LATERAL (SELECT count(*) AS received FROM feedback WHERE area_code = a.code AND extract(year FROM submitted_on) = 2026) AS f
WHERE c.rate > 0.95 AND h.whole < 0.7 * h.households AND f.received > 0
ORDER BY f.received DESC, a.code LIMIT 20

-- # twice /scorecards/edges/*/node
-- Households counted by their parcels.
SELECT p.area_code AS code, count(*) AS "measures/clearance/householdsCleared/denominator", count(*) AS "measures/clearance/parties"
FROM parcel AS p JOIN projects.parcel_right AS r ON r.parcel_id = p.id AND r.deleted_at IS NULL JOIN feedback AS f ON f.area_code = p.area_code GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
