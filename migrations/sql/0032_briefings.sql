-- Briefings (giao ban), and what each service publishes of the changes since an instant.

-- `<schema>.published_changes(since, until)` has a row for each change in `(since, until]`. All have these columns:
--
-- - `dataset`: TASKS, PROJECTS, CLEARANCE, KPIS or FEEDBACK;
-- - `kind`: CREATED, MOVED (to another state), FINISHED, SLIPPED (a later date), TURNED_RED, DELETED or CORRECTED;
-- - `at`: when it happened; of a correction when it became known, because it is about a past that was told differently;
-- - `record`, `code`, `title`: what changed; `part` makes the row unique for its record and kind;
-- - `organization`, `areas`, `programmes`: of the record as it is now;
-- - `before`, `after`: the state, the date or the value; of a correction of other fields `after` names them.
--
-- The functions run with the rights of the caller, so the policies of the tables that they read hold.

-- Notes the events that became known after a later event was: only these can correct, and they are few. The latest event that was known
-- before is looked up once for all events of a record, by the index, whatever the planner believes of a table that has just grown.
CREATE FUNCTION platform.note_late_events() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    EXECUTE format('WITH known AS MATERIALIZED (
            SELECT g.id, g.recorded_at, (SELECT max(l.observed_at) FROM %1$I.%2$I AS l
                                         WHERE l.id = g.id AND l.observed_at > g.earliest AND l.recorded_at < g.recorded_at) AS latest
            FROM (SELECT id, recorded_at, min(observed_at) AS earliest FROM written GROUP BY id, recorded_at) AS g)
        INSERT INTO %1$I.%2$I_late (id, observed_at, rank, ordinal, recorded_at)
        SELECT w.id, w.observed_at, w.rank, w.ordinal, w.recorded_at
        FROM written AS w JOIN known ON known.id = w.id AND known.recorded_at = w.recorded_at AND known.latest > w.observed_at',
        TG_TABLE_SCHEMA, TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Changes of a record with a history. An event is late, and so a correction, when an event with a later observed time was recorded
-- before it. A first load of an old history is recorded at one time, so it corrects nothing.
--
-- `state` and `due` are columns (`due` can be empty), `finished` is the state that ends the work well, `draft` the one in which a record is
-- nobody's work yet (can be empty): it is left out, and its dates do not slip. The others are expressions over the current row `h`.
CREATE FUNCTION platform.publish_changes(
    head regclass, published text, dataset text, state text, due text, finished text, draft text, title text, organization text, areas text, programmes text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    events text := format('%s_event', head);
BEGIN
    EXECUTE format('CREATE TABLE %s_late (
        id          uuid NOT NULL,
        observed_at timestamptz NOT NULL,
        rank        bigint NOT NULL,
        ordinal     bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (id, observed_at, rank, ordinal))', events);
    EXECUTE format('CREATE INDEX ON %s_late (recorded_at)', events);
    PERFORM platform.guard(format('%s_late', events)::regclass, format('id IN (SELECT id FROM %s)', head));
    EXECUTE format('CREATE TRIGGER note_late AFTER INSERT ON %s REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION platform.note_late_events()', events);
    -- Events are stored roughly in the order in which they were observed.
    EXECUTE format('CREATE INDEX ON %s USING brin (observed_at) WITH (pages_per_range = 16, autosummarize = on)', events);
    EXECUTE format('CREATE INDEX ON %s (withdrawn_at) WHERE withdrawn_at IS NOT NULL', events);
    EXECUTE format($create$
        CREATE FUNCTION %1$s(since timestamptz, until timestamptz) RETURNS TABLE (
            dataset text, kind text, at timestamptz, record text, code text, title text, part text, organization text, areas text[], programmes text[], before text, after text)
            LANGUAGE sql STABLE PARALLEL SAFE AS $body$
        WITH touched AS MATERIALIZED (
            SELECT e.* FROM %3$s AS e WHERE e.effective AND (e.observed_at > since OR e.withdrawn_at > since)
            UNION ALL
            SELECT e.* FROM %3$s_late AS k JOIN %3$s AS e USING (id, observed_at, rank, ordinal)
            WHERE k.recorded_at > since AND e.effective AND e.observed_at <= since AND (e.withdrawn_at IS NULL OR e.withdrawn_at <= since)
        ), told AS MATERIALIZED (
            -- What no event told is the default of the column.
            SELECT e.*,
                   EXISTS (SELECT FROM %3$s_late AS k WHERE k.id = e.id AND k.observed_at = e.observed_at AND k.rank = e.rank AND k.ordinal = e.ordinal)
                   AND EXISTS (SELECT FROM %3$s AS l WHERE l.id = e.id AND l.observed_at > e.observed_at AND l.recorded_at < e.recorded_at
                               AND l.effective AND l.withdrawn_at IS NULL) AS late,
                   NOT EXISTS (SELECT FROM %3$s AS p WHERE p.id = e.id AND p.effective AND p.withdrawn_at IS NULL
                               AND (p.observed_at, p.rank, p.ordinal) < (e.observed_at, e.rank, e.ordinal)) AS first,
                   CASE WHEN e.changes ?| ARRAY[%5$L, 'deleted_at'] THEN coalesce(
                       (SELECT p.changes ->> %5$L FROM %3$s AS p WHERE p.id = e.id AND p.effective AND p.withdrawn_at IS NULL AND p.changes ? %5$L
                         AND (p.observed_at, p.rank, p.ordinal) < (e.observed_at, e.rank, e.ordinal)
                         ORDER BY p.observed_at DESC, p.rank DESC, p.ordinal DESC LIMIT 1), %12$s() ->> %5$L) END AS state_before,
                   CASE WHEN e.changes ? %6$L THEN
                       (SELECT p.changes ->> %6$L FROM %3$s AS p WHERE p.id = e.id AND p.effective AND p.withdrawn_at IS NULL AND p.changes ? %6$L
                         AND (p.observed_at, p.rank, p.ordinal) < (e.observed_at, e.rank, e.ordinal)
                         ORDER BY p.observed_at DESC, p.rank DESC, p.ordinal DESC LIMIT 1) END AS due_before
            FROM touched AS e
        )
        SELECT %4$L, c.kind, c.at, h.id::text, h.code, %8$s, t.ordinal::text, %9$s, %10$s, %11$s, c.before, c.after
        FROM (SELECT told.*, coalesce(changes ->> %5$L, CASE WHEN first THEN %12$s() ->> %5$L END) AS state_after, changes ->> %6$L AS due_after
              FROM told) AS t
        JOIN %2$s AS h ON h.id = t.id AND h.%5$I <> %13$L
        CROSS JOIN LATERAL (
            SELECT 'CREATED' AS kind, t.observed_at AS at, NULL::text AS before, t.state_after AS after
                WHERE t.withdrawn_at IS NULL AND NOT t.late AND t.first
            UNION ALL SELECT CASE WHEN t.state_after = %7$L THEN 'FINISHED' ELSE 'MOVED' END, t.observed_at, t.state_before, t.state_after
                WHERE t.withdrawn_at IS NULL AND NOT t.late AND NOT t.first AND t.state_after IS NOT NULL AND t.state_after IS DISTINCT FROM t.state_before
            UNION ALL SELECT 'SLIPPED', t.observed_at, t.due_before, t.due_after
                WHERE t.withdrawn_at IS NULL AND NOT t.late AND NOT t.first AND t.due_before::date < t.due_after::date
                  AND t.state_before IS DISTINCT FROM %13$L
            UNION ALL SELECT 'DELETED', t.observed_at, t.state_before, NULL
                WHERE t.withdrawn_at IS NULL AND NOT t.late AND NOT t.first AND t.changes ->> 'deleted_at' IS NOT NULL
            UNION ALL SELECT 'CORRECTED', t.recorded_at,
                CASE WHEN t.changes ? %5$L THEN t.state_before WHEN t.changes ? %6$L THEN t.due_before END,
                CASE WHEN t.changes ? %5$L THEN t.state_after WHEN t.changes ? %6$L THEN t.due_after
                     ELSE (SELECT string_agg(name, ', ' ORDER BY name) FROM jsonb_object_keys(t.changes) AS name) END
                WHERE t.withdrawn_at IS NULL AND t.late
            -- What was said was taken back.
            UNION ALL SELECT 'CORRECTED', t.withdrawn_at,
                CASE WHEN t.changes ? %5$L THEN t.state_after WHEN t.changes ? %6$L THEN t.due_after END,
                CASE WHEN t.changes ? %5$L THEN t.state_before WHEN t.changes ? %6$L THEN t.due_before END
                WHERE t.withdrawn_at IS NOT NULL
        ) AS c
        WHERE c.at > since AND c.at <= until $body$ $create$,
        published, head, events, dataset, state, due, finished, title, organization, areas, programmes, format('%s_defaults', head), draft);
END $$;

SELECT platform.publish_changes('tasks.task', 'tasks.published_changes', 'TASKS', 'status', 'current_due', 'COMPLETED', 'DRAFT', 'h.title',
    'h.lead_organization_code', 'h.area_codes', 'h.programme_codes');
SELECT platform.publish_changes('projects.project', 'projects.project_changes', 'PROJECTS', 'phase', 'forecast_end', 'COMPLETED', '', 'h.name',
    'h.owner_organization_code', 'h.area_codes', 'h.programme_codes');
SELECT platform.publish_changes('feedback.feedback', 'feedback.published_changes', 'FEEDBACK', 'status', '', 'RESOLVED', '',
    '(SELECT c.name FROM feedback.category AS c WHERE c.code = h.category_code)',
    'h.lead_organization_code', 'array_remove(ARRAY[h.area_code], NULL)', 'h.programme_codes');
DROP FUNCTION platform.publish_changes;

-- Projects also turn red by an assessment that follows one that was not red.
CREATE FUNCTION projects.published_changes(since timestamptz, until timestamptz) RETURNS TABLE (
    dataset text, kind text, at timestamptz, record text, code text, title text, part text, organization text, areas text[], programmes text[], before text, after text)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM projects.project_changes(since, until)
    UNION ALL
    SELECT 'PROJECTS', 'TURNED_RED', a.observed_at, p.id::text, p.code, p.name, a.id::text, p.owner_organization_code, p.area_codes, p.programme_codes, b.rag, a.rag
    FROM projects.assessment AS a JOIN projects.project AS p ON p.code = a.project_code AND p.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT b.rag FROM projects.assessment AS b
        WHERE b.project_code = a.project_code AND b.deleted_at IS NULL AND (b.assessed_on, b.observed_at, b.id) < (a.assessed_on, a.observed_at, a.id)
        ORDER BY b.assessed_on DESC, b.observed_at DESC, b.id DESC LIMIT 1) AS b ON true
    WHERE a.deleted_at IS NULL AND a.rag = 'RED' AND b.rag IS DISTINCT FROM 'RED' AND a.observed_at > since AND a.observed_at <= until
$$;

-- Parcels move by milestones; a milestone that was stated anew or withdrawn corrects.
CREATE FUNCTION projects.published_clearance_changes(since timestamptz, until timestamptz) RETURNS TABLE (
    dataset text, kind text, at timestamptz, record text, code text, title text, part text, organization text, areas text[], programmes text[], before text, after text)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT 'CLEARANCE', c.kind, c.at, c.id::text, h.site_code, h.map_sheet || '/' || h.parcel_number, c.part,
           p.owner_organization_code, array_remove(ARRAY[s.area_code], NULL), coalesce(p.programme_codes, '{}'), c.before, c.after
    FROM (
        SELECT e.id, 'CREATED' AS kind, e.observed_at AS at, e.ordinal::text AS part, NULL::text AS before, NULL::text AS after
        FROM projects.parcel_case_event AS e
        WHERE e.observed_at > since AND e.observed_at <= until AND e.effective AND e.withdrawn_at IS NULL
          AND NOT EXISTS (SELECT FROM projects.parcel_case_event AS b WHERE b.id = e.id AND b.effective AND b.withdrawn_at IS NULL
                          AND (b.observed_at, b.rank, b.ordinal) < (e.observed_at, e.rank, e.ordinal))
        UNION ALL
        SELECT m.parcel_id, CASE WHEN m.deleted_at IS NOT NULL OR m.version > 1 THEN 'CORRECTED' WHEN m.kind = 'HANDED_OVER' THEN 'FINISHED' ELSE 'MOVED' END,
               m.observed_at, m.id::text, CASE WHEN m.deleted_at IS NULL THEN b.kind ELSE m.kind END, CASE WHEN m.deleted_at IS NULL THEN m.kind ELSE b.kind END
        FROM projects.milestone AS m
        LEFT JOIN LATERAL (
            SELECT b.kind FROM projects.milestone AS b
            WHERE b.parcel_id = m.parcel_id AND b.deleted_at IS NULL AND (b.happened_on, b.observed_at, b.id) < (m.happened_on, m.observed_at, m.id)
            ORDER BY b.happened_on DESC, b.observed_at DESC, b.id DESC LIMIT 1) AS b ON true
        WHERE m.observed_at > since AND m.observed_at <= until
    ) AS c
    JOIN projects.parcel_case AS h ON h.id = c.id
    JOIN projects.site AS s ON s.code = h.site_code
    LEFT JOIN projects.project AS p ON p.code = s.project_code AND p.deleted_at IS NULL
$$;

-- What was decided about targets. No decision is of a later day than its version became known, so a version that was entered late
-- happened when it was entered, and so did the correction of an earlier one.
CREATE INDEX ON kpis.target_event (observed_at);
CREATE INDEX ON kpis.target_event (withdrawn_at) WHERE withdrawn_at IS NOT NULL;
CREATE FUNCTION kpis.target_said(value numeric, low numeric, high numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(trim_scale(value)::text, concat(trim_scale(low), ' – ', trim_scale(high)));
CREATE FUNCTION kpis.target_changes(since timestamptz, until timestamptz) RETURNS TABLE (kind text, at timestamptz, target_id uuid, part text, before text, after text)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH touched AS MATERIALIZED (
        SELECT DISTINCT id FROM kpis.target_event WHERE effective AND (observed_at > since AND observed_at <= until OR withdrawn_at > since AND withdrawn_at <= until)
    ), told AS (
        SELECT e.*, lag(e.said) OVER past AS said_before, row_number() OVER past = 1 AS first
        FROM (SELECT s.*, kpis.target_said((s.state ->> 'value')::numeric, (s.state ->> 'low')::numeric, (s.state ->> 'high')::numeric) AS said
              FROM (SELECT e.id, e.observed_at, e.rank, e.ordinal, e.changes, platform.fold_events(e.changes) OVER past AS state
                    FROM touched JOIN kpis.target_event AS e USING (id)
                    WHERE e.effective AND e.withdrawn_at IS NULL WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)) AS s) AS e
        WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)
    )
    SELECT c.kind, t.observed_at, t.id, t.ordinal::text, c.before, c.after
    FROM told AS t
    JOIN kpis.target AS v ON v.id = t.id
    -- The version that it replaces, unless that was withdrawn.
    LEFT JOIN LATERAL (
        SELECT CASE WHEN p.withdrawn_on IS NULL THEN kpis.target_said(p.value, p.low, p.high) END AS said
        FROM kpis.target AS p
        WHERE t.first AND p.series_id = v.series_id AND p.period = v.period AND p.deleted_at IS NULL AND p.decided_on < v.decided_on
        ORDER BY p.decided_on DESC LIMIT 1) AS replaced ON true
    CROSS JOIN LATERAL (SELECT string_agg(name, ', ' ORDER BY name) AS names FROM jsonb_object_keys(t.changes) AS name
                        WHERE name IN ('value', 'low', 'high', 'baseline', 'baseline_period', 'trajectory', 'decided_on')) AS stated
    CROSS JOIN LATERAL (
        SELECT CASE WHEN replaced.said IS NULL THEN 'CREATED' ELSE 'MOVED' END AS kind, replaced.said AS before, t.said AS after WHERE t.first AND replaced.said IS DISTINCT FROM t.said
        UNION ALL SELECT 'DELETED', t.said_before, NULL WHERE NOT t.first AND t.changes ->> 'deleted_at' IS NOT NULL
        UNION ALL SELECT 'MOVED', t.said, NULL WHERE t.changes ->> 'withdrawn_on' IS NOT NULL
        UNION ALL SELECT 'CORRECTED', CASE WHEN t.said <> t.said_before THEN t.said_before END, CASE WHEN t.said <> t.said_before THEN t.said ELSE stated.names END
            WHERE NOT t.first AND t.changes ->> 'deleted_at' IS NULL AND stated.names IS NOT NULL
    ) AS c
    WHERE t.observed_at > since AND t.observed_at <= until
    UNION ALL
    -- What was said was taken back.
    SELECT 'CORRECTED', e.withdrawn_at, e.id, e.ordinal::text, kpis.target_said((e.changes ->> 'value')::numeric, (e.changes ->> 'low')::numeric, (e.changes ->> 'high')::numeric),
           CASE WHEN v.deleted_at IS NULL THEN kpis.target_said(v.value, v.low, v.high) END
    FROM kpis.target_event AS e JOIN kpis.target AS v ON v.id = e.id
    WHERE e.effective AND e.changes ?| ARRAY['value', 'low', 'high'] AND e.withdrawn_at > since AND e.withdrawn_at <= until
$$;

-- Targets are judged by day. A judgement has the instant of the observation that made it, if that is of its day, and else the day's begin.
CREATE FUNCTION kpis.published_changes(since timestamptz, until timestamptz) RETURNS TABLE (
    dataset text, kind text, at timestamptz, record text, code text, title text, part text, organization text, areas text[], programmes text[], before text, after text)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT 'KPIS', c.kind, c.at, c.series_id::text, c.indicator_code, format('%s (%s)', i.name, c.period), concat_ws('/', c.period, c.part), coalesce(c.organization_code, i.owner_organization_code), array_remove(ARRAY[c.area_code], NULL),
           i.programme_codes, c.before, c.after
    -- The days are computed once.
    FROM (SELECT platform.day_of(since) AS first, platform.day_of(until) AS last OFFSET 0) AS days
    CROSS JOIN LATERAL (
        SELECT 'TURNED_RED' AS kind, f.series_id, f.indicator_code, f.period, NULL AS part, f.organization_code, f.area_code, b.rag AS before, f.rag AS after,
               CASE WHEN platform.day_of(f.observed_at) = f.from_day THEN f.observed_at ELSE platform.day_end(f.from_day - 1) END AS at
        FROM kpis.target_fact AS f
        LEFT JOIN kpis.target_fact AS b ON b.series_id = f.series_id AND b.period = f.period AND b.to_day = f.from_day
        WHERE f.from_day >= days.first AND f.from_day <= days.last AND f.rag = 'RED' AND b.rag IS DISTINCT FROM 'RED'
        UNION ALL
        SELECT t.kind, v.series_id, v.indicator_code, v.period, t.part, v.organization_code, v.area_code, t.before, t.after, t.at
        FROM kpis.target_changes(since, until) AS t JOIN kpis.target AS v ON v.id = t.target_id
        UNION ALL
        -- A revision or a withdrawal of a published value.
        SELECT 'CORRECTED', r.series_id, s.indicator_code, r.period, NULL, s.organization_code, s.area_code, r.before::text, r.after::text, r.at
        FROM kpis.revised AS r JOIN kpis.series AS s ON s.id = r.series_id
        WHERE r.revised_on >= days.first AND r.revised_on <= days.last
    ) AS c JOIN kpis.indicator AS i ON i.code = c.indicator_code
    WHERE c.at > since AND c.at <= until
$$;

-- Briefings.
CREATE TABLE insights.briefing (
    id          uuid PRIMARY KEY,
    source      text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    -- Period that it takes stock of: 2026-W47, 2026-11 …
    period      text NOT NULL CHECK (length(period) BETWEEN 4 AND 30),
    title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    held_at     timestamptz NOT NULL,
    closed_at   timestamptz,
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1 CHECK (version > 0),
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX briefing_held ON insights.briefing (held_at DESC, id DESC) WHERE deleted_at IS NULL;
SELECT platform.keep_history('insights.briefing', 'id');

-- What was decided. A task names the conclusion that it came from (`tasks.task.conclusion_code`).
CREATE TABLE insights.conclusion (
    id                     uuid PRIMARY KEY,
    briefing_id            uuid NOT NULL REFERENCES insights.briefing,
    number                 integer NOT NULL CHECK (number BETWEEN 1 AND 1000),
    text                   text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    lead_organization_code text,
    due_on                 date,
    recorded_by            text NOT NULL,
    recorded_at            timestamptz NOT NULL DEFAULT now(),
    UNIQUE (briefing_id, number)
);
SELECT platform.append_only('insights.conclusion');
CREATE VIEW insights.published_conclusion AS SELECT id::text AS code, lead_organization_code, due_on FROM insights.conclusion;
SELECT platform.open_view('insights.published_conclusion');

-- Of the sources the platform is one.
SELECT directory.add_kind('conclusion', 'EXISTS (SELECT FROM insights.published_conclusion WHERE code = asked)'),
       directory.add_kind('source', 'asked = ''ioc'' OR EXISTS (SELECT FROM platform.published_source WHERE code = asked)');

-- What is to be brought to the next briefing.
CREATE TABLE insights.open_point (
    id                     uuid PRIMARY KEY,
    briefing_id            uuid NOT NULL REFERENCES insights.briefing,
    number                 integer NOT NULL CHECK (number BETWEEN 1 AND 1000),
    text                   text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    lead_organization_code text,
    recorded_by            text NOT NULL,
    recorded_at            timestamptz NOT NULL DEFAULT now(),
    UNIQUE (briefing_id, number)
);
SELECT platform.append_only('insights.open_point');

-- No scope opens a briefing: it is for those who see all rows.
SELECT platform.guard(own, 'false') FROM unnest(ARRAY[
    'insights.briefing', 'insights.briefing_event', 'insights.conclusion', 'insights.open_point']::regclass[]) AS own;
