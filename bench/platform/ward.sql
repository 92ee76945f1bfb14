-- schema/operations/ward.graphql: one ward as of today.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
task AS MATERIALIZED (
    SELECT f.*, f.overdue_from <= today.day AS is_overdue FROM today, tasks.fact_code AS c JOIN tasks.fact_present AS f ON f.task_id = c.task_id
    WHERE c.dimension = 'AREA' AND c.code = '09832' AND c.from_day <= today.day AND today.day < c.to_day AND f.from_day <= today.day),
project AS MATERIALIZED (
    SELECT f.* FROM today, projects.fact_code AS c JOIN projects.fact_present AS f ON f.project_id = c.project_id
    WHERE c.dimension = 'AREA' AND c.code = '09832' AND c.from_day <= today.day AND today.day < c.to_day AND f.from_day <= today.day),
money AS (
    SELECT sum(m.paid) FILTER (WHERE m.basis = 'PM') AS paid_pm, sum(m.planned) FILTER (WHERE m.basis = 'PM') AS pm,
           sum(m.paid) FILTER (WHERE m.basis = 'CITY') AS paid_city, sum(m.planned) FILTER (WHERE m.basis = 'CITY') AS city
    FROM today, project AS p JOIN projects.money_fact AS m ON m.project_id = p.project_id
    WHERE m.year = 2026 AND m.from_day <= today.day AND today.day < m.to_day),
parcel AS MATERIALIZED (
    SELECT d.*, c.cleared, c.cleared >= d.to_acquire AS is_cleared, NOT coalesce(d.withdrawn_on <= today.day, false) AS in_scope, today.day,
           d.notified_on <= today.day AND NOT coalesce(least(d.recovery_on, d.handed_on) <= today.day, false) AS waits
    FROM today, projects.site AS s JOIN projects.parcel_fact_present AS d ON d.site_code = s.code
    CROSS JOIN LATERAL (SELECT CASE WHEN d.handed_on <= today.day THEN d.handed_area ELSE d.in_part END AS cleared) AS c
    WHERE s.area_code = '09832' AND s.deleted_at IS NULL AND d.from_day <= today.day),
target AS MATERIALIZED (
    SELECT d.*, kpis.gap(d.direction, d.actual, d.target, d.low, d.high) AS gap, today.day FROM today JOIN kpis.target_fact AS d ON d.from_day <= today.day AND today.day < d.to_day
    WHERE d.area_code = '09832')
SELECT json_build_object('area', json_build_object('name', a.name,
    'taskMeasures', (SELECT json_build_object('total', count(*), 'overdue', count(*) FILTER (WHERE is_overdue), 'atRisk', count(*) FILTER (WHERE risk_from <= (SELECT day FROM today) AND NOT coalesce(is_overdue, false)))
                     FROM task WHERE start_on < '2027-01-01' AND (ended_on IS NULL OR ended_on >= '2026-01-01')),
    'tasks', json_build_object('totalCount', (SELECT count(*) FROM task WHERE is_overdue), 'edges', (SELECT json_agg(json_build_object('node', json_build_object('code', t.code, 'title', t.title, 'currentDue', t.current_due, 'lead', o.name)))
        FROM (SELECT * FROM task WHERE is_overdue ORDER BY due_on, task_id LIMIT 5) AS f JOIN tasks.task AS t ON t.id = f.task_id JOIN directory.organization AS o ON o.code = f.lead)),
    'projectMeasures', (SELECT json_build_object('total', count(*), 'late', count(*) FILTER (WHERE late_from <= (SELECT day FROM today))) FROM project WHERE ended_on IS NULL OR ended_on >= '2026-01-01'),
    'disbursement', (SELECT json_build_object('pm', paid_pm / nullif(pm, 0), 'city', paid_city / nullif(city, 0)) FROM money),
    'projects', json_build_object('totalCount', (SELECT count(*) FROM project), 'edges', (SELECT json_agg(json_build_object('code', p.code, 'name', p.name, 'phase', f.phase, 'slipDays', f.forecast_end - f.baseline_end))
        FROM (SELECT * FROM project ORDER BY project_code COLLATE "C" LIMIT 5) AS f JOIN projects.project AS p ON p.id = f.project_id)),
    'clearanceMeasures', (SELECT json_build_object('parcels', count(*) FILTER (WHERE is_first), 'parties', count(DISTINCT party), 'cleared', sum(cleared) FILTER (WHERE is_first), 'toAcquire', sum(to_acquire) FILTER (WHERE is_first),
        'partiesCleared', count(DISTINCT party) - count(DISTINCT party) FILTER (WHERE NOT is_cleared),
        'plansApproved', (count(DISTINCT party) - count(DISTINCT party) FILTER (WHERE NOT coalesce(plan_on <= day, false)))::float / nullif(count(DISTINCT party), 0),
        'noticesLapsing', count(*) FILTER (WHERE is_first AND waits AND notice_until BETWEEN day AND day + 60),
        'paymentsLate', count(DISTINCT party) FILTER (WHERE payment_until < day AND NOT coalesce(settled_on <= day, false)), 'violations', count(*) FILTER (WHERE is_first AND violated_on <= day))
        FROM parcel WHERE in_scope),
    'parcelCases', json_build_object('totalCount', (SELECT count(*) FROM parcel WHERE is_first AND NOT is_cleared), 'edges', (SELECT json_agg(json_build_object('mapSheet', p.map_sheet, 'parcelNumber', p.parcel_number,
            'noticeDaysLeft', CASE WHEN f.waits THEN f.notice_until - f.day END, 'blocker', p.blocker, 'stage', projects.stage(f.day, f.closed_on, f.handed_on, f.recovery_on, f.paid_on, f.deposited_on, f.approved_on, f.appraised_on, f.posted_on, f.drafted_on, f.inventoried_on, f.notified_on, f.scoped_on)))
        FROM (SELECT * FROM parcel WHERE is_first AND NOT is_cleared ORDER BY coalesce(notice_until, 'infinity'::date), parcel_id LIMIT 5) AS f JOIN projects.parcel_case AS p ON p.id = f.parcel_id)),
    'kpiMeasures', (SELECT json_build_object('total', count(*), 'green', count(*) FILTER (WHERE rag = 'GREEN'), 'amberGreen', count(*) FILTER (WHERE rag = 'AMBER_GREEN'),
        'amberRed', count(*) FILTER (WHERE rag = 'AMBER_RED'), 'red', count(*) FILTER (WHERE rag = 'RED'), 'observationLate', count(*) FILTER (WHERE late_from <= day))
        FROM target WHERE period_first < '2027-01-01' AND '2026-01-01' < period_end),
    'kpiTargets', json_build_object('totalCount', (SELECT count(*) FROM target), 'edges', (SELECT json_agg(json_build_object('name', i.name, 'unit', i.unit, 'period', t.period, 'value', t.target,
        'actual', t.actual, 'gap', t.gap, 'rag', t.rag)) FROM (SELECT * FROM target ORDER BY coalesce(gap, 'Infinity'::numeric), target_id LIMIT 5) AS t JOIN kpis.indicator AS i ON i.code = t.indicator_code)),
    'feedbackMeasures', (SELECT json_build_object('received', count(*) FILTER (WHERE is_case AND submitted_on BETWEEN '2026-01-01' AND '2026-12-31'),
        'open', count(*) FILTER (WHERE is_case AND feedback.is_open(stored_status)), 'overdue', count(*) FILTER (WHERE is_case AND feedback.is_open(stored_status) AND due_at < now()),
        'kept', count(*) FILTER (WHERE has_deadline AND resolved_at <= due_at), 'deadlines', count(*) FILTER (WHERE has_deadline),
        'rated', count(*) FILTER (WHERE is_rated), 'satisfied', count(*) FILTER (WHERE is_rated AND score >= 4))
        FROM (SELECT *, is_term AND stored_status NOT IN ('REJECTED', 'MERGED') AND due_on BETWEEN '2026-01-01' AND '2026-12-31' AND due_at <= now() AS has_deadline,
                     score IS NOT NULL AND rated_on BETWEEN '2026-01-01' AND '2026-12-31' AS is_rated
              FROM feedback.fact_present WHERE area = '09832') AS d)))
FROM directory.area AS a WHERE a.code = '09832'
