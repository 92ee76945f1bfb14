-- The platform's own records: API keys of systems, and the audit trail.

-- A key is shown once; what is stored cannot be used as a key.
CREATE TABLE platform.api_key (
    id            text PRIMARY KEY CHECK (id ~ '^[0-9a-z]{12}$'),
    -- SHA-256 of the whole key.
    hash          bytea NOT NULL CHECK (length(hash) = 32),
    -- Who uses it: the subject of what it writes.
    subject       text NOT NULL,
    roles         text[] NOT NULL CHECK (roles <@ ARRAY[
                  'ISSUER', 'LEAD', 'APPROVER', 'INSPECTOR', 'WARD', 'DEPARTMENT', 'IOC', 'HANDLER', 'AUDITOR', 'ADMIN']),
    organization  text,
    position      text,
    areas         text[] NOT NULL DEFAULT '{}',
    -- Source for which the key pushes, and the kinds of records; no kinds: all.
    source        text CHECK (source ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    kinds         text[] NOT NULL DEFAULT '{}',
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_by    text,
    revoked_at    timestamptz,
    last_used_at  timestamptz,
    CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX api_key_created ON platform.api_key (created_at, id);

-- The audit trail. Writers add entries in the transaction that they describe. One sealer chains them: the hash of an entry
-- covers its content and the hash before it, so that a sealed entry cannot be changed, removed, reordered or inserted
-- without breaking the chain. Entries that are not sealed yet are protected by the rights of the roles alone.
CREATE TABLE platform.audit_entry (
    id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    action     text NOT NULL CHECK (action IN ('WRITE', 'KEY', 'REFUSED', 'READ', 'EXPORT')),
    -- Name of the mutation or of the field.
    operation  text NOT NULL,
    -- NULL for a visitor.
    subject    text,
    -- Kind, id and version of the rows: [["tasks.task", "…", 2]].
    rows       jsonb NOT NULL DEFAULT '[]',
    -- What a reader of personal data stated, or why access was refused.
    reason     text,
    request_id text
);
CREATE INDEX audit_entry_at ON platform.audit_entry (at);
-- For the entries about a row: rows @> '[["tasks.task", "…"]]'.
CREATE INDEX audit_entry_rows ON platform.audit_entry USING gin (rows jsonb_path_ops);
SELECT platform.append_only('platform.audit_entry');

-- Entries that are not sealed yet.
CREATE TABLE platform.audit_pending (entry_id bigint PRIMARY KEY);
CREATE FUNCTION platform.await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform.audit_pending SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER await_seal AFTER INSERT ON platform.audit_entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION platform.await_seal();

-- The chain. No foreign key: the chain shows which entry is gone.
CREATE TABLE platform.audit_seal (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    entry_id bigint NOT NULL UNIQUE,
    hash     bytea NOT NULL CHECK (length(hash) = 32)
);
SELECT platform.append_only('platform.audit_seal');

SELECT platform.guard(own, 'false') FROM unnest(ARRAY[
    'platform.api_key', 'platform.audit_entry', 'platform.audit_pending', 'platform.audit_seal']::regclass[]) AS own;
REVOKE UPDATE, DELETE ON platform.audit_entry, platform.audit_seal FROM ioc_writer;
