-- schema/operations/project.graphql: one project as of today.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
project AS MATERIALIZED (SELECT * FROM projects.project WHERE code = 'VANH-DAI-4' AND deleted_at IS NULL),
money AS (
    SELECT m.basis, m.planned, m.paid FROM today CROSS JOIN project AS p JOIN projects.money_fact AS m ON m.project_id = p.id
    WHERE m.year = 2026 AND m.basis IN ('PM', 'CITY') AND m.from_day <= today.day AND today.day < m.to_day),
parcel AS MATERIALIZED (
    SELECT d.*, c.cleared, c.cleared >= d.to_acquire AS is_cleared, today.day,
           projects.stage(today.day, d.closed_on, d.handed_on, d.recovery_on, d.paid_on, d.deposited_on, d.approved_on, d.appraised_on, d.posted_on, d.drafted_on, d.inventoried_on, d.notified_on, d.scoped_on) AS stage
    FROM today CROSS JOIN project AS p JOIN projects.site AS s ON s.project_code = p.code AND s.deleted_at IS NULL
    JOIN projects.parcel_fact_present AS d ON d.site_code = s.code AND d.from_day <= today.day
    CROSS JOIN LATERAL (SELECT CASE WHEN d.handed_on <= today.day THEN d.handed_area ELSE d.in_part END AS cleared) AS c
    WHERE NOT coalesce(d.withdrawn_on <= today.day, false)),
task AS (
    SELECT f.* FROM today CROSS JOIN project AS p JOIN tasks.fact_code AS c ON c.dimension = 'PROJECT' AND c.code = p.code AND c.from_day <= today.day AND today.day < c.to_day
    JOIN tasks.fact_present AS f ON f.task_id = c.task_id WHERE f.from_day <= today.day)
SELECT json_build_object('project', json_build_object('name', p.name, 'phase', p.phase, 'slipDays', p.forecast_end - p.baseline_end, 'rag', projects.rag(p.code, (SELECT day FROM today)),
    'organization', (SELECT name FROM directory.organization WHERE code = p.owner_organization_code),
    'money', (SELECT json_agg(json_build_object('planned', planned::text, 'paid', paid::text)) FROM money),
    'clearance', (SELECT json_build_object('cleared', sum(cleared) FILTER (WHERE is_first), 'toAcquire', sum(to_acquire) FILTER (WHERE is_first), 'parties', count(DISTINCT party),
        'plansApproved', count(DISTINCT party) - count(DISTINCT party) FILTER (WHERE NOT coalesce(plan_on <= day, false)),
        'partiesCleared', count(DISTINCT party) - count(DISTINCT party) FILTER (WHERE NOT is_cleared),
        'violations', count(*) FILTER (WHERE is_first AND violated_on <= day), 'late', count(DISTINCT party) FILTER (WHERE payment_until < day AND NOT coalesce(settled_on <= day, false))) FROM parcel),
    'stages', (SELECT json_object_agg(stage, parcels) FROM (SELECT stage, count(*) AS parcels FROM parcel WHERE is_first GROUP BY 1) AS s),
    'forecasts', (SELECT json_agg(json_build_object('at', e.observed_at, 'forecastEnd', e.changes ->> 'forecast_end', 'reason', e.changes ->> 'forecast_reason') ORDER BY e.observed_at)
        FROM projects.project_event AS e WHERE e.id = p.id AND e.effective AND e.changes ? 'forecast_end'),
    'sites', (SELECT json_agg(json_build_object('code', s.code, 'name', s.name, 'area', a.name, 'parcels', m.parcels, 'remaining', m.remaining) ORDER BY s.code)
        FROM projects.site AS s JOIN directory.area AS a ON a.code = s.area_code
        JOIN (SELECT site_code, count(*) FILTER (WHERE is_first) AS parcels, sum(to_acquire - cleared) FILTER (WHERE is_first) AS remaining FROM parcel GROUP BY 1) AS m ON m.site_code = s.code
        WHERE s.project_code = p.code AND s.deleted_at IS NULL),
    'parcelCases', json_build_object('totalCount', (SELECT count(*) FROM parcel WHERE is_first AND violated_on <= day), 'edges', (SELECT coalesce(json_agg(json_build_object('parcel', f.parcel_id, 'stage', f.stage,
            'violations', (SELECT json_agg(to_json(v)) FROM projects.violation AS v WHERE v.parcel_id = f.parcel_id))), '[]')
        FROM (SELECT * FROM parcel WHERE is_first AND violated_on <= day ORDER BY site_code, parcel_id LIMIT 5) AS f)),
    'taskMeasures', (SELECT json_build_object('total', count(*), 'overdue', count(*) FILTER (WHERE overdue_from <= (SELECT day FROM today)), 'atRisk', count(*) FILTER (WHERE risk_from <= (SELECT day FROM today) AND NOT coalesce(overdue_from <= (SELECT day FROM today), false)))
        FROM task WHERE start_on < '2027-01-01' AND (ended_on IS NULL OR ended_on >= '2026-01-01')),
    'tasks', (SELECT json_agg(json_build_object('code', t.code, 'title', t.title, 'status', t.status, 'currentDue', t.current_due))
        FROM (SELECT * FROM task ORDER BY due_on, task_id LIMIT 5) AS f JOIN tasks.task AS t ON t.id = f.task_id)))
FROM project AS p
