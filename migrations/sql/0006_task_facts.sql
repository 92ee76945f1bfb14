-- Facts of tasks: derived values, stored as days.
--
-- What is derived of a task (overdue, at risk, clarity …) depends on the task and on the day. A fact row covers a run of
-- days in which no input changes, and stores the days on which derived values begin within it. A measure as of any day
-- is a sum over comparisons of these days with that day, and a filter of a list is the same comparison. Lateness that
-- comes with time needs no write, because its day is stored already.
--
-- `tasks.facts_of` and `tasks.codes_of` compute the rows from the history and from the children of the tasks. They are
-- the only definition; writers, `ioc facts rebuild` and `ioc facts verify` use them. `platform.feeds_facts` names the input
-- tables.

-- Facts of a task for the days from `from_day` to before `to_day`. The rows of one task are disjoint. A draft and a
-- deleted task have none, nor has a task before it was created (a late event can be older). Of several versions on one day
-- the last counts. The current row ends at 'infinity'. No foreign key: a fact is derived from events, which have one.
CREATE TABLE tasks.fact (
    task_id           uuid NOT NULL,
    from_day          date NOT NULL,
    to_day            date NOT NULL CHECK (to_day > from_day),
    status            text NOT NULL,
    kind              text NOT NULL,
    priority          text NOT NULL,
    lead              text NOT NULL,
    position          text,
    group_code        text,
    progress          smallint NOT NULL,
    start_on          date NOT NULL,
    baseline_on       date,
    due_on            date,
    -- Day of the accepted submission.
    done_on           date,
    -- Day on which the task ended, completed or not; NULL while it is open.
    ended_on          date,
    -- First day on which the task is overdue. Days after the last day of the row are not stored.
    overdue_from      date,
    -- First day of risk, of any reason and of each. Risk ends where `overdue_from` begins.
    risk_from         date,
    blocked_from      date,
    predecessor_from  date,
    behind_from       date,
    silent_from       date,
    declared_from     date,
    -- Criteria of clarity that are met, without the person: the holder of a position is looked up when it is read.
    clarity           smallint NOT NULL,
    -- Transfers to another lead, approved extensions, and returns by the lead.
    lead_changes      smallint NOT NULL,
    extensions        smallint NOT NULL,
    returns           smallint NOT NULL,
    -- Reminders sent so far, and of an open task those without an answer.
    reminders         smallint NOT NULL,
    unanswered        smallint NOT NULL,
    -- Day of the oldest request that an open task waits for, of each level; NULL when it waits for none.
    city_since        date,
    central_since     date,
    observed_at       timestamptz NOT NULL
) PARTITION BY RANGE (to_day);
CREATE TABLE tasks.fact_past PARTITION OF tasks.fact FOR VALUES FROM (MINVALUE) TO ('infinity');
CREATE TABLE tasks.fact_present PARTITION OF tasks.fact FOR VALUES FROM ('infinity') TO (MAXVALUE);
CREATE INDEX fact_task ON tasks.fact (task_id, from_day);
CREATE INDEX fact_past_run ON tasks.fact_past (to_day, from_day);
-- One for each order of a list; `NULL` is last in both directions.
CREATE INDEX fact_present_due ON tasks.fact_present (coalesce(due_on, 'infinity'::date), task_id);
CREATE INDEX fact_present_due_desc ON tasks.fact_present (coalesce(due_on, '-infinity'::date), task_id);
CREATE INDEX fact_present_start ON tasks.fact_present (coalesce(start_on, 'infinity'::date), task_id);
CREATE INDEX fact_present_start_desc ON tasks.fact_present (coalesce(start_on, '-infinity'::date), task_id);
CREATE INDEX fact_present_progress ON tasks.fact_present (progress, task_id);
CREATE INDEX fact_present_observed ON tasks.fact_present (observed_at, task_id);
CREATE INDEX fact_present_priority ON tasks.fact_present (array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], priority), task_id);
-- Only tasks that can become overdue.
CREATE INDEX fact_present_overdue ON tasks.fact_present (coalesce(due_on, 'infinity'::date), task_id) WHERE overdue_from IS NOT NULL;
-- The same for the lists of an organization, and one for the positions of an official.
CREATE INDEX fact_present_lead_due ON tasks.fact_present (lead, coalesce(due_on, 'infinity'::date), task_id);
CREATE INDEX fact_present_lead_due_desc ON tasks.fact_present (lead, coalesce(due_on, '-infinity'::date), task_id);
CREATE INDEX fact_present_lead_start ON tasks.fact_present (lead, coalesce(start_on, 'infinity'::date), task_id);
CREATE INDEX fact_present_lead_start_desc ON tasks.fact_present (lead, coalesce(start_on, '-infinity'::date), task_id);
CREATE INDEX fact_present_lead_progress ON tasks.fact_present (lead, progress, task_id);
CREATE INDEX fact_present_lead_observed ON tasks.fact_present (lead, observed_at, task_id);
CREATE INDEX fact_present_lead_priority ON tasks.fact_present
    (lead, array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], priority), task_id);
CREATE INDEX fact_present_position ON tasks.fact_present (position, coalesce(due_on, 'infinity'::date), task_id);
CREATE INDEX task_code_order ON tasks.task ((code COLLATE "C"), id);
CREATE INDEX task_title_order ON tasks.task ((folded_title COLLATE "C"), id);
CREATE INDEX task_lead_code ON tasks.task (lead_organization_code, (code COLLATE "C"), id);
CREATE INDEX task_lead_title ON tasks.task (lead_organization_code, (folded_title COLLATE "C"), id);

-- Codes of which a task can have several, each for a run of days.
CREATE TABLE tasks.fact_code (
    task_id   uuid NOT NULL,
    -- PROGRAMME, AREA, BOTTLENECK, PROJECT, INDICATOR, COORDINATING or CONCLUSION, as the task states them; or FORMER_LEAD, an
    -- organization that had the task before it was passed on.
    dimension text NOT NULL,
    code      text NOT NULL,
    from_day  date NOT NULL,
    to_day    date NOT NULL CHECK (to_day > from_day),
    PRIMARY KEY (task_id, dimension, code, from_day)
);
CREATE INDEX fact_code_code ON tasks.fact_code (dimension, code, task_id) INCLUDE (from_day, to_day);
-- Codes that a task no longer has: few, next to those that it has.
CREATE INDEX fact_code_ended ON tasks.fact_code (dimension, code, to_day) WHERE to_day < 'infinity';

-- The facts that hold today of the tasks that concern an area today, with what the orders of a list need. A page of an area is read in
-- each order by an index; by `fact_code` each of its tasks is looked up.
CREATE TABLE tasks.fact_of_area (
    task_id      uuid NOT NULL,
    area         text NOT NULL,
    from_day     date NOT NULL,
    due_on       date,
    start_on     date,
    priority     text NOT NULL,
    progress     smallint NOT NULL,
    observed_at  timestamptz NOT NULL,
    code         text NOT NULL,
    folded_title text NOT NULL,
    PRIMARY KEY (task_id, area)
);
CREATE INDEX fact_of_area_due ON tasks.fact_of_area (area, coalesce(due_on, 'infinity'::date), task_id);
CREATE INDEX fact_of_area_due_desc ON tasks.fact_of_area (area, coalesce(due_on, '-infinity'::date), task_id);
CREATE INDEX fact_of_area_start ON tasks.fact_of_area (area, coalesce(start_on, 'infinity'::date), task_id);
CREATE INDEX fact_of_area_start_desc ON tasks.fact_of_area (area, coalesce(start_on, '-infinity'::date), task_id);
CREATE INDEX fact_of_area_progress ON tasks.fact_of_area (area, progress, task_id);
CREATE INDEX fact_of_area_observed ON tasks.fact_of_area (area, observed_at, task_id);
CREATE INDEX fact_of_area_priority ON tasks.fact_of_area
    (area, array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], priority), task_id);
CREATE INDEX fact_of_area_code ON tasks.fact_of_area (area, (code COLLATE "C"), task_id);
CREATE INDEX fact_of_area_title ON tasks.fact_of_area (area, (folded_title COLLATE "C"), task_id);

-- The number of tasks that have facts on a day, as the sum of the changes until then: those that begin on a day less those that end. The
-- changes of one day are one row, or some more while several transactions write.
CREATE TABLE tasks.fact_tally (
    day   date   NOT NULL,
    tasks bigint NOT NULL
);

-- Positions that are accountable in a fact, and the days on which each has a holder, who belongs to the directory.
CREATE TABLE tasks.fact_position (position text PRIMARY KEY);
CREATE VIEW tasks.holding AS
    SELECT p.position, range_agg(daterange(a.from_on, a.to_on)) AS days
    FROM tasks.fact_position AS p JOIN directory.published_appointment AS a ON a.position_code = p.position
    GROUP BY p.position;

SELECT platform.keep_rules('tasks.', 'tasks.fact', 'task_id', 'tasks.task', 'tasks.derive',
    ARRAY['TASK_AT_RISK_PROGRESS_GAP', 'TASK_AT_RISK_SILENCE']);

CREATE FUNCTION tasks.is_open(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED');

-- First day on which a task is overdue: the day after its due date, while it is open. A task that was submitted in time
-- awaits approval and is not overdue. A task that was submitted late is overdue until it is accepted.
CREATE FUNCTION tasks.late_from(status text, due_on date, submitted_on date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN tasks.is_open(status) AND NOT coalesce(status = 'SUBMITTED' AND submitted_on <= due_on, false)
                THEN due_on + 1 END;

-- First day on which the expected progress is ahead of the reported one by more than `gap`.
--
-- The expected progress is clamp((day - start) / (due - start), 0, 1). Due dates are inclusive, so it is 1 on the due
-- date. With due = start it is 0 before that day and 1 from that day on.
CREATE FUNCTION tasks.behind_from(start_on date, due_on date, progress smallint, gap numeric) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN progress / 100.0 + gap >= 1 THEN NULL
                WHEN progress / 100.0 + gap < 0 THEN '-infinity'::date
                WHEN due_on = start_on THEN due_on
                ELSE start_on + floor((progress / 100.0 + gap) * (due_on - start_on))::integer + 1 END;

-- First day on which the last report is older than `silence` reporting intervals. The start counts as a report.
CREATE FUNCTION tasks.silent_from(last_update_on date, start_on date, cadence smallint, silence numeric) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A rule that no task can meet gives a day far away, not an error.
    RETURN greatest(last_update_on, start_on) + floor(least(greatest(silence * cadence, -100000), 1000000))::integer + 1;

-- The part of an event that facts depend on. Of a text they need to know only whether it is there. A small state folds
-- several times faster. Most events state none of these columns; PostgreSQL puts this expression in the place of a call, but not a subquery.
CREATE FUNCTION tasks.fact_inputs_of_whole(changes jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT jsonb_object_agg(key, CASE WHEN key IN ('code', 'action', 'lead_role', 'legal_basis', 'deliverable', 'acceptance_criteria')
                                              THEN to_jsonb(left(value #>> '{}', 1)) ELSE value END)
            FROM jsonb_each(changes)
            WHERE key <> ALL (ARRAY['title', 'source', 'external_id', 'recorded_by', 'issuer_organization_code', 'superseded_by_id',
                                    'programme_codes', 'area_codes', 'bottleneck_codes', 'project_codes', 'indicator_codes', 'coordinating_organization_codes',
                                    'conclusion_code']));
CREATE FUNCTION tasks.fact_inputs(changes jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN changes ?| ARRAY['code', 'title', 'action', 'lead_role', 'legal_basis', 'deliverable', 'acceptance_criteria',
                                      'programme_codes', 'area_codes', 'bottleneck_codes', 'project_codes', 'indicator_codes', 'coordinating_organization_codes',
                                      'conclusion_code']
           THEN tasks.fact_inputs_of_whole(changes) ELSE changes END;

-- Computes the facts of tasks from the stored inputs.
CREATE FUNCTION tasks.facts_of(ids uuid[]) RETURNS SETOF tasks.fact LANGUAGE sql STABLE ROWS 10000
    -- The rows of some tasks are read by index, however large the tables are.
    SET random_page_cost = 1.1 AS $$
    WITH
    -- Relations that make a task wait for another, with the days on which they hold.
    wait AS MATERIALIZED (
        SELECT r.later_id, r.earlier_id, platform.day_of(r.created_at, (SELECT platform.zone())) AS from_day,
               coalesce(platform.day_of(r.removed_at, (SELECT platform.zone())), 'infinity') AS to_day
        FROM tasks.relation AS r WHERE r.later_id = ANY(ids) AND r.kind <> 'PART_OF'),
    -- The state of each task at the end of each day with an event, and the day of the next one.
    state AS MATERIALIZED (
        SELECT folded.task_id, folded.from_day, lead(folded.from_day, 1, 'infinity') OVER w AS to_day, folded.observed_at,
               s.*, s.code IS NOT NULL AND s.deleted_at IS NULL AND s.status <> 'DRAFT' AS has_facts,
               CASE WHEN s.code IS NOT NULL AND s.deleted_at IS NULL THEN tasks.late_from(s.status, s.current_due, s.submitted_on) END AS late_from
        FROM (SELECT e.id AS task_id, e.day AS from_day, e.observed_at,
                     platform.fold_events(tasks.fact_inputs(e.changes)) OVER past AS state,
                     lead(e.day) OVER past IS DISTINCT FROM e.day AS is_last
              FROM (SELECT *, platform.day_of(observed_at, (SELECT platform.zone())) AS day FROM tasks.task_event
                    WHERE effective AND withdrawn_at IS NULL) AS e
              WHERE e.id = ANY(ids) OR e.id = ANY(ARRAY(SELECT earlier_id FROM wait))
              WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)) AS folded
        CROSS JOIN LATERAL jsonb_to_record(tasks.task_defaults() || folded.state) AS s(
            code text, status text, kind text, priority text, lead_organization_code text, lead_role text, accountable_position_code text,
            approver_position_code text, group_code text, action text, legal_basis text, deliverable text, acceptance_criteria text,
            start_on date, baseline_due date, current_due date, progress smallint, self_declared_risk text,
            reporting_cadence_days smallint, last_update_on date, submitted_on date, closed_on date, deleted_at timestamptz)
        WHERE folded.is_last
        WINDOW w AS (PARTITION BY folded.task_id ORDER BY folded.from_day)),
    -- Requests to the city and to the central government, with the days on which they wait: from the day of the request to before
    -- the day of the answer, while the blocker is open.
    request AS MATERIALIZED (
        SELECT b.task_id, b.needs_level, b.requested_on,
               greatest(b.requested_on, platform.day_of(b.opened_at, (SELECT platform.zone()))) AS from_day,
               least(b.decided_on, platform.day_of(b.resolved_at, (SELECT platform.zone())), 'infinity') AS to_day
        FROM tasks.blocker AS b WHERE b.task_id = ANY(ids) AND b.deleted_at IS NULL AND b.requested_on IS NOT NULL),
    -- Days on which an input changes, with the changes of the counters. The first is also the day from which a state holds.
    change AS (
        SELECT task_id, from_day AS day, from_day AS state_day, 0 AS lead_changes, 0 AS extensions, 0 AS returns, 0 AS blockers, 0 AS reminders, 0 AS unanswered
        FROM state WHERE task_id = ANY(ids)
        UNION ALL
        SELECT m.task_id, platform.day_of(m.at, (SELECT platform.zone())), NULL, coalesce(m.from_status <> 'DRAFT' AND m.from_lead <> m.to_lead, false)::int, 0,
               (m.to_status = 'RETURNED')::int, 0, 0, 0
        FROM tasks.transition AS m WHERE m.task_id = ANY(ids)
        UNION ALL
        SELECT e.task_id, platform.day_of(e.decided_at, (SELECT platform.zone())), NULL, 0, 1, 0, 0, 0, 0
        FROM tasks.extension_request AS e WHERE e.task_id = ANY(ids) AND e.status = 'APPROVED' AND e.previous_due IS NOT NULL
        UNION ALL
        SELECT b.task_id, platform.day_of(turn.at, (SELECT platform.zone())), NULL, 0, 0, 0, turn.step, 0, 0
        FROM tasks.blocker AS b CROSS JOIN LATERAL (VALUES (b.opened_at, 1), (b.resolved_at, -1)) AS turn(at, step)
        WHERE b.task_id = ANY(ids) AND b.deleted_at IS NULL AND turn.at IS NOT NULL
        UNION ALL
        SELECT q.task_id, turn.day, NULL, 0, 0, 0, 0, 0, 0
        FROM request AS q CROSS JOIN LATERAL (VALUES (q.from_day), (q.to_day)) AS turn(day) WHERE q.from_day < q.to_day
        UNION ALL
        SELECT m.task_id, turn.day, NULL, 0, 0, 0, 0, turn.sent, turn.step
        FROM tasks.reminder AS m CROSS JOIN LATERAL (VALUES (m.sent_on, 1, 1), (m.answered_on, 0, -1)) AS turn(day, sent, step)
        WHERE m.task_id = ANY(ids) AND m.deleted_at IS NULL AND turn.day IS NOT NULL
        UNION ALL
        SELECT wait.later_id, turn.day, NULL, 0, 0, 0, 0, 0, 0 FROM wait CROSS JOIN LATERAL (VALUES (from_day), (to_day)) AS turn(day)
        UNION ALL
        SELECT wait.later_id, earlier.from_day, NULL, 0, 0, 0, 0, 0, 0
        FROM wait JOIN (SELECT task_id, from_day, late_from IS DISTINCT FROM lag(late_from) OVER (PARTITION BY task_id ORDER BY from_day) AS moved
                        FROM state) AS earlier ON earlier.task_id = wait.earlier_id AND earlier.moved
        UNION ALL
        SELECT begun.task_id, turn.day, NULL, 0, 0, 0, 0, 0, 0
        FROM (SELECT task_id, min(from_day) AS day FROM state WHERE task_id = ANY(ids) GROUP BY task_id) AS begun
        JOIN tasks.fact_rule AS r ON true CROSS JOIN LATERAL (VALUES (r.valid_from), (r.valid_to)) AS turn(day) WHERE turn.day > begun.day),
    segment AS (
        SELECT task_id, day AS from_day, lead(day, 1, 'infinity') OVER w AS to_day, max(state_day) OVER w AS state_day, sum(lead_changes) OVER w AS lead_changes,
               sum(extensions) OVER w AS extensions, sum(returns) OVER w AS returns, sum(blockers) OVER w AS blockers,
               sum(reminders) OVER w AS reminders, sum(unanswered) OVER w AS unanswered
        FROM (SELECT task_id, day, max(state_day) AS state_day, sum(lead_changes) AS lead_changes, sum(extensions) AS extensions, sum(returns) AS returns,
                     sum(blockers) AS blockers, sum(reminders) AS reminders, sum(unanswered) AS unanswered
              FROM change WHERE day < 'infinity' GROUP BY task_id, day) AS cut
        WINDOW w AS (PARTITION BY task_id ORDER BY day)),
    -- A predecessor that is overdue while the task waits for it.
    threat AS (
        SELECT g.task_id, g.from_day, min(p.late_from) AS late_from
        FROM segment AS g
        JOIN wait ON wait.later_id = g.task_id AND wait.from_day <= g.from_day AND g.from_day < wait.to_day
        JOIN state AS p ON p.task_id = wait.earlier_id AND p.from_day <= g.from_day AND g.from_day < p.to_day
        GROUP BY g.task_id, g.from_day),
    -- The oldest request of each level that waits.
    asked AS (
        SELECT g.task_id, g.from_day, min(q.requested_on) FILTER (WHERE q.needs_level = 'CITY') AS city_since,
               min(q.requested_on) FILTER (WHERE q.needs_level = 'CENTRAL') AS central_since
        FROM segment AS g JOIN request AS q ON q.task_id = g.task_id AND q.from_day <= g.from_day AND g.from_day < q.to_day
        GROUP BY g.task_id, g.from_day)
    SELECT g.task_id, g.from_day, g.to_day, s.status, s.kind, s.priority, s.lead_organization_code, s.accountable_position_code, s.group_code,
           s.progress, s.start_on, s.baseline_due, s.current_due,
           CASE WHEN s.status = 'COMPLETED' THEN s.submitted_on END,
           CASE WHEN s.status = 'COMPLETED' THEN s.submitted_on WHEN s.status IN ('CANCELLED', 'SUPERSEDED') THEN s.closed_on END,
           CASE WHEN s.late_from < g.to_day THEN s.late_from END,
           least(r.blocked_from, r.predecessor_from, r.behind_from, r.silent_from, r.declared_from),
           r.blocked_from, r.predecessor_from, r.behind_from, r.silent_from, r.declared_from,
           (s.action IS NOT NULL)::int + (s.current_due IS NOT NULL)::int + (s.lead_role IS NOT NULL)::int
               + (s.deliverable IS NOT NULL AND s.acceptance_criteria IS NOT NULL)::int
               + (s.approver_position_code IS NOT NULL AND s.legal_basis IS NOT NULL)::int,
           g.lead_changes, g.extensions, g.returns, g.reminders, CASE WHEN tasks.is_open(s.status) THEN g.unanswered ELSE 0 END,
           CASE WHEN tasks.is_open(s.status) THEN asked.city_since END, CASE WHEN tasks.is_open(s.status) THEN asked.central_since END,
           s.observed_at
    FROM segment AS g
    -- The state of the latest of its days is that of the segment.
    JOIN state AS s ON s.task_id = g.task_id AND s.from_day = g.state_day AND s.has_facts
    LEFT JOIN threat ON threat.task_id = g.task_id AND threat.from_day = g.from_day
    LEFT JOIN asked ON asked.task_id = g.task_id AND asked.from_day = g.from_day
    LEFT JOIN tasks.fact_rule AS gap ON gap.code = 'TASK_AT_RISK_PROGRESS_GAP' AND directory.published_runs(gap.valid_from, gap.valid_to, g.from_day)
    LEFT JOIN tasks.fact_rule AS silence ON silence.code = 'TASK_AT_RISK_SILENCE' AND directory.published_runs(silence.valid_from, silence.valid_to, g.from_day)
    -- Risk needs open work that is not submitted. It ends with the row and where the task is overdue.
    CROSS JOIN LATERAL (SELECT CASE WHEN tasks.is_open(s.status) AND s.status <> 'SUBMITTED' THEN least(g.to_day, s.late_from) END AS risk_to) AS o
    CROSS JOIN LATERAL (SELECT CASE WHEN g.blockers > 0 OR s.status = 'BLOCKED' THEN g.from_day END AS blocked_from,
                               tasks.behind_from(s.start_on, s.current_due, s.progress, gap.value) AS behind_from,
                               tasks.silent_from(s.last_update_on, s.start_on, s.reporting_cadence_days, silence.value) AS silent_from,
                               CASE WHEN s.self_declared_risk = 'HIGH' THEN g.from_day END AS declared_from) AS d
    CROSS JOIN LATERAL (SELECT CASE WHEN d.blocked_from < o.risk_to THEN d.blocked_from END AS blocked_from,
                               CASE WHEN threat.late_from < o.risk_to THEN threat.late_from END AS predecessor_from,
                               CASE WHEN d.behind_from < o.risk_to THEN d.behind_from END AS behind_from,
                               CASE WHEN d.silent_from < o.risk_to THEN d.silent_from END AS silent_from,
                               CASE WHEN d.declared_from < o.risk_to THEN d.declared_from END AS declared_from) AS r
$$;

-- Computes the runs of codes of tasks from the history. An event that does not name a column leaves its codes. Who has passed a task on
-- has done so from that day on.
CREATE FUNCTION tasks.codes_of(ids uuid[]) RETURNS SETOF tasks.fact_code LANGUAGE sql STABLE ROWS 10000 AS $$
    SELECT run.task_id, run.dimension, c.code, run.from_day, run.to_day
    FROM (SELECT e.id AS task_id, d.dimension, e.changes -> d.name AS codes, e.day AS from_day,
                 lead(e.day, 1, 'infinity') OVER (PARTITION BY e.id, d.dimension ORDER BY e.observed_at, e.rank, e.ordinal) AS to_day
          FROM (SELECT *, platform.day_of(observed_at, (SELECT platform.zone())) AS day FROM tasks.task_event
                WHERE effective AND withdrawn_at IS NULL) AS e
          JOIN (VALUES ('PROGRAMME', 'programme_codes'), ('AREA', 'area_codes'), ('BOTTLENECK', 'bottleneck_codes'), ('PROJECT', 'project_codes'), ('INDICATOR', 'indicator_codes'),
                       ('COORDINATING', 'coordinating_organization_codes'), ('CONCLUSION', 'conclusion_code')) AS d(dimension, name)
               ON e.changes ? d.name
          WHERE e.id = ANY(ids)) AS run
    CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(run.codes) WHEN 'array' THEN run.codes WHEN 'string' THEN jsonb_build_array(run.codes)
                                                 ELSE '[]' END) AS c(code)
    WHERE run.from_day < run.to_day
    UNION ALL
    SELECT m.task_id, 'FORMER_LEAD', m.from_lead, min(platform.day_of(m.at, (SELECT platform.zone()))), 'infinity'
    FROM tasks.transition AS m
    WHERE m.task_id = ANY(ids) AND m.from_status <> 'DRAFT' AND m.from_lead <> m.to_lead
    GROUP BY m.task_id, m.from_lead
$$;

-- Notes on which days the tasks begin to have facts, or cease to, before the facts are written. A row that another transaction holds is left
-- to the next one of its day, so nobody waits.
CREATE FUNCTION tasks.note_tally(ids uuid[], facts tasks.fact[]) RETURNS void LANGUAGE sql AS $$
    WITH net AS (
        SELECT day, sum(tasks) AS tasks
        FROM (SELECT from_day, 1 FROM unnest(facts)
              UNION ALL SELECT to_day, -1 FROM unnest(facts) WHERE to_day < 'infinity'
              UNION ALL SELECT from_day, -1 FROM tasks.fact WHERE task_id = ANY(ids)
              UNION ALL SELECT to_day, 1 FROM tasks.fact WHERE task_id = ANY(ids) AND to_day < 'infinity') AS change(day, tasks)
        GROUP BY day HAVING sum(tasks) <> 0),
    merged AS (
        DELETE FROM tasks.fact_tally
        WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM tasks.fact_tally AS t JOIN net USING (day) FOR UPDATE OF t SKIP LOCKED))
        RETURNING day, tasks)
    INSERT INTO tasks.fact_tally
    SELECT day, sum(tasks) FROM (TABLE net UNION ALL TABLE merged) AS change GROUP BY day HAVING sum(tasks) <> 0
$$;

-- Counts the tasks of each day anew and writes the numbers if they differ. Returns the number of days whose change differed. Who writes
-- facts has noted the tally before, so the lock waits for it.
CREATE FUNCTION tasks.recount() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    differ bigint;
BEGIN
    LOCK TABLE tasks.fact_tally IN EXCLUSIVE MODE;
    CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
        SELECT day, sum(tasks)::bigint AS tasks
        FROM (SELECT from_day, 1 FROM tasks.fact UNION ALL SELECT to_day, -1 FROM tasks.fact WHERE to_day < 'infinity') AS change(day, tasks)
        GROUP BY day HAVING sum(tasks) <> 0;
    SELECT count(*) INTO differ
    FROM counted AS c FULL JOIN (SELECT day, sum(tasks) AS tasks FROM tasks.fact_tally GROUP BY day) AS t USING (day)
    WHERE coalesce(c.tasks, 0) <> coalesce(t.tasks, 0);
    IF differ > 0 THEN
        DELETE FROM tasks.fact_tally;
        INSERT INTO tasks.fact_tally SELECT day, tasks FROM counted;
    END IF;
    DROP TABLE counted;
    RETURN differ;
END $$;

-- Computes the facts of tasks anew and writes what differs. Returns the number of rows that differed.
--
-- The tasks are locked in the order of their ids, and the inputs are read after that: of two transactions that change a
-- task and its predecessor at the same time, the second reads what the first has written.
CREATE FUNCTION tasks.derive(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    facts tasks.fact[];
    codes tasks.fact_code[];
BEGIN
    PERFORM tasks.hold_rules();
    PERFORM FROM tasks.task WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    facts := ARRAY(SELECT f FROM tasks.facts_of(ids) AS f);
    codes := ARRAY(SELECT c FROM tasks.codes_of(ids) AS c);
    PERFORM tasks.note_tally(ids, facts);
    INSERT INTO tasks.fact_position SELECT DISTINCT f.position FROM unnest(facts) AS f WHERE f.position IS NOT NULL ORDER BY 1
        ON CONFLICT DO NOTHING;
    RETURN platform.write_facts('tasks.fact', 'task_id', ids, facts)
         + platform.write_facts('tasks.fact_code', 'task_id', ids, codes)
         + platform.write_facts('tasks.fact_of_area', 'task_id', ids, ARRAY(
               SELECT ROW(f.task_id, c.code, greatest(f.from_day, c.from_day), f.due_on, f.start_on, f.priority, f.progress, f.observed_at,
                          t.code, t.folded_title)::tasks.fact_of_area
               FROM unnest(facts) AS f JOIN unnest(codes) AS c ON c.task_id = f.task_id AND c.dimension = 'AREA' AND c.to_day = 'infinity'
               JOIN tasks.task AS t ON t.id = f.task_id
               WHERE f.to_day = 'infinity'));
END $$;

-- A task that waits for a changed one is derived with it.
SELECT platform.feeds_facts('tasks.task_event', 'tasks.derive', 'SELECT id FROM written
    UNION ALL SELECT r.later_id FROM written JOIN tasks.relation AS r ON r.earlier_id = written.id WHERE r.kind <> ''PART_OF''');
SELECT platform.feeds_facts(input, 'tasks.derive', 'SELECT task_id FROM written')
    FROM unnest(ARRAY['tasks.transition', 'tasks.blocker', 'tasks.extension_request', 'tasks.reminder']::regclass[]) AS input;
SELECT platform.feeds_facts('tasks.relation', 'tasks.derive', 'SELECT later_id FROM written');

-- Reasons of risk on a day within a fact.
CREATE FUNCTION tasks.risk_reasons(f tasks.fact, as_of date) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN f.overdue_from <= as_of OR f.task_id IS NULL THEN '{}'::text[]
    ELSE array_remove(ARRAY[CASE WHEN f.blocked_from <= as_of THEN 'BLOCKED' END,
                            CASE WHEN f.predecessor_from <= as_of THEN 'PREDECESSOR_OVERDUE' END,
                            CASE WHEN f.behind_from <= as_of THEN 'BEHIND_SCHEDULE' END,
                            CASE WHEN f.silent_from <= as_of THEN 'NO_UPDATE' END,
                            CASE WHEN f.declared_from <= as_of THEN 'SELF_DECLARED_HIGH' END], NULL) END;

-- Derived values of a task on a day, for a page of a list or a single task. A draft has only those that need no fact.
CREATE FUNCTION tasks.derived(t tasks.task, as_of date) RETURNS TABLE (
    is_open boolean, is_issued boolean, is_overdue boolean, days_overdue integer, done_on date, expected_progress numeric,
    clear_person boolean, clear_action boolean, clear_due boolean, clear_lead boolean, clear_product boolean, clear_authority boolean,
    clarity integer, lead_changes integer, extension_count integer, returned_count integer, at_risk_reasons text[],
    reminder_count integer, unanswered_reminder_count integer, city_since date, central_since date)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT coalesce(f.ended_on IS NULL AND f.task_id IS NOT NULL, false), t.status <> 'DRAFT',
           coalesce(f.overdue_from <= as_of, false), CASE WHEN f.overdue_from <= as_of THEN as_of - f.due_on END, f.done_on,
           CASE WHEN t.current_due IS NULL OR t.start_on IS NULL THEN NULL
                WHEN as_of >= t.current_due THEN 1
                WHEN as_of <= t.start_on THEN 0
                ELSE (as_of - t.start_on)::numeric / (t.current_due - t.start_on) END,
           c.person, c.action, c.due, c.lead, c.product, c.authority,
           c.person::int + c.action::int + c.due::int + c.lead::int + c.product::int + c.authority::int,
           coalesce(f.lead_changes, 0)::int, coalesce(f.extensions, 0)::int, coalesce(f.returns, 0)::int,
           tasks.risk_reasons(f, as_of),
           coalesce(f.reminders, 0)::int, coalesce(f.unanswered, 0)::int, f.city_since, f.central_since
    FROM (SELECT EXISTS (SELECT FROM directory.published_appointment AS a
                         WHERE a.position_code = t.accountable_position_code
                           AND directory.published_runs(a.from_on, a.to_on, as_of)) AS person,
                 t.action IS NOT NULL AS action, t.current_due IS NOT NULL AS due,
                 t.lead_organization_code IS NOT NULL AND t.lead_role IS NOT NULL AS lead,
                 t.deliverable IS NOT NULL AND t.acceptance_criteria IS NOT NULL AS product,
                 t.approver_position_code IS NOT NULL AND t.legal_basis IS NOT NULL AS authority OFFSET 0) AS c
    LEFT JOIN tasks.fact AS f ON f.task_id = t.id AND f.from_day <= as_of AND as_of < f.to_day
$$;
