-- # figures /area
SELECT a.code, t.total AS "scorecard/measures/tasks/total", t.open AS "scorecard/measures/tasks/open", t.overdue AS "scorecard/measures/tasks/overdue",
       p.total AS "scorecard/measures/projects/total", p.late AS "scorecard/measures/projects/late", m.rate AS "scorecard/measures/projects/disbursementCity/value",
       c.parcels AS "scorecard/measures/clearance/parcels", c.overdue AS "scorecard/measures/clearance/overdue",
       k.total AS "scorecard/measures/kpis/total", f.received AS "scorecard/measures/feedback/received",
       r.rated AS "scorecard/measures/feedback/satisfactionRated", r.rate AS "scorecard/measures/feedback/satisfactionRate",
       b.received AS "scorecard/previous/feedback/received", t.overdue AS "tasks/totalCount", p.late_today AS "projects/totalCount"
FROM directory.area AS a
CROSS JOIN LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE is_open) AS open, count(*) FILTER (WHERE is_overdue) AS overdue
    FROM task WHERE a.code = ANY (area_codes) AND in_scope) AS t
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE in_scope AND is_late) AS late, count(*) FILTER (WHERE is_late) AS late_today
    FROM project WHERE a.code = ANY (area_codes)) AS p
CROSS JOIN LATERAL (SELECT sum(paid) / sum(planned) AS rate FROM money JOIN project ON project.code = money.project_code
    WHERE basis = 'CITY' AND a.code = ANY (project.area_codes)) AS m
CROSS JOIN LATERAL (SELECT count(*) AS parcels, count(*) FILTER (WHERE is_overdue) AS overdue FROM parcel WHERE area_code = a.code) AS c
CROSS JOIN LATERAL (SELECT count(*) AS total FROM target WHERE area_code = a.code AND left(period, 4) = '2026') AS k
CROSS JOIN LATERAL (SELECT count(*) AS received FROM feedback WHERE area_code = a.code AND extract(year FROM submitted_on) = 2026) AS f
-- The same part of the year before.
CROSS JOIN LATERAL (SELECT count(*) AS received FROM feedback, today WHERE area_code = a.code AND extract(year FROM submitted_on) = 2025
      AND submitted_on <= day - interval '1 year') AS b
CROSS JOIN LATERAL (SELECT count(*) AS rated, avg(is_satisfied::int) AS rate FROM rating WHERE area_code = a.code AND extract(year FROM rated_on) = 2026) AS r
WHERE a.code = '09556'

-- # figures /area/scorecard/peers/*
-- The sample has no population of most areas: the nearest wards in area.
SELECT a.code, (SELECT count(*) FROM task WHERE a.code = ANY (area_codes) AND in_scope) AS "measures/tasks/total",
       (SELECT count(*) FROM project WHERE a.code = ANY (area_codes) AND in_scope AND is_late) AS "measures/projects/late",
       (SELECT count(*) FROM feedback WHERE area_code = a.code AND extract(year FROM submitted_on) = 2026) AS "measures/feedback/received"
FROM directory.area AS a JOIN directory.area AS own ON own.code = '09556'
WHERE a.kind = own.kind AND a.code <> own.code AND a.deleted_at IS NULL
ORDER BY abs(a.area_km2 - own.area_km2), a.code LIMIT 5

-- # twice /area
-- Cases of a ward joined with its targets.
SELECT count(*) AS "scorecard/measures/feedback/received"
FROM feedback AS f JOIN target AS t ON t.area_code = f.area_code WHERE f.area_code = '09556' AND extract(year FROM f.submitted_on) = 2026

-- # empty {"ward": "99999"}
-- /area
