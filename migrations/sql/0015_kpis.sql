-- Tables of the KPIs: indicators, their targets, and what was observed.
--
-- An indicator is a shared entity: other records name it by its code. A series is one indicator for one scope: the city or
-- another area, or an organization.

CREATE SCHEMA kpis;
SELECT platform.open_schema('kpis');

-- Periods are written `2026`, `2026-Q1` or `2026-03`. The functions return NULL for any other text, and there is no year 0.
CREATE FUNCTION kpis.period_months(period text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN period ~ '^0000' THEN NULL WHEN period ~ '^[0-9]{4}$' THEN 12 WHEN period ~ '^[0-9]{4}-Q[1-4]$' THEN 3 WHEN period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' THEN 1 END;
CREATE FUNCTION kpis.period_first(period text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE kpis.period_months(period) WHEN 12 THEN make_date(left(period, 4)::int, 1, 1)
        WHEN 3 THEN make_date(left(period, 4)::int, right(period, 1)::int * 3 - 2, 1)
        WHEN 1 THEN make_date(left(period, 4)::int, right(period, 2)::int, 1) END;
-- The day after the last.
CREATE FUNCTION kpis.period_end(period text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (kpis.period_first(period) + make_interval(months => kpis.period_months(period)))::date;
-- The period of so many months that begins on a day.
CREATE FUNCTION kpis.period_text(first date, months integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lpad(extract(year FROM first)::text, 4, '0') || CASE months WHEN 12 THEN '' WHEN 3 THEN '-Q' || extract(quarter FROM first)
        WHEN 1 THEN '-' || lpad(extract(month FROM first)::text, 2, '0') END;
CREATE FUNCTION kpis.months_of(frequency text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE frequency WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'YEAR' THEN 12 END;

-- The id of a series: of its indicator and scope, so that every table computes the same.
CREATE FUNCTION kpis.series_of(indicator_code text, area_code text, organization_code text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN md5(indicator_code || CASE WHEN area_code IS NOT NULL THEN '/area/' || area_code ELSE '/organization/' || organization_code END)::uuid;

-- Whether a trajectory is a list of `day=value` in the order of days.
CREATE FUNCTION kpis.is_trajectory(points text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(bool_and(point ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])=-?[0-9]{1,15}(\.[0-9]{1,28})?$'), true)
            AND coalesce(array_agg(left(point, 10) ORDER BY ordinal) = array_agg(DISTINCT left(point, 10)), true)
            FROM unnest(points) WITH ORDINALITY AS p(point, ordinal));

-- Whether each point of a trajectory is on a day of a period. A text that is no day, such as 30 February, is on none.
CREATE FUNCTION kpis.is_within(points text[], period text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(bool_and(left(point, 10) IN (
                SELECT to_char(day, 'YYYY-MM-DD') FROM generate_series(kpis.period_first(period)::timestamp, kpis.period_end(period) - interval '1 day', interval '1 day') AS day)), true)
            FROM unnest(points) AS p(point));

-- Whether a period has begun by the city's day of an instant.
CREATE FUNCTION kpis.has_begun(period text, instant timestamptz) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN kpis.period_first(period) <= platform.day_of(instant);

-- Whether a period is over by the city's day of an instant.
CREATE FUNCTION kpis.is_over(period text, instant timestamptz) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN kpis.period_end(period) <= platform.day_of(instant);

-- Whether the points of a trajectory end at a value, if there is one on the last day of the period.
CREATE FUNCTION kpis.ends_at(points text[], period text, value numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN kpis.is_trajectory(points) THEN (
        SELECT coalesce(bool_and(substr(point, 12)::numeric = value), true) FROM unnest(points) AS p(point) WHERE left(point, 10) = to_char(kpis.period_end(period) - 1, 'YYYY-MM-DD'))
        ELSE true END;

CREATE TABLE kpis.indicator (
    id                        uuid NOT NULL UNIQUE GENERATED ALWAYS AS (md5('indicator/' || code)::uuid) STORED,
    source                    text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    external_id               text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    code                      text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    name                      text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    unit                      text NOT NULL CHECK (length(unit) BETWEEN 1 AND 50),
    direction                 text NOT NULL CHECK (direction IN ('HIGHER', 'LOWER', 'RANGE', 'BINARY')),
    nature                    text NOT NULL CHECK (nature IN ('FLOW', 'STOCK', 'RATE', 'GROWTH')),
    frequency                 text NOT NULL CHECK (frequency IN ('MONTH', 'QUARTER', 'YEAR')),
    -- How the value of a place follows from its parts: their sum, the quotient of the sums of numerators and denominators, or not.
    over_places               text NOT NULL DEFAULT 'NONE' CHECK (over_places IN ('SUM', 'RATIO', 'NONE')),
    -- Value of the quotient 1: 100 for a rate in percent.
    scale                     numeric NOT NULL DEFAULT 100 CHECK (scale > 0),
    -- Days after the end of a period until which its value is to be published.
    reporting_lag_days        integer NOT NULL DEFAULT 30 CHECK (reporting_lag_days BETWEEN 0 AND 1000),
    owner_organization_code   text,
    accountable_position_code text,
    programme_codes           text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(programme_codes)),
    bottleneck_codes          text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(bottleneck_codes)),
    -- Indicator that this one is a part of: a contribution to the city's growth.
    parent_code               text,
    formula_version           integer NOT NULL DEFAULT 1 CHECK (formula_version > 0),
    formula                   text CHECK (length(formula) BETWEEN 1 AND 4000),
    numerator                 text CHECK (length(numerator) BETWEEN 1 AND 1000),
    denominator               text CHECK (length(denominator) BETWEEN 1 AND 1000),
    -- Scopes that are to report: CITY, AREA (each ward and commune), ORGANIZATION.
    scopes                    text[] NOT NULL DEFAULT '{CITY}',
    -- A critical indicator in red caps a score.
    critical                  boolean NOT NULL DEFAULT false,
    document                  text CHECK (length(document) BETWEEN 1 AND 500),
    recorded_by               text NOT NULL,
    version                   integer NOT NULL DEFAULT 1 CHECK (version > 0),
    observed_at               timestamptz NOT NULL,
    recorded_at               timestamptz NOT NULL DEFAULT now(),
    deleted_at                timestamptz,
    search                    text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || name || ' ' || unit)) STORED,
    folded_name               text NOT NULL GENERATED ALWAYS AS (platform.fold(name)) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT indicator_not_its_parent CHECK (parent_code <> code),
    CONSTRAINT indicator_scopes_known CHECK (scopes <@ ARRAY['CITY', 'AREA', 'ORGANIZATION'] AND cardinality(scopes) > 0),
    CONSTRAINT indicator_ratio_of_quotients CHECK (over_places <> 'RATIO' OR nature IN ('RATE', 'GROWTH')),
    CONSTRAINT indicator_sum_of_amounts CHECK (over_places <> 'SUM' OR nature IN ('FLOW', 'STOCK')),
    CONSTRAINT indicator_rate_names_parts CHECK (over_places <> 'RATIO' OR (numerator IS NOT NULL AND denominator IS NOT NULL))
);
CREATE INDEX indicator_search ON kpis.indicator USING gin (search gin_trgm_ops);
CREATE INDEX indicator_parent ON kpis.indicator (parent_code);
SELECT platform.keep_history('kpis.indicator', 'code');
CREATE TRIGGER indicator_acyclic BEFORE INSERT OR UPDATE OF parent_code ON kpis.indicator
    FOR EACH ROW EXECUTE FUNCTION directory.refuse_cycle();

-- Whether a period can have values of an indicator: a month of a monthly one. An indicator that is not known yet refuses nothing.
CREATE FUNCTION kpis.fits(indicator text, period text, coarser boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT CASE WHEN coarser THEN kpis.period_months(period) >= kpis.months_of(i.frequency)
                                 ELSE kpis.period_months(period) = kpis.months_of(i.frequency) END
                     FROM kpis.indicator AS i WHERE i.code = indicator), true)
$$;

-- Whether a scope is one of those of an indicator. As [`kpis.fits`] of what is not known yet.
CREATE FUNCTION kpis.has_scope(indicator text, area text, organization text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT CASE WHEN organization IS NOT NULL THEN 'ORGANIZATION'
                                 ELSE (SELECT CASE a.kind WHEN 'CITY' THEN 'CITY' ELSE 'AREA' END FROM directory.published_area AS a WHERE a.code = area)
                            END = ANY (i.scopes)
                     FROM kpis.indicator AS i WHERE i.code = indicator), true)
$$;

-- Whether an area exists in a period, or may: nobody said that it ended before.
CREATE FUNCTION kpis.has_area(area text, period text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NOT EXISTS (SELECT FROM directory.published_area AS a WHERE a.code = area AND a.valid_to <= kpis.period_first(period));

-- Whether the targets of an indicator are ranges; NULL of one that is not known yet.
CREATE FUNCTION kpis.is_range(indicator text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT i.direction = 'RANGE' FROM kpis.indicator AS i WHERE i.code = indicator);

-- Whether an indicator says that something is done or not; NULL of one that is not known yet.
CREATE FUNCTION kpis.is_binary(indicator text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT i.direction = 'BINARY' FROM kpis.indicator AS i WHERE i.code = indicator);

-- Value of an observation: what it states, or the quotient of its parts. A growth is that of the level over the level a year before.
CREATE FUNCTION kpis.value_of(nature text, scale numeric, value numeric, numerator numeric, denominator numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN nature IN ('RATE', 'GROWTH') AND numerator IS NOT NULL
        THEN scale * (numerator / denominator - CASE nature WHEN 'GROWTH' THEN 1 ELSE 0 END) ELSE value END;

-- Whether the value of an indicator follows from parts; NULL of one that is not known yet.
CREATE FUNCTION kpis.has_parts(indicator text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT i.nature IN ('RATE', 'GROWTH') FROM kpis.indicator AS i WHERE i.code = indicator);

-- Whether a stated value is that of the parts beside it, rounded as it is stated, or as a computer rounds: 97 and 97.0 are 1845 of 1902.
CREATE FUNCTION kpis.agrees(indicator text, value numeric, numerator numeric, denominator numeric) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT abs($2 - p.value) <= greatest(0.5 * power(10::numeric, -scale($2)), 1e-9 * abs(p.value))
                     FROM kpis.indicator AS i
                     CROSS JOIN LATERAL (SELECT kpis.value_of(i.nature, i.scale, $2, $3, $4) AS value) AS p
                     WHERE i.code = $1 AND $4 > 0), true)
$$;

-- Whether a value can be that of an indicator: what is done or not has 1 or 0. An indicator that is not known yet refuses nothing.
CREATE FUNCTION kpis.can_be(indicator text, value numeric, numerator numeric, denominator numeric) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT i.direction <> 'BINARY' OR kpis.value_of(i.nature, i.scale, $2, $3, $4) IN (0, 1) FROM kpis.indicator AS i WHERE i.code = $1), true)
$$;

-- Whether the points of a trajectory can be values of an indicator.
CREATE FUNCTION kpis.can_pass(indicator text, points text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT coalesce(bool_and(kpis.can_be(indicator, substr(point, 12)::numeric, NULL, NULL)), true) FROM unnest(points) AS p(point)
            WHERE point ~ '^.{10}=-?[0-9]{1,15}(\.[0-9]{1,28})?$');

-- Target of a series for a period. Of several versions the one decided last is in force, from the day of its decision until it is
-- withdrawn.
CREATE TABLE kpis.target (
    id                uuid PRIMARY KEY,
    source            text NOT NULL,
    external_id       text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    indicator_code    text NOT NULL,
    area_code         text,
    organization_code text,
    period            text NOT NULL,
    value             numeric,
    low               numeric,
    high              numeric,
    baseline          numeric,
    baseline_period   text,
    trajectory        text[] NOT NULL DEFAULT '{}',
    decided_on        date NOT NULL,
    -- First day on which it is no longer in force.
    withdrawn_on      date,
    document          text CHECK (length(document) BETWEEN 1 AND 500),
    -- Why the version was corrected.
    reason            text CHECK (length(reason) BETWEEN 1 AND 4000),
    withdrawal_reason text CHECK (length(withdrawal_reason) BETWEEN 1 AND 4000),
    recorded_by       text NOT NULL,
    version           integer NOT NULL DEFAULT 1,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    series_id         uuid NOT NULL GENERATED ALWAYS AS (kpis.series_of(indicator_code, area_code, organization_code)) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT target_one_scope CHECK (num_nonnulls(area_code, organization_code) = 1),
    CONSTRAINT target_period CHECK (kpis.period_months(period) IS NOT NULL),
    CONSTRAINT target_period_fits CHECK (kpis.fits(indicator_code, period, true)),
    CONSTRAINT target_baseline_period CHECK (baseline_period IS NULL OR kpis.period_months(baseline_period) IS NOT NULL),
    -- The way to the target begins at the baseline, so nothing of the target's period is in it.
    CONSTRAINT target_baseline_before CHECK (kpis.period_end(baseline_period) <= kpis.period_first(period)),
    CONSTRAINT target_value_or_range CHECK ((value IS NOT NULL) <> (low IS NOT NULL OR high IS NOT NULL)),
    CONSTRAINT target_low_not_above_high CHECK (low <= high),
    CONSTRAINT target_trajectory_dated CHECK (kpis.is_trajectory(trajectory)),
    CONSTRAINT target_trajectory_within CHECK (kpis.is_within(trajectory, period)),
    CONSTRAINT target_trajectory_ends CHECK (kpis.ends_at(trajectory, period, value)),
    CONSTRAINT target_decided CHECK (decided_on <= platform.day_of(observed_at)),
    CONSTRAINT target_decided_plausible CHECK (decided_on BETWEEN '1990-01-01' AND '2100-12-31'),
    CONSTRAINT target_withdrawn CHECK (withdrawn_on BETWEEN decided_on AND platform.day_of(observed_at)),
    -- A row that no longer counts may contradict what the indicator has become.
    CONSTRAINT target_scope_of_indicator CHECK (deleted_at IS NOT NULL OR kpis.has_scope(indicator_code, area_code, organization_code)),
    CONSTRAINT target_area_exists CHECK (deleted_at IS NOT NULL OR kpis.has_area(area_code, period)),
    CONSTRAINT target_range_has_bounds CHECK (deleted_at IS NOT NULL OR value IS NULL OR kpis.is_range(indicator_code) IS NOT TRUE),
    CONSTRAINT target_bounds_of_range CHECK (deleted_at IS NOT NULL OR num_nonnulls(low, high) = 0 OR kpis.is_range(indicator_code) IS NOT FALSE),
    CONSTRAINT target_value_of_binary CHECK (deleted_at IS NOT NULL OR kpis.can_be(indicator_code, value, NULL, NULL)),
    CONSTRAINT target_baseline_of_binary CHECK (deleted_at IS NOT NULL OR kpis.can_be(indicator_code, baseline, NULL, NULL)),
    CONSTRAINT target_trajectory_of_binary CHECK (deleted_at IS NOT NULL OR kpis.can_pass(indicator_code, trajectory))
);
CREATE UNIQUE INDEX target_version ON kpis.target (series_id, period, decided_on) WHERE deleted_at IS NULL;
CREATE INDEX target_indicator ON kpis.target (indicator_code);
SELECT platform.keep_history('kpis.target', 'id');

-- Value of a series in a period. A correction is a row with the next revision; the earlier one stays.
CREATE TABLE kpis.observation (
    id                uuid PRIMARY KEY,
    source            text NOT NULL,
    external_id       text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    indicator_code    text NOT NULL,
    area_code         text,
    organization_code text,
    period            text NOT NULL,
    revision          integer NOT NULL DEFAULT 1 CHECK (revision BETWEEN 1 AND 1000),
    value             numeric,
    -- Of a rate its parts; of a growth the level, and the level of the same period a year before.
    numerator         numeric,
    denominator       numeric,
    flags             text[] NOT NULL DEFAULT '{NORMAL}',
    status            text NOT NULL DEFAULT 'DRAFT' CHECK (status IN ('DRAFT', 'SUBMITTED', 'VERIFIED', 'PUBLISHED', 'WITHDRAWN')),
    -- Why it corrects the published value.
    reason            text CHECK (length(reason) BETWEEN 1 AND 4000),
    -- Why the statistics office returned it the last time.
    return_reason     text CHECK (length(return_reason) BETWEEN 1 AND 4000),
    withdrawal_reason text CHECK (length(withdrawal_reason) BETWEEN 1 AND 4000),
    note              text CHECK (length(note) BETWEEN 1 AND 4000),
    document          text CHECK (length(document) BETWEEN 1 AND 500),
    submitted_by      text,
    verified_by       text,
    recorded_by       text NOT NULL,
    version           integer NOT NULL DEFAULT 1,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    series_id         uuid NOT NULL GENERATED ALWAYS AS (kpis.series_of(indicator_code, area_code, organization_code)) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT observation_one_scope CHECK (num_nonnulls(area_code, organization_code) = 1),
    CONSTRAINT observation_period CHECK (kpis.period_months(period) IS NOT NULL),
    CONSTRAINT observation_period_of_frequency CHECK (kpis.fits(indicator_code, period, false)),
    CONSTRAINT observation_flags_known CHECK (flags <@ ARRAY['NORMAL', 'PROVISIONAL', 'ESTIMATED', 'FORECAST', 'MISSING', 'SUPPRESSED', 'BREAK'] AND cardinality(flags) > 0),
    CONSTRAINT observation_normal_alone CHECK (NOT 'NORMAL' = ANY (flags) OR cardinality(flags) = 1),
    CONSTRAINT observation_denominator_positive CHECK (denominator > 0),
    CONSTRAINT observation_parts_together CHECK (numerator IS NULL OR denominator IS NOT NULL),
    CONSTRAINT observation_has_value CHECK (flags && ARRAY['MISSING', 'SUPPRESSED'] OR value IS NOT NULL OR numerator IS NOT NULL),
    CONSTRAINT observation_missing_has_none CHECK (NOT flags && ARRAY['MISSING'] OR num_nonnulls(value, numerator) = 0),
    CONSTRAINT observation_value_of_amount CHECK (flags && ARRAY['MISSING', 'SUPPRESSED'] OR value IS NOT NULL OR kpis.has_parts(indicator_code) IS NOT FALSE),
    CONSTRAINT observation_period_begun CHECK (kpis.has_begun(period, observed_at)),
    -- What is published of a period that is not over is no value of it, unless it says that it is an estimate. What is done is done.
    CONSTRAINT observation_period_over CHECK (status <> 'PUBLISHED' OR flags && ARRAY['ESTIMATED', 'FORECAST', 'MISSING', 'SUPPRESSED']
        OR kpis.is_over(period, observed_at) OR kpis.is_binary(indicator_code) IS NOT FALSE),
    -- A row that no longer counts may contradict what the indicator has become.
    CONSTRAINT observation_scope_of_indicator CHECK (deleted_at IS NOT NULL OR status = 'WITHDRAWN' OR kpis.has_scope(indicator_code, area_code, organization_code)),
    CONSTRAINT observation_area_exists CHECK (deleted_at IS NOT NULL OR status = 'WITHDRAWN' OR kpis.has_area(area_code, period)),
    CONSTRAINT observation_value_of_parts CHECK (deleted_at IS NOT NULL OR status = 'WITHDRAWN' OR value IS NULL OR numerator IS NULL
        OR kpis.agrees(indicator_code, value, numerator, denominator)),
    CONSTRAINT observation_value_of_binary CHECK (deleted_at IS NOT NULL OR status = 'WITHDRAWN' OR kpis.can_be(indicator_code, value, numerator, denominator))
);
CREATE UNIQUE INDEX observation_revision ON kpis.observation (series_id, period, revision) WHERE deleted_at IS NULL;
CREATE INDEX observation_series ON kpis.observation (series_id);
CREATE INDEX observation_status ON kpis.observation (status, id) WHERE deleted_at IS NULL AND status <> 'PUBLISHED';
CREATE INDEX observation_indicator ON kpis.observation (indicator_code, period, id);
SELECT platform.keep_history('kpis.observation', 'id');

-- For other services.
CREATE VIEW kpis.published_indicator AS
    SELECT code, name, unit, owner_organization_code, programme_codes, bottleneck_codes FROM kpis.indicator WHERE deleted_at IS NULL;

SELECT directory.add_kind('indicator', 'EXISTS (SELECT FROM kpis.published_indicator WHERE code = asked)');

-- Thresholds of the judgement, as shares of the way from the baseline to the target, and points that a trend needs.
INSERT INTO directory.legal_rule (code, value, unit, valid_from, document) VALUES
    ('KPI_AMBER_GREEN_SHORTFALL', 0.05, 'share', '2020-01-01', 'platform default'),
    ('KPI_AMBER_RED_SHORTFALL', 0.15, 'share', '2020-01-01', 'platform default'),
    ('KPI_TREND_POINTS', 4, 'observations', '2020-01-01', 'platform default');
