-- # figures /nearby
-- Cases, not pairs of a case and a site. Haversine on a sphere of 6,371 km.
SELECT count(DISTINCT f.id) AS "totalCount"
FROM feedback AS f JOIN projects.site AS s ON s.deleted_at IS NULL
WHERE extract(year FROM f.submitted_on) = 2026
  AND 2 * 6371000 * asin(sqrt(sin(radians(f.lat - s.lat) / 2) ^ 2 + cos(radians(s.lat)) * cos(radians(f.lat)) * sin(radians(f.lon - s.lon) / 2) ^ 2)) <= 500

-- # figures /nearby/edges/*/node
-- Each with its nearest site.
SELECT round(n.distance::numeric, 1) AS "distanceM", n.site_code AS "siteCode", n.project_code AS "project/code", n.code AS "feedback/code"
FROM (SELECT DISTINCT ON (f.id) f.id, f.code, s.code AS site_code, s.project_code,
             2 * 6371000 * asin(sqrt(sin(radians(f.lat - s.lat) / 2) ^ 2 + cos(radians(s.lat)) * cos(radians(f.lat)) * sin(radians(f.lon - s.lon) / 2) ^ 2)) AS distance
      FROM feedback AS f JOIN projects.site AS s ON s.deleted_at IS NULL
      WHERE extract(year FROM f.submitted_on) = 2026 AND f.lat IS NOT NULL AND s.lat IS NOT NULL ORDER BY f.id, distance, s.code) AS n
WHERE n.distance <= 500 ORDER BY round(n.distance::numeric, 6), n.id LIMIT 20

-- # twice /nearby
-- A case near two sites.
SELECT count(*) AS "totalCount"
FROM feedback AS f JOIN projects.site AS s ON s.deleted_at IS NULL
WHERE extract(year FROM f.submitted_on) = 2026
  AND 2 * 6371000 * asin(sqrt(sin(radians(f.lat - s.lat) / 2) ^ 2 + cos(radians(s.lat)) * cos(radians(f.lat)) * sin(radians(f.lon - s.lon) / 2) ^ 2)) <= 500

-- # empty {"distance": 1}
-- /nearby/edges
-- /nearby/totalCount
