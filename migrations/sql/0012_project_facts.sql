-- Facts of projects and of their money, stored as days (decision 0033).

-- Facts of a project for the days from `from_day` to before `to_day`. A deleted project has none.
CREATE TABLE projects.fact (
    project_id        uuid NOT NULL,
    from_day          date NOT NULL,
    to_day            date NOT NULL CHECK (to_day > from_day),
    project_code      text NOT NULL,
    kind              text NOT NULL,
    phase             text NOT NULL,
    suspended         boolean NOT NULL,
    key_list          boolean NOT NULL,
    special           boolean NOT NULL,
    owner             text,
    position          text,
    groundbreaking_on date,
    baseline_end      date,
    forecast_end      date,
    ended_on          date,
    total_investment  numeric,
    -- First day on which the project is late: past its baseline and not completed, or forecast to end after it.
    late_from         date,
    observed_at       timestamptz NOT NULL
) PARTITION BY RANGE (to_day);
CREATE TABLE projects.fact_past PARTITION OF projects.fact FOR VALUES FROM (MINVALUE) TO ('infinity');
CREATE TABLE projects.fact_present PARTITION OF projects.fact FOR VALUES FROM ('infinity') TO (MAXVALUE);
CREATE INDEX fact_project ON projects.fact (project_id, from_day);
CREATE INDEX fact_project_code ON projects.fact (project_code);
CREATE INDEX fact_past_run ON projects.fact_past (to_day, from_day);
CREATE INDEX fact_present_owner ON projects.fact_present (owner, project_id);

-- Codes of which a project can have several, each for a run of days: PROGRAMME, AREA, BOTTLENECK or INDICATOR.
CREATE TABLE projects.fact_code (
    project_id uuid NOT NULL,
    dimension  text NOT NULL,
    code       text NOT NULL,
    from_day   date NOT NULL,
    to_day     date NOT NULL CHECK (to_day > from_day),
    PRIMARY KEY (project_id, dimension, code, from_day)
);
CREATE INDEX fact_code_code ON projects.fact_code (dimension, code, project_id) INCLUDE (from_day, to_day);

-- Money of a project for a plan year, for a run of days: on each basis the plan in force and what was paid by its last day,
-- and with the basis ALL all that was paid.
CREATE TABLE projects.money_fact (
    project_id   uuid NOT NULL,
    year         smallint NOT NULL,
    basis        text NOT NULL,
    from_day     date NOT NULL,
    to_day       date NOT NULL CHECK (to_day > from_day),
    planned      numeric NOT NULL,
    paid         numeric NOT NULL,
    PRIMARY KEY (project_id, year, basis, from_day)
);
CREATE INDEX money_fact_run ON projects.money_fact (project_id, to_day, from_day);

SELECT platform.keep_rules('projects.money_', 'projects.money_fact', 'project_id', 'projects.project', 'projects.derive_money',
    ARRAY['CAPITAL_PAID_UNTIL_MONTH', 'CAPITAL_LATE_PLAN_FROM_MONTH', 'CAPITAL_LATE_PLAN_PAID_UNTIL_MONTH']);

-- Value of a rule of money on a day.
CREATE FUNCTION projects.money_rule(asked text, day date) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT value::int FROM projects.money_fact_rule AS r WHERE r.code = asked AND directory.published_runs(r.valid_from, r.valid_to, day));

-- Last day on which a payment of a year's capital counts: 31 January of the next year; 31 December if the plan was added after
-- 30 September (Law 58/2024/QH15, article 72). A decision may move it.
CREATE FUNCTION projects.disburse_until(year smallint, decided_on date, stated date) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(stated, (make_date(year + 1, CASE
        WHEN decided_on >= make_date(year, projects.money_rule('CAPITAL_LATE_PLAN_FROM_MONTH', decided_on), 1)
        THEN projects.money_rule('CAPITAL_LATE_PLAN_PAID_UNTIL_MONTH', decided_on)
        ELSE projects.money_rule('CAPITAL_PAID_UNTIL_MONTH', decided_on) END, 1) + interval '1 month - 1 day')::date);

CREATE FUNCTION projects.late_from(phase text, from_day date, baseline_end date, forecast_end date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN phase = 'CANCELLED' THEN NULL
                WHEN forecast_end > baseline_end THEN from_day
                WHEN phase <> 'COMPLETED' AND baseline_end IS NOT NULL THEN greatest(baseline_end + 1, from_day) END;

-- Latest judgement of a project up to a day.
CREATE FUNCTION projects.rag(project text, as_of date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT a.rag FROM projects.assessment AS a WHERE a.project_code = project AND a.assessed_on <= as_of AND a.deleted_at IS NULL
            ORDER BY a.assessed_on DESC, a.observed_at DESC LIMIT 1);

CREATE FUNCTION projects.facts_of(ids uuid[]) RETURNS SETOF projects.fact LANGUAGE sql STABLE ROWS 10000 SET random_page_cost = 1.1 AS $$
    WITH state AS MATERIALIZED (
        SELECT folded.id, folded.from_day, lead(folded.from_day, 1, 'infinity') OVER (PARTITION BY folded.id ORDER BY folded.from_day) AS to_day,
               folded.observed_at, s.*
        FROM (SELECT e.id, e.day AS from_day, e.observed_at, platform.fold_events(e.changes - 'name' - 'objective') OVER past AS state,
                     lead(e.day) OVER past IS DISTINCT FROM e.day AS is_last
              FROM (SELECT *, platform.day_of(observed_at, (SELECT platform.zone())) AS day FROM projects.project_event
                    WHERE effective AND withdrawn_at IS NULL AND id = ANY(ids)) AS e
              WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)) AS folded
        CROSS JOIN LATERAL jsonb_to_record(projects.project_defaults() || folded.state) AS s(
            code text, kind text, phase text, suspended boolean, key_list boolean, special_mechanism text, owner_organization_code text,
            accountable_position_code text, groundbreaking_on date, baseline_end date, forecast_end date, ended_on date,
            total_investment numeric, deleted_at timestamptz)
        WHERE folded.is_last)
    SELECT s.id, s.from_day, s.to_day, s.code, s.kind, s.phase, s.suspended, s.key_list, s.special_mechanism IS NOT NULL,
           s.owner_organization_code, s.accountable_position_code, s.groundbreaking_on, s.baseline_end, s.forecast_end, s.ended_on,
           s.total_investment, CASE WHEN l.late_from < s.to_day THEN l.late_from END, s.observed_at
    FROM state AS s CROSS JOIN LATERAL (SELECT projects.late_from(s.phase, s.from_day, s.baseline_end, s.forecast_end) AS late_from) AS l
    WHERE s.code IS NOT NULL AND s.deleted_at IS NULL
$$;

CREATE FUNCTION projects.codes_of(ids uuid[]) RETURNS SETOF projects.fact_code LANGUAGE sql STABLE ROWS 10000 AS $$
    SELECT run.id, run.dimension, c.code, run.from_day, run.to_day
    FROM (SELECT e.id, d.dimension, e.changes -> d.name AS codes, e.day AS from_day,
                 lead(e.day, 1, 'infinity') OVER (PARTITION BY e.id, d.dimension ORDER BY e.observed_at, e.rank, e.ordinal) AS to_day
          FROM (SELECT *, platform.day_of(observed_at, (SELECT platform.zone())) AS day FROM projects.project_event
                WHERE effective AND withdrawn_at IS NULL AND id = ANY(ids)) AS e
          JOIN (VALUES ('PROGRAMME', 'programme_codes'), ('AREA', 'area_codes'), ('BOTTLENECK', 'bottleneck_codes'), ('INDICATOR', 'indicator_codes')) AS d(dimension, name)
            ON e.changes ? d.name) AS run
    CROSS JOIN LATERAL jsonb_array_elements_text(run.codes) AS c(code)
    WHERE run.from_day < run.to_day
$$;

-- The plan in force on a day is the one decided last, and it decides until when a payment counts.
-- Base rows are read by index, and what was read is joined by hash: the planner does not know how much that is.
CREATE FUNCTION projects.money_of(ids uuid[]) RETURNS SETOF projects.money_fact LANGUAGE sql STABLE ROWS 10000
    SET random_page_cost = 1.1 SET enable_nestloop = off AS $$
    WITH project AS MATERIALIZED (SELECT id, code FROM projects.project WHERE id = ANY(ids) AND deleted_at IS NULL),
    -- All that was paid, from each day of a payment on.
    paid AS MATERIALIZED (
        SELECT id, year, day AS from_day, lead(day, 1, 'infinity') OVER w AS to_day, sum(amount) OVER w AS amount
        FROM (SELECT p.id, d.plan_year AS year, d.paid_on AS day, sum(d.amount) AS amount
              FROM project AS p JOIN projects.disbursement AS d ON d.project_code = p.code
              WHERE d.project_code = ANY(ARRAY(SELECT code FROM project)) AND d.deleted_at IS NULL GROUP BY 1, 2, 3) AS of_day
        WINDOW w AS (PARTITION BY id, year ORDER BY day)),
    -- The plan in force, from each decision on.
    version AS MATERIALIZED (
        SELECT p.id, c.year, c.basis, c.decided_on AS from_day, lead(c.decided_on, 1, 'infinity') OVER (PARTITION BY p.id, c.year, c.basis ORDER BY c.decided_on) AS to_day,
               c.amount, projects.disburse_until(c.year, c.decided_on, c.disburse_until) AS until
        FROM project AS p JOIN projects.capital_plan AS c ON c.project_code = p.code
        WHERE c.project_code = ANY(ARRAY(SELECT code FROM project)) AND c.deleted_at IS NULL
        UNION ALL
        SELECT DISTINCT id, year, 'ALL', '-infinity'::date, 'infinity'::date, 0, 'infinity'::date FROM paid),
    run AS (
        SELECT t.id, t.year, t.basis, t.day, lead(t.day, 1, 'infinity') OVER (PARTITION BY t.id, t.year, t.basis ORDER BY t.day) AS to_day
        FROM (SELECT id, year, basis, from_day AS day FROM version WHERE from_day > '-infinity'
              UNION SELECT b.id, b.year, b.basis, p.from_day FROM (SELECT DISTINCT id, year, basis FROM version) AS b
                    JOIN paid AS p ON p.id = b.id AND p.year = b.year) AS t)
    -- Before its first plan a basis has none.
    SELECT r.id, r.year, r.basis, r.day, r.to_day, v.amount, coalesce(p.amount, 0)
    FROM run AS r
    JOIN version AS v ON v.id = r.id AND v.year = r.year AND v.basis = r.basis AND v.from_day <= r.day AND r.day < v.to_day
    LEFT JOIN paid AS p ON p.id = r.id AND p.year = r.year AND p.from_day <= least(r.day, v.until) AND least(r.day, v.until) < p.to_day
$$;

-- Computes the facts of projects anew and writes what differs. Returns the number of rows that differed. The projects are
-- locked in the order of their ids, and the inputs are read after that.
CREATE FUNCTION projects.derive(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM projects.project WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    RETURN platform.write_facts('projects.fact', 'project_id', ids, ARRAY(SELECT f FROM projects.facts_of(ids) AS f))
         + platform.write_facts('projects.fact_code', 'project_id', ids, ARRAY(SELECT c FROM projects.codes_of(ids) AS c));
END $$;

-- The same for the money of projects.
CREATE FUNCTION projects.derive_money(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM projects.money_hold_rules();
    PERFORM FROM projects.project WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    RETURN platform.write_facts('projects.money_fact', 'project_id', ids, ARRAY(SELECT f FROM projects.money_of(ids) AS f));
END $$;

SELECT platform.feeds_facts('projects.project_event', 'projects.derive', 'SELECT id FROM written');
-- A child may arrive before its project, and a project may get another code.
SELECT platform.feeds_facts('projects.project', 'projects.derive_money', 'SELECT id FROM written');
SELECT platform.feeds_facts(input, 'projects.derive_money', 'SELECT p.id FROM written JOIN projects.project AS p ON p.code = written.project_code')
    FROM unnest(ARRAY['projects.capital_plan', 'projects.disbursement']::regclass[]) AS input;

-- Derived values of a project on a day, for a page of a list or a single project.
CREATE FUNCTION projects.derived(p projects.project, as_of date) RETURNS TABLE (is_late boolean, slip_days integer, rag text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT coalesce(projects.late_from(p.phase, '-infinity', p.baseline_end, p.forecast_end) <= as_of, false), p.forecast_end - p.baseline_end,
           projects.rag(p.code, as_of)
$$;
