-- Tables of land clearance: sites, parcels, parties, rights, compensation, payments, milestones.
--
-- The stages of clearance are not one ladder in law. Milestones are stored as events; the furthest stage and the milestones
-- that are missing below it are derived (`projects.parcel_facts_of`).

-- Land to be cleared for a project.
CREATE TABLE projects.site (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    external_id     text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    code            text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    project_code    text NOT NULL,
    area_code       text NOT NULL,
    -- Who lives or builds there after this day has no right to compensation.
    cutoff_on       date,
    target_handover date,
    lat             double precision CHECK (lat BETWEEN -90 AND 90),
    lon             double precision CHECK (lon BETWEEN -180 AND 180),
    -- GeoJSON geometry.
    outline         text CHECK (length(outline) <= 1000000) CONSTRAINT site_outline_geojson CHECK (outline ~ '^\s*\{.*"type".*\}\s*$'),
    -- Limits are those in force on this day instead of the day of the notice, by a document.
    rules_on        date,
    rules_document  text CHECK (length(rules_document) BETWEEN 1 AND 500),
    -- Share of the land users who agree to hand over before the plan is approved.
    consent         numeric CHECK (consent BETWEEN 0 AND 1),
    -- Whether the project is urgent or of national importance: the recovery may be decided before the plan is approved.
    urgent          boolean NOT NULL DEFAULT false,
    recorded_by     text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    observed_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT site_cutoff_plausible CHECK (cutoff_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT site_target_plausible CHECK (target_handover BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT site_rules_plausible CHECK (rules_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT site_point_whole CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT site_override_by_document CHECK ((rules_on IS NULL) = (rules_document IS NULL))
);
CREATE UNIQUE INDEX site_code_key ON projects.site (code) WHERE deleted_at IS NULL;
CREATE INDEX site_project ON projects.site (project_code);
CREATE INDEX site_area ON projects.site (area_code);
SELECT platform.keep_history('projects.site', 'id');

CREATE TABLE projects.parcel_case (
    id               uuid PRIMARY KEY,
    source           text NOT NULL,
    external_id      text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    site_code        text NOT NULL,
    map_sheet        text NOT NULL CHECK (length(map_sheet) BETWEEN 1 AND 50),
    parcel_number    text NOT NULL CHECK (length(parcel_number) BETWEEN 1 AND 50),
    land_type        text NOT NULL CHECK (land_type IN ('AGRI', 'RESIDENTIAL', 'OTHER')),
    -- m².
    area_to_acquire  numeric NOT NULL CHECK (area_to_acquire > 0),
    area_handed_over numeric NOT NULL DEFAULT 0 CHECK (area_handed_over >= 0),
    blocker          text CHECK (blocker IN ('PRICE', 'ORIGIN', 'DISPUTE', 'RESETTLEMENT', 'GRAVES', 'UTILITIES', 'DOCUMENTS', 'ABSENT', 'OTHER')),
    blocker_note     text CHECK (length(blocker_note) BETWEEN 1 AND 4000),
    -- Code of the task that is to resolve it.
    blocker_task     text CHECK (length(blocker_task) BETWEEN 1 AND 64),
    recorded_by      text NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    observed_at      timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at       timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT parcel_case_handed_over_within CHECK (area_handed_over <= area_to_acquire)
);
CREATE UNIQUE INDEX parcel_case_number ON projects.parcel_case (site_code, map_sheet, parcel_number) WHERE deleted_at IS NULL;
SELECT platform.keep_history('projects.parcel_case', 'id');

-- Who has rights to parcels. Name and identity number are in `party_identity`.
CREATE TABLE projects.party (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    code        text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    kind        text NOT NULL CHECK (kind IN ('HOUSEHOLD', 'INDIVIDUAL', 'ORGANIZATION', 'RELIGIOUS', 'COMMUNITY')),
    vulnerable  boolean NOT NULL DEFAULT false,
    -- A short key, by which distinct parties are counted: a hash of the code.
    number      bigint GENERATED ALWAYS AS (hashtextextended(code, 0)) STORED,
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE UNIQUE INDEX party_code_key ON projects.party (code) WHERE deleted_at IS NULL;
SELECT platform.keep_events('projects.party', 'id');

-- Personal data of a party.
CREATE TABLE projects.party_identity (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    external_id     text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    party_code      text NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    identity_number text CHECK (length(identity_number) BETWEEN 1 AND 50),
    address         text CHECK (length(address) BETWEEN 1 AND 500),
    phone           text CHECK (length(phone) BETWEEN 1 AND 50),
    recorded_by     text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    observed_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    UNIQUE (source, external_id)
);
CREATE UNIQUE INDEX party_identity_party ON projects.party_identity (party_code) WHERE deleted_at IS NULL;
SELECT platform.keep_events('projects.party_identity', 'id');

-- Right of a party to a parcel. The shares of one kind of right to a parcel sum to 1.
CREATE TABLE projects.parcel_right (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    parcel_id   uuid NOT NULL REFERENCES projects.parcel_case,
    party_code  text NOT NULL,
    kind        text NOT NULL DEFAULT 'LAND_USE' CHECK (kind IN ('LAND_USE', 'HOUSE', 'CROPS')),
    share       numeric NOT NULL DEFAULT 1 CHECK (share > 0 AND share <= 1),
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE UNIQUE INDEX parcel_right_once ON projects.parcel_right (parcel_id, party_code, kind) WHERE deleted_at IS NULL;
CREATE INDEX parcel_right_party ON projects.parcel_right (party_code);
SELECT platform.keep_events('projects.parcel_right', 'id');

-- What happened to a parcel. A day; the time of day matters for an enforcement.
CREATE TABLE projects.milestone (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    parcel_id   uuid NOT NULL REFERENCES projects.parcel_case,
    kind        text NOT NULL CHECK (kind IN ('SCOPED', 'NOTIFIED', 'AGREED', 'PERSUADED', 'COMPULSORY_INVENTORY', 'INVENTORIED', 'PLAN_DRAFTED', 'POSTED',
                'DIALOGUE', 'APPRAISED', 'APPROVED', 'PAID', 'DEPOSITED', 'RECOVERY_DECIDED', 'ENFORCEMENT_DECIDED', 'ENFORCED', 'HANDED_OVER', 'CLOSED',
                'ON_HOLD', 'RESUMED', 'WITHDRAWN')),
    happened_on date NOT NULL,
    -- HH:MM.
    happened_at text CHECK (happened_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    -- m² that a handover is about; all of the parcel if not stated.
    area        numeric CHECK (area > 0),
    document    text CHECK (length(document) BETWEEN 1 AND 500),
    actor       text CHECK (length(actor) BETWEEN 1 AND 300),
    note        text CHECK (length(note) BETWEEN 1 AND 4000),
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT milestone_day_plausible CHECK (happened_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT milestone_area_of_handover CHECK (area IS NULL OR kind IN ('HANDED_OVER', 'ENFORCED')),
    CONSTRAINT milestone_by_document CHECK (document IS NOT NULL OR kind NOT IN
        ('NOTIFIED', 'APPROVED', 'RECOVERY_DECIDED', 'ENFORCEMENT_DECIDED', 'WITHDRAWN'))
);
-- A milestone is reached once; a parcel can be on hold several times, and be handed over in parts.
CREATE UNIQUE INDEX milestone_once ON projects.milestone (parcel_id, kind)
    WHERE deleted_at IS NULL AND kind NOT IN ('ON_HOLD', 'RESUMED') AND (kind <> 'HANDED_OVER' OR area IS NULL);
CREATE INDEX milestone_parcel ON projects.milestone (parcel_id, happened_on);
SELECT platform.keep_history('projects.milestone', 'id');

-- Compensation plan of a party on a site. Approval and effect are two days: late payment counts from the second.
CREATE TABLE projects.compensation_plan (
    id                uuid PRIMARY KEY,
    source            text NOT NULL,
    external_id       text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    site_code         text NOT NULL,
    party_code        text NOT NULL,
    revision          smallint NOT NULL DEFAULT 1 CHECK (revision BETWEEN 1 AND 100),
    -- Personal data, as the name of the party.
    amount            numeric NOT NULL CHECK (amount >= 0),
    coefficient       numeric NOT NULL DEFAULT 1 CHECK (coefficient BETWEEN 0.1 AND 10),
    coefficient_basis text CHECK (length(coefficient_basis) BETWEEN 1 AND 500),
    posted_on         date,
    approved_on       date,
    effective_on      date,
    document          text CHECK (length(document) BETWEEN 1 AND 500),
    recorded_by       text NOT NULL,
    version           integer NOT NULL DEFAULT 1,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT compensation_plan_posted_plausible CHECK (posted_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT compensation_plan_approved_plausible CHECK (approved_on BETWEEN '1990-01-01' AND '2100-12-31'),
    -- Late payment counts from the effect.
    CONSTRAINT compensation_plan_effect_within_year CHECK (effective_on <= approved_on + interval '1 year'),
    CONSTRAINT compensation_plan_coefficient_based CHECK (coefficient = 1 OR coefficient_basis IS NOT NULL),
    CONSTRAINT compensation_plan_effect_after_approval CHECK (effective_on IS NULL OR approved_on IS NOT NULL AND effective_on >= approved_on),
    CONSTRAINT compensation_plan_posted_before_approval CHECK (posted_on IS NULL OR approved_on IS NULL OR posted_on <= approved_on),
    CONSTRAINT compensation_plan_approved_by_document CHECK (approved_on IS NULL OR document IS NOT NULL)
);
CREATE UNIQUE INDEX compensation_plan_revision ON projects.compensation_plan (party_code, site_code, revision) WHERE deleted_at IS NULL;
CREATE INDEX compensation_plan_site ON projects.compensation_plan (site_code);
SELECT platform.keep_history('projects.compensation_plan', 'id');

-- Payment under a plan. A refused amount is deposited later, or not; REVERSED takes a payment back.
CREATE TABLE projects.payment (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    plan_id     uuid NOT NULL REFERENCES projects.compensation_plan,
    kind        text NOT NULL CHECK (kind IN ('PAID', 'DEPOSITED', 'REFUSED', 'REVERSED')),
    happened_on date NOT NULL,
    -- Personal data.
    amount      numeric NOT NULL CHECK (amount > 0),
    document    text CHECK (length(document) BETWEEN 1 AND 500),
    note        text CHECK (length(note) BETWEEN 1 AND 4000),
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT payment_day_plausible CHECK (happened_on BETWEEN '1990-01-01' AND '2100-12-31')
);
CREATE INDEX payment_plan ON projects.payment (plan_id, happened_on);
SELECT platform.keep_history('projects.payment', 'id');

CREATE TABLE projects.resettlement (
    id           uuid PRIMARY KEY,
    source       text NOT NULL,
    external_id  text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    site_code    text NOT NULL,
    party_code   text NOT NULL,
    form         text NOT NULL CHECK (form IN ('LAND', 'APARTMENT', 'MONEY')),
    place        text CHECK (length(place) BETWEEN 1 AND 300),
    approved_on  date,
    provided_on  date,
    recorded_by  text NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT resettlement_approved_plausible CHECK (approved_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT resettlement_provided_plausible CHECK (provided_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT resettlement_provided_after_approval CHECK (provided_on IS NULL OR provided_on >= approved_on)
);
CREATE INDEX resettlement_site ON projects.resettlement (site_code, party_code);
SELECT platform.keep_events('projects.resettlement', 'id');

-- Graves of a burial ground, and those moved so far.
CREATE TABLE projects.grave_relocation (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    site_code   text NOT NULL,
    place       text NOT NULL CHECK (length(place) BETWEEN 1 AND 300),
    graves      integer NOT NULL CHECK (graves > 0),
    moved       integer NOT NULL DEFAULT 0 CHECK (moved >= 0),
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT grave_relocation_moved_within CHECK (moved <= graves)
);
CREATE INDEX grave_relocation_site ON projects.grave_relocation (site_code);
SELECT platform.keep_history('projects.grave_relocation', 'id');

CREATE TABLE projects.utility_relocation (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    site_code   text NOT NULL,
    utility     text NOT NULL CHECK (utility IN ('POWER', 'WATER', 'DRAINAGE', 'TELECOM', 'GAS', 'IRRIGATION')),
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
    cost        numeric CHECK (cost >= 0),
    due_on      date,
    moved_on    date,
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX utility_relocation_site ON projects.utility_relocation (site_code);
SELECT platform.keep_events('projects.utility_relocation', 'id');

-- The land office's sheet: one row for each household and parcel, with milestones as columns. `projects.spread_sheet` makes of
-- a row the records above; this table keeps what was pushed.
CREATE TABLE projects.clearance_sheet (
    id               uuid PRIMARY KEY,
    source           text NOT NULL,
    external_id      text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 180),
    site_code        text NOT NULL,
    map_sheet        text NOT NULL CHECK (length(map_sheet) BETWEEN 1 AND 50),
    parcel_number    text NOT NULL CHECK (length(parcel_number) BETWEEN 1 AND 50),
    land_type        text NOT NULL CHECK (land_type IN ('AGRI', 'RESIDENTIAL', 'OTHER')),
    area_to_acquire  numeric NOT NULL CHECK (area_to_acquire > 0),
    party_code       text NOT NULL CHECK (length(party_code) BETWEEN 1 AND 64),
    party_kind       text NOT NULL DEFAULT 'HOUSEHOLD' CHECK (party_kind IN ('HOUSEHOLD', 'INDIVIDUAL', 'ORGANIZATION', 'RELIGIOUS', 'COMMUNITY')),
    share            numeric NOT NULL DEFAULT 1 CHECK (share > 0 AND share <= 1),
    notice           text CHECK (length(notice) BETWEEN 1 AND 500),
    notified_on      date,
    inventoried_on   date,
    drafted_on       date,
    posted_on        date,
    appraised_on     date,
    approval         text CHECK (length(approval) BETWEEN 1 AND 500),
    approved_on      date,
    paid_on          date,
    recovery         text CHECK (length(recovery) BETWEEN 1 AND 500),
    recovery_on      date,
    handed_over_on   date,
    blocker          text CHECK (blocker IN ('PRICE', 'ORIGIN', 'DISPUTE', 'RESETTLEMENT', 'GRAVES', 'UTILITIES', 'DOCUMENTS', 'ABSENT', 'OTHER')),
    recorded_by      text NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    observed_at      timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at       timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT clearance_sheet_notified_plausible CHECK (notified_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_inventoried_plausible CHECK (inventoried_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_drafted_plausible CHECK (drafted_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_posted_plausible CHECK (posted_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_appraised_plausible CHECK (appraised_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_approved_plausible CHECK (approved_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_paid_plausible CHECK (paid_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_recovery_plausible CHECK (recovery_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_handed_over_plausible CHECK (handed_over_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT clearance_sheet_notice_named CHECK (notified_on IS NULL OR notice IS NOT NULL),
    CONSTRAINT clearance_sheet_approval_named CHECK (approved_on IS NULL OR approval IS NOT NULL),
    CONSTRAINT clearance_sheet_recovery_named CHECK (recovery_on IS NULL OR recovery IS NOT NULL)
);
CREATE UNIQUE INDEX clearance_sheet_party ON projects.clearance_sheet (site_code, map_sheet, parcel_number, party_code) WHERE deleted_at IS NULL;
SELECT platform.keep_events('projects.clearance_sheet', 'id');

-- What other services, and checks of codes, may read. A site and a party are named by their codes.
CREATE VIEW projects.published_site AS SELECT code, name, project_code, area_code, lat, lon FROM projects.site WHERE deleted_at IS NULL;
CREATE VIEW projects.published_party AS SELECT code FROM projects.party WHERE deleted_at IS NULL;

SELECT directory.add_kind(kind, format('EXISTS (SELECT FROM projects.published_%s WHERE code = asked)', kind))
FROM unnest(ARRAY['project', 'site', 'party']) AS kind;
SELECT directory.add_kind('legal rule', 'EXISTS (SELECT FROM directory.published_legal_rule WHERE code = asked)');

-- Makes of rows of the land office's sheet the parcel, the party, the right and the milestones that they state, as the long
-- kinds would. A record made so has the external id of the sheet's row; a parcel, which several rows may state, that of its
-- place. A milestone that no row states any longer is removed, and a parcel that no row names any longer too.
CREATE FUNCTION projects.spread_sheet(pusher text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    folding text := coalesce(current_setting('platform.folding', true), 'off');
BEGIN
    -- The push writes the events of the sheet itself; what follows from it gets its events from the triggers.
    PERFORM set_config('platform.folding', 'off', true);
    CREATE TEMP TABLE IF NOT EXISTS sheet_row (LIKE projects.clearance_sheet) ON COMMIT DELETE ROWS;
    DELETE FROM sheet_row;
    INSERT INTO sheet_row SELECT * FROM projects.clearance_sheet WHERE id = ANY(ids);
    -- Where the rows are, and where they were before.
    CREATE TEMP TABLE IF NOT EXISTS sheet_place (site_code text, map_sheet text, parcel_number text) ON COMMIT DELETE ROWS;
    DELETE FROM sheet_place;
    INSERT INTO sheet_place
    SELECT site_code, map_sheet, parcel_number FROM sheet_row
    UNION SELECT p.site_code, p.map_sheet, p.parcel_number FROM sheet_row AS r
        JOIN projects.parcel_right AS old ON old.source = pusher AND old.external_id = r.external_id AND old.deleted_at IS NULL
        JOIN projects.parcel_case AS p ON p.id = old.parcel_id;

    INSERT INTO projects.party AS p (id, source, external_id, code, kind, recorded_by, observed_at)
    SELECT DISTINCT ON (party_code) gen_random_uuid(), pusher, party_code, party_code, party_kind, pusher, observed_at
    FROM sheet_row AS r WHERE deleted_at IS NULL ORDER BY party_code, observed_at DESC
    ON CONFLICT (code) WHERE deleted_at IS NULL DO UPDATE SET kind = excluded.kind, version = p.version + 1, observed_at = excluded.observed_at
        WHERE p.source = pusher AND p.kind <> excluded.kind;

    -- A parcel that was removed comes back.
    UPDATE projects.parcel_case AS p SET deleted_at = NULL, version = p.version + 1, recorded_at = now(),
        observed_at = greatest(r.observed_at, p.observed_at + interval '1 microsecond')
    FROM sheet_row AS r
    WHERE r.deleted_at IS NULL AND p.deleted_at IS NOT NULL AND p.source = pusher
      AND p.external_id = concat_ws('/', r.site_code, r.map_sheet, r.parcel_number)
      AND NOT EXISTS (SELECT FROM projects.parcel_case AS other WHERE other.deleted_at IS NULL
          AND (other.site_code, other.map_sheet, other.parcel_number) = (r.site_code, r.map_sheet, r.parcel_number));
    INSERT INTO projects.parcel_case AS p (id, source, external_id, site_code, map_sheet, parcel_number, land_type, area_to_acquire,
        area_handed_over, blocker, recorded_by, observed_at)
    SELECT DISTINCT ON (site_code, map_sheet, parcel_number) gen_random_uuid(), pusher, concat_ws('/', site_code, map_sheet, parcel_number),
           site_code, map_sheet, parcel_number, land_type, area_to_acquire, CASE WHEN handed_over_on IS NOT NULL THEN area_to_acquire ELSE 0 END,
           blocker, pusher, observed_at
    FROM sheet_row AS r WHERE deleted_at IS NULL ORDER BY site_code, map_sheet, parcel_number, observed_at DESC
    ON CONFLICT (site_code, map_sheet, parcel_number) WHERE deleted_at IS NULL DO UPDATE SET
        land_type = excluded.land_type, area_to_acquire = excluded.area_to_acquire, area_handed_over = excluded.area_handed_over,
        blocker = excluded.blocker, version = p.version + 1, recorded_at = now(),
        observed_at = greatest(excluded.observed_at, p.observed_at + interval '1 microsecond')
        WHERE p.source = pusher AND (p.land_type, p.area_to_acquire, p.area_handed_over, p.blocker)
            IS DISTINCT FROM (excluded.land_type, excluded.area_to_acquire, excluded.area_handed_over, excluded.blocker);

    UPDATE projects.parcel_right AS old SET deleted_at = now(), version = old.version + 1
    FROM sheet_row AS r WHERE old.source = pusher AND old.external_id = r.external_id AND old.deleted_at IS NULL AND (r.deleted_at IS NOT NULL
        OR r.party_code <> old.party_code OR old.parcel_id <> (SELECT p.id FROM projects.parcel_case AS p
            WHERE (p.site_code, p.map_sheet, p.parcel_number) = (r.site_code, r.map_sheet, r.parcel_number) AND p.deleted_at IS NULL));
    INSERT INTO projects.parcel_right AS old (id, source, external_id, parcel_id, party_code, share, recorded_by, observed_at)
    SELECT gen_random_uuid(), pusher, r.external_id, p.id, r.party_code, r.share, pusher, r.observed_at
    FROM sheet_row AS r JOIN projects.parcel_case AS p
        ON (p.site_code, p.map_sheet, p.parcel_number) = (r.site_code, r.map_sheet, r.parcel_number) AND p.deleted_at IS NULL
    WHERE r.deleted_at IS NULL
    ON CONFLICT (source, external_id) DO UPDATE SET parcel_id = excluded.parcel_id, party_code = excluded.party_code, share = excluded.share,
        deleted_at = NULL, version = old.version + 1, observed_at = excluded.observed_at
        WHERE (old.parcel_id, old.party_code, old.share, old.deleted_at) IS DISTINCT FROM (excluded.parcel_id, excluded.party_code, excluded.share, NULL::timestamptz);

    -- Several households of one parcel state its milestones; the earliest day counts.
    CREATE TEMP TABLE IF NOT EXISTS sheet_milestone (parcel_id uuid, external_id text, kind text, happened_on date, document text, observed_at timestamptz)
        ON COMMIT DELETE ROWS;
    DELETE FROM sheet_milestone;
    INSERT INTO sheet_milestone
    SELECT DISTINCT ON (p.id, m.kind) p.id, p.external_id || '/' || m.kind, m.kind, m.day, m.document, r.observed_at
    FROM projects.clearance_sheet AS r
    JOIN projects.parcel_case AS p ON (p.site_code, p.map_sheet, p.parcel_number) = (r.site_code, r.map_sheet, r.parcel_number) AND p.deleted_at IS NULL
    CROSS JOIN LATERAL (VALUES ('NOTIFIED', r.notified_on, r.notice), ('INVENTORIED', r.inventoried_on, NULL), ('PLAN_DRAFTED', r.drafted_on, NULL),
        ('POSTED', r.posted_on, NULL), ('APPRAISED', r.appraised_on, NULL), ('APPROVED', r.approved_on, r.approval), ('PAID', r.paid_on, NULL),
        ('RECOVERY_DECIDED', r.recovery_on, r.recovery), ('HANDED_OVER', r.handed_over_on, NULL)) AS m(kind, day, document)
    WHERE r.source = pusher AND r.deleted_at IS NULL AND m.day IS NOT NULL
      AND (r.site_code, r.map_sheet, r.parcel_number) IN (TABLE sheet_place)
    ORDER BY p.id, m.kind, m.day, r.external_id;
    UPDATE projects.milestone AS old SET deleted_at = now(), version = old.version + 1, recorded_at = now(),
        observed_at = greatest(now(), old.observed_at + interval '1 microsecond')
    FROM projects.parcel_case AS p
    WHERE p.id = old.parcel_id AND old.source = pusher AND old.deleted_at IS NULL AND old.external_id = p.external_id || '/' || old.kind
      AND (p.site_code, p.map_sheet, p.parcel_number) IN (TABLE sheet_place)
      AND NOT EXISTS (SELECT FROM sheet_milestone AS s WHERE s.parcel_id = old.parcel_id AND s.kind = old.kind);
    INSERT INTO projects.milestone AS old (id, source, external_id, parcel_id, kind, happened_on, document, recorded_by, observed_at)
    SELECT gen_random_uuid(), pusher, s.external_id, s.parcel_id, s.kind, s.happened_on, s.document, pusher, s.observed_at FROM sheet_milestone AS s
    WHERE NOT EXISTS (SELECT FROM projects.milestone AS other WHERE other.parcel_id = s.parcel_id AND other.kind = s.kind AND other.deleted_at IS NULL
        AND (other.kind <> 'HANDED_OVER' OR other.area IS NULL) AND (other.source, other.external_id) <> (pusher, s.external_id))
    ON CONFLICT (source, external_id) DO UPDATE SET happened_on = excluded.happened_on, document = excluded.document, deleted_at = NULL,
        version = old.version + 1, recorded_at = now(), observed_at = greatest(excluded.observed_at, old.observed_at + interval '1 microsecond')
        WHERE (old.happened_on, old.document, old.deleted_at) IS DISTINCT FROM (excluded.happened_on, excluded.document, NULL::timestamptz);
    UPDATE projects.parcel_case AS p SET deleted_at = now(), version = p.version + 1, recorded_at = now(),
        observed_at = greatest(now(), p.observed_at + interval '1 microsecond')
    WHERE p.source = pusher AND p.deleted_at IS NULL AND p.external_id = concat_ws('/', p.site_code, p.map_sheet, p.parcel_number)
      AND (p.site_code, p.map_sheet, p.parcel_number) IN (TABLE sheet_place)
      AND NOT EXISTS (SELECT FROM projects.clearance_sheet AS r WHERE r.source = pusher AND r.deleted_at IS NULL
          AND (r.site_code, r.map_sheet, r.parcel_number) = (p.site_code, p.map_sheet, p.parcel_number));
    PERFORM set_config('platform.folding', folding, true);
END $$;
