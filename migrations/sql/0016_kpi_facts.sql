-- Facts of KPIs, stored as days (decision 0033), and the formulas behind them.
--
-- A computed number as clients carry it: rounded to 20 digits after the point; NULL of one that needs more digits than a `Decimal` has, such
-- as the quotient of the largest and the smallest number that can be stated.
CREATE FUNCTION kpis.rounded(value numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN abs(value) < 1e27 THEN trim_scale(round(value, 20)) END;

-- Formulas. Each is a pure function of its arguments; what it cannot say is NULL, and the reason has a name.

-- Distance of an actual from its target: positive beyond it, negative short of it. Of a range the distance outside, 0 inside; of no
-- bounds, as when an indicator has become a range after its target was set, nothing is said.
CREATE FUNCTION kpis.gap(direction text, actual numeric, target numeric, low numeric, high numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE direction WHEN 'RANGE' THEN CASE WHEN actual IS NOT NULL AND num_nonnulls(low, high) > 0 THEN greatest(low - actual, actual - high, 0) END
        WHEN 'LOWER' THEN target - actual ELSE actual - target END;

-- How far an actual is short of its target; 0 when it is met.
CREATE FUNCTION kpis.short_of(direction text, actual numeric, target numeric, low numeric, high numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE direction WHEN 'RANGE' THEN kpis.gap(direction, actual, target, low, high)
        ELSE greatest(-kpis.gap(direction, actual, target, low, high), CASE WHEN actual IS NOT NULL AND target IS NOT NULL THEN 0 END) END;

-- Value of several parts of a period together, by the nature of the indicator; of each part its growth weighs by the level a year before.
-- NULL of rates of which some have no numerator and denominator.
CREATE FUNCTION kpis.over_time(nature text, scale numeric, parts bigint, weighted bigint, total numeric, latest numeric, numerator numeric, denominator numeric,
    growth numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kpis.rounded(CASE nature WHEN 'FLOW' THEN total WHEN 'STOCK' THEN latest
        WHEN 'RATE' THEN CASE WHEN weighted = parts THEN scale * numerator / denominator WHEN parts = 1 THEN latest END
        WHEN 'GROWTH' THEN CASE WHEN weighted = parts THEN growth / denominator ELSE total / parts END END);

-- Why there is no attainment; NULL when there is one.
CREATE FUNCTION kpis.attainment_reason(direction text, actual numeric, target numeric, baseline numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN actual IS NULL THEN 'NO_OBSERVATION'
        WHEN direction = 'RANGE' THEN 'RANGE_HAS_NO_ATTAINMENT'
        WHEN baseline IS NOT NULL THEN
            CASE WHEN CASE direction WHEN 'LOWER' THEN baseline - target ELSE target - baseline END <= 0 THEN 'TARGET_NOT_BEYOND_BASELINE' END
        WHEN direction = 'LOWER' THEN
            CASE WHEN actual = 0 AND target >= 0 THEN NULL
                 WHEN target <= 0 THEN 'TARGET_NOT_POSITIVE'
                 WHEN actual <= 0 THEN 'ACTUAL_NOT_POSITIVE' END
        WHEN target <= 0 THEN 'TARGET_NOT_POSITIVE' END;

-- Attainment of a target: 1 is the whole of it. With a baseline it is the share of the way from the baseline, for both directions and
-- for targets that are zero or negative.
CREATE FUNCTION kpis.attainment(direction text, actual numeric, target numeric, baseline numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN kpis.attainment_reason(direction, actual, target, baseline) IS NOT NULL THEN NULL
        WHEN baseline IS NOT NULL THEN (actual - baseline) / (target - baseline)
        WHEN direction = 'LOWER' THEN CASE WHEN actual = 0 THEN 1 ELSE target / actual END
        ELSE actual / target END;

-- Whether an attainment needs the whole period. A part of a flow is no way from the baseline of a whole period, and of one that is
-- better lower the less has passed the better it would be.
CREATE FUNCTION kpis.needs_whole(nature text, direction text, baseline numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nature = 'FLOW' AND (baseline IS NOT NULL OR direction = 'LOWER');

-- Line through points by Theil and Sen (Sen 1968): the median of the slopes, and the median of y − m·x as the intercept. NULL with
-- fewer than two points.
CREATE FUNCTION kpis.theil_sen(xs integer[], ys numeric[]) RETURNS TABLE (slope double precision, intercept double precision)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    WITH point AS (SELECT x, y::double precision AS y FROM unnest(xs, ys) AS p(x, y)),
    line AS (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (later.y - point.y) / (later.x - point.x)) AS slope
             FROM point JOIN point AS later ON later.x > point.x)
    SELECT line.slope, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY y - line.slope * x) FROM point) FROM line
$$;

-- Growth that the rest of the year needs, so that the whole grows by the target: `done` is Σ growth·weight of what is over.
CREATE FUNCTION kpis.growth_needed(target numeric, done numeric, done_weight numeric, rest_weight numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (target * (done_weight + rest_weight) - done) / nullif(rest_weight, 0);

-- Value of a trajectory at the end of a day: that of its last point on or before it.
CREATE FUNCTION kpis.trajectory_at(points text[], day date) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substr(point, 12)::numeric FROM unnest(points) AS p(point) WHERE make_date(left(point, 4)::int, substr(point, 6, 2)::int, substr(point, 9, 2)::int) <= day
    ORDER BY point COLLATE "C" DESC LIMIT 1
$$;

-- Judgement of a shortfall, as a share, by the two thresholds.
CREATE FUNCTION kpis.rag(shortfall numeric, amber_green numeric, amber_red numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN shortfall = 0 THEN 'GREEN' WHEN shortfall <= amber_green THEN 'AMBER_GREEN' WHEN shortfall <= amber_red THEN 'AMBER_RED'
        WHEN shortfall > amber_red THEN 'RED' END;

-- A series: an indicator for a scope. A row that names its scope makes it.
CREATE TABLE kpis.series (
    id                uuid PRIMARY KEY,
    indicator_code    text NOT NULL,
    area_code         text,
    organization_code text
);
CREATE INDEX series_indicator ON kpis.series (indicator_code, area_code, organization_code);
CREATE INDEX series_area ON kpis.series (area_code);

-- A row names its series, and that of each area that its area became a part of: the value is carried over to it.
CREATE FUNCTION kpis.name_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kpis.series
        SELECT kpis.series_of(n.indicator_code, n.area_code, n.organization_code) AS id, n.*
        FROM (SELECT indicator_code, area_code, organization_code FROM written
              UNION SELECT w.indicator_code, h.to_code, NULL FROM written AS w JOIN directory.published_area_succession AS h ON h.from_code = w.area_code) AS n
        ORDER BY id
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION kpis.name_successors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kpis.series
        SELECT DISTINCT kpis.series_of(s.indicator_code, w.to_code, NULL) AS id, s.indicator_code, w.to_code
        FROM written AS w JOIN kpis.series AS s ON s.area_code = w.from_code
        ORDER BY id
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER name_series_inserted AFTER INSERT ON kpis.observation REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_series();
CREATE TRIGGER name_series_updated AFTER UPDATE ON kpis.observation REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_series();
CREATE TRIGGER name_series_inserted AFTER INSERT ON kpis.target REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_series();
CREATE TRIGGER name_series_updated AFTER UPDATE ON kpis.target REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_series();
CREATE TRIGGER name_series_inserted AFTER INSERT ON directory.area_succession REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_successors();
CREATE TRIGGER name_series_updated AFTER UPDATE ON directory.area_succession REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION kpis.name_successors();

-- Published value of a series in a period, for the days on which it was the latest: a correction begins a new run, and the run before
-- says what was known until then. `vintage` numbers the runs: another value, other flags, another revision or a publication after a
-- withdrawal has a new number. What was replaced or withdrawn on the day of its publication is a run of no day.
--
-- The values of a day are of the areas of that day. When areas are merged or divided, what was observed of a period before is of
-- other areas, also where one of them keeps its code: its run ends, and a run begins with the values of the parts by the shares of the
-- succession, if each share and each value is known. It is no published value and has no number. A value with the flag BREAK
-- is of the area as it is after the merger.
CREATE TABLE kpis.observed_fact (
    series_id      uuid NOT NULL,
    period         text NOT NULL,
    from_day       date NOT NULL,
    to_day         date NOT NULL CHECK (to_day >= from_day),
    period_first   date NOT NULL,
    period_end     date NOT NULL,
    observation_id uuid,
    value          numeric,
    numerator      numeric,
    denominator    numeric,
    flags          text[] NOT NULL,
    vintage        integer,
    observed_at    timestamptz NOT NULL,
    -- The instants of its begin and end.
    began_at       timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    -- Whether it is a value that was observed: a missing or a confidential one is not, and a forecast is no actual.
    counts         boolean NOT NULL,
    -- Codes of the areas that it was carried over from.
    carried_from   text[] NOT NULL,
    -- Whether the run ends because the area was merged or divided.
    merged         boolean NOT NULL,
    PRIMARY KEY (series_id, period, began_at),
    CHECK (to_day > from_day OR vintage IS NOT NULL),
    CHECK ((observation_id IS NULL) = (vintage IS NULL) AND (vintage IS NULL) = (carried_from <> '{}'))
);
CREATE INDEX observed_fact_revised ON kpis.observed_fact (from_day) WHERE vintage > 1 OR vintage IS NULL;
CREATE INDEX observed_fact_ended ON kpis.observed_fact (to_day) WHERE to_day < 'infinity';
CREATE INDEX observed_fact_observation ON kpis.observed_fact (observation_id);

-- A target, with what was known of its series, for a run of days.
CREATE TABLE kpis.target_fact (
    target_id      uuid NOT NULL,
    series_id      uuid NOT NULL,
    period         text NOT NULL,
    from_day       date NOT NULL,
    to_day         date NOT NULL CHECK (to_day > from_day),
    period_first   date NOT NULL,
    period_end     date NOT NULL,
    indicator_code text NOT NULL,
    scope          text NOT NULL CHECK (scope IN ('CITY', 'AREA', 'ORGANIZATION')),
    area_code      text,
    organization_code text,
    owner          text,
    position       text,
    nature         text NOT NULL,
    direction      text NOT NULL,
    critical       boolean NOT NULL,
    lag_days       integer NOT NULL,
    target         numeric,
    low            numeric,
    high           numeric,
    baseline       numeric,
    -- Value of the part of the period that was observed, and of a rate its parts.
    actual         numeric,
    numerator      numeric,
    denominator    numeric,
    -- The same part of the year before; NULL when a sub-period of it is not known, and of a growth.
    before         numeric,
    -- Ends (the days after) of the sub-periods that were observed when they were over, and how many the period has.
    ends           date[] NOT NULL,
    expected       integer NOT NULL,
    complete       boolean NOT NULL,
    -- Whether a part of the actual is an estimate from before the end of its sub-period.
    estimated      boolean NOT NULL,
    -- First day on which an observation of the period is overdue, and the months of a sub-period.
    late_from      date,
    step           integer NOT NULL,
    forecast       numeric,
    forecast_reason text CHECK (forecast_reason IN ('NO_OBSERVATION', 'NO_EARLIER_YEAR', 'FEW_POINTS', 'NO_NUMERATOR', 'GROWTH_HAS_NEED', 'BINARY_HAS_NO_FORECAST')),
    needed         numeric,
    trajectory     numeric,
    -- What is judged: the whole period, an estimate of it from before its end, or what is known of it against the trajectory, the
    -- target or the forecast.
    judged         text CHECK (judged IN ('PERIOD', 'ESTIMATE', 'TRAJECTORY', 'TO_DATE', 'FORECAST')),
    shortfall      numeric,
    rag            text CHECK (rag IN ('GREEN', 'AMBER_GREEN', 'AMBER_RED', 'RED')),
    rag_reason     text CHECK (rag_reason IN ('NO_OBSERVATION', 'NO_NUMERATOR', 'NO_EARLIER_YEAR', 'FEW_POINTS', 'BINARY_HAS_NO_FORECAST', 'TARGET_EQUALS_BASELINE')),
    observed_at    timestamptz NOT NULL
) PARTITION BY RANGE (to_day);
CREATE TABLE kpis.target_fact_past PARTITION OF kpis.target_fact FOR VALUES FROM (MINVALUE) TO ('infinity');
CREATE TABLE kpis.target_fact_present PARTITION OF kpis.target_fact FOR VALUES FROM ('infinity') TO (MAXVALUE);
CREATE INDEX target_fact_series ON kpis.target_fact (series_id, period, from_day);
CREATE INDEX target_fact_id ON kpis.target_fact (target_id);
CREATE INDEX target_fact_indicator ON kpis.target_fact (indicator_code);
CREATE INDEX target_fact_area ON kpis.target_fact (area_code);
CREATE INDEX target_fact_past_run ON kpis.target_fact_past (to_day, from_day);
CREATE INDEX target_fact_present_period ON kpis.target_fact_present (period_first, period_end);

SELECT platform.keep_rules('kpis.', 'kpis.target_fact', 'series_id', 'kpis.series', 'kpis.derive',
    ARRAY['KPI_AMBER_GREEN_SHORTFALL', 'KPI_AMBER_RED_SHORTFALL', 'KPI_TREND_POINTS']);

-- Value of a rule on a day.
CREATE FUNCTION kpis.rule(asked text, day date) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT value FROM kpis.fact_rule AS r WHERE r.code = asked AND directory.published_runs(r.valid_from, r.valid_to, day));

-- The planner takes each step for a few rows, so nested loops are off where the query does not ask for them: the work would grow with
-- the square of the observations.
CREATE FUNCTION kpis.observed_of(ids uuid[]) RETURNS SETOF kpis.observed_fact LANGUAGE sql STABLE ROWS 10000
    SET random_page_cost = 1.1 SET enable_nestloop = off SET jit = off AS $$
    -- What became a part of the area of a series, with the merger before and after. An area that kept its code and its whole is the same.
    WITH part AS MATERIALIZED (
        SELECT p.*, m.after, m.until
        FROM (SELECT s.id AS series_id, s.area_code, h.effective_on AS merged_on, h.from_code, kpis.series_of(s.indicator_code, h.from_code, NULL) AS part_id, h.share,
                     count(*) OVER merger AS parts, bool_or(h.from_code = h.to_code) OVER merger AS keeps_code
              FROM kpis.series AS s
              JOIN directory.published_area_succession AS h ON h.to_code = s.area_code
              WHERE s.id = ANY(ids)
              WINDOW merger AS (PARTITION BY s.id, h.effective_on)) AS p
        JOIN (SELECT to_code, effective_on, lag(effective_on, 1, '-infinity') OVER of_area AS after, lead(effective_on, 1, 'infinity') OVER of_area AS until
              FROM (SELECT DISTINCT to_code, effective_on FROM directory.published_area_succession) AS h WINDOW of_area AS (PARTITION BY to_code ORDER BY effective_on)) AS m
          ON m.effective_on = p.merged_on AND m.to_code = p.area_code
        WHERE NOT (p.parts = 1 AND p.keeps_code AND p.share IS NOT DISTINCT FROM 1)),
    state AS MATERIALIZED (
        SELECT folded.series_id, folded.indicator_code, folded.id, folded.observed_at,
               lead(folded.observed_at, 1, 'infinity') OVER (PARTITION BY folded.id ORDER BY folded.observed_at) AS ended_at, s.*
        FROM (SELECT e.series_id, e.indicator_code, e.id, e.observed_at, lead(e.observed_at) OVER past IS DISTINCT FROM e.observed_at AS is_last,
                     platform.fold_events(e.changes - ARRAY['note', 'document', 'reason', 'return_reason', 'withdrawal_reason']) OVER past AS state
              FROM (SELECT v.*, o.series_id, o.indicator_code
                    FROM kpis.observation AS o
                    CROSS JOIN LATERAL (SELECT * FROM kpis.observation_event AS v
                        WHERE v.id = o.id AND v.effective AND v.withdrawn_at IS NULL OFFSET 0) AS v
                    WHERE o.series_id = ANY(ids || ARRAY(SELECT part_id FROM part))) AS e
              WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)) AS folded
        CROSS JOIN LATERAL jsonb_to_record(kpis.observation_defaults() || folded.state) AS s(
            period text, revision integer, value numeric, numerator numeric, denominator numeric, flags text[], status text, deleted_at timestamptz)
        WHERE folded.is_last),
    -- A confidential value has no parts either.
    said AS MATERIALIZED (
        SELECT s.series_id, s.id, s.observed_at, s.ended_at, platform.day_of(s.observed_at, z.name) AS from_day, platform.day_of(s.ended_at, z.name) AS to_day,
               s.period, kpis.period_end(s.period) AS period_end, s.revision, s.flags,
               CASE WHEN s.shown THEN kpis.value_of(i.nature, i.scale, s.value, s.numerator, s.denominator) END AS value,
               CASE WHEN s.shown THEN s.numerator END AS numerator, CASE WHEN s.shown THEN s.denominator END AS denominator, i.nature, i.scale, i.over_places
        FROM (SELECT *, NOT flags && ARRAY['MISSING', 'SUPPRESSED'] AS shown FROM state WHERE status = 'PUBLISHED' AND deleted_at IS NULL) AS s
        JOIN kpis.indicator AS i ON i.code = s.indicator_code AND i.deleted_at IS NULL
        CROSS JOIN (SELECT platform.zone() AS name) AS z),
    -- What the parts said of periods before a merger, from the merger on.
    piece AS MATERIALIZED (
        SELECT p.series_id, p.merged_on, p.parts, p.from_code, p.share, s.period, greatest(s.from_day, p.merged_on) AS from_day, least(s.to_day, p.until) AS to_day,
               s.revision, s.observed_at, s.value, s.numerator, s.denominator, s.nature, s.scale, s.over_places,
               s.value IS NOT NULL AND NOT s.flags && ARRAY['FORECAST'] AS counts
        FROM part AS p
        JOIN said AS s ON s.series_id = p.part_id
        WHERE p.after < s.period_end AND s.period_end <= p.merged_on AND s.from_day < s.to_day AND s.to_day > p.merged_on AND s.from_day < p.until AND NOT s.flags && ARRAY['BREAK']),
    turn AS (
        SELECT e.*, lead(e.day, 1, 'infinity') OVER (PARTITION BY e.series_id, e.period ORDER BY e.day) AS to_day
        FROM (SELECT series_id, period, from_day AS day FROM piece UNION SELECT series_id, period, to_day FROM piece WHERE to_day < 'infinity') AS e),
    carried AS (
        SELECT h.series_id, h.period, h.day, h.to_day, array_agg(h.from_code ORDER BY h.from_code) AS carried_from, sum(h.share * h.value) AS value,
               sum(h.share * h.numerator) AS numerator, sum(h.share * h.denominator) AS denominator, max(h.observed_at) AS observed_at, h.nature, h.scale
        FROM (SELECT DISTINCT ON (t.series_id, t.period, t.day, p.from_code) t.*, p.parts, p.from_code, p.share, p.value, p.numerator, p.denominator, p.observed_at,
                     p.nature, p.scale, p.over_places, p.counts
              FROM turn AS t
              JOIN piece AS p ON p.series_id = t.series_id AND p.period = t.period AND p.from_day <= t.day AND t.day < p.to_day
              ORDER BY t.series_id, t.period, t.day, p.from_code, p.revision DESC, p.observed_at DESC) AS h
        GROUP BY h.series_id, h.period, h.day, h.to_day, h.parts, h.nature, h.scale, h.over_places
        HAVING count(*) = h.parts AND bool_and(h.counts AND h.share IS NOT NULL)
            AND CASE h.nature WHEN 'RATE' THEN count(h.numerator) = count(*) ELSE h.over_places = 'SUM' END),
    published AS MATERIALIZED (
        SELECT * FROM (
            SELECT s.series_id, s.id, s.observed_at AS from_at, CASE WHEN s.flags && ARRAY['BREAK'] THEN s.ended_at ELSE least(s.ended_at, m.merged_at) END AS to_at,
                   s.observed_at, s.period, s.revision, s.flags, s.value, s.numerator, s.denominator, '{}'::text[] AS carried_from,
                   coalesce(NOT s.flags && ARRAY['BREAK'] AND m.merged_at < s.ended_at, false) AS merged
            FROM said AS s
            LEFT JOIN (SELECT DISTINCT series_id, merged_on, merged_on::timestamp AT TIME ZONE platform.zone() AS merged_at, after FROM part WHERE keeps_code) AS m
              ON m.series_id = s.series_id AND m.after < s.period_end AND s.period_end <= m.merged_on
            WHERE s.series_id = ANY(ids)) AS own
        WHERE from_at < to_at
        UNION ALL
        SELECT series_id, NULL, day::timestamp AT TIME ZONE platform.zone(), to_day::timestamp AT TIME ZONE platform.zone(), observed_at, period, 0, ARRAY['BREAK'],
               CASE nature WHEN 'RATE' THEN scale * numerator / denominator ELSE value END,
               CASE nature WHEN 'RATE' THEN kpis.rounded(numerator) END, CASE nature WHEN 'RATE' THEN kpis.rounded(denominator) END, carried_from, false
        FROM carried),
    span AS (
        SELECT e.series_id, e.period, e.at, lead(e.at, 1, 'infinity') OVER (PARTITION BY e.series_id, e.period ORDER BY e.at) AS to_at
        FROM (SELECT series_id, period, from_at AS at FROM published
              UNION SELECT series_id, period, to_at FROM published WHERE to_at < 'infinity') AS e),
    -- Of several revisions the latest counts; what was carried over counts where nothing was published.
    held AS (
        SELECT DISTINCT ON (r.series_id, r.period, r.at) r.series_id, r.period, r.at, r.to_at, p.id, p.flags, kpis.rounded(p.value) AS value, p.numerator,
               p.denominator, p.observed_at, p.carried_from, p.merged AND p.to_at = r.to_at AS merged
        FROM span AS r
        JOIN published AS p ON p.series_id = r.series_id AND p.period = r.period AND p.from_at <= r.at AND r.at < p.to_at
        ORDER BY r.series_id, r.period, r.at, p.revision DESC, p.observed_at DESC),
    -- What says the same without a gap is one run.
    run AS (
        SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY series_id, period ORDER BY at) AS place
        FROM (SELECT *, lag(to_at) OVER w IS DISTINCT FROM at OR (id, value, numerator, denominator, flags, carried_from)
                  IS DISTINCT FROM (lag(id) OVER w, lag(value) OVER w, lag(numerator) OVER w, lag(denominator) OVER w, lag(flags) OVER w, lag(carried_from) OVER w) AS begins
              FROM held WINDOW w AS (PARTITION BY series_id, period ORDER BY at)) AS e)
    SELECT series_id, period, from_day, to_day, kpis.period_first(period), kpis.period_end(period), id, value, numerator, denominator, flags,
           CASE WHEN id IS NOT NULL THEN (count(id) OVER (PARTITION BY series_id, period ORDER BY at))::int END, observed_at, at, to_at,
           value IS NOT NULL AND NOT flags && ARRAY['FORECAST'], carried_from, merged
    FROM (SELECT r.*, z.from_day, z.to_day
          FROM (SELECT series_id, period, at, max(to_at) OVER of_run AS to_at, id, flags, value, numerator, denominator, observed_at, carried_from,
                       bool_or(merged) OVER of_run AS merged, begins
                FROM run WINDOW of_run AS (PARTITION BY series_id, period, place)) AS r
          CROSS JOIN LATERAL (SELECT platform.day_of(r.at, n.name) AS from_day, platform.day_of(r.to_at, n.name) AS to_day FROM (SELECT platform.zone() AS name) AS n) AS z
          WHERE r.begins) AS numbered
    WHERE id IS NOT NULL OR from_day < to_day
$$;

-- The facts of targets follow from those of observations, so these are written first.
CREATE FUNCTION kpis.targets_of(ids uuid[]) RETURNS SETOF kpis.target_fact LANGUAGE sql STABLE ROWS 10000
    SET random_page_cost = 1.1 SET enable_seqscan = off SET enable_nestloop = off SET jit = off AS $$
    WITH version AS MATERIALIZED (
        SELECT t.*, t.value AS target, kpis.period_first(t.period) AS first, kpis.period_end(t.period) AS last,
               least(lead(t.decided_on, 1, 'infinity') OVER (PARTITION BY t.series_id, t.period ORDER BY t.decided_on), t.withdrawn_on) AS until,
               min(t.decided_on) OVER (PARTITION BY t.series_id, t.period) AS since,
               i.nature, i.direction, i.scale, i.critical, i.reporting_lag_days AS lag_days, kpis.months_of(i.frequency) AS step,
               i.owner_organization_code AS owner, i.accountable_position_code AS position, a.kind AS area_kind
        FROM (SELECT * FROM kpis.target WHERE series_id = ANY(ids) AND deleted_at IS NULL OFFSET 0) AS t
        JOIN kpis.indicator AS i ON i.code = t.indicator_code AND i.deleted_at IS NULL
        LEFT JOIN directory.published_area AS a ON a.code = t.area_code),
    -- Read by series through the index wherever it is named.
    cell AS NOT MATERIALIZED (SELECT * FROM kpis.observed_fact WHERE counts),
    -- Days on which something changes: a decision, a withdrawal, a value within the period or of the years that a forecast reads, a rule.
    moment AS (
        SELECT m.series_id, m.period, m.day, lead(m.day, 1, 'infinity') OVER (PARTITION BY m.series_id, m.period ORDER BY m.day) AS to_day
        FROM (SELECT series_id, period, decided_on AS day FROM version
              UNION SELECT series_id, period, withdrawn_on FROM version WHERE withdrawn_on IS NOT NULL
              UNION SELECT v.series_id, v.period, edge.day
                    FROM (SELECT DISTINCT series_id, period, first, last, since FROM version) AS v
                    JOIN kpis.observed_fact AS c ON c.series_id = v.series_id AND c.period_first < v.last AND c.period_first >= v.first - interval '3 years' AND c.from_day < c.to_day
                    CROSS JOIN LATERAL unnest(ARRAY[c.from_day, c.to_day]) AS edge(day)
                    WHERE edge.day > v.since AND edge.day < 'infinity'
              UNION SELECT v.series_id, v.period, r.valid_from FROM version AS v JOIN kpis.fact_rule AS r ON r.valid_from > v.since) AS m),
    known AS (
        SELECT v.*, m.day, m.to_day, n.*, r.told, kpis.period_months(v.period) / v.step AS expected, greatest(n.seen_at, v.observed_at) AS known_at,
               -- Of a stock the last is enough.
               CASE WHEN v.nature = 'STOCK' THEN CASE WHEN b.last = n.ends[cardinality(n.ends)] - interval '1 year' THEN b.latest END
                   WHEN b.parts = n.parts THEN CASE v.nature WHEN 'FLOW' THEN b.total
                   WHEN 'RATE' THEN CASE WHEN b.weighted = b.parts THEN v.scale * b.numerator / b.denominator WHEN b.parts = 1 THEN b.latest END END END AS before
        FROM moment AS m
        JOIN version AS v ON v.series_id = m.series_id AND v.period = m.period AND v.decided_on <= m.day AND m.day < v.until
        CROSS JOIN LATERAL (
            SELECT count(*) AS parts, coalesce(array_agg(c.period_end ORDER BY c.period_end), '{}') AS ends, array_agg(c.period_first) AS firsts,
                   -- What was stated before the end of its part is an estimate of it; what is done is done.
                   coalesce(array_agg(c.period_end ORDER BY c.period_end) FILTER (WHERE c.from_day >= c.period_end OR v.direction = 'BINARY' AND c.value = 1), '{}') AS reported,
                   sum(c.value) AS total, (array_agg(c.value ORDER BY c.period_end DESC))[1] AS latest, count(c.denominator) AS weighted,
                   sum(c.numerator) AS numerator, sum(c.denominator) AS denominator, sum(c.value * c.denominator) AS growth, max(c.observed_at) AS seen_at
            FROM cell AS c
            WHERE c.series_id = v.series_id AND c.from_day <= m.day AND m.day < c.to_day AND c.period_first >= v.first AND c.period_end <= v.last) AS n
        CROSS JOIN LATERAL (
            SELECT count(*) AS parts, sum(c.value) AS total, (array_agg(c.value ORDER BY c.period_end DESC))[1] AS latest, max(c.period_end) AS last,
                   count(c.denominator) AS weighted, sum(c.numerator) AS numerator, sum(c.denominator) AS denominator
            FROM cell AS c
            WHERE c.series_id = v.series_id AND c.from_day <= m.day AND m.day < c.to_day AND c.period_first >= v.first - interval '1 year'
              AND c.period_end <= v.last - interval '1 year' AND (c.period_first + interval '1 year')::date = ANY (n.firsts)) AS b
        -- A report that says why there is no value is one; an estimate from before the end, and a forecast, are none.
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(c.period_end), '{}') AS told
            FROM kpis.observed_fact AS c
            WHERE c.series_id = v.series_id AND c.from_day <= m.day AND m.day < c.to_day AND c.period_first >= v.first AND c.period_end <= v.last
              AND c.from_day >= c.period_end AND NOT c.flags && ARRAY['FORECAST']) AS r),
    -- What was observed of the period, by the nature of the indicator.
    observed AS (
        SELECT k.*,
               kpis.over_time(k.nature, k.scale, k.parts, k.weighted, k.total, k.latest, k.numerator, k.denominator, k.growth) AS actual,
               w.is_whole, w.is_whole AND CASE k.nature WHEN 'STOCK' THEN k.last = ANY (k.reported) ELSE cardinality(k.reported) = k.parts END AS complete,
               -- The sum of a flow with a gap is no value of the way so far.
               CASE WHEN k.direction <> 'RANGE' AND (k.nature <> 'FLOW' OR k.first + make_interval(months => k.parts::int * k.step) = e.last) THEN kpis.trajectory_at(k.trajectory, e.last - 1) END AS planned
        FROM known AS k
        CROSS JOIN LATERAL (SELECT k.ends[cardinality(k.ends)] AS last) AS e
        CROSS JOIN LATERAL (SELECT CASE k.nature WHEN 'STOCK' THEN coalesce(e.last = k.last, false) ELSE k.parts = k.expected END AS is_whole) AS w),
    forecast AS (
        SELECT o.*, CASE WHEN o.is_whole AND NOT o.complete AND o.direction <> 'BINARY' THEN o.actual ELSE f.forecast END AS forecast, g.needed,
               CASE WHEN o.complete OR f.forecast IS NOT NULL OR o.is_whole AND o.direction <> 'BINARY' THEN NULL WHEN o.parts = 0 THEN 'NO_OBSERVATION' WHEN o.direction = 'BINARY' THEN 'BINARY_HAS_NO_FORECAST' WHEN o.nature = 'GROWTH' THEN 'GROWTH_HAS_NEED'
                    WHEN o.nature = 'FLOW' THEN 'NO_EARLIER_YEAR' WHEN o.actual IS NULL THEN 'NO_NUMERATOR' ELSE 'FEW_POINTS' END AS forecast_reason
        FROM observed AS o
        -- A flow by the share that the same part had of earlier years, of which every sub-period is known. A stock and a rate by the line
        -- through the last twelve points.
        LEFT JOIN LATERAL (
            SELECT CASE WHEN sum(y.part) * sum(y.whole) > 0 THEN kpis.rounded(o.total * sum(y.whole) / sum(y.part)) END AS forecast
            FROM (SELECT sum(c.value) AS whole, sum(c.value) FILTER (WHERE (c.period_first + make_interval(years => back))::date = ANY (o.firsts)) AS part
                  FROM generate_series(1, 3) AS back
                  JOIN cell AS c ON c.series_id = o.series_id AND c.from_day <= o.day AND o.day < c.to_day
                   AND c.period_first >= o.first - make_interval(years => back) AND c.period_end <= o.last - make_interval(years => back)
                  GROUP BY back HAVING count(*) = o.expected) AS y
            WHERE o.nature = 'FLOW'
            HAVING o.nature = 'FLOW'
            UNION ALL
            SELECT kpis.rounded((line.slope * p.at + line.intercept)::numeric)
            FROM (SELECT array_agg(month) AS months, array_agg(value) AS values, count(*) AS points, max(at) AS at
                  FROM (SELECT (extract(year FROM c.period_first) * 12 + extract(month FROM c.period_first))::int / o.step AS month, c.value,
                               (extract(year FROM o.last - 1) * 12 + extract(month FROM o.last - 1) - o.step + 1)::int / o.step AS at
                        FROM cell AS c
                        WHERE c.series_id = o.series_id AND c.from_day <= o.day AND o.day < c.to_day AND c.period_end <= o.last
                        ORDER BY c.period_first DESC LIMIT 12) AS point) AS p
            CROSS JOIN LATERAL kpis.theil_sen(p.months, p.values) AS line
            WHERE o.nature IN ('STOCK', 'RATE') AND o.actual IS NOT NULL AND p.points >= kpis.rule('KPI_TREND_POINTS', o.day)) AS f ON NOT o.is_whole AND o.parts > 0 AND o.direction <> 'BINARY'
        -- Growth that the rest needs. A sub-period weighs as its level a year before; when a weight is not known, all weigh the same.
        LEFT JOIN LATERAL (
            SELECT CASE WHEN o.weighted = o.parts AND count(before.numerator) = count(*)
                        THEN kpis.growth_needed(o.target, o.growth, o.denominator, sum(before.numerator))
                        ELSE kpis.growth_needed(o.target, o.total, o.parts, count(*)) END AS needed
            FROM generate_series(0, o.expected - 1) AS place
            CROSS JOIN LATERAL (SELECT (o.first + make_interval(months => place * o.step))::date AS first) AS rest
            LEFT JOIN cell AS before ON before.series_id = o.series_id AND before.from_day <= o.day AND o.day < before.to_day
             AND before.period_first = (rest.first - interval '1 year')::date
            WHERE o.nature = 'GROWTH' AND NOT rest.first = ANY (o.firsts)) AS g ON o.nature = 'GROWTH' AND NOT o.is_whole AND o.parts > 0),
    judged AS (
        SELECT f.*, j.judged,
               CASE WHEN j.judged = 'TRAJECTORY' THEN kpis.short_of(f.direction, f.actual, f.planned, f.planned, f.planned)
                    WHEN j.judged = 'FORECAST' THEN kpis.short_of(f.direction, f.forecast, f.target, f.low, f.high)
                    ELSE kpis.short_of(f.direction, f.actual, f.target, f.low, f.high) END AS short,
               abs(coalesce(f.target, CASE WHEN coalesce(f.forecast, f.actual) < f.low OR f.high IS NULL THEN f.low ELSE f.high END) - coalesce(f.baseline, 0)) AS way
        FROM forecast AS f
        CROSS JOIN LATERAL (SELECT CASE WHEN f.actual IS NULL THEN NULL WHEN f.complete THEN 'PERIOD' WHEN f.is_whole AND f.direction <> 'BINARY' THEN 'ESTIMATE' WHEN f.planned IS NOT NULL THEN 'TRAJECTORY'
            WHEN f.nature = 'GROWTH' OR f.direction = 'BINARY' AND f.actual >= f.target THEN 'TO_DATE' WHEN f.forecast IS NOT NULL THEN 'FORECAST' END AS judged) AS j)
    SELECT j.id, j.series_id, j.period, j.day, j.to_day, j.first, j.last, j.indicator_code,
           CASE WHEN j.organization_code IS NOT NULL THEN 'ORGANIZATION' WHEN j.area_kind = 'CITY' THEN 'CITY' ELSE 'AREA' END,
           j.area_code, j.organization_code, j.owner, j.position, j.nature, j.direction, j.critical, j.lag_days,
           j.target, j.low, j.high, j.baseline, j.actual, j.numerator, j.denominator, kpis.rounded(j.before), j.reported, j.expected, j.complete, cardinality(j.reported) < j.parts,
           (SELECT min(sub.last) + j.lag_days FROM generate_series(1, j.expected) AS place
            CROSS JOIN LATERAL (SELECT (j.first + make_interval(months => place * j.step))::date AS last) AS sub WHERE NOT sub.last = ANY (j.told)),
           j.step, j.forecast, j.forecast_reason, kpis.rounded(j.needed), j.planned, CASE WHEN j.way > 0 OR j.short = 0 THEN j.judged END, s.share,
           kpis.rag(s.share, kpis.rule('KPI_AMBER_GREEN_SHORTFALL', j.day), kpis.rule('KPI_AMBER_RED_SHORTFALL', j.day)),
           CASE WHEN s.share IS NOT NULL THEN NULL WHEN j.parts = 0 THEN 'NO_OBSERVATION' WHEN j.actual IS NULL THEN 'NO_NUMERATOR'
                WHEN j.judged IS NULL THEN j.forecast_reason ELSE 'TARGET_EQUALS_BASELINE' END,
           j.known_at
    FROM judged AS j
    CROSS JOIN LATERAL (SELECT CASE WHEN j.judged IS NULL THEN NULL WHEN j.short = 0 THEN 0 WHEN j.way > 0 THEN kpis.rounded(j.short / j.way) END AS share) AS s
$$;

-- Computes the facts of series anew and writes what differs. Returns the number of rows that differed. The series are locked in
-- the order of their ids, and the inputs are read after that.
CREATE FUNCTION kpis.derive(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    differ bigint;
BEGIN
    PERFORM kpis.hold_rules();
    PERFORM FROM kpis.series WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    differ := platform.write_facts('kpis.observed_fact', 'series_id', ids, ARRAY(SELECT f FROM kpis.observed_of(ids) AS f));
    RETURN differ + platform.write_facts('kpis.target_fact', 'series_id', ids, ARRAY(SELECT f FROM kpis.targets_of(ids) AS f));
END $$;

-- Series with what a row observed: its own, and those that it is carried over to.
CREATE FUNCTION kpis.series_with(indicator text, area text, organization text) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 2 AS $$
    SELECT kpis.series_of(indicator, area, organization)
    UNION SELECT kpis.series_of(indicator, h.to_code, NULL) FROM directory.published_area_succession AS h WHERE h.from_code = area
$$;

SELECT platform.feeds_facts('kpis.observation', 'kpis.derive', 'SELECT s FROM written AS o, kpis.series_with(o.indicator_code, o.area_code, o.organization_code) AS s');
SELECT platform.feeds_facts('kpis.observation_event', 'kpis.derive',
    'SELECT s FROM written JOIN kpis.observation AS o ON o.id = written.id, kpis.series_with(o.indicator_code, o.area_code, o.organization_code) AS s');
SELECT platform.feeds_facts('directory.area_succession', 'kpis.derive', 'SELECT s.id FROM written JOIN kpis.series AS s ON s.area_code = written.to_code');
SELECT platform.feeds_facts('kpis.target', 'kpis.derive', 'SELECT series_id FROM written');
SELECT platform.feeds_facts('kpis.indicator', 'kpis.derive', 'SELECT s.id FROM written JOIN kpis.series AS s ON s.indicator_code = written.code');

-- Changes of what is published of a period: a value that replaced another one, and a withdrawal that left none. A merger of areas is none;
-- a change of what was carried over is one. What another change of its day followed has no judgement, since no day ended with it.
CREATE VIEW kpis.revised AS
    SELECT c.series_id, c.period, c.period_first, c.period_end, c.from_day AS revised_on, c.began_at AS at, c.from_day < c.to_day AS is_judged,
           c.vintage, b.value AS before, c.value AS after, b.observation_id AS left_id, c.observation_id AS taken_id
    FROM kpis.observed_fact AS c
    CROSS JOIN LATERAL (
        SELECT * FROM kpis.observed_fact AS b
        WHERE b.series_id = c.series_id AND b.period = c.period AND b.began_at < c.began_at ORDER BY b.began_at DESC LIMIT 1) AS b
    WHERE (c.vintage > 1 OR c.vintage IS NULL)
      AND CASE WHEN c.vintage IS NULL THEN b.vintage IS NULL AND b.ended_at = c.began_at AND b.value <> c.value
          ELSE b.vintage < c.vintage AND NOT b.merged
              AND (b.ended_at < c.began_at OR (b.value, b.numerator, b.denominator, b.counts) IS DISTINCT FROM (c.value, c.numerator, c.denominator, c.counts)) END
    UNION ALL
    SELECT b.series_id, b.period, b.period_first, b.period_end, b.to_day, b.ended_at,
           NOT EXISTS (SELECT FROM kpis.observed_fact AS c WHERE c.series_id = b.series_id AND c.period = b.period AND c.from_day = b.to_day AND c.began_at > b.ended_at),
           NULL, b.value, NULL, b.observation_id, NULL
    FROM kpis.observed_fact AS b
    WHERE b.to_day < 'infinity' AND b.value IS NOT NULL AND b.vintage IS NOT NULL AND NOT b.merged
      AND NOT EXISTS (SELECT FROM kpis.observed_fact AS c WHERE c.series_id = b.series_id AND c.period = b.period AND c.began_at = b.ended_at);

-- Points of series to draw, for the sub-periods from the one with the day `first` to the one with the day `last`, as known on a day.
CREATE FUNCTION kpis.points(indicators text[], areas text[], organizations text[], first date, last date, as_of date)
    RETURNS TABLE (place bigint, period text, value numeric, numerator numeric, denominator numeric, flags text[], vintage integer, target numeric,
                   to_date numeric, year_target numeric, trajectory numeric, forecast numeric, forecast_low numeric, forecast_high numeric, carried_from text[])
    LANGUAGE sql STABLE SET random_page_cost = 1.1 SET jit = off AS $$
    WITH asked AS MATERIALIZED (
        SELECT a.place, kpis.series_of(a.indicator, a.area, a.organization) AS series_id, i.nature, i.scale, kpis.months_of(i.frequency) AS step
        FROM unnest(indicators, areas, organizations) WITH ORDINALITY AS a(indicator, area, organization, place)
        JOIN kpis.indicator AS i ON i.code = a.indicator AND i.deleted_at IS NULL),
    slot AS MATERIALIZED (
        SELECT a.*, s.day::date AS first, (s.day + make_interval(months => a.step))::date AS last, kpis.period_text(s.day::date, a.step) AS period
        FROM asked AS a
        CROSS JOIN LATERAL generate_series(
            make_date(extract(year FROM $4)::int, (extract(month FROM $4)::int - 1) / a.step * a.step + 1, 1)::timestamp, $5::timestamp, make_interval(months => a.step)) AS s(day)),
    own AS MATERIALIZED (
        SELECT a.place, a.step, c.* FROM asked AS a JOIN kpis.observed_fact AS c ON c.series_id = a.series_id AND c.from_day <= $6 AND $6 < c.to_day),
    known AS (SELECT * FROM own WHERE counts),
    -- The year so far, by the nature of the indicator, when each sub-period of it is known.
    so_far AS (
        SELECT place, period, kpis.over_time(nature, scale, parts, weighted, total, value, numerator, denominator, growth) AS value
        FROM (SELECT k.place, k.period, k.period_first, k.value, a.nature, a.scale, k.step, count(*) OVER year AS parts, sum(k.value) OVER year AS total, count(k.denominator) OVER year AS weighted,
                     sum(k.numerator) OVER year AS numerator, sum(k.denominator) OVER year AS denominator, sum(k.value * k.denominator) OVER year AS growth
              FROM known AS k JOIN asked AS a ON a.place = k.place
              WINDOW year AS (PARTITION BY k.place, extract(year FROM k.period_first) ORDER BY k.period_first)) AS y
        WHERE nature = 'STOCK' OR parts * step = extract(month FROM period_first) + step - 1),
    line AS (
        SELECT p.place, l.slope, l.intercept,
               (SELECT 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(y::double precision - l.slope * x - l.intercept)) FROM unnest(p.xs, p.ys) AS r(x, y)) AS spread
        FROM (SELECT place, array_agg(x) AS xs, array_agg(value) AS ys
              FROM (SELECT k.place, k.value, (extract(year FROM k.period_first) * 12 + extract(month FROM k.period_first))::int / k.step AS x,
                           row_number() OVER (PARTITION BY k.place ORDER BY k.period_first DESC) AS rank FROM known AS k) AS point
              WHERE rank <= 12 GROUP BY place HAVING count(*) >= kpis.rule('KPI_TREND_POINTS', $6)) AS p
        CROSS JOIN LATERAL kpis.theil_sen(p.xs, p.ys) AS l),
    -- What earlier years, each known whole, say of a sub-period that was not observed, from those of its year that were.
    season AS (
        SELECT s.place, s.period, y.back, sum(now.value) AS total, sum(before.value) AS part,
               (SELECT e.value FROM known AS e WHERE e.place = s.place AND e.period_first = (s.first - make_interval(years => y.back))::date) AS value
        FROM slot AS s
        CROSS JOIN generate_series(1, 3) AS y(back)
        JOIN known AS now ON now.place = s.place AND extract(year FROM now.period_first) = extract(year FROM s.first)
        JOIN known AS before ON before.place = s.place AND before.period_first = (now.period_first - make_interval(years => y.back))::date
        WHERE s.nature = 'FLOW' AND (SELECT count(*) FROM known AS k WHERE k.place = s.place AND extract(year FROM k.period_first) = extract(year FROM s.first) - y.back) = 12 / s.step
        GROUP BY s.place, s.period, s.first, y.back),
    seasonal AS (
        SELECT place, period, max(total) * sum(value) / nullif(sum(part), 0) AS forecast, min(total * value / nullif(part, 0)) AS low, max(total * value / nullif(part, 0)) AS high
        FROM season GROUP BY place, period)
    SELECT s.place, s.period,
           CASE WHEN o.counts THEN o.value END, CASE WHEN o.counts THEN o.numerator END, CASE WHEN o.counts THEN o.denominator END, coalesce(o.flags, '{}'),
           o.vintage, t.target, CASE WHEN o.counts THEN d.value END, y.target, kpis.trajectory_at(y.trajectory, s.last - 1),
           CASE WHEN o.counts IS NOT TRUE AND s.first >= coalesce(seen.last, s.first) THEN CASE s.nature WHEN 'FLOW' THEN kpis.rounded(f.forecast) WHEN 'GROWTH' THEN NULL ELSE kpis.rounded((l.slope * x.at + l.intercept)::numeric) END END,
           CASE WHEN o.counts IS NOT TRUE AND s.first >= coalesce(seen.last, s.first) THEN CASE s.nature WHEN 'FLOW' THEN kpis.rounded(f.low) WHEN 'GROWTH' THEN NULL ELSE kpis.rounded((l.slope * x.at + l.intercept - l.spread)::numeric) END END,
           CASE WHEN o.counts IS NOT TRUE AND s.first >= coalesce(seen.last, s.first) THEN CASE s.nature WHEN 'FLOW' THEN kpis.rounded(f.high) WHEN 'GROWTH' THEN NULL ELSE kpis.rounded((l.slope * x.at + l.intercept + l.spread)::numeric) END END,
           coalesce(o.carried_from, '{}')
    FROM slot AS s
    CROSS JOIN LATERAL (SELECT (extract(year FROM s.first) * 12 + extract(month FROM s.first))::int / s.step AS at) AS x
    LEFT JOIN own AS o ON o.place = s.place AND o.period = s.period
    LEFT JOIN so_far AS d ON d.place = s.place AND d.period = s.period
    LEFT JOIN line AS l ON l.place = s.place
    LEFT JOIN seasonal AS f ON f.place = s.place AND f.period = s.period
    LEFT JOIN (SELECT place, max(period_end) AS last FROM known GROUP BY place) AS seen ON seen.place = s.place
    LEFT JOIN kpis.target_fact AS t ON t.series_id = s.series_id AND t.period = s.period AND t.from_day <= $6 AND $6 < t.to_day
    LEFT JOIN (SELECT v.series_id, v.period_first, v.target, r.trajectory FROM kpis.target_fact AS v JOIN kpis.target AS r ON r.id = v.target_id
               WHERE v.from_day <= $6 AND $6 < v.to_day AND kpis.period_months(v.period) = 12) AS y
        ON y.series_id = s.series_id AND y.period_first = make_date(extract(year FROM s.first)::int, 1, 1)
    ORDER BY s.place, s.first
$$;

-- Wards and communes that exist on a day. What was merged has ended, also if nobody stated its end; before a merger the areas are those
-- that became others.
CREATE FUNCTION kpis.areas_on(day date) RETURNS SETOF text LANGUAGE sql STABLE ROWS 126 AS $$
    SELECT a.code FROM directory.published_area AS a
    WHERE a.kind <> 'CITY' AND directory.published_runs(coalesce(a.valid_from, '-infinity'), a.valid_to, $1)
      AND NOT (EXISTS (SELECT FROM directory.published_area_succession AS h WHERE h.from_code = a.code AND h.effective_on <= $1)
           AND NOT EXISTS (SELECT FROM directory.published_area_succession AS h WHERE h.to_code = a.code AND h.effective_on <= $1))
    UNION
    SELECT h.from_code FROM directory.published_area_succession AS h WHERE h.effective_on > $1
$$;

-- Value of the places of an indicator together, over the days from `first` to before `last`, as known on a day: the areas that exist
-- on it, or the organizations that report. Only places that were observed in all of it count; the others are missing.
CREATE FUNCTION kpis.together(indicator text, over text, first date, last date, as_of date)
    RETURNS TABLE (value numeric, reason text, reported bigint, expected bigint, missing text[]) LANGUAGE sql STABLE SET random_page_cost = 1.1 AS $$
    WITH asked AS (SELECT *, kpis.months_of(frequency) AS step FROM kpis.indicator AS i WHERE i.code = $1 AND i.deleted_at IS NULL),
    place AS (
        SELECT a.code, kpis.series_of($1, a.code, NULL) AS series_id FROM kpis.areas_on($5) AS a(code) WHERE $2 = 'AREA'
        UNION ALL SELECT s.organization_code, s.id FROM kpis.series AS s WHERE $2 = 'ORGANIZATION' AND s.indicator_code = $1 AND s.organization_code IS NOT NULL),
    read AS (
        SELECT p.code, n.*, CASE i.nature WHEN 'STOCK' THEN n.ended ELSE n.parts > 0 AND n.parts = n.expected END AS complete
        FROM asked AS i CROSS JOIN place AS p
        CROSS JOIN LATERAL (
            SELECT count(*) AS parts, sum(c.value) AS total, (array_agg(c.value ORDER BY c.period_end DESC))[1] AS latest, count(c.numerator) = count(*) AS has_parts,
                   sum(c.numerator) AS numerator, sum(c.denominator) AS denominator, coalesce(max(c.period_end) = $4, false) AS ended,
                   ((extract(year FROM $4) - extract(year FROM $3)) * 12 + extract(month FROM $4) - extract(month FROM $3)) / i.step AS expected
            FROM kpis.observed_fact AS c
            WHERE c.series_id = p.series_id AND c.from_day <= $5 AND $5 < c.to_day AND c.period_first >= $3 AND c.period_end <= $4 AND c.counts) AS n)
    SELECT CASE WHEN s.reason IS NULL THEN CASE i.over_places
               WHEN 'SUM' THEN CASE i.nature WHEN 'STOCK' THEN s.latest ELSE s.total END
               ELSE kpis.rounded(i.scale * (s.numerator / s.denominator - CASE i.nature WHEN 'GROWTH' THEN 1 ELSE 0 END)) END END,
           s.reason, s.reported, s.expected, s.missing
    FROM asked AS i CROSS JOIN LATERAL (
        SELECT sum(r.latest) FILTER (WHERE r.complete) AS latest, sum(r.total) FILTER (WHERE r.complete) AS total,
               sum(r.numerator) FILTER (WHERE r.complete) AS numerator, sum(r.denominator) FILTER (WHERE r.complete) AS denominator,
               count(*) FILTER (WHERE r.complete) AS reported, count(*) AS expected,
               coalesce(array_agg(r.code ORDER BY r.code) FILTER (WHERE NOT r.complete), '{}') AS missing,
               CASE WHEN i.over_places = 'NONE' THEN 'NOT_ADDITIVE'
                    WHEN count(*) FILTER (WHERE r.complete) = 0 THEN CASE WHEN $4 > $5 THEN 'PERIOD_NOT_OVER' ELSE 'NO_OBSERVATION' END
                    WHEN i.over_places = 'RATIO' AND NOT bool_and(r.has_parts) FILTER (WHERE r.complete) THEN 'NO_NUMERATOR' END AS reason
        FROM read AS r) AS s
$$;
