-- # figures /parcelCases/edges/*/node
SELECT c.map_sheet AS "mapSheet", c.parcel_number AS "parcelNumber", (c.notified_on + interval '12 months')::date - day AS "noticeDaysLeft",
       c.project_code AS "site/project/code", p.owner_organization_code AS "site/project/organization/code",
       (SELECT count(*) FROM task AS t WHERE c.project_code = ANY (t.project_codes) AND t.is_open) AS "site/project/tasks/totalCount"
FROM parcel AS c CROSS JOIN today LEFT JOIN project AS p ON p.code = c.project_code
WHERE coalesce(c.recovery_on, 'infinity') > day AND coalesce(c.handed_on, 'infinity') > day AND c.notified_on <= day
  AND (c.notified_on + interval '12 months')::date - day <= 60
ORDER BY (c.notified_on + interval '12 months')::date, c.id LIMIT 20

-- # figures /parcelCases
SELECT count(*) AS "totalCount"
FROM parcel AS c CROSS JOIN today
WHERE coalesce(c.recovery_on, 'infinity') > day AND coalesce(c.handed_on, 'infinity') > day AND c.notified_on <= day
  AND (c.notified_on + interval '12 months')::date - day <= 60

-- # twice /parcelCases
-- A parcel with several parties, and a project with several tasks.
SELECT count(*) AS "totalCount"
FROM parcel AS c CROSS JOIN today LEFT JOIN holding AS h ON h.parcel_id = c.id LEFT JOIN task AS t ON c.project_code = ANY (t.project_codes)
WHERE coalesce(c.recovery_on, 'infinity') > day AND coalesce(c.handed_on, 'infinity') > day AND c.notified_on <= day
  AND (c.notified_on + interval '12 months')::date - day <= 60

-- # empty {"days": -10000}
-- /parcelCases/edges
