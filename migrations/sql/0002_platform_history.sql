-- History of records (event log), idempotency keys, and the upkeep of facts that are derived from the history.
--
-- The history of a table is a log of events. An event has the columns that changed, their values, the observed time and
-- the time of recording. The state at an instant is computed from the events up to it; later values replace earlier
-- ones. An event that arrives late is ordered by its observed time; later states are computed with it and not stored
-- again.
--
-- Events are in one total order: the observed time, the version that the source gave (`rank`), and the ordinal, which for a
-- pushed event is a digest of its content. So the state does not depend on the order in which events arrive. An event that
-- says nothing new is kept, because a late event may come before it, but it is not `effective`: it is no version.

-- The city's time zone, in which days begin and end. It is stored at the first start of the platform.
CREATE FUNCTION platform.zone() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce((SELECT value FROM platform.setting WHERE name = 'time_zone'), 'Asia/Ho_Chi_Minh');

-- The instant at which a day of the city ends.
CREATE FUNCTION platform.day_end(day date) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE platform.zone();

-- Instant of a day as of which is measured: its end, or now.
CREATE FUNCTION platform.moment(day date) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN least(platform.day_end(day), coalesce(nullif(current_setting('ioc.now', true), '')::timestamptz, now()));

-- The city's day of an instant.
CREATE FUNCTION platform.day_of(instant timestamptz) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE platform.zone())::date;

-- The same for many rows: the caller looks the zone up once, as `(SELECT platform.zone())`.
CREATE FUNCTION platform.day_of(instant timestamptz, zone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE zone)::date;

-- Folds events: later values replace earlier ones.
CREATE AGGREGATE platform.fold_events(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}', PARALLEL = SAFE);

-- Returns the columns that are not part of the state: version and times belong to the event, generated columns are
-- computed.
CREATE FUNCTION platform.not_state(head regclass) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY['version', 'observed_at', 'recorded_at']
           || ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = head AND attgenerated <> '' AND NOT attisdropped);

-- Returns the columns in which two states differ, with the values of the second.
CREATE FUNCTION platform.changed(before jsonb, after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(after) WHERE value IS DISTINCT FROM before -> key);

-- Trigger: writes an event for each written row, for every kind of write.
-- One statement writes all events. Its plan must be good for one row and for a hundred thousand, so nested loops are off.
CREATE FUNCTION platform.write_events() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    events text := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_event');
    key    text := TG_ARGV[0];
    other  text[] := platform.not_state(TG_RELID);
    behind boolean;
BEGIN
    -- `platform.insert_event` updates the current row; its event is already written.
    IF current_setting('platform.folding', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('INSERT INTO %1$s (%2$I, observed_at, recorded_at, changes)
            SELECT %2$I, observed_at, recorded_at, jsonb_strip_nulls(to_jsonb(n) - $1) FROM after_write AS n', events, key) USING other;
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT bool_or(n.observed_at < o.observed_at OR n.version <= o.version)
        FROM before_write AS o JOIN after_write AS n USING (%I)', key) INTO behind;
    IF behind THEN
        RAISE EXCEPTION 'the state of a record moves forward in version and in observed time'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_moves_forward';
    END IF;
    EXECUTE format('INSERT INTO %1$s (%2$I, observed_at, recorded_at, changes)
        SELECT %2$I, n.observed_at, n.recorded_at, platform.changed(to_jsonb(o) - $1, to_jsonb(n) - $1)
        FROM before_write AS o JOIN after_write AS n USING (%2$I)', events, key) USING other;
    RETURN NULL;
END $$;

CREATE FUNCTION platform.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A late event changes which of the later events are effective, and what follows from them.
    IF TG_OP <> 'TRUNCATE' AND current_setting('platform.folding', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

-- Makes a table append-only.
CREATE FUNCTION platform.append_only(log regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_rewriting()', log);
END $$;

-- Triggers: an event has its record, and a record with events is not removed. A foreign key would look each event up by itself, which took a
-- tenth of the time of a push.
CREATE FUNCTION platform.refuse_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_orphan boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM (SELECT DISTINCT %2$I FROM written) AS w WHERE NOT EXISTS (SELECT FROM %1$s AS h WHERE h.%2$I = w.%2$I))',
        TG_ARGV[0], TG_ARGV[1]) INTO is_orphan;
    IF is_orphan THEN
        RAISE EXCEPTION 'an event in % has no record in %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_has_record';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION platform.refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    has_events boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM written AS w JOIN %1$s AS e USING (%2$I))', TG_ARGV[0], TG_ARGV[1]) INTO has_events;
    IF has_events THEN
        RAISE EXCEPTION 'a record in % has events', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_has_no_events';
    END IF;
    RETURN NULL;
END $$;

-- Adds a log of events to a table `head` with the columns `version`, `observed_at`, `recorded_at` and `deleted_at`: a table
-- `…_event`, and a function `…_defaults()` that gives the values of columns that no event has stated.
CREATE FUNCTION platform.keep_events(head regclass, key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    events   text;
    key_type text;
    defaults text;
BEGIN
    SELECT format('%I.%I', n.nspname, c.relname || '_event'), format_type(a.atttypid, a.atttypmod)
        INTO events, key_type
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.oid = head AND a.attname = key;
    EXECUTE format('CREATE TABLE %1$s (
        %2$I %3$s NOT NULL,
        observed_at  timestamptz NOT NULL,
        rank         bigint NOT NULL DEFAULT 0,
        ordinal      bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
        recorded_at  timestamptz NOT NULL,
        effective    boolean NOT NULL DEFAULT true,
        changes      jsonb NOT NULL,
        -- Of a pushed event: its receipt, the time that the row stated if its place is earlier, and when it was withdrawn.
        receipt_id   uuid,
        -- The child that states this about its parent, as kind and external id.
        cause        text,
        stated_at    timestamptz,
        withdrawn_at timestamptz,
        PRIMARY KEY (%2$I, observed_at, rank, ordinal))', events, key, key_type);
    EXECUTE format('CREATE TRIGGER has_record AFTER INSERT ON %s REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_orphans(%L, %L)', events, head, key);
    EXECUTE format('CREATE TRIGGER has_no_events AFTER DELETE ON %s REFERENCING OLD TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_removal(%L, %L)', head, events, key);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_rewriting()', head);
    EXECUTE format('CREATE INDEX ON %s (receipt_id) WHERE receipt_id IS NOT NULL', events);
    PERFORM platform.append_only(events::regclass);
    SELECT coalesce(string_agg(format('%L, %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', '), '') INTO defaults
        FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = head AND a.attgenerated = '' AND NOT a.attisdropped AND a.attname <> ALL (ARRAY['version', 'observed_at', 'recorded_at'])
          AND pg_get_expr(d.adbin, d.adrelid) NOT LIKE '%(%';
    EXECUTE format('CREATE FUNCTION %s() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN jsonb_build_object(%s)',
        replace(events, '_event', '_defaults'), defaults);
END $$;

-- Adds a history to a table: its events, the triggers that write them, and two functions that read them. `…_at(instant, keys)`
-- returns the records at an instant, as known now: all, or those with the keys. `…_known(key, instant, known_at)` returns one
-- record at an instant, as known at another instant.
CREATE FUNCTION platform.keep_history(head regclass, key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    events   text;
    key_type text;
    fixed    text;
    records  text;
    parameters text;
    condition  text;
BEGIN
    PERFORM platform.keep_events(head, key);
    SELECT format('%I.%I', n.nspname, c.relname || '_event'), format_type(a.atttypid, a.atttypmod)
        INTO events, key_type
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.oid = head AND a.attname = key;
    -- Index for the rows that have changed since an instant.
    EXECUTE format('CREATE INDEX ON %s (observed_at)', head);
    EXECUTE format('CREATE TRIGGER write_insert_event AFTER INSERT ON %1$s REFERENCING NEW TABLE AS after_write
        FOR EACH STATEMENT EXECUTE FUNCTION platform.write_events(%2$L)', head, key);
    EXECUTE format('CREATE TRIGGER write_update_event AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS before_write NEW TABLE AS after_write
        FOR EACH STATEMENT EXECUTE FUNCTION platform.write_events(%2$L)', head, key);
    -- What the events of a record need not state: its identity.
    SELECT string_agg(format('%L, h.%I', a.attname, a.attname), ', ') INTO fixed
        FROM pg_attribute AS a WHERE a.attrelid = head AND a.attname IN (key, 'source', 'external_id', 'recorded_by');
    fixed := format('%s() || jsonb_build_object(%s) || ', replace(events, '_event', '_defaults'), fixed);
    -- A folded state as a record, with its generated columns computed from it.
    SELECT format('CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, folded.state) AS base
        CROSS JOIN LATERAL (SELECT jsonb_build_object(%2$s) AS generated FROM (SELECT base.*) AS stated) AS computed
        CROSS JOIN LATERAL jsonb_populate_record(base, computed.generated) AS past
        WHERE past.deleted_at IS NULL', head,
        coalesce(string_agg(format('%L, %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', '), ''))
        INTO records
        FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = head AND a.attgenerated <> '' AND NOT a.attisdropped;
    -- Rows that have not changed since are read from the table itself; for the current time these are all rows.
    FOR parameters, condition IN VALUES ('instant timestamptz', ''), (format('instant timestamptz, keys %s[]', key_type), format('AND h.%I = ANY(keys)', key)) LOOP
        EXECUTE format('CREATE FUNCTION %5$s(%3$s) RETURNS SETOF %4$s
            LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $fold$
            SELECT h.* FROM %4$s AS h WHERE h.observed_at < instant AND h.deleted_at IS NULL %8$s
            UNION ALL
            SELECT past.* FROM (
                SELECT %6$s stated.state AS state
                FROM (SELECT e.%2$I, platform.fold_events(e.changes ORDER BY e.observed_at, e.rank, e.ordinal) || jsonb_build_object(
                        ''version'', count(*), ''observed_at'', max(e.observed_at), ''recorded_at'', max(e.recorded_at)) AS state
                      FROM %4$s AS h JOIN %1$s AS e USING (%2$I)
                      WHERE h.observed_at >= instant AND e.observed_at < instant AND e.effective AND e.withdrawn_at IS NULL %8$s
                      GROUP BY e.%2$I) AS stated
                JOIN %4$s AS h USING (%2$I)) AS folded
            %7$s $fold$', events, key, parameters, head, replace(events, '_event', '_at'), fixed, records, condition);
    END LOOP;
    EXECUTE format('CREATE FUNCTION %5$s(record %3$s, instant timestamptz, known_at timestamptz) RETURNS SETOF %4$s
        LANGUAGE sql STABLE PARALLEL SAFE AS $fold$
        SELECT past.* FROM (
            SELECT %6$s stated.state AS state
            FROM (SELECT platform.fold_events(e.changes ORDER BY e.observed_at, e.rank, e.ordinal) || jsonb_build_object(
                    ''version'', count(*), ''observed_at'', max(e.observed_at), ''recorded_at'', max(e.recorded_at)) AS state
                  FROM %1$s AS e
                  WHERE e.%2$I = record AND e.observed_at < instant AND e.recorded_at < known_at
                    AND (e.withdrawn_at IS NULL OR e.withdrawn_at >= known_at) HAVING count(*) > 0) AS stated
            JOIN %4$s AS h ON h.%2$I = record) AS folded
        %7$s $fold$', events, key, key_type, head, replace(events, '_event', '_known'), fixed, records);
END $$;

-- Inserts a late event into the history of a record and updates the current row. Columns that a later event set keep
-- their value; the others get the value of this event.
CREATE FUNCTION platform.insert_event(head regclass, key text, record text, observed timestamptz, changes jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    events  text;
    columns text;
BEGIN
    SELECT format('%I.%I', n.nspname, c.relname || '_event') INTO events
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = head;
    SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) INTO columns
        FROM pg_attribute WHERE attrelid = head AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('SELECT 1 FROM %s WHERE %I::text = $1 FOR NO KEY UPDATE', head, key) USING record;
    EXECUTE format('INSERT INTO %1$s (%2$I, observed_at, recorded_at, changes)
        SELECT %2$I, $2, clock_timestamp(), $3 FROM %3$s WHERE %2$I::text = $1', events, key, head) USING record, observed, changes;
    PERFORM set_config('platform.folding', 'on', true);
    EXECUTE format('UPDATE %3$s AS h SET (%4$s) = (
        SELECT %4$s FROM jsonb_populate_record(NULL::%3$s, (
            SELECT platform.fold_events(e.changes ORDER BY e.observed_at, e.rank, e.ordinal) || jsonb_build_object(
                ''version'', h.version + 1, ''observed_at'', max(e.observed_at), ''recorded_at'', max(e.recorded_at))
            FROM %1$s AS e WHERE e.%2$I = h.%2$I)))
        WHERE h.%2$I::text = $1', events, key, head, columns) USING record;
    PERFORM set_config('platform.folding', 'off', true);
END $$;

-- Idempotency keys: the first write stores the id of its row, a repetition reads it.
CREATE TABLE platform.idempotency_key (
    subject    text NOT NULL,
    key        text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    digest     bytea NOT NULL,
    row_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
);
SELECT platform.guard('platform.idempotency_key', 'false');

-- Facts: what is derived of a record, stored as days (decision 0033). A service has a function `derive(ids)` that computes
-- the facts of some records from their inputs. Triggers on the input tables note the records, and a deferred trigger derives
-- them before the transaction commits, in steps that bound the memory.

-- Records whose inputs the current transaction has changed, with the function that derives their facts. The rows live only
-- until it commits.
CREATE UNLOGGED TABLE platform.fact_stale (
    transaction xid8 NOT NULL,
    derive      text NOT NULL,
    id          uuid NOT NULL,
    PRIMARY KEY (transaction, derive, id)
);
SELECT platform.guard('platform.fact_stale', 'false');

-- Trigger: notes the records of the written rows. The arguments are the function, and a query of ids over `written`.
CREATE FUNCTION platform.note_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO platform.fact_stale
        SELECT DISTINCT pg_current_xact_id(), %L, touched.id FROM (%s) AS touched(id) WHERE touched.id IS NOT NULL ON CONFLICT DO NOTHING',
        TG_ARGV[0], TG_ARGV[1]);
    PERFORM set_config('platform.stale', 'on', true);
    RETURN NULL;
END $$;

-- Replaces the stored facts of records by those that were computed, a type of rows with the id of the record in the column `id`.
-- Returns the number of rows that differed. Each statement is planned with the number of its rows: a plan for few rows would take
-- a time that grows with their square. Whole rows are compared with `=`, for which two nulls are equal and rows can be hashed.
CREATE FUNCTION platform.write_facts(fact regclass, id text, ids uuid[], computed anyarray) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    removed bigint;
    added   bigint;
BEGIN
    EXECUTE format('DELETE FROM %1$s AS old WHERE old.%2$I = ANY($1)
        AND NOT EXISTS (SELECT FROM unnest($2) AS f WHERE f.%2$I = old.%2$I AND f = old)', fact, id) USING ids, computed;
    GET DIAGNOSTICS removed = ROW_COUNT;
    EXECUTE format('INSERT INTO %1$s SELECT f.* FROM unnest($2) AS f
        WHERE NOT EXISTS (SELECT FROM %1$s AS old WHERE old.%2$I = ANY($1) AND old.%2$I = f.%2$I AND old = f)', fact, id)
        USING ids, computed;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN removed + added;
END $$;

-- Makes a table an input of facts: every write notes the records that the query of ids finds over `written`.
CREATE FUNCTION platform.feeds_facts(input regclass, derive text, ids text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event record;
BEGIN
    FOR event IN VALUES ('INSERT', 'NEW'), ('UPDATE', 'NEW'), ('UPDATE', 'OLD'), ('DELETE', 'OLD') LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s TABLE AS written
            FOR EACH STATEMENT EXECUTE FUNCTION platform.note_stale(%L, %L)',
            lower(format('note_%s_%s_%s', event.column1, event.column2, replace(derive, '.', '_'))), event.column1, input, event.column2, derive, ids);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = input AND tgname IN ('refuse_truncate', 'append_only')) THEN
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_rewriting()', input);
    END IF;
END $$;

CREATE FUNCTION platform.derive_stale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted record;
BEGIN
    IF current_setting('platform.stale', true) IS DISTINCT FROM 'on' THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('platform.stale', 'off', true);
    FOR noted IN
        WITH stale AS (DELETE FROM platform.fact_stale WHERE transaction = pg_current_xact_id() RETURNING derive, id)
        SELECT derive, array_agg(id ORDER BY id) AS ids FROM stale GROUP BY derive ORDER BY derive
    LOOP
        FOR start IN 1 .. cardinality(noted.ids) BY 1000 LOOP
            EXECUTE format('SELECT %s($1)', noted.derive) USING noted.ids[start : start + 999];
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER derive AFTER INSERT ON platform.fact_stale
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION platform.derive_stale();

-- Dated rules of facts. `…fact_rule` has the rules with which the facts were computed, a copy of the directory's;
-- `…check_facts` refuses to read facts when the directory has changed since the copy or while facts are computed anew, so
-- that no reader overtakes a change of a rule; `…refresh_facts` copies the rules and computes the facts that they touch, in
-- steps. Every read checks: it compares two numbers and not the rules. `prefix` is the schema, and the kind of facts if it has several: `tasks.`, `projects.parcel_`.
CREATE FUNCTION platform.keep_rules(prefix text, fact regclass, fact_id text, head regclass, derive text, rules text[]) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        CREATE TABLE %1$sfact_rule (
            code text NOT NULL, valid_from date NOT NULL, valid_to date, value numeric NOT NULL, PRIMARY KEY (code, valid_from));
        CREATE VIEW %1$srule_in_force AS
            SELECT code, valid_from, valid_to, value FROM directory.published_legal_rule WHERE code = ANY (%2$L::text[]);
        INSERT INTO %1$sfact_rule TABLE %1$srule_in_force;
        -- What differs between the copy and the rules in force, on both sides.
        CREATE VIEW %1$srule_changed AS
            (TABLE %1$srule_in_force EXCEPT TABLE %1$sfact_rule) UNION ALL (TABLE %1$sfact_rule EXCEPT TABLE %1$srule_in_force);
        -- Revision of the directory's rules with which the copy was compared last, and the time zone then.
        CREATE TABLE %1$sfact_rule_revision (
            one boolean PRIMARY KEY DEFAULT true CHECK (one), number bigint NOT NULL, zone text NOT NULL);
        INSERT INTO %1$sfact_rule_revision (number, zone) SELECT number, platform.zone() FROM directory.published_rule_revision;
        -- Records whose facts must be computed anew after a change of a rule.
        CREATE TABLE %1$sfact_queue (id uuid PRIMARY KEY);
        SELECT platform.guard(shared, 'true') FROM unnest(ARRAY['%1$sfact_rule', '%1$sfact_rule_revision', '%1$sfact_queue']::regclass[]) AS shared;
        SELECT platform.open_view(opened) FROM unnest(ARRAY['%1$srule_in_force', '%1$srule_changed']::regclass[]) AS opened;

        CREATE FUNCTION %1$scheck_facts() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $function$
        BEGIN
            IF EXISTS (TABLE %1$sfact_queue) OR NOT EXISTS (
                SELECT FROM %1$sfact_rule_revision AS kept JOIN directory.published_rule_revision AS current ON current.number = kept.number
                WHERE kept.zone = platform.zone())
            THEN
                RAISE EXCEPTION 'facts are computed anew after a change of a rule' USING ERRCODE = 'IOC01';
            END IF;
            RETURN true;
        END $function$;

        -- The rules do not change while facts are computed with them: `derive` calls this first.
        CREATE FUNCTION %1$shold_rules() RETURNS void LANGUAGE sql AS $function$
            SELECT pg_advisory_xact_lock_shared(hashtextextended('%1$sfact_rule', 0))
        $function$;

        -- Returns whether more remains.
        CREATE FUNCTION %1$srefresh_facts() RETURNS boolean LANGUAGE plpgsql AS $function$
        DECLARE
            earliest date;
            ids      uuid[];
            current  bigint;
        BEGIN
            -- Read before the rules, so that a change meanwhile is found at the next check.
            SELECT number INTO current FROM directory.published_rule_revision;
            UPDATE %1$sfact_rule_revision SET number = current, zone = platform.zone() WHERE (number, zone) <> (current, platform.zone());
            IF EXISTS (TABLE %1$srule_changed) THEN
                -- Waits for the transactions that are computing with the old rules.
                PERFORM pg_advisory_xact_lock(hashtextextended('%1$sfact_rule', 0));
                SELECT min(least(valid_from, valid_to)) INTO earliest FROM %1$srule_changed;
                DELETE FROM %1$sfact_rule;
                INSERT INTO %1$sfact_rule TABLE %1$srule_in_force;
                INSERT INTO %1$sfact_queue SELECT DISTINCT %4$I FROM %3$s WHERE to_day > earliest ON CONFLICT DO NOTHING;
                RETURN true;
            END IF;
            -- It takes the records that nobody is writing, or waits for a single one, so it is never part of a deadlock.
            SELECT array_agg(free.id) INTO ids FROM (
                SELECT h.id FROM %1$sfact_queue AS q JOIN %5$s AS h ON h.id = q.id LIMIT 500 FOR NO KEY UPDATE OF h SKIP LOCKED) AS free;
            ids := coalesce(ids, ARRAY(SELECT id FROM %1$sfact_queue LIMIT 1));
            DELETE FROM %1$sfact_queue WHERE id = ANY(ids);
            PERFORM %6$s(ids);
            RETURN EXISTS (SELECT FROM %1$sfact_queue);
        END $function$
    $sql$, prefix, rules, fact, fact_id, head, derive);
END $$;
