-- Tables of the directory: reference data that all services share. The key of a shared entity is a stable code.
-- `version` counts the changes of a row. Rows are never physically deleted.

CREATE SCHEMA directory;
SELECT platform.open_schema('directory');

CREATE TABLE directory.area (
    code         text PRIMARY KEY CHECK (code ~ '^[0-9]{2,5}$'),
    name         text NOT NULL,
    short_name   text,
    kind         text NOT NULL CHECK (kind IN ('CITY', 'WARD', 'COMMUNE')),
    parent_code  text REFERENCES directory.area,
    lat          double precision CHECK (lat BETWEEN -90 AND 90),
    lon          double precision CHECK (lon BETWEEN -180 AND 180),
    area_km2     numeric CHECK (area_km2 > 0),
    population   bigint CHECK (population >= 0),
    -- GeoJSON geometry.
    outline      text CHECK (length(outline) <= 1000000) CONSTRAINT area_outline_geojson CHECK (outline ~ '^\s*\{.*"type".*\}\s*$'),
    -- Days on which the area exists. An area that was merged ends on the day on which its successor begins.
    valid_from   date,
    valid_to     date CHECK (valid_to > valid_from),
    search       text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || name)) STORED,
    source       text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id   text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CHECK ((lat IS NULL) = (lon IS NULL)),
    UNIQUE (source, external_id)
);
CREATE INDEX area_search ON directory.area USING gin (search gin_trgm_ops);
CREATE INDEX area_parent ON directory.area (parent_code);

-- Mergers of areas: 526 areas became 126 in July 2025. `share` is the part of the old area that the new one received.
CREATE TABLE directory.area_succession (
    from_code    text NOT NULL,
    from_name    text NOT NULL,
    to_code      text NOT NULL REFERENCES directory.area,
    -- NULL: the source says that the area was divided, but not in which parts.
    share        numeric CHECK (share > 0 AND share <= 1),
    effective_on date NOT NULL,
    source       text NOT NULL,
    id           uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    external_id  text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL DEFAULT now(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    PRIMARY KEY (from_code, to_code, effective_on),
    UNIQUE (source, external_id)
);
CREATE INDEX area_succession_to ON directory.area_succession (to_code);

-- The parts of an old area that pass on one day are at most the whole. It is checked when the transaction ends, so that parts
-- can change together.
CREATE FUNCTION directory.check_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two sources may state parts of one area at the same time.
    PERFORM pg_advisory_xact_lock(hashtextextended('directory.area_succession/' || NEW.from_code, 0));
    IF (SELECT sum(share) FROM directory.area_succession
        WHERE from_code = NEW.from_code AND effective_on = NEW.effective_on AND deleted_at IS NULL) > 1 THEN
        RAISE EXCEPTION 'the shares of the area % on % are more than 1 together', NEW.from_code, NEW.effective_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_succession_shares';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER area_succession_shares AFTER INSERT OR UPDATE ON directory.area_succession
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.share IS NOT NULL AND NEW.deleted_at IS NULL)
    EXECUTE FUNCTION directory.check_shares();

-- Checks the shares that were written so far, so that a push learns which of its rows exceed.
CREATE FUNCTION directory.settle_shares() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET CONSTRAINTS directory.area_succession_shares IMMEDIATE;
    SET CONSTRAINTS directory.area_succession_shares DEFERRED;
END $$;

CREATE TABLE directory.organization (
    code         text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    name         text NOT NULL,
    short_name   text,
    axis         text NOT NULL CHECK (axis IN ('PARTY', 'COUNCIL', 'COMMITTEE', 'FRONT')),
    level        text NOT NULL CHECK (level IN ('CITY', 'DEPARTMENT', 'COMMUNE', 'GRASSROOTS')),
    parent_code  text REFERENCES directory.organization,
    area_code    text REFERENCES directory.area,
    search       text NOT NULL GENERATED ALWAYS AS
                 (platform.fold(code || ' ' || name || ' ' || coalesce(short_name, ''))) STORED,
    source       text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id   text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CHECK (parent_code <> code),
    UNIQUE (source, external_id)
);
CREATE INDEX organization_search ON directory.organization USING gin (search gin_trgm_ops);
CREATE INDEX organization_parent ON directory.organization (parent_code);
CREATE INDEX organization_area ON directory.organization (area_code);

-- A position is responsible, never a person. Its holder depends on the date (`appointment`).
CREATE TABLE directory.position (
    code              text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    title             text NOT NULL,
    organization_code text NOT NULL REFERENCES directory.organization,
    source            text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id        text CHECK (length(external_id) BETWEEN 1 AND 200),
    version           integer NOT NULL DEFAULT 1,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX position_organization ON directory.position (organization_code);

CREATE TABLE directory.official (
    code         text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    -- A display name or, where no name may be shown, the title of the position held.
    display_name text NOT NULL,
    search       text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || display_name)) STORED,
    source       text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id   text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX official_search ON directory.official USING gin (search gin_trgm_ops);

CREATE TABLE directory.appointment (
    id            uuid PRIMARY KEY,
    official_code text NOT NULL REFERENCES directory.official,
    position_code text NOT NULL REFERENCES directory.position,
    from_on       date NOT NULL,
    -- First day after the appointment; NULL while it has no end.
    to_on         date CHECK (to_on > from_on),
    source        text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id    text CHECK (length(external_id) BETWEEN 1 AND 200),
    version       integer NOT NULL DEFAULT 1,
    observed_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz,
    UNIQUE (source, external_id)
);
-- Has all that a search for the holder on a day needs; the index of the constraint is many times slower.
CREATE INDEX appointment_position ON directory.appointment (position_code, from_on, to_on) WHERE deleted_at IS NULL;
CREATE INDEX appointment_official ON directory.appointment (official_code, from_on);
-- A position has one holder at a time: its appointments do not overlap.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE directory.appointment ADD CONSTRAINT appointment_one_holder
    EXCLUDE USING gist (position_code WITH =, daterange(from_on, to_on) WITH &&) WHERE (deleted_at IS NULL);

CREATE TABLE directory.programme (
    code            text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    doc_no          text,
    title           text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('RESOLUTION', 'ACTION_PROGRAMME', 'PLAN', 'DIRECTIVE')),
    issued_on       date,
    parent_code     text REFERENCES directory.programme,
    supersedes_code text REFERENCES directory.programme,
    search          text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || title)) STORED,
    source          text NOT NULL,
    -- Id of the row in the source; NULL until the source pushes the row.
    external_id      text CHECK (length(external_id) BETWEEN 1 AND 200),
    version         integer NOT NULL DEFAULT 1,
    observed_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    CHECK (parent_code <> code),
    CHECK (supersedes_code <> code),
    UNIQUE (source, external_id)
);
CREATE INDEX programme_search ON directory.programme USING gin (search gin_trgm_ops);
CREATE INDEX programme_parent ON directory.programme (parent_code);
CREATE INDEX programme_supersedes ON directory.programme (supersedes_code);

CREATE TABLE directory.task_group (
    code           text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    ordinal        integer NOT NULL,
    title          text NOT NULL,
    programme_code text REFERENCES directory.programme,
    source         text NOT NULL
);

CREATE TABLE directory.bottleneck (
    code   text PRIMARY KEY,
    title  text NOT NULL,
    source text NOT NULL
);

-- Dated limits and thresholds. A number that a law, a decision or an operator sets is a row here, never a constant in
-- code.
CREATE TABLE directory.legal_rule (
    code       text NOT NULL CHECK (code ~ '^[A-Z][A-Z0-9_]*$'),
    value      numeric NOT NULL,
    unit       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to > valid_from),
    document   text NOT NULL,
    -- True until the article has been read in its words.
    provisional boolean NOT NULL DEFAULT false,
    id          uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    source      text NOT NULL DEFAULT 'ioc',
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    PRIMARY KEY (code, valid_from),
    UNIQUE (source, external_id),
    CONSTRAINT legal_rule_one_value EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&) WHERE (deleted_at IS NULL)
);

CREATE TABLE directory.calendar_day (
    day         date PRIMARY KEY,
    working     boolean NOT NULL,
    name        text,
    document    text,
    -- True until the yearly decision on swapped days and compensation has been published.
    provisional boolean NOT NULL DEFAULT false,
    id          uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    source      text NOT NULL DEFAULT 'ioc',
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL DEFAULT now(),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);

-- Trigger: refuses a cycle in a tree. One advisory lock for each tree serializes the writers, because two transactions
-- could otherwise create a cycle together.
CREATE FUNCTION directory.refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    looped boolean;
BEGIN
    IF NEW.parent_code IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, 0));
    EXECUTE format(
        'WITH RECURSIVE up(code, parent_code) AS (
             SELECT code, parent_code FROM %1$I.%2$I WHERE code = $1
             UNION SELECT t.code, t.parent_code FROM %1$I.%2$I t JOIN up ON t.code = up.parent_code)
         SELECT EXISTS (SELECT 1 FROM up WHERE code = $2)', TG_TABLE_SCHEMA, TG_TABLE_NAME)
        INTO looped USING NEW.parent_code, NEW.code;
    IF looped THEN
        RAISE EXCEPTION 'the parent of % is below it', NEW.code USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_acyclic';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organization_acyclic BEFORE INSERT OR UPDATE OF parent_code ON directory.organization
    FOR EACH ROW EXECUTE FUNCTION directory.refuse_cycle();
CREATE TRIGGER programme_acyclic BEFORE INSERT OR UPDATE OF parent_code ON directory.programme
    FOR EACH ROW EXECUTE FUNCTION directory.refuse_cycle();
CREATE TRIGGER area_acyclic BEFORE INSERT OR UPDATE OF parent_code ON directory.area
    FOR EACH ROW EXECUTE FUNCTION directory.refuse_cycle();

-- History of what departments push.
SELECT platform.keep_history('directory.area', 'code');
SELECT platform.keep_history('directory.organization', 'code');
SELECT platform.keep_history('directory.position', 'code');
SELECT platform.keep_history('directory.official', 'code');
SELECT platform.keep_history('directory.appointment', 'id');
SELECT platform.keep_history('directory.programme', 'code');
-- Events of rows that only a push changes.
SELECT platform.keep_events('directory.area_succession', 'id');
SELECT platform.keep_events('directory.legal_rule', 'id');
SELECT platform.keep_events('directory.calendar_day', 'id');

-- Shared reference data is public.
SELECT platform.guard(shared, 'true') FROM unnest(ARRAY[
    'directory.area', 'directory.area_succession', 'directory.organization', 'directory.position',
    'directory.official', 'directory.appointment', 'directory.programme', 'directory.task_group',
    'directory.bottleneck', 'directory.legal_rule', 'directory.calendar_day', 'directory.area_event',
    'directory.organization_event', 'directory.position_event', 'directory.official_event',
    'directory.appointment_event', 'directory.programme_event', 'directory.area_succession_event',
    'directory.legal_rule_event', 'directory.calendar_day_event'
]::regclass[]) AS shared;

-- Views and functions that other services may read.
CREATE VIEW directory.published_organization AS
    SELECT code, name, axis, level, parent_code, area_code FROM directory.organization WHERE deleted_at IS NULL;
CREATE VIEW directory.published_area AS
    SELECT code, name, kind, parent_code, population, area_km2, valid_from, valid_to FROM directory.area WHERE deleted_at IS NULL;
CREATE VIEW directory.published_area_succession AS
    SELECT from_code, to_code, share, effective_on FROM directory.area_succession WHERE deleted_at IS NULL;
CREATE VIEW directory.published_programme AS
    SELECT code, title, kind, parent_code, supersedes_code FROM directory.programme WHERE deleted_at IS NULL;
CREATE VIEW directory.published_position AS
    SELECT code, title, organization_code FROM directory.position WHERE deleted_at IS NULL;
CREATE VIEW directory.published_official AS
    SELECT code, display_name FROM directory.official WHERE deleted_at IS NULL;
CREATE VIEW directory.published_appointment AS
    SELECT official_code, position_code, from_on, to_on FROM directory.appointment WHERE deleted_at IS NULL;
CREATE VIEW directory.published_task_group AS SELECT code, ordinal, title FROM directory.task_group;
CREATE VIEW directory.published_bottleneck AS SELECT code, title FROM directory.bottleneck;

SELECT platform.open_view(opened) FROM unnest(ARRAY[
    'directory.published_organization', 'directory.published_area', 'directory.published_area_succession', 'directory.published_programme',
    'directory.published_position', 'directory.published_official', 'directory.published_appointment',
    'directory.published_task_group', 'directory.published_bottleneck'
]::regclass[]) AS opened;

-- Whether an entity of a kind has a code: each kind has a condition on the code `asked`. PL/pgSQL plans the condition of the kind that
-- is asked for, once for each connection; a view over all kinds, or a function in SQL, would plan and start them all for each code.
CREATE FUNCTION directory.published_knows(kind text, asked text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN false;
END $$;

-- Adds a kind, of any service.
CREATE FUNCTION directory.add_kind(kind text, is_known text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known text := pg_get_functiondef('directory.published_knows(text, text)'::regprocedure);
    grown text := replace(known, '    RETURN false;', format(E'    IF kind = %L THEN RETURN %s; END IF;\n    RETURN false;', kind, is_known));
BEGIN
    IF grown = known THEN
        RAISE EXCEPTION 'directory.published_knows has another form; the kind % cannot be added', kind;
    END IF;
    EXECUTE grown;
END $$;
SELECT directory.add_kind(kind, format('EXISTS (SELECT FROM directory.published_%s WHERE code = asked)', replace(kind, ' ', '_')))
FROM unnest(ARRAY['organization', 'area', 'programme', 'official', 'position', 'task group', 'bottleneck']) AS kind;

-- Whether an appointment includes a day: from `from_on` (included) to `to_on` (excluded).
CREATE FUNCTION directory.published_runs(from_on date, to_on date, day date) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN from_on <= day AND (to_on IS NULL OR day < to_on);

-- Positions that officials hold on a day.
CREATE FUNCTION directory.published_positions_of(officials text[], day date) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT position_code FROM directory.published_appointment
    WHERE official_code = ANY(officials) AND directory.published_runs(from_on, to_on, day)
$$;

-- Organizations, and all that are below them.
CREATE FUNCTION directory.published_with_subordinates(codes text[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(code) AS (
        SELECT unnest(codes)
        UNION SELECT o.code FROM below JOIN directory.organization AS o ON o.parent_code = below.code WHERE o.deleted_at IS NULL)
    SELECT code FROM below
$$;

-- Number of the transactions that have changed legal rules or the calendar. Whoever keeps a copy of them sees by it whether it is
-- current. It is counted at the end of a transaction, when that holds all other locks already.
CREATE TABLE directory.rule_revision (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    number     bigint NOT NULL DEFAULT 0,
    changed_by xid8
);
INSERT INTO directory.rule_revision DEFAULT VALUES;
SELECT platform.guard('directory.rule_revision', 'true');
CREATE FUNCTION directory.count_rule_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory.rule_revision SET number = number + 1, changed_by = pg_current_xact_id() WHERE changed_by IS DISTINCT FROM pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR UPDATE OR DELETE ON directory.legal_rule
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory.count_rule_revision();
CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR UPDATE OR DELETE ON directory.calendar_day
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory.count_rule_revision();
CREATE VIEW directory.published_rule_revision AS SELECT number FROM directory.rule_revision;

CREATE VIEW directory.published_legal_rule AS
    SELECT code, value, valid_from, valid_to, document, provisional FROM directory.legal_rule WHERE deleted_at IS NULL;
CREATE VIEW directory.published_calendar_day AS SELECT day, working, name FROM directory.calendar_day WHERE deleted_at IS NULL;
SELECT platform.open_view(opened) FROM unnest(ARRAY['directory.published_rule_revision', 'directory.published_legal_rule', 'directory.published_calendar_day']::regclass[]) AS opened;

-- Value of a rule on a day; NULL when none is in force.
CREATE FUNCTION directory.published_rule(rule text, as_of date) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT value FROM directory.legal_rule
            WHERE deleted_at IS NULL AND code = rule AND valid_from <= as_of AND (valid_to IS NULL OR as_of < valid_to));

-- Number of working days in the half-open interval [from_day, to_day); NULL when the calendar does not cover all of it.
CREATE FUNCTION directory.published_working_days(from_day date, to_day date) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT CASE WHEN count(*) = greatest(to_day - from_day, 0) THEN count(*) FILTER (WHERE working) END
            FROM directory.calendar_day WHERE deleted_at IS NULL AND day >= from_day AND day < to_day);
