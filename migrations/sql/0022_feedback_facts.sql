-- Facts of feedback: what is derived of a case, as instants (decision 0033).
--
-- A deadline is an instant, so "overdue" is a comparison with the instant as of which is asked: today's is now. A row covers a
-- run of days in which nothing happened to the case, with its state at their end. A case has a row for each *term* (the first
-- begins with the submission, another with each reopening), so that a broken deadline stays broken after a reopening; `is_case`
-- marks the present term, by which cases are counted. It has a row for each rating too, of itself and of the cases that were
-- merged into it.

CREATE TABLE feedback.fact (
    feedback_id    uuid NOT NULL,
    -- `T` and the number of the term, or `R` and the case that was rated.
    part           text NOT NULL,
    from_day       date NOT NULL,
    to_day         date NOT NULL CHECK (to_day > from_day),
    is_case        boolean NOT NULL,
    is_term        boolean NOT NULL,
    stored_status  text NOT NULL,
    kind           text NOT NULL,
    -- Of a rating: of who rated.
    sender         text NOT NULL,
    channel        text NOT NULL,
    category       text NOT NULL,
    level          text NOT NULL,
    area           text,
    lead           text,
    position       text,
    project        text,
    lat            double precision,
    lon            double precision,
    is_public      boolean NOT NULL,
    submitted_at   timestamptz NOT NULL,
    submitted_on   date NOT NULL,
    acked_at       timestamptz,
    ack_due_at     timestamptz,
    ack_due_on     date,
    -- Of the term. While the case waits for its sender it has no deadline, only working time that is left (microseconds).
    term_at        timestamptz,
    due_at         timestamptz,
    due_on         date,
    left_worked    bigint,
    -- Instant from which it is due soon.
    soon_at        timestamptz,
    resolved_at    timestamptz,
    resolved_on    date,
    -- Working time from the begin of the term to the resolution, without pauses (microseconds).
    worked         bigint,
    -- Instant at which a resolved case counts as closed.
    closes_at      timestamptz,
    first_resolved_on date,
    transfers      smallint NOT NULL,
    reopenings     smallint NOT NULL,
    score          smallint,
    rated_on       date,
    -- Last day to which a measure of the case belongs; infinity while it is open.
    last_on        date NOT NULL,
    observed_at    timestamptz NOT NULL
) PARTITION BY RANGE (to_day);
CREATE TABLE feedback.fact_past PARTITION OF feedback.fact FOR VALUES FROM (MINVALUE) TO ('infinity');
CREATE TABLE feedback.fact_present PARTITION OF feedback.fact FOR VALUES FROM ('infinity') TO (MAXVALUE);
CREATE INDEX fact_feedback ON feedback.fact (feedback_id, from_day);
CREATE INDEX fact_past_run ON feedback.fact_past (to_day, from_day);
-- One for each order of a list; `NULL` is last in both directions.
CREATE INDEX fact_present_due ON feedback.fact_present (coalesce(due_at, 'infinity'::timestamptz), feedback_id) WHERE is_case;
CREATE INDEX fact_present_due_desc ON feedback.fact_present (coalesce(due_at, '-infinity'::timestamptz), feedback_id) WHERE is_case;
CREATE INDEX fact_present_submitted ON feedback.fact_present (submitted_at, feedback_id) WHERE is_case;
CREATE INDEX fact_present_observed ON feedback.fact_present (observed_at, feedback_id) WHERE is_case;
-- Cases that are or can become late, in the order of a list.
CREATE INDEX fact_present_open ON feedback.fact_present (coalesce(due_at, 'infinity'::timestamptz), feedback_id)
    WHERE is_case AND stored_status NOT IN ('REJECTED', 'MERGED', 'RESOLVED', 'CLOSED');
CREATE INDEX fact_present_lead ON feedback.fact_present (lead, submitted_at, feedback_id);
CREATE INDEX fact_present_area ON feedback.fact_present (area, submitted_at, feedback_id);
CREATE INDEX fact_present_position ON feedback.fact_present (position, submitted_at, feedback_id) WHERE is_case;
CREATE INDEX fact_present_project ON feedback.fact_present (project, feedback_id) WHERE project IS NOT NULL;
CREATE INDEX fact_present_spot ON feedback.fact_present (submitted_on, lat, lon, feedback_id) WHERE is_case AND lat IS NOT NULL;
CREATE INDEX fact_present_rated ON feedback.fact_present (rated_on) INCLUDE (sender, score) WHERE score IS NOT NULL;
CREATE INDEX fact_past_rated ON feedback.fact_past (rated_on, to_day) WHERE score IS NOT NULL;

-- Codes of which a case can have several, each for a run of days: PROGRAMME or BOTTLENECK.
CREATE TABLE feedback.fact_code (
    feedback_id uuid NOT NULL,
    dimension   text NOT NULL,
    code        text NOT NULL,
    from_day    date NOT NULL,
    to_day      date NOT NULL CHECK (to_day > from_day),
    PRIMARY KEY (feedback_id, dimension, code, from_day)
);
CREATE INDEX fact_code_code ON feedback.fact_code (dimension, code, feedback_id) INCLUDE (from_day, to_day);

SELECT platform.keep_rules('feedback.', 'feedback.fact', 'feedback_id', 'feedback.feedback', 'feedback.derive', ARRAY[]::text[]);

-- The deadlines depend on every rule of feedback and of office hours, on the days on which the calendar differs from the week,
-- on the days that it covers, and on the time zone.
CREATE OR REPLACE VIEW feedback.rule_in_force AS
    SELECT code, valid_from, valid_to, value FROM directory.published_legal_rule WHERE code LIKE 'FEEDBACK\_%' OR code LIKE 'OFFICE\_%'
    UNION ALL
    SELECT 'CALENDAR_DAY', day, day + 1, working::int FROM directory.published_calendar_day WHERE working <> (extract(isodow FROM day) < 6)
    UNION ALL
    SELECT 'CALENDAR_COVERS', min(day), max(day) + 1, count(*) FROM directory.published_calendar_day
    UNION ALL
    SELECT 'TIME_ZONE', '2000-01-01', NULL, hashtext(platform.zone());
SELECT platform.open_view('feedback.rule_in_force');

-- Trigger: the office hours follow the copy of the rules.
CREATE FUNCTION feedback.build_office_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM feedback.office_span;
    INSERT INTO feedback.office_span (from_at, to_at, before)
    SELECT h.from_at, h.to_at, (sum(h.length) OVER (ORDER BY h.from_at) - h.length)::bigint
    FROM (SELECT t.from_at, t.to_at, (date_part('epoch', t.to_at - t.from_at) * 1000000)::bigint AS length
          FROM directory.published_calendar_day AS c
          CROSS JOIN (VALUES ('OFFICE_MORNING_FROM', 'OFFICE_MORNING_TO'), ('OFFICE_AFTERNOON_FROM', 'OFFICE_AFTERNOON_TO')) AS half(opens, closes)
          JOIN feedback.fact_rule AS o ON o.code = half.opens AND directory.published_runs(o.valid_from, o.valid_to, c.day)
          JOIN feedback.fact_rule AS z ON z.code = half.closes AND directory.published_runs(z.valid_from, z.valid_to, c.day)
          CROSS JOIN LATERAL (SELECT (c.day + o.value * interval '1 hour') AT TIME ZONE platform.zone() AS from_at,
                                     (c.day + z.value * interval '1 hour') AT TIME ZONE platform.zone() AS to_at) AS t
          WHERE c.working AND o.value < z.value
          UNION ALL
          -- The begin of the calendar, before which there is no working time.
          SELECT platform.day_end(min(day) - 1), platform.day_end(min(day) - 1), 0 FROM directory.published_calendar_day HAVING count(*) > 0) AS h;
    RETURN NULL;
END $$;
SELECT platform.guard('feedback.office_span', 'true');
CREATE TRIGGER build_office_hours AFTER INSERT ON feedback.fact_rule FOR EACH STATEMENT EXECUTE FUNCTION feedback.build_office_hours();
INSERT INTO feedback.fact_rule TABLE feedback.rule_in_force;

-- Value of a rule on a day, of those with which the facts are computed.
CREATE FUNCTION feedback.rule(asked text, day date) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT r.value FROM feedback.fact_rule AS r WHERE r.code = asked AND directory.published_runs(r.valid_from, r.valid_to, day));

CREATE FUNCTION feedback.is_done(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN status IN ('RESOLVED', 'CLOSED');
CREATE FUNCTION feedback.is_open(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status NOT IN ('REJECTED', 'MERGED', 'RESOLVED', 'CLOSED');

-- Cases that were merged into a case, each for a run of days.
CREATE FUNCTION feedback.merged_into(primary_code text) RETURNS TABLE (id uuid, from_day date, to_day date)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT e.id, platform.day_of(e.observed_at, (SELECT platform.zone())),
           coalesce((SELECT platform.day_of(n.observed_at, (SELECT platform.zone())) FROM feedback.feedback_event AS n
                     WHERE n.id = e.id AND n.effective AND n.withdrawn_at IS NULL AND n.changes ? 'primary_code'
                       AND (n.observed_at, n.rank, n.ordinal) > (e.observed_at, e.rank, e.ordinal)
                     ORDER BY n.observed_at, n.rank, n.ordinal LIMIT 1), 'infinity')
    FROM feedback.feedback_event AS e
    WHERE e.changes ->> 'primary_code' = merged_into.primary_code AND e.effective AND e.withdrawn_at IS NULL
$$;

-- A case and those that it was ever merged into: their facts have its ratings.
CREATE FUNCTION feedback.with_primaries(ids uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 AS $$
    WITH RECURSIVE up(id) AS (
        SELECT unnest(ids)
        UNION SELECT p.id FROM up JOIN feedback.feedback_event AS e ON e.id = up.id AND e.changes ->> 'primary_code' IS NOT NULL
            JOIN feedback.feedback AS p ON p.code = e.changes ->> 'primary_code' AND p.deleted_at IS NULL)
    SELECT id FROM up
$$;

-- Day of the first answer to a case: what can be rated from then on. NULL without one.
CREATE FUNCTION feedback.answered_on(asked uuid) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT platform.day_of(min(s.observed_at), (SELECT platform.zone()))
    FROM (SELECT e.observed_at, platform.fold_events(e.changes - ARRAY['text', 'moderated_text', 'reply', 'reason', 'attributes'])
                 OVER (ORDER BY e.observed_at, e.rank, e.ordinal) AS state
          FROM feedback.feedback_event AS e WHERE e.id = asked AND e.effective AND e.withdrawn_at IS NULL) AS s
    WHERE feedback.is_done(s.state ->> 'status') AND s.state ? 'channel'
$$;

-- Base rows are read by index, and what was read is joined by hash: the planner does not know how much that is.
CREATE FUNCTION feedback.facts_of(ids uuid[]) RETURNS SETOF feedback.fact LANGUAGE sql STABLE ROWS 10000
    SET random_page_cost = 1.1 SET enable_nestloop = off AS $$
    -- Each state of a case from the row on that made it. One that was received before that row was received until then.
    WITH state AS MATERIALIZED (
        SELECT e.id, e.observed_at AS at, row_number() OVER (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal) AS seq, s.*
        FROM (SELECT h.*, platform.fold_events(h.changes - ARRAY['text', 'moderated_text', 'reply', 'reason', 'attributes']) OVER (PARTITION BY h.id ORDER BY h.observed_at, h.rank, h.ordinal) AS state
              FROM feedback.feedback_event AS h WHERE h.effective AND h.withdrawn_at IS NULL AND h.id = ANY(ids)) AS e
        CROSS JOIN LATERAL jsonb_to_record(feedback.feedback_defaults() || e.state) AS s(
            status text, kind text, sender text, channel text, category_code text, level text, area_code text, lead_organization_code text,
            accountable_position_code text, project_code text, lat double precision, lon double precision, is_public boolean, is_hidden boolean, deleted_at timestamptz)
        WHERE s.channel IS NOT NULL),
    head AS MATERIALIZED (
        SELECT h.id, h.code, h.submitted_at, (SELECT w FROM feedback.worked_until(h.submitted_at) AS w) AS worked,
               platform.day_of(h.submitted_at, (SELECT platform.zone())) AS day
        FROM feedback.feedback AS h WHERE h.id = ANY(ids)),
    known AS (
        SELECT * FROM state
        UNION ALL
        SELECT s.id, h.submitted_at, 0, 'RECEIVED', s.kind, s.sender, s.channel, s.category_code, s.level, s.area_code, NULL, NULL, s.project_code,
               s.lat, s.lon, s.is_public, s.is_hidden, NULL
        FROM state AS s JOIN head AS h ON h.id = s.id AND s.seq = 1 AND h.submitted_at < s.at),
    -- What each state begins: a new term, a resolution, a transfer.
    moved AS (
        SELECT k.*, platform.day_of(k.at, (SELECT platform.zone())) AS day,
               coalesce(feedback.is_done(lag(k.status) OVER w) AND feedback.is_open(k.status), false) AS opens,
               feedback.is_done(k.status) AND NOT coalesce(feedback.is_done(lag(k.status) OVER w), false) AS resolves,
               coalesce(k.lead_organization_code <> lag(k.lead_organization_code) OVER w, false) AS transfers,
               lead(k.seq) OVER w AS next_seq, lead(k.at) OVER w AS next_at,
               lead(platform.day_of(k.at, (SELECT platform.zone()))) OVER w AS next_day
        FROM known AS k WINDOW w AS (PARTITION BY k.id ORDER BY k.seq)),
    step AS MATERIALIZED (
        SELECT m.*, 1 + count(*) FILTER (WHERE m.opens) OVER w AS term, count(*) FILTER (WHERE m.transfers) OVER w AS handed,
               min(m.at) FILTER (WHERE m.status <> 'RECEIVED') OVER w AS acked_at,
               min(m.day) FILTER (WHERE m.resolves) OVER w AS first_resolved_on,
               CASE WHEN m.opens OR m.resolves OR m.status = 'WAITING_CITIZEN' THEN (SELECT w FROM feedback.worked_until(m.at) AS w) END AS worked,
               CASE WHEN m.status = 'WAITING_CITIZEN' THEN (SELECT w FROM feedback.worked_until(m.next_at) AS w) END AS next_worked
        FROM moved AS m WINDOW w AS (PARTITION BY m.id ORDER BY m.seq)),
    -- The last state of each day holds until the next.
    run AS MATERIALIZED (
        SELECT s.*, s.day AS from_day, coalesce(s.next_day, 'infinity') AS to_day FROM step AS s WHERE s.next_day IS DISTINCT FROM s.day),
    -- Each term as it is known in each run: its begin, its resolution, and the level that counts.
    term AS MATERIALIZED (
        SELECT r.id, r.seq, i.term, r.term = i.term AS is_case,
               CASE WHEN i.term = 1 THEN h.submitted_at ELSE min(i.at) FILTER (WHERE i.opens) END AS term_at,
               CASE WHEN i.term = 1 THEN h.worked ELSE min(i.worked) FILTER (WHERE i.opens) END AS term_worked,
               CASE WHEN r.term > i.term OR feedback.is_done(r.status) THEN max(i.at) FILTER (WHERE i.resolves) END AS resolved_at,
               CASE WHEN r.term > i.term OR feedback.is_done(r.status) THEN max(i.worked) FILTER (WHERE i.resolves) END AS resolved_worked,
               CASE WHEN r.term > i.term OR feedback.is_done(r.status)
                    THEN (array_agg(ARRAY[i.category_code, i.level] ORDER BY i.seq DESC) FILTER (WHERE i.resolves))[1:1]
                    ELSE ARRAY[ARRAY[r.category_code, r.level]] END AS judged,
               max(i.worked) FILTER (WHERE i.seq = r.seq AND i.status = 'WAITING_CITIZEN') AS waits_from, r.status IN ('REJECTED', 'MERGED') AS is_ended
        FROM run AS r JOIN step AS i ON i.id = r.id AND i.seq <= r.seq JOIN head AS h ON h.id = r.id
        GROUP BY r.id, r.seq, r.term, r.status, r.category_code, r.level, i.term, h.submitted_at, h.worked),
    -- The rules are those of the day on which the term begins; that of a category is before that of the level.
    allowed AS MATERIALIZED (
        SELECT t.*, t.term_worked + (coalesce(own.value, general.value) * 3600000000)::bigint AS due, (soon.value * 3600000000)::bigint AS soon,
               t.resolved_at + closed.value * interval '1 day' AS closes_at
        FROM (SELECT t.*, t.judged[1][1] AS category, t.judged[1][2] AS level, platform.day_of(t.term_at, (SELECT platform.zone())) AS term_day,
                     platform.day_of(t.resolved_at, (SELECT platform.zone())) AS resolved_day FROM term AS t) AS t
        LEFT JOIN feedback.fact_rule AS own ON own.code = 'FEEDBACK_RESOLVE_' || t.level || '_' || t.category
            AND directory.published_runs(own.valid_from, own.valid_to, t.term_day)
        LEFT JOIN feedback.fact_rule AS general ON general.code = 'FEEDBACK_RESOLVE_' || t.level
            AND directory.published_runs(general.valid_from, general.valid_to, t.term_day)
        LEFT JOIN feedback.fact_rule AS soon ON soon.code = 'FEEDBACK_DUE_SOON' AND directory.published_runs(soon.valid_from, soon.valid_to, t.term_day)
        LEFT JOIN feedback.fact_rule AS closed ON closed.code = 'FEEDBACK_CLOSED_AFTER'
            AND directory.published_runs(closed.valid_from, closed.valid_to, t.resolved_day)),
    paused AS (
        SELECT a.id, a.seq, a.term, feedback.deadline_after(a.due, i.worked, i.next_worked - i.worked ORDER BY i.seq) AS due,
               sum(i.next_worked - i.worked) AS worked
        FROM allowed AS a JOIN step AS i ON i.id = a.id AND i.term = a.term AND i.status = 'WAITING_CITIZEN' AND i.next_seq <= a.seq
        GROUP BY a.id, a.seq, a.term),
    -- A deadline that has not passed when the clock stops is unknown until it runs again. A rejected or merged case is in none.
    judged AS (
        SELECT a.id, a.seq, a.term, a.is_case, a.term_at, a.resolved_at, a.closes_at, a.soon, a.resolved_worked - a.term_worked - coalesce(p.worked, 0) AS worked,
               CASE WHEN a.is_ended OR (a.is_case AND a.waits_from < coalesce(p.due, a.due)) IS TRUE THEN NULL ELSE coalesce(p.due, a.due) END AS due,
               CASE WHEN a.is_case AND a.waits_from < coalesce(p.due, a.due) THEN coalesce(p.due, a.due) - a.waits_from END AS left_worked
        FROM allowed AS a LEFT JOIN paused AS p USING (id, seq, term)),
    dated AS MATERIALIZED (
        SELECT j.*, (SELECT i FROM feedback.instants_of(j.due) AS i) AS due_at, (SELECT i FROM feedback.instants_of(j.due - j.soon) AS i) AS soon_at
        FROM judged AS j),
    ack AS MATERIALIZED (
        SELECT h.id, (SELECT i FROM feedback.instants_of(h.worked + (r.value * 3600000000)::bigint) AS i) AS due_at
        FROM head AS h LEFT JOIN feedback.fact_rule AS r ON r.code = 'FEEDBACK_ACKNOWLEDGE' AND directory.published_runs(r.valid_from, r.valid_to, h.day)),
    -- Cases whose ratings are those of a case: itself, and those merged into it. What is read of a case is a subquery of its own, so that
    -- it is found by its key: a join by hash would read every case.
    reach AS (
        WITH RECURSIVE down(root, id, code, from_day, to_day, path) AS (
            SELECT h.id, h.id, h.code, '-infinity'::date, 'infinity'::date, ARRAY[h.id] FROM head AS h
            UNION ALL
            SELECT d.root, m.id, (SELECT c.code FROM feedback.feedback AS c WHERE c.id = m.id), greatest(d.from_day, m.from_day), least(d.to_day, m.to_day), d.path || m.id
            FROM down AS d CROSS JOIN LATERAL (SELECT * FROM feedback.merged_into(d.code) OFFSET 0) AS m
            WHERE greatest(d.from_day, m.from_day) < least(d.to_day, m.to_day) AND m.id <> ALL (d.path))
        SELECT d.root, d.id, d.from_day, d.to_day, d.path FROM down AS d),
    -- A rating counts from its day on, but not before the case, or one that it was merged into, was answered.
    rated AS MATERIALIZED (
        SELECT x.root, x.id, x.sender, g.score, g.day, greatest(x.from_day, g.day) AS from_day, least(x.to_day, g.next_day) AS to_day
        FROM (SELECT x.*, (SELECT min(feedback.answered_on(p.id)) FROM unnest(x.path) AS p(id)) AS answered_on,
                     (SELECT c.sender FROM feedback.feedback AS c WHERE c.id = x.id AND c.deleted_at IS NULL) AS sender
              FROM reach AS x
              WHERE (SELECT true FROM feedback.rating AS r WHERE r.feedback_id = x.id AND r.deleted_at IS NULL LIMIT 1) OFFSET 0) AS x
        CROSS JOIN LATERAL (
            SELECT r.score, greatest(x.answered_on, platform.day_of(r.rated_at, (SELECT platform.zone()))) AS day,
                   lead(platform.day_of(r.rated_at, (SELECT platform.zone())), 1, 'infinity') OVER (ORDER BY r.rated_at, r.id) AS next_day
            FROM feedback.rating AS r WHERE r.feedback_id = x.id AND r.deleted_at IS NULL) AS g
        WHERE x.answered_on IS NOT NULL AND x.sender IS NOT NULL AND greatest(x.from_day, g.day) < least(x.to_day, g.next_day))
    SELECT r.id, 'T' || d.term, r.from_day, r.to_day, d.is_case, true, r.status, r.kind, r.sender, r.channel, r.category_code, r.level, r.area_code,
           r.lead_organization_code, r.accountable_position_code, r.project_code, r.lat, r.lon, r.is_public AND NOT r.is_hidden, h.submitted_at, h.day, r.acked_at,
           a.due_at, platform.day_of(a.due_at, (SELECT platform.zone())), d.term_at, d.due_at, platform.day_of(d.due_at, (SELECT platform.zone())),
           d.left_worked, d.soon_at, d.resolved_at, platform.day_of(d.resolved_at, (SELECT platform.zone())), d.worked,
           CASE WHEN d.is_case AND r.status = 'RESOLVED' THEN d.closes_at END,
           r.first_resolved_on, r.handed, r.term - 1, NULL, NULL,
           CASE WHEN feedback.is_open(r.status) THEN 'infinity'
                ELSE greatest(r.from_day, platform.day_of(d.due_at, (SELECT platform.zone())), platform.day_of(a.due_at, (SELECT platform.zone())), h.day) END, r.at
    FROM run AS r JOIN dated AS d ON d.id = r.id AND d.seq = r.seq JOIN head AS h ON h.id = r.id JOIN ack AS a ON a.id = r.id
    WHERE r.deleted_at IS NULL
    UNION ALL
    SELECT r.id, 'R' || g.id, greatest(r.from_day, g.from_day), least(r.to_day, g.to_day), false, false, r.status, r.kind, g.sender, r.channel,
           r.category_code, r.level, r.area_code, r.lead_organization_code, r.accountable_position_code, r.project_code, r.lat, r.lon, r.is_public AND NOT r.is_hidden,
           h.submitted_at, h.day, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, g.score, g.day, g.day, r.at
    FROM run AS r JOIN rated AS g ON g.root = r.id AND g.from_day < r.to_day AND r.from_day < g.to_day JOIN head AS h ON h.id = r.id
    WHERE r.deleted_at IS NULL AND r.status <> 'MERGED'
$$;

CREATE FUNCTION feedback.codes_of(ids uuid[]) RETURNS SETOF feedback.fact_code LANGUAGE sql STABLE ROWS 10000 AS $$
    SELECT run.id, run.dimension, c.code, run.from_day, run.to_day
    FROM (SELECT e.id, d.dimension, e.changes -> d.name AS codes,
                 -- A case that was received before its first row arrived had the codes of that row.
                 CASE WHEN lag(e.day) OVER w IS NULL THEN least(e.day, e.submitted_on) ELSE e.day END AS from_day, lead(e.day, 1, 'infinity') OVER w AS to_day,
                 e.observed_at, e.rank, e.ordinal
          FROM (SELECT v.*, platform.day_of(v.observed_at, (SELECT platform.zone())) AS day, platform.day_of(h.submitted_at, (SELECT platform.zone())) AS submitted_on
                FROM feedback.feedback_event AS v JOIN feedback.feedback AS h USING (id) WHERE v.effective AND v.withdrawn_at IS NULL AND v.id = ANY(ids)) AS e
          JOIN (VALUES ('PROGRAMME', 'programme_codes'), ('BOTTLENECK', 'bottleneck_codes')) AS d(dimension, name) ON e.changes ? d.name
          WINDOW w AS (PARTITION BY e.id, d.dimension ORDER BY e.observed_at, e.rank, e.ordinal)) AS run
    CROSS JOIN LATERAL jsonb_array_elements_text(run.codes) AS c(code)
    WHERE run.from_day < run.to_day
$$;

-- Computes the facts of cases anew and writes what differs. Returns the number of rows that differed. The cases are locked in
-- the order of their ids, and the inputs are read after that.
CREATE FUNCTION feedback.derive(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feedback.hold_rules();
    PERFORM FROM feedback.feedback WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    RETURN platform.write_facts('feedback.fact', 'feedback_id', ids, ARRAY(SELECT f FROM feedback.facts_of(ids) AS f))
         + platform.write_facts('feedback.fact_code', 'feedback_id', ids, ARRAY(SELECT c FROM feedback.codes_of(ids) AS c));
END $$;

SELECT platform.feeds_facts('feedback.feedback_event', 'feedback.derive', 'SELECT feedback.with_primaries(ARRAY(SELECT id FROM written))');
SELECT platform.feeds_facts('feedback.rating', 'feedback.derive', 'SELECT feedback.with_primaries(ARRAY(SELECT feedback_id FROM written))');

-- State on an instant: a resolved case counts as closed some days later.
CREATE FUNCTION feedback.status_at(status text, closes_at timestamptz, at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN status = 'RESOLVED' AND closes_at <= at THEN 'CLOSED' ELSE status END;

-- Derived values of a case on a day, for a page of a list or a single case.
CREATE FUNCTION feedback.derived(f feedback.feedback, as_of date, at timestamptz) RETURNS TABLE (
    current_status text, is_open boolean, is_overdue boolean, is_due_soon boolean, acknowledged_at timestamptz, acknowledge_due_at timestamptz,
    due_at timestamptz, resolved_at timestamptz, hours_left double precision, hours_to_resolve double precision, transfers integer,
    reopenings integer, broken_deadlines integer)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT coalesce(feedback.status_at(d.stored_status, d.closes_at, at), f.status), coalesce(feedback.is_open(d.stored_status), false),
           coalesce(feedback.is_open(d.stored_status) AND d.due_at < at, false),
           coalesce(feedback.is_open(d.stored_status) AND d.soon_at <= at AND at <= d.due_at, false),
           d.acked_at, d.ack_due_at, d.due_at, d.resolved_at,
           CASE WHEN feedback.is_open(d.stored_status) THEN coalesce(d.left_worked, feedback.worked(d.due_at) - feedback.worked(at)) / 3600000000.0 END,
           d.worked / 3600000000.0, coalesce(d.transfers, 0)::int, coalesce(d.reopenings, 0)::int,
           (SELECT count(*) FROM feedback.fact AS t WHERE t.feedback_id = f.id AND t.is_term AND t.from_day <= as_of AND as_of < t.to_day
              AND t.due_at < coalesce(t.resolved_at, at) AND t.due_at < at AND t.stored_status NOT IN ('REJECTED', 'MERGED'))::int
    FROM (SELECT) AS one
    LEFT JOIN feedback.fact AS d ON d.feedback_id = f.id AND d.is_case AND d.from_day <= as_of AND as_of < d.to_day
$$;

-- A case of any day as it is shown: with the text that is shown of it today, by which it is also searched. What moderation or its
-- source has replaced is shown for no day.
CREATE FUNCTION feedback.as_shown(past feedback.feedback) RETURNS feedback.feedback LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    SELECT coalesce(h.moderated_text, h.text) INTO past.text FROM feedback.feedback AS h WHERE h.id = past.id;
    past.is_public := past.is_public AND NOT past.is_hidden;
    RETURN past;
END $$;

-- A pushed reopening of a merged case is one of the case that it was merged into. Each is applied once.
CREATE FUNCTION feedback.reopen_primaries(steps uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    folding text := coalesce(current_setting('platform.folding', true), 'off');
    asked   record;
BEGIN
    FOR asked IN
        SELECT p.id, s.observed_at, s.reason
        FROM feedback.step AS s JOIN feedback.feedback AS f ON f.id = s.feedback_id AND f.primary_code IS NOT NULL
        JOIN feedback.feedback AS p ON p.id = feedback.root_of(f.id) AND feedback.is_done(p.status) AND p.deleted_at IS NULL
            AND p.submitted_at <= s.observed_at
        WHERE s.id = ANY(steps) AND s.status = 'REOPENED' AND s.deleted_at IS NULL
          AND NOT EXISTS (SELECT FROM feedback.feedback_event AS e WHERE e.id = p.id AND e.observed_at = s.observed_at AND e.changes ->> 'status' = 'REOPENED')
        ORDER BY s.observed_at, s.id
    LOOP
        INSERT INTO feedback.feedback_event (id, observed_at, recorded_at, changes)
        VALUES (asked.id, asked.observed_at, clock_timestamp(), jsonb_build_object('status', 'REOPENED', 'reason', coalesce(asked.reason, 'reopened')));
        -- The event is written; a later one keeps the last word.
        PERFORM set_config('platform.folding', 'on', true);
        UPDATE feedback.feedback AS h SET status = folded.state ->> 'status', reason = folded.state ->> 'reason', version = h.version + 1,
            observed_at = greatest(h.observed_at, asked.observed_at), recorded_at = clock_timestamp()
        FROM (SELECT platform.fold_events(e.changes ORDER BY e.observed_at, e.rank, e.ordinal) AS state FROM feedback.feedback_event AS e
              WHERE e.id = asked.id AND e.effective AND e.withdrawn_at IS NULL) AS folded
        WHERE h.id = asked.id;
    END LOOP;
    PERFORM set_config('platform.folding', folding, true);
END $$;

-- Changes of states within times, for clients that follow them.
CREATE INDEX feedback_event_state ON feedback.feedback_event (observed_at, id) WHERE changes ? 'status';
