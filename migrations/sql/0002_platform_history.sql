-- What the records of all services rest on: their history, and keys under which a write is done once.
--
-- The history of a table is a log of events: at which observed time which columns got which values, and when that was
-- recorded. The state at an instant is the fold of the events up to it, the later over the earlier. An event that
-- arrives late takes its place by observed time, and every later state is folded anew without being stored.

-- The instant at which a day of the city ends.
CREATE FUNCTION platform.day_end(day date, zone text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE zone;

-- Folds events: later values replace earlier ones.
CREATE AGGREGATE platform.fold_events(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}', PARALLEL = SAFE);

-- The columns that are no state of a record: version and times belong to the event, generated columns are computed again.
CREATE FUNCTION platform.not_state(head regclass) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY['version', 'observed_at', 'recorded_at']
           || ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = head AND attgenerated <> '' AND NOT attisdropped);

-- The columns in which two states differ, with the values of the second.
CREATE FUNCTION platform.changed(before jsonb, after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(after) WHERE value IS DISTINCT FROM before -> key);

-- Writes an event for each row of a write, whoever writes: a verb, a push, an import.
-- One statement for all rows; its plan serves one row and a hundred thousand, so nested loops are off.
CREATE FUNCTION platform.write_events() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    events text := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_event');
    key    text := TG_ARGV[0];
    other  text[] := platform.not_state(TG_RELID);
    behind boolean;
BEGIN
    -- `platform.insert_event` folds the head anew; its event is already written.
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
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

-- Makes a table append-only.
CREATE FUNCTION platform.append_only(log regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_rewriting()', log);
END $$;

-- Keeps the history of a table with the columns `version`, `observed_at`, `recorded_at` and `deleted_at`: a table
-- `…_event`, the triggers that write it, and two functions that read it:
-- `…_at(instant, keys)`, the records as they were at an instant, all or those with the keys, as known now;
-- `…_known(key, instant, known_at)`, one record as it was at an instant, as known at another.
CREATE FUNCTION platform.keep_history(head regclass, key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    events   text;
    key_type text;
    state    text;
    records  text;
BEGIN
    SELECT format('%I.%I', n.nspname, c.relname || '_event'), format_type(a.atttypid, a.atttypmod)
        INTO events, key_type
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.oid = head AND a.attname = key;
    EXECUTE format('CREATE TABLE %1$s (
        %2$I %3$s NOT NULL REFERENCES %4$s,
        observed_at timestamptz NOT NULL,
        ordinal     bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        recorded_at timestamptz NOT NULL,
        changes     jsonb NOT NULL,
        PRIMARY KEY (%2$I, observed_at, ordinal))', events, key, key_type, head);
    PERFORM platform.append_only(events::regclass);
    -- Finds what has happened since an instant.
    EXECUTE format('CREATE INDEX ON %s (observed_at)', head);
    EXECUTE format('CREATE TRIGGER write_insert_event AFTER INSERT ON %1$s REFERENCING NEW TABLE AS after_write
        FOR EACH STATEMENT EXECUTE FUNCTION platform.write_events(%2$L)', head, key);
    EXECUTE format('CREATE TRIGGER write_update_event AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS before_write NEW TABLE AS after_write
        FOR EACH STATEMENT EXECUTE FUNCTION platform.write_events(%2$L)', head, key);
    state := 'platform.fold_events(e.changes ORDER BY e.observed_at, e.ordinal) || jsonb_build_object(
        ''version'', count(*), ''observed_at'', max(e.observed_at), ''recorded_at'', max(e.recorded_at))';
    -- A folded state as a record, with its generated columns computed from it.
    SELECT format('CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, folded.state) AS base
        CROSS JOIN LATERAL (SELECT jsonb_build_object(%2$s) AS generated FROM (SELECT base.*) AS stated) AS computed
        CROSS JOIN LATERAL jsonb_populate_record(base, computed.generated) AS past
        WHERE past.deleted_at IS NULL', head,
        coalesce(string_agg(format('%L, %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', '), ''))
        INTO records
        FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = head AND a.attgenerated <> '' AND NOT a.attisdropped;
    -- The head serves where nothing happened since, which for now is everywhere.
    EXECUTE format('CREATE FUNCTION %5$s(instant timestamptz, keys %3$s[] DEFAULT NULL) RETURNS SETOF %4$s
        LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $fold$
        SELECT h.* FROM %4$s AS h WHERE h.observed_at < instant AND h.deleted_at IS NULL
        UNION ALL
        SELECT past.* FROM (
            SELECT %6$s AS state FROM %4$s AS h JOIN %1$s AS e USING (%2$I)
            WHERE h.observed_at >= instant AND e.observed_at < instant AND (keys IS NULL OR h.%2$I = ANY(keys))
            GROUP BY %2$I) AS folded
        %7$s $fold$', events, key, key_type, head, replace(events, '_event', '_at'), state, records);
    EXECUTE format('CREATE FUNCTION %5$s(record %3$s, instant timestamptz, known_at timestamptz) RETURNS SETOF %4$s
        LANGUAGE sql STABLE PARALLEL SAFE AS $fold$
        SELECT past.* FROM (
            SELECT %6$s AS state FROM %1$s AS e
            WHERE e.%2$I = record AND e.observed_at < instant AND e.recorded_at < known_at HAVING count(*) > 0) AS folded
        %7$s $fold$', events, key, key_type, head, replace(events, '_event', '_known'), state, records);
END $$;

-- Puts an event into the history of a record at its observed time and folds the head anew. A later event keeps what it
-- set; what it did not set takes the value of this one.
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
            SELECT platform.fold_events(e.changes ORDER BY e.observed_at, e.ordinal) || jsonb_build_object(
                ''version'', h.version + 1, ''observed_at'', max(e.observed_at), ''recorded_at'', max(e.recorded_at))
            FROM %1$s AS e WHERE e.%2$I = h.%2$I)))
        WHERE h.%2$I::text = $1', events, key, head, columns) USING record;
    PERFORM set_config('platform.folding', 'off', true);
END $$;

-- Writes that a caller may send twice: the first stores which row it wrote, a repetition reads it.
CREATE TABLE platform.idempotency_key (
    subject    text NOT NULL,
    key        text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    digest     bytea NOT NULL,
    row_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
);
