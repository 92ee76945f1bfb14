-- Base tables with what is derived of a row today, as the definitions state it in words. Every query of the questions begins with
-- these; what a query does not read is not computed. No fact, no published view and no function of a service is read here.
-- The period is 2026. The sample has nothing after the day on which it is loaded, so a row holds until today.
WITH today AS (
    SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day),
task AS (
    SELECT t.*, t.status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AS is_open,
           t.status NOT IN ('CANCELLED', 'SUPERSEDED') AS is_valid,
           CASE WHEN t.status = 'COMPLETED' THEN t.submitted_on END AS done_on,
           t.start_on < '2027-01-01' AND coalesce(CASE t.status WHEN 'COMPLETED' THEN t.submitted_on
               WHEN 'CANCELLED' THEN t.closed_on WHEN 'SUPERSEDED' THEN t.closed_on END, 'infinity') >= '2026-01-01' AS in_scope,
           -- What was submitted in time awaits approval and is not late.
           coalesce(t.current_due < today.day AND (t.status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED')
               OR t.status = 'SUBMITTED' AND t.submitted_on > t.current_due), false) AS is_overdue,
           extract(year FROM t.current_due) = 2026 AND t.status NOT IN ('CANCELLED', 'SUPERSEDED') AS due_here
    FROM tasks.task AS t, today WHERE t.deleted_at IS NULL AND t.status <> 'DRAFT'),
project AS (
    SELECT p.*, coalesce(p.ended_on, 'infinity') >= '2026-01-01' AS in_scope,
           coalesce(p.phase <> 'CANCELLED' AND (p.forecast_end > p.baseline_end OR p.phase <> 'COMPLETED' AND p.baseline_end < today.day), false) AS is_late,
           p.forecast_end - p.baseline_end AS slip_days
    FROM projects.project AS p, today WHERE p.deleted_at IS NULL),
-- Of several plans of a year on one basis, the one decided last.
plan AS (
    SELECT DISTINCT ON (c.project_code, c.basis) c.project_code, c.basis, c.amount,
           coalesce(c.disburse_until, CASE WHEN c.decided_on >= '2026-10-01' THEN '2026-12-31'::date ELSE '2027-01-31' END) AS until
    FROM projects.capital_plan AS c, today WHERE c.deleted_at IS NULL AND c.year = 2026 AND c.decided_on <= today.day
    ORDER BY c.project_code, c.basis, c.decided_on DESC),
-- What was paid in time of each plan in force.
money AS (
    SELECT plan.project_code, plan.basis, plan.amount AS planned,
           (SELECT coalesce(sum(d.amount), 0) FROM projects.disbursement AS d, today WHERE d.project_code = plan.project_code
              AND d.plan_year = 2026 AND d.deleted_at IS NULL AND d.paid_on <= least(today.day, plan.until)) AS paid
    FROM plan),
parcel AS (
    SELECT p.*, s.project_code, s.area_code, s.target_handover, m.notified_on, m.recovery_on, m.handed_on, m.approved_on, c.cleared,
           c.cleared >= p.area_to_acquire AS is_cleared,
           coalesce(s.target_handover < today.day, false) AND c.cleared < p.area_to_acquire AS is_overdue
    FROM projects.parcel_case AS p
    CROSS JOIN today
    JOIN projects.site AS s ON s.code = p.site_code AND s.deleted_at IS NULL
    CROSS JOIN LATERAL (
        SELECT min(m.happened_on) FILTER (WHERE m.kind = 'NOTIFIED') AS notified_on, min(m.happened_on) FILTER (WHERE m.kind = 'RECOVERY_DECIDED') AS recovery_on,
               min(m.happened_on) FILTER (WHERE m.kind IN ('HANDED_OVER', 'ENFORCED')) AS handed_on, min(m.area) FILTER (WHERE m.kind = 'HANDED_OVER') AS handed_area,
               min(m.happened_on) FILTER (WHERE m.kind = 'WITHDRAWN') AS withdrawn_on, min(m.happened_on) FILTER (WHERE m.kind = 'APPROVED') AS approved_on
        FROM projects.milestone AS m WHERE m.parcel_id = p.id AND m.deleted_at IS NULL) AS m
    CROSS JOIN LATERAL (
        SELECT CASE WHEN m.handed_on <= today.day THEN least(p.area_to_acquire, greatest(p.area_handed_over, coalesce(m.handed_area, p.area_to_acquire)))
                    ELSE coalesce(p.area_handed_over, 0) END AS cleared) AS c
    WHERE p.deleted_at IS NULL AND NOT coalesce(m.withdrawn_on <= today.day, false)),
-- A party of a parcel once, however many rights it has.
holding AS (
    SELECT DISTINCT r.parcel_id, y.code AS party, y.kind
    FROM projects.parcel_right AS r JOIN projects.party AS y ON y.code = r.party_code AND y.deleted_at IS NULL WHERE r.deleted_at IS NULL),
feedback AS (
    SELECT f.*, (f.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS submitted_on,
           f.status NOT IN ('REJECTED', 'MERGED', 'RESOLVED', 'CLOSED') AS is_open
    FROM feedback.feedback AS f WHERE f.deleted_at IS NULL),
-- The last rating of each case. That of a merged case belongs to the case that it was merged into.
rating AS (
    SELECT DISTINCT ON (r.feedback_id) f.code, coalesce(p.area_code, f.area_code) AS area_code,
           coalesce(p.lead_organization_code, f.lead_organization_code) AS lead, coalesce(p.project_code, f.project_code) AS project_code,
           coalesce(p.bottleneck_codes, f.bottleneck_codes) AS bottleneck_codes, r.score >= 4 AS is_satisfied,
           (r.rated_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS rated_on
    FROM feedback.rating AS r JOIN feedback AS f ON f.id = r.feedback_id LEFT JOIN feedback AS p ON p.code = f.primary_code
    WHERE r.deleted_at IS NULL ORDER BY r.feedback_id, r.rated_at DESC, r.id DESC),
-- The version of a target that is in force: the one decided last.
target AS (
    SELECT DISTINCT ON (t.indicator_code, t.area_code, t.organization_code, t.period) t.*, i.direction, i.nature, i.accountable_position_code,
           i.owner_organization_code, i.programme_codes, i.bottleneck_codes
    FROM kpis.target AS t CROSS JOIN today JOIN kpis.indicator AS i ON i.code = t.indicator_code AND i.deleted_at IS NULL
    WHERE t.deleted_at IS NULL AND t.decided_on <= today.day
    ORDER BY t.indicator_code, t.area_code, t.organization_code, t.period, t.decided_on DESC),
-- The published value with the highest revision.
observed AS (
    SELECT DISTINCT ON (o.indicator_code, o.area_code, o.organization_code, o.period) o.*
    FROM kpis.observation AS o WHERE o.deleted_at IS NULL AND o.status = 'PUBLISHED'
    ORDER BY o.indicator_code, o.area_code, o.organization_code, o.period, o.revision DESC),
holder AS (
    SELECT a.position_code, a.official_code FROM directory.appointment AS a, today
    WHERE a.deleted_at IS NULL AND a.from_on <= today.day AND coalesce(a.to_on, 'infinity') > today.day)
