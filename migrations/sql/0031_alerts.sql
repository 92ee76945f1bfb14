-- Alerts: what each service publishes for them, and what people add to them.
--
-- An alert is derived of facts as of a day and is never stored. A view `published_…` of this file says on which days a condition
-- of the domain held of a record: a row for each run of days `[from_day, to_day)`. All have these columns:
--
-- - `record` and `part`: the record, and for a series of a KPI the period of its target, otherwise an empty text;
-- - `fact_from`, `fact_to`: days of the fact that the row is made of; a question about a day reads the facts of the day by them;
-- - `after_at`: on its first day the condition holds only after this instant; NULL if it holds all day;
-- - `organization`, `position`: who must act;
-- - `is_urgent`: whether the record is marked as urgent, key or critical;
-- - `reasons`, `reason_days`: reasons, each with the day from which it holds, the gravest first;
-- - `area`, `project`, `indicator`: codes of what it is about, if it is about one.
--
-- The thresholds are those of the facts; nothing is judged a second time. The rows have the policies of the facts.

-- Tasks.

CREATE VIEW tasks.published_overdue AS
    SELECT f.task_id AS record, ''::text AS part, greatest(f.from_day, f.overdue_from) AS from_day, f.to_day, f.from_day AS fact_from, f.to_day AS fact_to,
           NULL::timestamptz AS after_at, f.lead AS organization, f.position, f.priority = 'URGENT' AS is_urgent,
           ARRAY['DUE_DATE_PASSED'] AS reasons, ARRAY[f.overdue_from] AS reason_days,
           NULL::text AS area, NULL::text AS project, NULL::text AS indicator
    FROM tasks.fact AS f WHERE f.overdue_from IS NOT NULL;

-- Risk ends where the task is overdue.
CREATE VIEW tasks.published_at_risk AS
    SELECT f.task_id AS record, ''::text AS part, greatest(f.from_day, f.risk_from) AS from_day, least(f.to_day, f.overdue_from) AS to_day, f.from_day AS fact_from, f.to_day AS fact_to,
           NULL::timestamptz AS after_at, f.lead AS organization, f.position, f.priority = 'URGENT' AS is_urgent,
           ARRAY['BLOCKED', 'PREDECESSOR_OVERDUE', 'BEHIND_SCHEDULE', 'NO_UPDATE', 'SELF_DECLARED_HIGH'] AS reasons,
           ARRAY[f.blocked_from, f.predecessor_from, f.behind_from, f.silent_from, f.declared_from] AS reason_days,
           NULL::text AS area, NULL::text AS project, NULL::text AS indicator
    FROM tasks.fact AS f WHERE f.risk_from IS NOT NULL AND greatest(f.from_day, f.risk_from) < least(f.to_day, f.overdue_from);

-- Positions that are accountable for open work.
CREATE VIEW tasks.published_responsibility AS
    SELECT f.task_id AS record, f.position, f.from_day, f.to_day FROM tasks.fact AS f WHERE f.position IS NOT NULL AND tasks.is_open(f.status);

-- Codes of which a task can have several: PROGRAMME, AREA …
CREATE VIEW tasks.published_code AS SELECT task_id AS record, dimension, code, from_day, to_day FROM tasks.fact_code;

CREATE VIEW tasks.published_task AS SELECT id, code, title FROM tasks.task WHERE deleted_at IS NULL;

-- Refuses facts that were computed with rules that are no longer in force.
CREATE FUNCTION tasks.published_facts_are_current() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN tasks.check_facts();

-- Projects and land clearance.

-- What ended is no longer overdue, although it stays late in the measures.
CREATE VIEW projects.published_overdue AS
    SELECT f.project_id AS record, ''::text AS part, greatest(f.from_day, f.late_from) AS from_day, f.to_day, f.from_day AS fact_from, f.to_day AS fact_to,
           NULL::timestamptz AS after_at, f.owner AS organization, f.position, f.key_list AS is_urgent,
           ARRAY['BASELINE_PASSED', 'FORECAST_AFTER_BASELINE'] AS reasons,
           ARRAY[f.baseline_end + 1, CASE WHEN f.forecast_end > f.baseline_end THEN f.from_day END] AS reason_days,
           NULL::text AS area, f.project_code AS project, NULL::text AS indicator
    FROM projects.fact AS f WHERE f.late_from IS NOT NULL AND f.phase NOT IN ('COMPLETED', 'CANCELLED');

-- Who answers for a project, on each day of its life.
CREATE VIEW projects.published_owner AS
    SELECT f.project_code AS project, f.project_id AS record, f.owner AS organization, f.position, f.key_list AS is_key, f.from_day, f.to_day FROM projects.fact AS f;

CREATE VIEW projects.published_responsibility AS
    SELECT f.project_id AS record, f.position, f.from_day, f.to_day FROM projects.fact AS f
    WHERE f.position IS NOT NULL AND f.phase NOT IN ('COMPLETED', 'CANCELLED');

CREATE VIEW projects.published_code AS SELECT project_id AS record, dimension, code, from_day, to_day FROM projects.fact_code;

-- Parcels have the organization and the position of their project on the day (`projects.published_owner`).

-- Notices that lapse within the days of the rule LAND_NOTICE_WARNING of each day, while the recovery is not decided.
CREATE VIEW projects.published_notice_lapsing AS
    SELECT f.parcel_id AS record, ''::text AS part, r.from_day, r.to_day, f.from_day AS fact_from, f.to_day AS fact_to, NULL::timestamptz AS after_at,
           NULL::text AS organization, NULL::text AS position, false AS is_urgent,
           ARRAY['NOTICE_LAPSES_SOON'] AS reasons, ARRAY[r.from_day] AS reason_days, s.area_code AS area, s.project_code AS project, NULL::text AS indicator
    FROM projects.parcel_fact AS f
    JOIN projects.site AS s ON s.code = f.site_code AND s.deleted_at IS NULL
    JOIN directory.published_legal_rule AS w ON w.code = 'LAND_NOTICE_WARNING'
    CROSS JOIN LATERAL (SELECT greatest(f.from_day, f.notified_on, f.notice_until - w.value::int, w.valid_from) AS from_day,
                               least(f.to_day, f.notice_until + 1, f.recovery_on, f.handed_on, f.withdrawn_on, w.valid_to) AS to_day) AS r
    WHERE f.is_first AND f.notified_on IS NOT NULL AND f.notice_until IS NOT NULL AND r.from_day < r.to_day;

-- Parties that should have been paid, a row for each: the runs of one parcel can overlap.
CREATE VIEW projects.published_payment_late AS
    SELECT f.parcel_id AS record, ''::text AS part, r.from_day, r.to_day, f.from_day AS fact_from, f.to_day AS fact_to, NULL::timestamptz AS after_at,
           NULL::text AS organization, NULL::text AS position, false AS is_urgent,
           ARRAY['PAYMENT_LIMIT_PASSED'] AS reasons, ARRAY[r.from_day] AS reason_days, s.area_code AS area, s.project_code AS project, NULL::text AS indicator
    FROM projects.parcel_fact AS f
    JOIN projects.site AS s ON s.code = f.site_code AND s.deleted_at IS NULL
    CROSS JOIN LATERAL (SELECT greatest(f.from_day, f.payment_until + 1) AS from_day, least(f.to_day, f.settled_on, f.withdrawn_on) AS to_day) AS r
    WHERE f.payment_until IS NOT NULL AND r.from_day < r.to_day;

CREATE VIEW projects.published_parcel AS SELECT id, map_sheet, parcel_number FROM projects.parcel_case WHERE deleted_at IS NULL;

CREATE FUNCTION projects.published_facts_are_current() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN projects.parcel_check_facts();

-- KPIs.

-- Days on which a judgement of a target can be acted on: until the period after its own is over too, and reported.
CREATE FUNCTION kpis.acted_on_until(period_first date, period_end date, lag_days integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (period_end + age(period_end::timestamp, period_first::timestamp))::date + lag_days;

CREATE VIEW kpis.published_red AS
    SELECT f.series_id AS record, f.period AS part, f.from_day, r.to_day, f.from_day AS fact_from, f.to_day AS fact_to, NULL::timestamptz AS after_at,
           coalesce(f.organization_code, f.owner) AS organization, f.position, f.critical AS is_urgent,
           ARRAY['RED_BY_' || f.judged] AS reasons, ARRAY[f.from_day] AS reason_days, f.area_code AS area, NULL::text AS project, f.indicator_code AS indicator
    FROM kpis.target_fact AS f
    CROSS JOIN LATERAL (SELECT least(f.to_day, kpis.acted_on_until(f.period_first, f.period_end, f.lag_days)) AS to_day) AS r
    WHERE f.rag = 'RED' AND f.from_day < r.to_day;

CREATE VIEW kpis.published_responsibility AS
    SELECT f.series_id AS record, f.position, f.from_day, r.to_day
    FROM kpis.target_fact AS f
    CROSS JOIN LATERAL (SELECT least(f.to_day, kpis.acted_on_until(f.period_first, f.period_end, f.lag_days)) AS to_day) AS r
    WHERE f.position IS NOT NULL AND f.from_day < r.to_day;

CREATE FUNCTION kpis.published_facts_are_current() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN kpis.check_facts();

-- Feedback. A deadline is an instant.

CREATE VIEW feedback.published_unresolved AS
    SELECT f.feedback_id AS record, ''::text AS part, greatest(f.from_day, f.due_on) AS from_day, f.to_day, f.from_day AS fact_from, f.to_day AS fact_to,
           f.due_at AS after_at, f.lead AS organization, f.position, f.level = 'URGENT' AS is_urgent,
           ARRAY['NOT_RESOLVED_IN_TIME'] AS reasons, ARRAY[f.due_on] AS reason_days, f.area, f.project, NULL::text AS indicator
    FROM feedback.fact AS f WHERE f.is_case AND feedback.is_open(f.stored_status) AND f.due_at IS NOT NULL AND f.due_on < f.to_day;

CREATE VIEW feedback.published_unacknowledged AS
    SELECT f.feedback_id AS record, ''::text AS part, greatest(f.from_day, f.ack_due_on) AS from_day, f.to_day, f.from_day AS fact_from, f.to_day AS fact_to,
           f.ack_due_at AS after_at, f.lead AS organization, f.position, f.level = 'URGENT' AS is_urgent,
           ARRAY['NOT_ACKNOWLEDGED_IN_TIME'] AS reasons, ARRAY[f.ack_due_on] AS reason_days, f.area, f.project, NULL::text AS indicator
    FROM feedback.fact AS f
    WHERE f.is_case AND feedback.is_open(f.stored_status) AND f.acked_at IS NULL AND f.ack_due_at IS NOT NULL AND f.ack_due_on < f.to_day;

CREATE VIEW feedback.published_code AS SELECT feedback_id AS record, dimension, code, from_day, to_day FROM feedback.fact_code;

-- Ratings, each for the days on which it counts for a case.
CREATE VIEW feedback.published_rating AS
    SELECT f.rated_on, f.score >= 4 AS is_satisfied, f.area, f.lead AS organization, f.from_day, f.to_day FROM feedback.fact AS f WHERE f.score IS NOT NULL;

CREATE VIEW feedback.published_case AS
    SELECT f.id, f.code, c.name AS category FROM feedback.feedback AS f JOIN feedback.category AS c ON c.code = f.category_code WHERE f.deleted_at IS NULL;

CREATE FUNCTION feedback.published_facts_are_current() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN feedback.check_facts();

-- Sources.

-- Instant from which hours since an instant are more than so many; of working days only, if asked. NULL when that is after `until`.
CREATE FUNCTION platform.hours_over(since timestamptz, hours integer, working boolean, until timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT working THEN since + hours * interval '1 hour' ELSE (
        SELECT platform.day_end(d.day) - (d.passed - hours) * interval '1 hour'
        FROM (SELECT day::date AS day, platform.hours_between(since, platform.day_end(day::date), true) AS passed
              FROM generate_series(platform.day_of(since)::timestamp, platform.day_of(until)::timestamp, interval '1 day') AS day) AS d
        WHERE d.passed >= hours ORDER BY d.day LIMIT 1) END
$$;

-- Sources that were silent at an instant, as `platform.source_state` says it of now: by the registration that is stored, and by the
-- pushes that had ended.
CREATE FUNCTION platform.published_silent_sources(at timestamptz) RETURNS TABLE (code text, organization text, cadence_hours integer, silent_at timestamptz)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.code, s.organization_code, s.cadence_hours, platform.hours_over(r.heard_at, s.cadence_hours, s.working_days, $1)
    FROM platform.source AS s
    LEFT JOIN (SELECT source, max(last_receipt_at) AS last_at FROM platform.source_kind GROUP BY source) AS k ON k.source = s.code
    CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN k.last_at <= $1 THEN k.last_at
        ELSE (SELECT max(p.finished_at) FROM platform.receipt AS p WHERE p.source = s.code AND p.received_at <= $1 AND p.finished_at <= $1) END, s.created_at) AS heard_at) AS r
    WHERE s.cadence_hours < platform.hours_between(r.heard_at, $1, s.working_days)
$$;

CREATE VIEW platform.published_source AS SELECT code, coalesce(name, code) AS name FROM platform.source;

SELECT platform.open_view(opened) FROM unnest(ARRAY[
    'tasks.published_overdue', 'tasks.published_at_risk', 'tasks.published_responsibility', 'tasks.published_code', 'tasks.published_task',
    'projects.published_overdue', 'projects.published_owner', 'projects.published_responsibility', 'projects.published_code',
    'projects.published_notice_lapsing', 'projects.published_payment_late', 'projects.published_parcel',
    'kpis.published_red', 'kpis.published_responsibility',
    'feedback.published_unresolved', 'feedback.published_unacknowledged', 'feedback.published_code', 'feedback.published_rating', 'feedback.published_case',
    'platform.published_source']::regclass[]) AS opened;

-- What people add to an alert: that it was seen, and who takes care of it. An alert that ended keeps it.
CREATE TABLE insights.alert_handling (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    -- Id of the alert.
    external_id     text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 400),
    acknowledged_by text,
    acknowledged_at timestamptz,
    -- Official who takes care of it.
    assignee_code   text,
    assigned_by     text,
    assigned_at     timestamptz,
    note            text CHECK (length(note) BETWEEN 1 AND 4000),
    recorded_by     text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    observed_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    UNIQUE (source, external_id),
    CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CHECK (num_nonnulls(assignee_code, assigned_by, assigned_at) IN (0, 2, 3) AND (assigned_by IS NULL) = (assigned_at IS NULL))
);
SELECT platform.keep_history('insights.alert_handling', 'id');

-- It is read for alerts that the caller sees, whatever their rows; so no scope opens it by itself.
SELECT platform.guard(own, 'false') FROM unnest(ARRAY['insights.alert_handling', 'insights.alert_handling_event']::regclass[]) AS own;

-- Whether the transaction's reader sees what belongs to an organization or an area, by the rules of its scope.
CREATE FUNCTION insights.sees(organization text, area text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_user <> 'ioc_scoped' OR coalesce(area = ANY (platform.scope('areas')), false)
        OR coalesce(organization = ANY (ARRAY(SELECT directory.published_with_subordinates(platform.scope('organizations')))), false);
