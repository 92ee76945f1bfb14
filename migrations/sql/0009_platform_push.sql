-- Push: sources, receipts, and the rows that were rejected or wait.

-- System that pushes rows. A source that nobody has registered registers itself with its first push.
CREATE TABLE platform.source (
    code              text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name              text CHECK (length(name) BETWEEN 1 AND 200),
    -- Organization that answers for it.
    organization_code text,
    -- Longest time between two pushes, in hours; NULL: no time is expected.
    cadence_hours     integer CHECK (cadence_hours BETWEEN 1 AND 8784),
    -- Whether only hours of working days count.
    working_days      boolean NOT NULL DEFAULT false,
    -- Whether the platform's verbs may change its records. Otherwise the source alone is their master.
    open_to_verbs     boolean NOT NULL DEFAULT false,
    created_by        text NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE platform.receipt (
    id               uuid PRIMARY KEY,
    source           text NOT NULL REFERENCES platform.source,
    kind             text NOT NULL,
    subject          text NOT NULL,
    state            text NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'FAILED', 'ROLLED_BACK', 'UNDONE')),
    format           text NOT NULL CHECK (format IN ('NDJSON', 'CSV', 'XLSX', 'GRAPHQL')),
    mode             text NOT NULL CHECK (mode IN ('UPSERT', 'REPLACE')),
    atomic           boolean NOT NULL,
    encoding         text,
    file_name        text CHECK (length(file_name) <= 300),
    idempotency_key  text CHECK (length(idempotency_key) BETWEEN 1 AND 200),
    -- SHA-256 of the body as it was received, and its length in bytes.
    digest           bytea,
    bytes            bigint NOT NULL DEFAULT 0,
    received_at      timestamptz NOT NULL,
    finished_at      timestamptz,
    rows             bigint NOT NULL DEFAULT 0,
    created          bigint NOT NULL DEFAULT 0,
    updated          bigint NOT NULL DEFAULT 0,
    removed          bigint NOT NULL DEFAULT 0,
    unchanged        bigint NOT NULL DEFAULT 0,
    stale            bigint NOT NULL DEFAULT 0,
    parked           bigint NOT NULL DEFAULT 0,
    rejected         bigint NOT NULL DEFAULT 0,
    -- What the reader decided: the encoding, columns that it ignored.
    notes            jsonb NOT NULL DEFAULT '[]',
    -- Why the push ended early.
    error            jsonb,
    undone_by        text,
    undone_at        timestamptz,
    request_id       text,
    -- When its body was forgotten; the hash stays.
    body_deleted_at  timestamptz
);
CREATE UNIQUE INDEX receipt_idempotency ON platform.receipt (subject, idempotency_key);
CREATE INDEX receipt_source ON platform.receipt (source, received_at DESC, id DESC);
CREATE INDEX receipt_with_body ON platform.receipt (received_at, id) WHERE body_deleted_at IS NULL;
CREATE INDEX receipt_replacing ON platform.receipt (source, kind) WHERE state = 'RUNNING' AND mode = 'REPLACE';
CREATE INDEX receipt_newest ON platform.receipt (received_at DESC, id DESC);

-- Body as it was received, compressed with zstd, in parts that can be read by themselves.
CREATE TABLE platform.receipt_payload (
    receipt_id uuid NOT NULL REFERENCES platform.receipt,
    part       integer NOT NULL,
    bytes      bytea NOT NULL,
    PRIMARY KEY (receipt_id, part)
);
-- The body is compressed already.
ALTER TABLE platform.receipt_payload ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Results that were sent, as NDJSON compressed with zstd; each part by itself.
CREATE TABLE platform.receipt_result (
    receipt_id uuid NOT NULL REFERENCES platform.receipt,
    part       integer NOT NULL,
    bytes      bytea NOT NULL,
    PRIMARY KEY (receipt_id, part)
);
ALTER TABLE platform.receipt_result ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Rows that were rejected, and rows that wait for what they name.
CREATE TABLE platform.receipt_row (
    receipt_id  uuid NOT NULL REFERENCES platform.receipt,
    row         bigint NOT NULL,
    line        bigint NOT NULL,
    source      text NOT NULL,
    kind        text NOT NULL,
    external_id text NOT NULL,
    -- PARKED and REJECTED; a parked row becomes what it would have been.
    status      text NOT NULL CHECK (status IN ('CREATED', 'UPDATED', 'REMOVED', 'UNCHANGED', 'STALE', 'PARKED', 'REJECTED')),
    errors      jsonb NOT NULL,
    -- Cells as they were sent; null when the body was forgotten.
    raw         jsonb NOT NULL,
    -- The row as it will be applied; NULL when it could not be read, was discarded, or its body was forgotten.
    staged      jsonb,
    -- What it waits for, such as `organization:SXD`, and whether that has arrived since.
    waits       text[] NOT NULL DEFAULT '{}',
    due         boolean NOT NULL DEFAULT false,
    settled_at  timestamptz,
    PRIMARY KEY (receipt_id, row)
);
CREATE INDEX receipt_row_parked ON platform.receipt_row (kind, source, external_id) WHERE status = 'PARKED';
CREATE INDEX receipt_row_waits ON platform.receipt_row USING gin (waits) WHERE status = 'PARKED';
CREATE INDEX receipt_row_due ON platform.receipt_row (kind) WHERE status = 'PARKED' AND due;

-- Waits until nobody has an advisory lock, and does not keep it: what a block has locked is released when the block fails.
CREATE FUNCTION platform.wait_for_lock(key bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(key);
    RAISE EXCEPTION USING ERRCODE = 'IOC02';
EXCEPTION WHEN SQLSTATE 'IOC02' THEN
    RETURN;
END $$;

-- Two parts of a push that are applied at the same time must not touch one record.
CREATE FUNCTION platform.refuse_lane() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of two lanes may be about one record' USING ERRCODE = 'serialization_failure';
END $$;

-- External ids of a push that replaces what it does not name; emptied when it ends.
CREATE UNLOGGED TABLE platform.receipt_seen (
    receipt_id  uuid NOT NULL,
    external_id text NOT NULL,
    -- Whether the push states the record, and does not remove it.
    stated      boolean NOT NULL,
    PRIMARY KEY (receipt_id, external_id)
);

SELECT platform.guard(own, 'false') FROM unnest(ARRAY[
    'platform.source', 'platform.receipt', 'platform.receipt_payload', 'platform.receipt_result', 'platform.receipt_row',
    'platform.receipt_seen']::regclass[]) AS own;

-- Last push of each kind of a source.
CREATE TABLE platform.source_kind (
    source          text NOT NULL REFERENCES platform.source,
    kind            text NOT NULL,
    last_receipt_at timestamptz NOT NULL,
    PRIMARY KEY (source, kind)
);
SELECT platform.guard('platform.source_kind', 'false');

-- Hours between two instants: all, or only those of working days. A day that the calendar does not have counts.
CREATE FUNCTION platform.hours_between(since timestamptz, until timestamptz, working boolean) RETURNS double precision
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT working THEN extract(epoch FROM until - since)::double precision / 3600 ELSE (
        SELECT coalesce(sum(extract(epoch FROM least(platform.day_end(d::date), until) - greatest(platform.day_end(d::date - 1), since))), 0)::double precision / 3600
        FROM generate_series(platform.day_of(since)::timestamp, platform.day_of(until)::timestamp, interval '1 day') AS d
        WHERE directory.published_working_days(d::date, d::date + 1) IS DISTINCT FROM 0) END
$$;

-- Sources with what is known of their pushes now.
CREATE VIEW platform.source_state AS
    SELECT s.code, s.name, s.organization_code, s.cadence_hours, s.working_days, s.open_to_verbs, s.created_at,
           coalesce(k.kinds, '{}') AS kinds, k.last_receipt_at,
           platform.hours_between(coalesce(k.last_receipt_at, s.created_at), now(), s.working_days) AS lag_hours,
           coalesce(s.cadence_hours < platform.hours_between(coalesce(k.last_receipt_at, s.created_at), now(), s.working_days), false) AS is_silent,
           coalesce(r.parked, 0)::bigint AS parked, coalesce(r.rejected, 0)::bigint AS rejected
    FROM platform.source AS s
    LEFT JOIN (SELECT source, array_agg(kind ORDER BY kind) AS kinds, max(last_receipt_at) AS last_receipt_at
               FROM platform.source_kind GROUP BY source) AS k ON k.source = s.code
    LEFT JOIN (SELECT source, sum(parked) AS parked, sum(rejected) FILTER (WHERE received_at > now() - interval '30 days') AS rejected
               FROM platform.receipt WHERE state <> 'UNDONE' GROUP BY source) AS r ON r.source = s.code;
SELECT platform.open_view('platform.source_state');
