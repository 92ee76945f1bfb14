-- Tables of the projects: the catalogue, money and contracts. Land clearance is in the next migration.
--
-- A project is a shared entity: other records name it by its code. So do its children, which other systems push: capital plans
-- and payments come from the treasury, a project from the planning office.

CREATE SCHEMA projects;
SELECT platform.open_schema('projects');

CREATE TABLE projects.project (
    id                        uuid PRIMARY KEY,
    source                    text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    external_id               text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    code                      text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    name                      text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    kind                      text NOT NULL DEFAULT 'PROJECT' CHECK (kind IN ('PROJECT', 'WORK', 'SCHEME', 'TASK')),
    phase                     text NOT NULL DEFAULT 'IDENTIFICATION' CHECK (phase IN
                              ('IDENTIFICATION', 'PREPARATION', 'IMPLEMENTATION', 'COMPLETION', 'COMPLETED', 'CANCELLED')),
    -- Reason and document of the last change of the phase, of a suspension or of its end.
    phase_reason              text CHECK (length(phase_reason) BETWEEN 1 AND 4000),
    phase_document            text CHECK (length(phase_document) BETWEEN 1 AND 500),
    suspended                 boolean NOT NULL DEFAULT false,
    -- Whether it is on the city's list of key projects.
    key_list                  boolean NOT NULL DEFAULT false,
    owner_organization_code   text,
    accountable_position_code text,
    area_codes                text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(area_codes)),
    programme_codes           text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(programme_codes)),
    bottleneck_codes          text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(bottleneck_codes)),
    indicator_codes           text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(indicator_codes)),
    groundbreaking_on         date,
    baseline_end              date,
    forecast_end              date,
    forecast_reason           text CHECK (length(forecast_reason) BETWEEN 1 AND 4000),
    -- Day of the completion or of the cancellation.
    ended_on                  date,
    -- VND.
    total_investment          numeric CHECK (total_investment >= 0),
    -- Document of the special mechanism under which it is built.
    special_mechanism         text CHECK (length(special_mechanism) BETWEEN 1 AND 500),
    objective                 text CHECK (length(objective) BETWEEN 1 AND 4000),
    legal_basis               text CHECK (length(legal_basis) BETWEEN 1 AND 1000),
    recorded_by               text NOT NULL,
    version                   integer NOT NULL DEFAULT 1 CHECK (version > 0),
    observed_at               timestamptz NOT NULL,
    recorded_at               timestamptz NOT NULL DEFAULT now(),
    deleted_at                timestamptz,
    search                    text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || name || ' ' || coalesce(objective, ''))) STORED,
    folded_name               text NOT NULL GENERATED ALWAYS AS (platform.fold(name)) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT project_owner_from_preparation CHECK (owner_organization_code IS NOT NULL OR phase IN ('IDENTIFICATION', 'CANCELLED')),
    CONSTRAINT project_groundbreaking_plausible CHECK (groundbreaking_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT project_baseline_plausible CHECK (baseline_end BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT project_forecast_plausible CHECK (forecast_end BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT project_end_dated CHECK ((phase IN ('COMPLETED', 'CANCELLED')) = (ended_on IS NOT NULL)),
    CONSTRAINT project_ended_not_suspended CHECK (NOT suspended OR phase NOT IN ('COMPLETED', 'CANCELLED')),
    CONSTRAINT project_forecast_reasoned CHECK (forecast_end IS NULL OR baseline_end IS NULL OR forecast_end = baseline_end OR forecast_reason IS NOT NULL),
    CONSTRAINT project_cancelled_by_document CHECK (phase <> 'CANCELLED' OR phase_document IS NOT NULL)
);
CREATE UNIQUE INDEX project_code_key ON projects.project (code) WHERE deleted_at IS NULL;
CREATE INDEX project_search ON projects.project USING gin (search gin_trgm_ops);
SELECT platform.keep_history('projects.project', 'id');

-- Capital plan of a year on a basis. Of several versions the one decided last counts.
CREATE TABLE projects.capital_plan (
    id             uuid PRIMARY KEY,
    source         text NOT NULL,
    external_id    text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    project_code   text NOT NULL,
    year           smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    -- The Prime Minister's assignment, the city's, the city's adjustment within the year, and what was carried over.
    basis          text NOT NULL CHECK (basis IN ('PM', 'CITY', 'ADJUSTED', 'CARRIED_OVER')),
    amount         numeric NOT NULL CHECK (amount >= 0),
    decided_on     date NOT NULL,
    document       text CHECK (length(document) BETWEEN 1 AND 500),
    -- Last day on which a payment counts, if a decision moves it; otherwise the law's (`projects.disburse_until`).
    disburse_until date,
    recorded_by    text NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    observed_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at     timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT capital_plan_decided_plausible CHECK (decided_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT capital_plan_until_in_time CHECK (disburse_until IS NULL OR extract(year FROM disburse_until) BETWEEN year AND year + 2)
);
CREATE UNIQUE INDEX capital_plan_version ON projects.capital_plan (project_code, year, basis, decided_on) WHERE deleted_at IS NULL;
SELECT platform.keep_history('projects.capital_plan', 'id');

CREATE TABLE projects.contract (
    id            uuid PRIMARY KEY,
    source        text NOT NULL,
    external_id   text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    project_code  text NOT NULL,
    number        text NOT NULL CHECK (length(number) BETWEEN 1 AND 100),
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    supplier      text CHECK (length(supplier) BETWEEN 1 AND 300),
    signed_on     date NOT NULL,
    amount        numeric NOT NULL CHECK (amount >= 0),
    starts_on     date,
    ends_on       date,
    recorded_by   text NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    observed_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT contract_signed_plausible CHECK (signed_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT contract_end_not_before_start CHECK (ends_on >= starts_on)
);
CREATE INDEX contract_project ON projects.contract (project_code, signed_on);
SELECT platform.keep_history('projects.contract', 'id');

-- Change of a contract. Its number is the value after the change.
CREATE TABLE projects.modification (
    id           uuid PRIMARY KEY,
    source       text NOT NULL,
    external_id  text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    contract_id  uuid NOT NULL REFERENCES projects.contract,
    kind         text NOT NULL CHECK (kind IN ('DURATION', 'VALUE', 'SCOPE')),
    decided_on   date NOT NULL,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
    document     text CHECK (length(document) BETWEEN 1 AND 500),
    old_amount   numeric CHECK (old_amount >= 0),
    new_amount   numeric CHECK (new_amount >= 0),
    old_end      date,
    new_end      date,
    recorded_by  text NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT modification_decided_plausible CHECK (decided_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT modification_states_end CHECK (kind <> 'DURATION' OR new_end IS NOT NULL),
    CONSTRAINT modification_states_amount CHECK (kind <> 'VALUE' OR new_amount IS NOT NULL)
);
CREATE INDEX modification_contract ON projects.modification (contract_id, decided_on);
SELECT platform.keep_history('projects.modification', 'id');

-- Payment of a year's capital; a negative amount takes one back.
CREATE TABLE projects.disbursement (
    id           uuid PRIMARY KEY,
    source       text NOT NULL,
    external_id  text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    project_code text NOT NULL,
    plan_year    smallint NOT NULL CHECK (plan_year BETWEEN 2000 AND 2100),
    paid_on      date NOT NULL,
    amount       numeric NOT NULL CHECK (amount <> 0),
    -- Number of the contract that is paid.
    contract     text CHECK (length(contract) BETWEEN 1 AND 100),
    document     text CHECK (length(document) BETWEEN 1 AND 500),
    recorded_by  text NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT disbursement_not_before_plan CHECK (extract(year FROM paid_on) >= plan_year - 1)
);
CREATE INDEX disbursement_project ON projects.disbursement (project_code, paid_on);
SELECT platform.keep_history('projects.disbursement', 'id');

-- Judgement of a reviewer, who is not the owner.
CREATE TABLE projects.assessment (
    id           uuid PRIMARY KEY,
    source       text NOT NULL,
    external_id  text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    project_code text NOT NULL,
    assessed_on  date NOT NULL,
    rag          text NOT NULL CHECK (rag IN ('GREEN', 'AMBER', 'RED')),
    note         text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000),
    recorded_by  text NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    observed_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX assessment_project ON projects.assessment (project_code, assessed_on);
SELECT platform.keep_history('projects.assessment', 'id');

-- For other services.
CREATE VIEW projects.published_project AS
    SELECT code, name, kind, owner_organization_code, area_codes FROM projects.project WHERE deleted_at IS NULL;
