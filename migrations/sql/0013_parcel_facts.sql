-- Facts of land clearance, stored as days (decision 0033).
--
-- A milestone is a day, so what it derives needs no row of its own: "approved on day D" is `approved_on <= D`. A parcel has a
-- row for each party with a right to it, so that parties are counted without a join, and `is_first` marks the row by which the
-- parcel and its area are counted. With several parties that is a row without a party: a filter by party or by its kind takes
-- the parcel, and of its parties only those that it names. The rows are cut only where something changes that is no milestone:
-- the parcel itself, a hold, a handover in part, a plan, a payment.

CREATE TABLE projects.parcel_fact (
    parcel_id      uuid NOT NULL,
    from_day       date NOT NULL,
    to_day         date NOT NULL CHECK (to_day > from_day),
    -- Number of the party; NULL in the row of a parcel that has several parties, or none that is known.
    party          bigint,
    party_kind     text,
    -- That kind; of a row without a party the kinds of all parties of the parcel.
    party_kinds    text[] NOT NULL,
    vulnerable     boolean,
    is_first       boolean NOT NULL,
    site_code      text NOT NULL,
    land_type      text NOT NULL,
    to_acquire     numeric NOT NULL,
    -- m² handed over in part, and m² handed over from the day on which all of it is.
    in_part        numeric NOT NULL,
    handed_area    numeric NOT NULL,
    blocker        text,
    on_hold        boolean NOT NULL,
    scoped_on      date,
    notified_on    date,
    compulsory_on  date,
    inventoried_on date,
    drafted_on     date,
    posted_on      date,
    appraised_on   date,
    approved_on    date,
    paid_on        date,
    deposited_on   date,
    recovery_on    date,
    enforcement_on date,
    enforced_on    date,
    handed_on      date,
    closed_on      date,
    withdrawn_on   date,
    -- Last day on which the notice is valid.
    notice_until   date,
    -- Of the party: approval of its plan, last day of payment in time, settlement, refusal.
    plan_on        date,
    payment_until  date,
    settled_on     date,
    refused_on     date,
    -- Day of the first violation of a rule.
    violated_on    date,
    observed_at    timestamptz NOT NULL
) PARTITION BY RANGE (to_day);
CREATE TABLE projects.parcel_fact_past PARTITION OF projects.parcel_fact FOR VALUES FROM (MINVALUE) TO ('infinity');
CREATE TABLE projects.parcel_fact_present PARTITION OF projects.parcel_fact FOR VALUES FROM ('infinity') TO (MAXVALUE);
CREATE INDEX parcel_fact_parcel ON projects.parcel_fact (parcel_id, from_day);
CREATE INDEX parcel_fact_site ON projects.parcel_fact_present (site_code, parcel_id);
-- One for each order of a list; `NULL` is last in both directions.
CREATE INDEX parcel_fact_in_order ON projects.parcel_fact_present (site_code, parcel_id) WHERE is_first;
CREATE INDEX parcel_fact_area ON projects.parcel_fact_present (to_acquire, parcel_id) WHERE is_first;
CREATE INDEX parcel_fact_notice ON projects.parcel_fact_present (coalesce(notice_until, 'infinity'::date), parcel_id) WHERE is_first;
CREATE INDEX parcel_fact_notice_desc ON projects.parcel_fact_present (coalesce(notice_until, '-infinity'::date), parcel_id) WHERE is_first;
CREATE INDEX parcel_fact_observed ON projects.parcel_fact_present (observed_at, parcel_id) WHERE is_first;
CREATE INDEX parcel_fact_past_run ON projects.parcel_fact_past (to_day, from_day);

-- What breaks a rule of the law, with the article.
CREATE TABLE projects.violation (
    parcel_id   uuid NOT NULL,
    code        text NOT NULL CHECK (code IN ('POSTING_TOO_SHORT', 'NOT_POSTED', 'RECOVERY_WITHIN_NOTICE', 'NOTICE_LAPSED', 'RECOVERY_LATE',
                'RECOVERY_BEFORE_APPROVAL', 'ENFORCED_AT_TET', 'ENFORCED_AT_NIGHT', 'ENFORCED_ON_DAY_OFF', 'ENFORCED_WITHOUT_DECISION',
                'COMPULSORY_WITHOUT_PERSUASION', 'DIALOGUE_TOO_LATE', 'SHARES_NOT_ONE')),
    -- The milestone that breaks it, and its day.
    milestone   text,
    happened_on date NOT NULL,
    document    text NOT NULL,
    -- What was found and what the rule says, as numbers or days.
    found       text NOT NULL,
    accepted    text NOT NULL,
    PRIMARY KEY (parcel_id, code)
);

SELECT platform.keep_rules('projects.parcel_', 'projects.parcel_fact', 'parcel_id', 'projects.parcel_case', 'projects.derive_parcels', ARRAY[
    'LAND_NOTICE_AGRICULTURAL', 'LAND_NOTICE_OTHER', 'LAND_NOTICE_VALIDITY', 'LAND_POSTING', 'LAND_DIALOGUE', 'LAND_PERSUASION',
    'LAND_RECOVERY_LIMIT', 'LAND_RECOVERY_CONSENT', 'LAND_PAYMENT_LIMIT', 'LAND_ENFORCEMENT_TET', 'LAND_ENFORCEMENT_FROM_HOUR', 'LAND_ENFORCEMENT_TO_HOUR']);

-- Value of a rule of clearance on a day; NULL when none is in force.
CREATE FUNCTION projects.parcel_rule(asked text, day date) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT value FROM projects.parcel_fact_rule AS r WHERE r.code = asked AND directory.published_runs(r.valid_from, r.valid_to, day));

-- Its document.
CREATE FUNCTION projects.rule_document(asked text, day date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT document FROM directory.published_legal_rule AS r WHERE r.code = asked AND directory.published_runs(r.valid_from, r.valid_to, day));

-- Days of the milestones of parcels, and the day by which their rules are chosen: that of the notice, unless the site has an
-- override.
CREATE FUNCTION projects.milestones_of(ids uuid[]) RETURNS TABLE (
    parcel_id uuid, rules_on date, scoped_on date, notified_on date, agreed_on date, persuaded_on date, compulsory_on date, inventoried_on date,
    drafted_on date, posted_on date, dialogue_on date, appraised_on date, approved_on date, paid_on date, deposited_on date, recovery_on date,
    enforcement_on date, enforced_on date, enforced_at text, closed_on date, withdrawn_on date,
    first_on date, observed_at timestamptz)
    LANGUAGE sql STABLE ROWS 1000 SET random_page_cost = 1.1 SET enable_nestloop = on AS $$
    SELECT p.id, coalesce(min(s.rules_on), min(m.happened_on) FILTER (WHERE m.kind = 'NOTIFIED')),
           min(m.happened_on) FILTER (WHERE m.kind = 'SCOPED'), min(m.happened_on) FILTER (WHERE m.kind = 'NOTIFIED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'AGREED'), min(m.happened_on) FILTER (WHERE m.kind = 'PERSUADED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'COMPULSORY_INVENTORY'), min(m.happened_on) FILTER (WHERE m.kind = 'INVENTORIED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'PLAN_DRAFTED'), min(m.happened_on) FILTER (WHERE m.kind = 'POSTED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'DIALOGUE'), min(m.happened_on) FILTER (WHERE m.kind = 'APPRAISED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'APPROVED'), min(m.happened_on) FILTER (WHERE m.kind = 'PAID'),
           min(m.happened_on) FILTER (WHERE m.kind = 'DEPOSITED'), min(m.happened_on) FILTER (WHERE m.kind = 'RECOVERY_DECIDED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'ENFORCEMENT_DECIDED'), min(m.happened_on) FILTER (WHERE m.kind = 'ENFORCED'),
           min(m.happened_at) FILTER (WHERE m.kind = 'ENFORCED'), min(m.happened_on) FILTER (WHERE m.kind = 'CLOSED'),
           min(m.happened_on) FILTER (WHERE m.kind = 'WITHDRAWN'), min(m.happened_on), max(m.observed_at)
    FROM projects.parcel_case AS p
    LEFT JOIN projects.site AS s ON s.code = p.site_code AND s.deleted_at IS NULL
    LEFT JOIN projects.milestone AS m ON m.parcel_id = p.id AND m.parcel_id = ANY(ids) AND m.deleted_at IS NULL
    WHERE p.id = ANY(ids)
    GROUP BY p.id
$$;

-- Plans whose payments settle a plan: itself and its earlier revisions.
CREATE FUNCTION projects.revisions_of(plan projects.compensation_plan) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE ROWS 2 AS $$
    SELECT e.id FROM projects.compensation_plan AS e
    WHERE e.party_code = plan.party_code AND e.site_code = plan.site_code AND e.revision <= plan.revision AND e.deleted_at IS NULL
$$;

-- The plan in force of each party on a site: of the approved ones that with the highest revision, from its approval on. The
-- first is given for the days before its approval too.
CREATE FUNCTION projects.plans_of(ids uuid[]) RETURNS TABLE (
    parcel_id uuid, party_code text, plan_ids uuid[], amount numeric, approved_on date, effective_on date, from_day date, to_day date)
    LANGUAGE sql STABLE ROWS 1000 SET random_page_cost = 1.1 SET enable_nestloop = on AS $$
    SELECT v.parcel_id, v.party_code, ARRAY(SELECT projects.revisions_of(v.c)), (v.c).amount, (v.c).approved_on, coalesce((v.c).effective_on, (v.c).approved_on),
           CASE WHEN row_number() OVER (PARTITION BY v.parcel_id, v.party_code ORDER BY (v.c).revision) = 1 THEN '-infinity' ELSE (v.c).approved_on END, v.to_day
    FROM (SELECT p.id AS parcel_id, r.party_code, c, coalesce(min(c.approved_on) OVER (PARTITION BY p.id, r.party_code ORDER BY c.revision DESC
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 'infinity') AS to_day
          FROM projects.parcel_case AS p
          JOIN (SELECT DISTINCT r.parcel_id, r.party_code FROM projects.parcel_right AS r WHERE r.parcel_id = ANY(ids) AND r.deleted_at IS NULL) AS r ON r.parcel_id = p.id
          JOIN projects.compensation_plan AS c ON c.party_code = r.party_code AND c.site_code = p.site_code AND c.deleted_at IS NULL AND c.approved_on IS NOT NULL
          WHERE p.id = ANY(ids)) AS v
    WHERE (v.c).approved_on < v.to_day
$$;

-- Whether a parcel is on hold, from each day on which that was recorded. The last of a day counts: by the time of the day, or
-- as they were observed first, which a correction leaves as it was.
CREATE FUNCTION projects.holds_of(ids uuid[]) RETURNS TABLE (parcel_id uuid, day date, on_hold boolean)
    LANGUAGE sql STABLE ROWS 10 SET random_page_cost = 1.1 AS $$
    SELECT DISTINCT ON (m.parcel_id, m.happened_on) m.parcel_id, m.happened_on, m.kind = 'ON_HOLD'
    FROM projects.milestone AS m
    WHERE m.parcel_id = ANY(ids) AND m.deleted_at IS NULL AND m.kind IN ('ON_HOLD', 'RESUMED')
    ORDER BY m.parcel_id, m.happened_on, m.happened_at DESC NULLS LAST,
        (SELECT (min(e.observed_at), min(e.recorded_at)) FROM projects.milestone_event AS e WHERE e.id = m.id AND e.withdrawn_at IS NULL) DESC, m.kind DESC, m.id DESC
$$;

-- Base rows are read by index, and what was read is joined by hash: the planner does not know how much that is.
CREATE FUNCTION projects.parcel_facts_of(ids uuid[]) RETURNS SETOF projects.parcel_fact LANGUAGE sql STABLE ROWS 10000
    SET random_page_cost = 1.1 SET enable_nestloop = off AS $$
    WITH stone AS MATERIALIZED (SELECT * FROM projects.milestones_of(ids)),
    plan AS MATERIALIZED (SELECT * FROM projects.plans_of(ids)),
    -- Payments under all revisions of a plan.
    payment AS MATERIALIZED (
        SELECT plan.parcel_id, plan.party_code, pay.plan_id, pay.happened_on AS day,
               CASE pay.kind WHEN 'REVERSED' THEN -pay.amount WHEN 'REFUSED' THEN 0 ELSE pay.amount END AS net,
               CASE WHEN pay.kind IN ('PAID', 'DEPOSITED') THEN pay.happened_on END AS paid_on, CASE WHEN pay.kind = 'REFUSED' THEN pay.happened_on END AS refused_on
        FROM plan CROSS JOIN LATERAL unnest(plan.plan_ids) AS of(plan_id)
        JOIN projects.payment AS pay ON pay.plan_id = of.plan_id AND pay.plan_id = ANY(ARRAY(SELECT unnest(plan_ids) FROM plan)) AND pay.deleted_at IS NULL
        WHERE plan.to_day = 'infinity'),
    -- Whether the plan in force is settled, from each day of a payment, of a new revision, or of a plan of nothing on.
    paid AS MATERIALIZED (
        SELECT d.parcel_id, d.party_code, d.day AS from_day, lead(d.day, 1, 'infinity') OVER (PARTITION BY d.parcel_id, d.party_code ORDER BY d.day) AS to_day,
               coalesce(sum(pay.net), 0) >= plan.amount AS settled, coalesce(max(pay.paid_on), plan.approved_on) AS last_on, max(pay.refused_on) AS refused_on
        FROM (SELECT parcel_id, party_code, day FROM payment
              UNION SELECT parcel_id, party_code, approved_on FROM plan WHERE from_day > '-infinity' OR amount = 0) AS d
        JOIN plan ON plan.parcel_id = d.parcel_id AND plan.party_code = d.party_code AND plan.from_day <= d.day AND d.day < plan.to_day
        LEFT JOIN payment AS pay ON pay.parcel_id = d.parcel_id AND pay.party_code = d.party_code AND pay.day <= d.day AND pay.plan_id = ANY(plan.plan_ids)
        GROUP BY d.parcel_id, d.party_code, d.day, plan.amount, plan.approved_on),
    -- Parties with a right, and what the land office's sheet states of each of them.
    holder AS MATERIALIZED (
        SELECT r.parcel_id, r.party_code, y.number, y.kind, y.vulnerable, r.sheet, r.approved_on, r.paid_on, count(*) OVER (PARTITION BY r.parcel_id) AS holders
        FROM (SELECT r.parcel_id, r.party_code, min(w.source) AS sheet, min(w.approved_on) AS approved_on, min(w.paid_on) AS paid_on
              FROM projects.parcel_right AS r
              LEFT JOIN projects.clearance_sheet AS w ON w.source = r.source AND w.external_id = r.external_id AND w.deleted_at IS NULL
                  AND w.source = ANY(ARRAY(SELECT DISTINCT source FROM projects.parcel_right WHERE parcel_id = ANY(ids) AND deleted_at IS NULL))
                  AND w.external_id = ANY(ARRAY(SELECT external_id FROM projects.parcel_right WHERE parcel_id = ANY(ids) AND deleted_at IS NULL))
              WHERE r.parcel_id = ANY(ids) AND r.deleted_at IS NULL GROUP BY 1, 2) AS r
        LEFT JOIN projects.party AS y ON y.code = r.party_code AND y.deleted_at IS NULL
            AND y.code = ANY(ARRAY(SELECT party_code FROM projects.parcel_right WHERE parcel_id = ANY(ids) AND deleted_at IS NULL))),
    -- Approval and payment of parcels of a sheet that were recorded in another way: they are those of all its parties.
    apart AS MATERIALIZED (
        SELECT m.parcel_id, min(m.happened_on) FILTER (WHERE m.kind = 'APPROVED') AS approved_on, min(m.happened_on) FILTER (WHERE m.kind <> 'APPROVED') AS paid_on
        FROM projects.milestone AS m
        JOIN projects.parcel_case AS p ON p.id = m.parcel_id AND p.id = ANY(ids)
        JOIN (SELECT parcel_id, min(sheet) AS sheet FROM holder GROUP BY 1) AS h ON h.parcel_id = m.parcel_id AND h.sheet IS NOT NULL
        WHERE m.parcel_id = ANY(ids) AND m.deleted_at IS NULL AND m.kind IN ('APPROVED', 'PAID', 'DEPOSITED')
          AND (m.source, m.external_id) <> (h.sheet, p.external_id || '/' || m.kind)
        GROUP BY 1),
    -- The rows of each parcel.
    counted AS MATERIALIZED (
        SELECT parcel_id, party_code, number, kind, ARRAY[kind] AS kinds, vulnerable, sheet, approved_on, paid_on, holders = 1 AS is_first FROM holder WHERE number IS NOT NULL
        UNION ALL
        SELECT parcel_id, NULL, NULL, NULL, coalesce(array_agg(DISTINCT kind) FILTER (WHERE kind IS NOT NULL), '{}'), NULL, NULL, NULL, NULL, true
        FROM holder WHERE holders > 1 GROUP BY parcel_id),
    -- The state of each parcel at the end of each day with an event. It exists from its first milestone on.
    state AS MATERIALIZED (
        SELECT folded.id AS parcel_id, CASE WHEN folded.is_start THEN least(folded.day, stone.first_on) ELSE folded.day END AS from_day,
               lead(folded.day, 1, 'infinity') OVER (PARTITION BY folded.id ORDER BY folded.day) AS to_day,
               greatest(folded.observed_at, stone.observed_at) AS observed_at, s.*
        FROM (SELECT e.id, e.day, e.observed_at, platform.fold_events(e.changes) OVER past AS state,
                     lead(e.day) OVER past IS DISTINCT FROM e.day AS is_last, e.day = first_value(e.day) OVER past AS is_start
              FROM (SELECT *, platform.day_of(observed_at, (SELECT platform.zone())) AS day FROM projects.parcel_case_event
                    WHERE effective AND withdrawn_at IS NULL AND id = ANY(ids)) AS e
              WINDOW past AS (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal)) AS folded
        JOIN stone ON stone.parcel_id = folded.id
        CROSS JOIN LATERAL jsonb_to_record(projects.parcel_case_defaults() || folded.state) AS s(
            site_code text, land_type text, area_to_acquire numeric, area_handed_over numeric, blocker text, deleted_at timestamptz)
        WHERE folded.is_last),
    -- m² handed over, from each day of a handover or an enforcement on; one without an area is about all of the parcel.
    handover AS MATERIALIZED (
        SELECT m.parcel_id, m.happened_on AS from_day, lead(m.happened_on, 1, 'infinity') OVER w AS to_day, sum(sum(coalesce(m.area, 'Infinity'))) OVER w AS area
        FROM projects.milestone AS m WHERE m.parcel_id = ANY(ids) AND m.deleted_at IS NULL AND m.kind IN ('HANDED_OVER', 'ENFORCED') GROUP BY 1, 2
        WINDOW w AS (PARTITION BY m.parcel_id ORDER BY m.happened_on)),
    -- The day on which a parcel is handed over is that on which all of it is.
    handed AS MATERIALIZED (
        SELECT s.parcel_id, s.from_day, coalesce(min(h.from_day) FILTER (WHERE h.area >= s.area_to_acquire),
                   CASE WHEN s.area_handed_over >= s.area_to_acquire THEN max(h.from_day) END) AS day
        FROM state AS s JOIN handover AS h ON h.parcel_id = s.parcel_id GROUP BY s.parcel_id, s.from_day, s.area_handed_over, s.area_to_acquire),
    hold AS MATERIALIZED (
        SELECT h.parcel_id, h.day AS from_day, h.on_hold, lead(h.day, 1, 'infinity') OVER (PARTITION BY h.parcel_id ORDER BY h.day) AS to_day
        FROM projects.holds_of(ids) AS h),
    run AS (
        SELECT t.parcel_id, t.day AS from_day, lead(t.day, 1, 'infinity') OVER (PARTITION BY t.parcel_id ORDER BY t.day) AS to_day
        FROM (SELECT parcel_id, from_day AS day FROM state UNION SELECT parcel_id, from_day FROM hold UNION SELECT parcel_id, from_day FROM paid
              UNION SELECT parcel_id, from_day FROM handover WHERE area < 'Infinity') AS t)
    SELECT run.parcel_id, run.from_day, run.to_day, y.number, y.kind, coalesce(y.kinds, '{}'), y.vulnerable, coalesce(y.is_first, true), s.site_code, s.land_type,
           s.area_to_acquire, least(s.area_to_acquire, greatest(s.area_handed_over, part.area)), s.area_to_acquire,
           s.blocker, coalesce(h.on_hold, false), m.scoped_on, m.notified_on, m.compulsory_on, m.inventoried_on, m.drafted_on, m.posted_on,
           m.appraised_on, m.approved_on, m.paid_on, m.deposited_on, m.recovery_on, m.enforcement_on, m.enforced_on,
           handed.day, m.closed_on, m.withdrawn_on,
           (m.notified_on + make_interval(months => projects.parcel_rule('LAND_NOTICE_VALIDITY', m.rules_on)::int))::date,
           own.approved_on,
           own.effective_on + projects.parcel_rule('LAND_PAYMENT_LIMIT', coalesce(m.rules_on, own.effective_on))::int,
           own.settled_on, CASE WHEN NOT due.settled THEN due.refused_on END, broken.violated_on, s.observed_at
    FROM run
    JOIN stone AS m ON m.parcel_id = run.parcel_id
    JOIN state AS s ON s.parcel_id = run.parcel_id AND s.from_day <= run.from_day AND run.from_day < s.to_day AND s.site_code IS NOT NULL AND s.deleted_at IS NULL
    LEFT JOIN hold AS h ON h.parcel_id = run.parcel_id AND h.from_day <= run.from_day AND run.from_day < h.to_day
    LEFT JOIN handed ON handed.parcel_id = s.parcel_id AND handed.from_day = s.from_day
    LEFT JOIN handover AS part ON part.parcel_id = run.parcel_id AND part.from_day <= run.from_day AND run.from_day < part.to_day AND part.area < 'Infinity'
    LEFT JOIN counted AS y ON y.parcel_id = run.parcel_id
    LEFT JOIN plan ON plan.parcel_id = run.parcel_id AND plan.party_code = y.party_code AND plan.from_day <= run.from_day AND run.from_day < plan.to_day
    LEFT JOIN (SELECT v.parcel_id, min(v.happened_on) AS violated_on FROM projects.violation AS v WHERE v.parcel_id = ANY(ids) GROUP BY 1) AS broken
        ON broken.parcel_id = run.parcel_id
    LEFT JOIN paid AS due ON due.parcel_id = run.parcel_id AND due.party_code = y.party_code AND due.from_day <= run.from_day AND run.from_day < due.to_day
    LEFT JOIN apart ON apart.parcel_id = run.parcel_id AND y.sheet IS NOT NULL
    -- Of the party: by its plan; by its row of the sheet; or that of the parcel. The row of a parcel with several parties has none.
    CROSS JOIN LATERAL (SELECT
        CASE WHEN y.is_first AND y.party_code IS NULL THEN NULL WHEN plan.plan_ids IS NOT NULL THEN plan.approved_on
             WHEN y.sheet IS NOT NULL THEN least(y.approved_on, apart.approved_on) ELSE m.approved_on END AS approved_on,
        CASE WHEN y.is_first AND y.party_code IS NULL THEN NULL WHEN plan.plan_ids IS NOT NULL THEN plan.effective_on
             WHEN y.sheet IS NOT NULL THEN least(y.approved_on, apart.approved_on) ELSE m.approved_on END AS effective_on,
        CASE WHEN y.is_first AND y.party_code IS NULL THEN NULL WHEN plan.plan_ids IS NOT NULL THEN CASE WHEN due.settled THEN due.last_on END
             WHEN y.sheet IS NOT NULL THEN least(y.paid_on, apart.paid_on) ELSE least(m.paid_on, m.deposited_on) END AS settled_on) AS own
$$;

-- What breaks a rule. Verbs refuse it; what is pushed as a fact that happened is kept and reported.
CREATE FUNCTION projects.violations_of(ids uuid[]) RETURNS SETOF projects.violation LANGUAGE sql STABLE ROWS 100
    SET random_page_cost = 1.1 SET enable_nestloop = off AS $$
    WITH fact AS MATERIALIZED (
        SELECT m.*, p.land_type, s.consent, s.urgent, t.provided_on, t.waits FROM projects.milestones_of(ids) AS m JOIN projects.parcel_case AS p ON p.id = m.parcel_id AND p.id = ANY(ids)
        LEFT JOIN projects.site AS s ON s.code = p.site_code AND s.deleted_at IS NULL
        -- Resettlement of the parties of the parcel: the last day on which it was provided, and whether one still waits for it.
        LEFT JOIN (SELECT r.parcel_id, max(t.provided_on) AS provided_on, bool_or(t.provided_on IS NULL) AS waits
                   FROM projects.parcel_right AS r JOIN projects.parcel_case AS p ON p.id = r.parcel_id AND p.id = ANY(ids)
                   JOIN projects.resettlement AS t ON t.site_code = p.site_code AND t.party_code = r.party_code AND t.deleted_at IS NULL
                       AND t.site_code = ANY(ARRAY(SELECT site_code FROM projects.parcel_case WHERE id = ANY(ids)))
                   WHERE r.parcel_id = ANY(ids) AND r.deleted_at IS NULL GROUP BY 1) AS t ON t.parcel_id = m.parcel_id
        WHERE p.deleted_at IS NULL),
    limits AS MATERIALIZED (
        SELECT d.rules_on, projects.parcel_rule('LAND_POSTING', d.rules_on)::int AS posting, projects.parcel_rule('LAND_NOTICE_AGRICULTURAL', d.rules_on)::int AS agricultural,
               projects.parcel_rule('LAND_NOTICE_OTHER', d.rules_on)::int AS other, projects.parcel_rule('LAND_NOTICE_VALIDITY', d.rules_on)::int AS validity,
               projects.parcel_rule('LAND_DIALOGUE', d.rules_on)::int AS dialogue, projects.parcel_rule('LAND_PERSUASION', d.rules_on)::int AS persuasion,
               projects.parcel_rule('LAND_RECOVERY_LIMIT', d.rules_on)::int AS recovery
        FROM (SELECT DISTINCT rules_on FROM fact WHERE rules_on IS NOT NULL) AS d),
    judged AS MATERIALIZED (SELECT f.*, l.posting, l.validity, l.dialogue, l.persuasion, l.recovery,
            CASE WHEN f.land_type = 'AGRI' THEN l.agricultural ELSE l.other END AS notice FROM fact AS f LEFT JOIN limits AS l USING (rules_on))
    SELECT parcel_id, 'POSTING_TOO_SHORT', 'APPROVED', approved_on, projects.rule_document('LAND_POSTING', rules_on),
           format('%s days', approved_on - posted_on), format('at least %s days', posting)
    FROM judged WHERE approved_on >= posted_on AND approved_on - posted_on < posting
    UNION ALL
    SELECT parcel_id, 'NOT_POSTED', 'APPROVED', approved_on, projects.rule_document('LAND_POSTING', rules_on), coalesce(format('posted on %s', posted_on), 'no posting'),
           format('a posting of at least %s days', posting)
    FROM judged WHERE approved_on IS NOT NULL AND (posted_on IS NULL OR posted_on > approved_on) AND posting IS NOT NULL
    UNION ALL
    SELECT parcel_id, 'RECOVERY_WITHIN_NOTICE', 'RECOVERY_DECIDED', recovery_on,
           projects.rule_document(CASE WHEN land_type = 'AGRI' THEN 'LAND_NOTICE_AGRICULTURAL' ELSE 'LAND_NOTICE_OTHER' END, rules_on),
           format('%s days after the notice', recovery_on - notified_on), format('at least %s days, or the agreement of all', notice)
    FROM judged WHERE recovery_on - notified_on < notice AND NOT coalesce(agreed_on <= recovery_on, false)
    UNION ALL
    SELECT parcel_id, 'NOTICE_LAPSED', 'RECOVERY_DECIDED', recovery_on, projects.rule_document('LAND_NOTICE_VALIDITY', rules_on),
           recovery_on::text, format('up to %s', (notified_on + make_interval(months => validity))::date)
    FROM judged WHERE recovery_on > (notified_on + make_interval(months => validity))::date
    UNION ALL
    SELECT parcel_id, 'RECOVERY_LATE', 'RECOVERY_DECIDED', recovery_on, projects.rule_document('LAND_RECOVERY_LIMIT', rules_on),
           format('%s days after %s', recovery_on - greatest(approved_on, provided_on), CASE WHEN provided_on > approved_on THEN 'the resettlement' ELSE 'the approval' END),
           format('up to %s days', recovery)
    FROM judged WHERE approved_on IS NOT NULL AND NOT coalesce(waits, false) AND recovery_on - greatest(approved_on, provided_on) > recovery
    UNION ALL
    SELECT parcel_id, 'RECOVERY_BEFORE_APPROVAL', 'RECOVERY_DECIDED', recovery_on,
           coalesce(projects.rule_document('LAND_RECOVERY_CONSENT', recovery_on), projects.rule_document('LAND_RECOVERY_LIMIT', recovery_on)),
           CASE WHEN consent IS NULL THEN 'no approval before it' ELSE format('no approval before it; %s of the land users agree', consent) END,
           coalesce(format('after the approval, or agreement of more than %s', projects.parcel_rule('LAND_RECOVERY_CONSENT', recovery_on)), 'after the approval')
    FROM judged WHERE recovery_on IS NOT NULL AND NOT coalesce(approved_on <= recovery_on, false) AND NOT coalesce(urgent, false)
        AND NOT coalesce(consent > projects.parcel_rule('LAND_RECOVERY_CONSENT', recovery_on), false)
        AND projects.rule_document('LAND_RECOVERY_LIMIT', recovery_on) IS NOT NULL
    UNION ALL
    SELECT parcel_id, 'ENFORCED_AT_TET', 'ENFORCED', enforced_on, projects.rule_document('LAND_ENFORCEMENT_TET', enforced_on), enforced_on::text,
           format('before %s or after %s', t.first_day - t.days, t.last_day + t.days)
    FROM judged JOIN (
        SELECT min(day) AS first_day, max(day) AS last_day, projects.parcel_rule('LAND_ENFORCEMENT_TET', min(day))::int AS days
        FROM directory.published_calendar_day WHERE name LIKE 'Tết Nguyên đán%' GROUP BY extract(year FROM day)) AS t
        ON enforced_on BETWEEN t.first_day - t.days AND t.last_day + t.days
    UNION ALL
    SELECT parcel_id, 'ENFORCED_AT_NIGHT', 'ENFORCED', enforced_on, projects.rule_document('LAND_ENFORCEMENT_TO_HOUR', enforced_on), enforced_at,
           format('from %s:00 to %s:00', projects.parcel_rule('LAND_ENFORCEMENT_FROM_HOUR', enforced_on), projects.parcel_rule('LAND_ENFORCEMENT_TO_HOUR', enforced_on))
    FROM judged WHERE left(enforced_at, 2)::int < projects.parcel_rule('LAND_ENFORCEMENT_FROM_HOUR', enforced_on)
        OR left(enforced_at, 2)::int >= projects.parcel_rule('LAND_ENFORCEMENT_TO_HOUR', enforced_on)
    UNION ALL
    SELECT parcel_id, 'ENFORCED_ON_DAY_OFF', 'ENFORCED', enforced_on, projects.rule_document('LAND_ENFORCEMENT_TET', enforced_on),
           coalesce(c.name, to_char(enforced_on, 'FMDay')), 'a working day'
    -- Saturdays and Sundays are days off where the calendar says nothing else.
    FROM judged LEFT JOIN directory.published_calendar_day AS c ON c.day = enforced_on
    WHERE NOT coalesce(c.working, extract(isodow FROM enforced_on) < 6) AND projects.rule_document('LAND_ENFORCEMENT_TET', enforced_on) IS NOT NULL
    UNION ALL
    SELECT parcel_id, 'ENFORCED_WITHOUT_DECISION', 'ENFORCED', enforced_on, projects.rule_document('LAND_ENFORCEMENT_TET', enforced_on),
           coalesce(format('decided on %s', enforcement_on), 'no decision'), 'a decision of enforcement before it'
    FROM judged WHERE enforced_on IS NOT NULL AND NOT coalesce(enforcement_on <= enforced_on, false)
        AND projects.rule_document('LAND_ENFORCEMENT_TET', enforced_on) IS NOT NULL
    UNION ALL
    SELECT parcel_id, 'COMPULSORY_WITHOUT_PERSUASION', 'COMPULSORY_INVENTORY', compulsory_on, projects.rule_document('LAND_PERSUASION', rules_on),
           coalesce(format('%s days', compulsory_on - persuaded_on), 'no persuasion'), format('%s days of persuasion', persuasion)
    FROM judged WHERE compulsory_on IS NOT NULL AND persuasion IS NOT NULL AND NOT coalesce(compulsory_on - persuaded_on >= persuasion, false)
    UNION ALL
    SELECT parcel_id, 'DIALOGUE_TOO_LATE', 'DIALOGUE', dialogue_on, projects.rule_document('LAND_DIALOGUE', rules_on),
           format('%s days after the posting', dialogue_on - posted_on), format('up to %s days', dialogue)
    FROM judged WHERE dialogue_on - posted_on > dialogue
    UNION ALL
    -- All rows of rights are there when the shares of a kind sum to 1.
    SELECT DISTINCT ON (parcel_id) parcel_id, 'SHARES_NOT_ONE', NULL, since, 'LADM, ISO 19152: the shares of a right sum to 1', format('%s: %s', kind, shares), '1'
    FROM (SELECT r.parcel_id, r.kind, sum(r.share) AS shares, platform.day_of(max(r.observed_at)) AS since
          FROM projects.parcel_right AS r WHERE r.parcel_id = ANY(ids) AND r.deleted_at IS NULL GROUP BY r.parcel_id, r.kind) AS r
    WHERE abs(shares - 1) > 0.0001
$$;

-- Computes the facts and violations of parcels anew and writes what differs. Returns the number of rows that differed.
CREATE FUNCTION projects.derive_parcels(ids uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    differ bigint;
BEGIN
    PERFORM projects.parcel_hold_rules();
    PERFORM FROM projects.parcel_case WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    differ := platform.write_facts('projects.violation', 'parcel_id', ids, ARRAY(SELECT v FROM projects.violations_of(ids) AS v));
    -- The facts have the day of the first violation.
    RETURN differ + platform.write_facts('projects.parcel_fact', 'parcel_id', ids, ARRAY(SELECT f FROM projects.parcel_facts_of(ids) AS f));
END $$;

SELECT platform.feeds_facts('projects.parcel_case_event', 'projects.derive_parcels', 'SELECT id FROM written');
SELECT platform.feeds_facts(input, 'projects.derive_parcels', 'SELECT parcel_id FROM written')
    FROM unnest(ARRAY['projects.milestone', 'projects.parcel_right']::regclass[]) AS input;
SELECT platform.feeds_facts('projects.resettlement', 'projects.derive_parcels',
    'SELECT r.parcel_id FROM written JOIN projects.parcel_right AS r ON r.party_code = written.party_code');
-- The milestones of a parcel do not tell which of its parties the sheet says was paid.
SELECT platform.feeds_facts('projects.clearance_sheet', 'projects.derive_parcels',
    'SELECT p.id FROM written JOIN projects.parcel_case AS p ON (p.site_code, p.map_sheet, p.parcel_number) = (written.site_code, written.map_sheet, written.parcel_number) AND p.deleted_at IS NULL');
SELECT platform.feeds_facts('projects.party', 'projects.derive_parcels',
    'SELECT r.parcel_id FROM written JOIN projects.parcel_right AS r ON r.party_code = written.code');
SELECT platform.feeds_facts('projects.compensation_plan', 'projects.derive_parcels',
    'SELECT r.parcel_id FROM written JOIN projects.parcel_right AS r ON r.party_code = written.party_code');
SELECT platform.feeds_facts('projects.payment', 'projects.derive_parcels',
    'SELECT r.parcel_id FROM written JOIN projects.compensation_plan AS c ON c.id = written.plan_id JOIN projects.parcel_right AS r ON r.party_code = c.party_code');
SELECT platform.feeds_facts('projects.site', 'projects.derive_parcels',
    'SELECT p.id FROM written JOIN projects.parcel_case AS p ON p.site_code = written.code');

-- Furthest stage on a day. Handover may come before the decision, and the decision before the approval; the stages have the
-- order in which they end.
CREATE FUNCTION projects.stage(as_of date, closed_on date, handed_on date, recovery_on date, paid_on date, deposited_on date, approved_on date,
    appraised_on date, posted_on date, drafted_on date, inventoried_on date, notified_on date, scoped_on date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN closed_on <= as_of THEN 'CLOSED' WHEN handed_on <= as_of THEN 'HANDED_OVER' WHEN recovery_on <= as_of THEN 'RECOVERY_DECIDED'
                WHEN paid_on <= as_of OR deposited_on <= as_of THEN 'SETTLED' WHEN approved_on <= as_of THEN 'APPROVED'
                WHEN appraised_on <= as_of THEN 'APPRAISED' WHEN posted_on <= as_of THEN 'POSTED' WHEN drafted_on <= as_of THEN 'PLAN_DRAFTED'
                WHEN inventoried_on <= as_of THEN 'INVENTORIED' WHEN notified_on <= as_of THEN 'NOTIFIED' WHEN scoped_on <= as_of THEN 'SCOPED'
                ELSE 'NONE' END;

-- Day from which a parcel is in its furthest stage.
CREATE FUNCTION projects.stage_since(as_of date, closed_on date, handed_on date, recovery_on date, paid_on date, deposited_on date, approved_on date,
    appraised_on date, posted_on date, drafted_on date, inventoried_on date, notified_on date, scoped_on date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN closed_on <= as_of THEN closed_on WHEN handed_on <= as_of THEN handed_on WHEN recovery_on <= as_of THEN recovery_on
                WHEN least(paid_on, deposited_on) <= as_of THEN least(paid_on, deposited_on) WHEN approved_on <= as_of THEN approved_on
                WHEN appraised_on <= as_of THEN appraised_on WHEN posted_on <= as_of THEN posted_on WHEN drafted_on <= as_of THEN drafted_on
                WHEN inventoried_on <= as_of THEN inventoried_on WHEN notified_on <= as_of THEN notified_on ELSE
                CASE WHEN scoped_on <= as_of THEN scoped_on END END;

-- Milestones of the ladder below the furthest stage that are not recorded on a day. A deposit stands for a payment.
CREATE FUNCTION projects.missing(as_of date, closed_on date, handed_on date, recovery_on date, paid_on date, approved_on date,
    appraised_on date, posted_on date, drafted_on date, inventoried_on date, notified_on date) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(array_agg(rung.name ORDER BY rung.place) FILTER (WHERE NOT rung.reached), '{}') FROM (
        SELECT place, name, coalesce(day <= as_of, false) AS reached, max(place) FILTER (WHERE day <= as_of) OVER () AS furthest
        FROM unnest(ARRAY['NOTIFIED', 'INVENTORIED', 'PLAN_DRAFTED', 'POSTED', 'APPRAISED', 'APPROVED', 'PAID', 'RECOVERY_DECIDED', 'HANDED_OVER', 'CLOSED'],
            ARRAY[notified_on, inventoried_on, drafted_on, posted_on, appraised_on, approved_on, paid_on, recovery_on, handed_on, closed_on])
            WITH ORDINALITY AS t(name, day, place)) AS rung WHERE rung.place < rung.furthest);

-- Derived values of a parcel on a day, for a page of a list or a single parcel.
CREATE FUNCTION projects.parcel_derived(p projects.parcel_case, as_of date) RETURNS TABLE (
    stage text, area_cleared numeric, is_cleared boolean, on_hold boolean, withdrawn boolean, voluntary boolean, days_in_stage integer,
    notice_days_left integer, payment_late_days integer, missing text[])
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT projects.stage(as_of, f.closed_on, f.handed_on, f.recovery_on, f.paid_on, f.deposited_on, f.approved_on, f.appraised_on, f.posted_on,
                          f.drafted_on, f.inventoried_on, f.notified_on, f.scoped_on),
           c.cleared, c.cleared >= p.area_to_acquire, coalesce(f.on_hold, false), coalesce(f.withdrawn_on <= as_of, false),
           coalesce(f.handed_on <= as_of AND (f.recovery_on IS NULL OR f.handed_on < f.recovery_on) AND f.enforced_on IS NULL, false),
           as_of - projects.stage_since(as_of, f.closed_on, f.handed_on, f.recovery_on, f.paid_on, f.deposited_on, f.approved_on, f.appraised_on,
                          f.posted_on, f.drafted_on, f.inventoried_on, f.notified_on, f.scoped_on),
           CASE WHEN f.notified_on <= as_of AND NOT coalesce(least(f.recovery_on, f.handed_on) <= as_of, false) THEN f.notice_until - as_of END,
           (SELECT max(as_of - d.payment_until) FROM projects.parcel_fact AS d
            WHERE d.parcel_id = p.id AND d.from_day <= as_of AND as_of < d.to_day AND d.payment_until < as_of AND NOT coalesce(d.settled_on <= as_of, false)),
           projects.missing(as_of, f.closed_on, f.handed_on, f.recovery_on, least(f.paid_on, f.deposited_on), f.approved_on, f.appraised_on,
                          f.posted_on, f.drafted_on, f.inventoried_on, f.notified_on)
    FROM (SELECT) AS one
    LEFT JOIN projects.parcel_fact AS f ON f.parcel_id = p.id AND f.is_first AND f.from_day <= as_of AND as_of < f.to_day
    CROSS JOIN LATERAL (SELECT CASE WHEN f.handed_on <= as_of THEN f.handed_area ELSE coalesce(f.in_part, 0) END AS cleared) AS c
$$;
