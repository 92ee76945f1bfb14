-- Tables of the tasks: tasks, their children and their derived values.
--
-- `task` has the current state of each task; `task_event` is its history (see `platform.keep_history`). Derived values
-- (overdue, at risk, clarity …) are stored as days, see `tasks.fact`.

CREATE SCHEMA tasks;
SELECT platform.open_schema('tasks');

-- The columns for clarity are nullable, because a missing value must be stored to be counted.
CREATE TABLE tasks.task (
    id                              uuid PRIMARY KEY,
    -- Id of the task in the source system.
    source                          text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    external_id                     text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    code                            text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    title                           text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    -- Action as a verb: the "work" of the six criteria of clarity.
    action                          text CHECK (length(action) BETWEEN 1 AND 4000),
    kind                            text NOT NULL DEFAULT 'TASK' CHECK (kind IN ('TASK', 'SCHEME', 'DIRECTIVE')),
    status                          text NOT NULL DEFAULT 'DRAFT' CHECK (status IN
                                    ('DRAFT', 'ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED', 'COMPLETED', 'CANCELLED', 'SUPERSEDED')),
    programme_codes                 text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(programme_codes)),
    group_code                      text,
    issuer_organization_code        text,
    lead_organization_code          text,
    lead_role                       text CHECK (length(lead_role) BETWEEN 1 AND 200),
    coordinating_organization_codes text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(coordinating_organization_codes)),
    -- Positions are responsible. The directory has their holders, which depend on the date.
    accountable_position_code       text,
    approver_position_code          text,
    legal_basis                     text CHECK (length(legal_basis) BETWEEN 1 AND 1000),
    deliverable                     text CHECK (length(deliverable) BETWEEN 1 AND 2000),
    acceptance_criteria             text CHECK (length(acceptance_criteria) BETWEEN 1 AND 4000),
    start_on                        date,
    -- First due date, and due date in force. Only an approved extension changes the second. Both are inclusive.
    baseline_due                    date,
    current_due                     date,
    progress                        smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    self_declared_risk              text NOT NULL DEFAULT 'LOW' CHECK (self_declared_risk IN ('LOW', 'MEDIUM', 'HIGH')),
    bottleneck_codes                text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(bottleneck_codes)),
    -- Projects that the task serves.
    project_codes                   text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(project_codes)),
    indicator_codes                 text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(indicator_codes)),
    area_codes                      text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(area_codes)),
    -- Id of the conclusion of a briefing that the task came from.
    conclusion_code                 text CHECK (length(conclusion_code) BETWEEN 1 AND 64),
    priority                        text NOT NULL DEFAULT 'NORMAL' CHECK (priority IN ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
    reporting_cadence_days          smallint NOT NULL DEFAULT 30 CHECK (reporting_cadence_days BETWEEN 1 AND 366),
    -- Local day of the last report of the lead.
    last_update_on                  date,
    -- Local day and subject of the pending or accepted submission; NULL after a rejection.
    submitted_on                    date,
    submitted_by                    text,
    -- Local day of the acceptance, the cancellation or the replacement.
    closed_on                       date,
    superseded_by_id                uuid REFERENCES tasks.task,
    -- Subject that wrote this version.
    recorded_by                     text NOT NULL,
    version                         integer NOT NULL DEFAULT 1 CHECK (version > 0),
    observed_at                     timestamptz NOT NULL,
    recorded_at                     timestamptz NOT NULL DEFAULT now(),
    deleted_at                      timestamptz,
    search                          text NOT NULL GENERATED ALWAYS AS (platform.fold(
                                    code || ' ' || title || ' ' || coalesce(action, '') || ' ' || coalesce(deliverable, ''))) STORED,
    -- For the order by title.
    folded_title                    text NOT NULL GENERATED ALWAYS AS (platform.fold(title)) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT task_lead_from_assigned CHECK (status = 'DRAFT' OR lead_organization_code IS NOT NULL),
    CONSTRAINT task_start_from_assigned CHECK (status = 'DRAFT' OR start_on IS NOT NULL),
    CONSTRAINT task_baseline_with_due CHECK ((baseline_due IS NULL) = (current_due IS NULL)),
    CONSTRAINT task_due_not_before_start CHECK (current_due >= start_on AND baseline_due >= start_on),
    -- A typing error in a year would spoil every mean of days.
    CONSTRAINT task_start_plausible CHECK (start_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT task_due_plausible CHECK (current_due BETWEEN '1990-01-01' AND '2100-12-31' AND baseline_due BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT task_submission_dated CHECK (status NOT IN ('SUBMITTED', 'COMPLETED') OR submitted_on IS NOT NULL),
    CONSTRAINT task_submitter_known CHECK (status <> 'SUBMITTED' OR submitted_by IS NOT NULL),
    CONSTRAINT task_submitted_before_end CHECK (status <> 'COMPLETED' OR submitted_on <= closed_on),
    CONSTRAINT task_closure_dated CHECK ((status IN ('COMPLETED', 'CANCELLED', 'SUPERSEDED')) = (closed_on IS NOT NULL))
);
-- Lists read the facts of issued tasks; only drafts are found here by their state.
CREATE INDEX task_draft ON tasks.task (id) WHERE status = 'DRAFT';
-- For the rows that an approver may see.
CREATE INDEX task_approver ON tasks.task (approver_position_code) WHERE approver_position_code IS NOT NULL;
CREATE INDEX task_search ON tasks.task USING gin (search gin_trgm_ops);

-- A deleted task does not reserve its code: a withdrawn draft frees it.
CREATE UNIQUE INDEX task_code_key ON tasks.task (code) WHERE deleted_at IS NULL;

SELECT platform.keep_history('tasks.task', 'id');

-- Transitions of the state machine, and the creation (`from_status` NULL).
CREATE TABLE tasks.transition (
    id          uuid PRIMARY KEY,
    task_id     uuid NOT NULL REFERENCES tasks.task,
    verb        text NOT NULL,
    from_status text,
    to_status   text NOT NULL,
    -- Lead before and after the transition. A transfer is a transition of an assigned task to another lead.
    from_lead   text,
    to_lead     text,
    by_subject  text NOT NULL,
    reason      text CHECK (length(reason) BETWEEN 1 AND 4000),
    document    text CHECK (length(document) BETWEEN 1 AND 500),
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX transition_task ON tasks.transition (task_id, at, id);
SELECT platform.append_only('tasks.transition');

CREATE TABLE tasks.milestone (
    id           uuid PRIMARY KEY,
    task_id      uuid NOT NULL REFERENCES tasks.task,
    title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    due_on       date NOT NULL,
    completed_on date,
    created_by   text NOT NULL,
    source       text NOT NULL DEFAULT 'ioc',
    external_id  text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL DEFAULT now(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX milestone_task ON tasks.milestone (task_id, due_on, id);

CREATE TABLE tasks.progress_update (
    id                 uuid PRIMARY KEY,
    task_id            uuid NOT NULL REFERENCES tasks.task,
    source             text NOT NULL DEFAULT 'ioc',
    external_id        text,
    progress           smallint NOT NULL CHECK (progress BETWEEN 0 AND 100),
    self_declared_risk text CHECK (self_declared_risk IN ('LOW', 'MEDIUM', 'HIGH')),
    note               text CHECK (length(note) BETWEEN 1 AND 4000),
    reported_by        text NOT NULL,
    observed_at        timestamptz NOT NULL,
    version            integer NOT NULL DEFAULT 1,
    recorded_at        timestamptz NOT NULL DEFAULT now(),
    deleted_at         timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX progress_update_task ON tasks.progress_update (task_id, observed_at DESC, id);

CREATE TABLE tasks.evidence (
    id          uuid PRIMARY KEY,
    task_id     uuid NOT NULL REFERENCES tasks.task,
    title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    uri         text NOT NULL CHECK (length(uri) BETWEEN 1 AND 2000) CONSTRAINT evidence_uri_web CHECK (uri ~* '^https?://[^/\s]+'),
    added_by    text NOT NULL,
    added_at    timestamptz NOT NULL,
    source       text NOT NULL DEFAULT 'ioc',
    external_id  text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL DEFAULT now(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX evidence_task ON tasks.evidence (task_id, added_at, id);

CREATE TABLE tasks.blocker (
    id           uuid PRIMARY KEY,
    task_id      uuid NOT NULL REFERENCES tasks.task,
    kind         text NOT NULL CHECK (kind IN ('LEGAL', 'LAND', 'FUNDING', 'PROCEDURE', 'COORDINATION', 'CAPACITY', 'OTHER')),
    -- Level that can resolve it: the organization itself, the city, or the central government.
    needs_level  text NOT NULL CHECK (needs_level IN ('ORGANIZATION', 'CITY', 'CENTRAL')),
    description  text NOT NULL CHECK (length(description) BETWEEN 1 AND 4000),
    opened_by    text NOT NULL,
    opened_at    timestamptz NOT NULL,
    resolved_by  text,
    resolved_at  timestamptz CHECK (resolved_at >= opened_at),
    resolution   text CHECK (length(resolution) BETWEEN 1 AND 4000),
    -- Request to the level that can resolve it, and the answer of that level: each a document and its day.
    request_document  text CHECK (length(request_document) BETWEEN 1 AND 500),
    requested_on      date,
    decision          text CHECK (length(decision) BETWEEN 1 AND 4000),
    decision_document text CHECK (length(decision_document) BETWEEN 1 AND 500),
    decided_on        date,
    source       text NOT NULL DEFAULT 'ioc',
    external_id  text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL DEFAULT now(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id),
    CHECK (resolved_by IS NULL OR resolved_at IS NOT NULL),
    CONSTRAINT blocker_request_of_level CHECK (requested_on IS NULL OR needs_level <> 'ORGANIZATION'),
    CONSTRAINT blocker_request_dated CHECK (request_document IS NULL OR requested_on IS NOT NULL),
    CONSTRAINT blocker_decision_dated CHECK ((decision IS NULL AND decision_document IS NULL) OR decided_on IS NOT NULL),
    CONSTRAINT blocker_decision_of_request CHECK (decided_on IS NULL OR requested_on IS NOT NULL),
    CONSTRAINT blocker_decided_after_request CHECK (decided_on >= requested_on)
);
CREATE INDEX blocker_task ON tasks.blocker (task_id, opened_at, id);

-- Reminders (đôn đốc) to the lead, each with its answer.
CREATE TABLE tasks.reminder (
    id           uuid PRIMARY KEY,
    task_id      uuid NOT NULL REFERENCES tasks.task,
    sent_on      date NOT NULL,
    -- Number and symbol of the document that reminds; NULL when it was sent without one.
    document     text CHECK (length(document) BETWEEN 1 AND 500),
    text         text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    -- Who reminds: the organization, and the position of the official.
    sender_organization_code text,
    sender_position_code     text,
    -- Last day on which an answer is in time.
    answer_due   date,
    answered_on  date,
    answer       text CHECK (length(answer) BETWEEN 1 AND 4000),
    sent_by      text NOT NULL,
    answered_by  text,
    source       text NOT NULL DEFAULT 'ioc',
    external_id  text CHECK (length(external_id) BETWEEN 1 AND 200),
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL DEFAULT now(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT reminder_due_after_sent CHECK (answer_due >= sent_on),
    CONSTRAINT reminder_answered_after_sent CHECK (answered_on >= sent_on),
    CONSTRAINT reminder_answer_dated CHECK (answer IS NULL OR answered_on IS NOT NULL),
    CHECK (answered_by IS NULL OR answered_on IS NOT NULL)
);
CREATE INDEX reminder_task ON tasks.reminder (task_id, sent_on, id);

CREATE TABLE tasks.extension_request (
    id            uuid PRIMARY KEY,
    task_id       uuid NOT NULL REFERENCES tasks.task,
    requested_due date NOT NULL,
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL,
    status        text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'LAPSED')),
    -- Due date before the approval.
    previous_due  date,
    decided_by    text,
    decided_at    timestamptz,
    decision      text CHECK (length(decision) BETWEEN 1 AND 4000),
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'PENDING') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
CREATE INDEX extension_request_task ON tasks.extension_request (task_id, requested_at, id);
CREATE UNIQUE INDEX extension_request_one_pending ON tasks.extension_request (task_id) WHERE status = 'PENDING';

-- Events of children that a source pushes.
SELECT platform.keep_events('tasks.milestone', 'id');
SELECT platform.keep_events('tasks.progress_update', 'id');
SELECT platform.keep_events('tasks.evidence', 'id');
SELECT platform.keep_events('tasks.blocker', 'id');
SELECT platform.keep_events('tasks.reminder', 'id');

-- `from` FOLLOWS, REQUIRES or is PART_OF `to`; `from` BLOCKS `to`. `earlier_id` is the task that must be finished
-- first: the followed one, the required one, the part, the one that blocks.
CREATE TABLE tasks.relation (
    id           uuid PRIMARY KEY,
    from_task_id uuid NOT NULL REFERENCES tasks.task,
    to_task_id   uuid NOT NULL REFERENCES tasks.task,
    kind         text NOT NULL CHECK (kind IN ('FOLLOWS', 'BLOCKS', 'PART_OF', 'REQUIRES')),
    earlier_id   uuid NOT NULL GENERATED ALWAYS AS (CASE WHEN kind IN ('BLOCKS', 'PART_OF') THEN from_task_id ELSE to_task_id END) STORED,
    later_id     uuid NOT NULL GENERATED ALWAYS AS (CASE WHEN kind IN ('BLOCKS', 'PART_OF') THEN to_task_id ELSE from_task_id END) STORED,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    removed_by   text,
    removed_at   timestamptz CHECK (removed_at >= created_at),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT relation_not_to_itself CHECK (from_task_id <> to_task_id),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX relation_once ON tasks.relation (from_task_id, to_task_id, kind) WHERE removed_at IS NULL;
CREATE INDEX relation_to ON tasks.relation (to_task_id);
CREATE INDEX relation_earlier ON tasks.relation (earlier_id) WHERE removed_at IS NULL;
CREATE INDEX relation_later ON tasks.relation (later_id);

-- Trigger: refuses a cycle. All kinds are checked as one order, because a whole that must precede its own part is
-- impossible too. An advisory lock serializes the writers, because two transactions could otherwise create a cycle
-- together.
CREATE FUNCTION tasks.refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_it uuid := CASE WHEN NEW.kind IN ('BLOCKS', 'PART_OF') THEN NEW.from_task_id ELSE NEW.to_task_id END;
    after_it  uuid := CASE WHEN NEW.kind IN ('BLOCKS', 'PART_OF') THEN NEW.to_task_id ELSE NEW.from_task_id END;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('tasks.relation', 0));
    IF EXISTS (
        WITH RECURSIVE reached(id) AS (
            SELECT after_it
            UNION SELECT r.later_id FROM tasks.relation AS r JOIN reached ON r.earlier_id = reached.id WHERE r.removed_at IS NULL)
        SELECT 1 FROM reached WHERE id = before_it)
    THEN
        RAISE EXCEPTION 'the relation closes a cycle' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'relation_acyclic';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER relation_acyclic BEFORE INSERT ON tasks.relation FOR EACH ROW EXECUTE FUNCTION tasks.refuse_cycle();
