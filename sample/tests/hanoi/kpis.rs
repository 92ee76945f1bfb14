//! Indicators, targets and observations: the published figures, what was known when, and the variety of what is reported.

use kpis::sdmx::LAYOUT;
use sample::{NoProgress, Summary, Volume};
use service_kit::push::PushStatus;
use service_kit::testing::{push_table, run};
use sqlx::PgPool;

use crate::support::{assert_texts, instant};

const NOW: &str = "2026-11-26T10:00:00Z";

async fn load(pool: &PgPool, volume: Option<Volume>, now: &str) -> Summary {
    sample::load_parts("hanoi", &[sample::Part::Kpis], volume, pool, instant(now), &NoProgress).await.expect("loads")
}

const PUBLISHED: &[(&str, &str)] = &[
    ("43", "SELECT count(*)::text FROM kpis.indicator WHERE code !~ '^CS-'"),
    // The targets of the growth, and what was observed of it.
    (
        "2026 11, 2026-Q1 10.23, 2027 11, 2028 11, 2029 11, 2030 11",
        "SELECT string_agg(period || ' ' || value, ', ' ORDER BY period) FROM kpis.target
         WHERE indicator_code = 'GRDP_GROWTH' AND area_code = '01' AND document = 'Công bố của thành phố'",
    ),
    (
        "2025-Q1 7.52, 2025-Q2 8, 2025-Q3 8.2",
        "SELECT string_agg(period || ' ' || value, ', ' ORDER BY period) FROM kpis.observation
         WHERE indicator_code = 'GRDP_GROWTH' AND area_code = '01' AND note LIKE 'Công bố%'",
    ),
    (
        "1 8.5 ESTIMATED, 2 8.16 NORMAL",
        "SELECT string_agg(concat_ws(' ', revision, value, flags[1]), ', ' ORDER BY revision) FROM kpis.observation
         WHERE indicator_code = 'GRDP_GROWTH_YEAR' AND period = '2025'",
    ),
    // A target that changed: 6.5 %, then 8 %.
    (
        "2024-12-10 6.5, 2025-02-25 8",
        "SELECT string_agg(decided_on || ' ' || value, ', ' ORDER BY decided_on) FROM kpis.target
         WHERE indicator_code = 'GRDP_GROWTH' AND period = '2025'",
    ),
    // What the fourth quarter of 2025 needed for 8 %, with equal weights.
    ("8.28", "SELECT needed::text FROM kpis.target_fact WHERE indicator_code = 'GRDP_GROWTH' AND period = '2025' AND from_day <= '2025-10-31' AND '2025-10-31' < to_day"),
    // What the rest of 2026 needed for 11 % after a first quarter of 9.87 %: the example of docs/kpis.md.
    (
        "9.87 11.3767",
        "SELECT actual || ' ' || round(needed, 4) FROM kpis.target_fact WHERE indicator_code = 'GRDP_GROWTH' AND period = '2026' AND scope = 'CITY'
            AND from_day <= '2026-04-30' AND '2026-04-30' < to_day",
    ),
    // A value that was withdrawn and corrected some days later has two numbers.
    (
        "1 812.4 2026-06-08 2026-06-18, 2 631.7 2026-06-22 infinity",
        "SELECT string_agg(concat_ws(' ', c.vintage, c.value, c.from_day, c.to_day), ', ' ORDER BY c.from_day) FROM kpis.observed_fact AS c
         JOIN kpis.series AS s ON s.id = c.series_id AND s.indicator_code = 'VISITORS' WHERE c.period = '2026-05'",
    ),
    // The estimate of November stays the answer for November. The year was less, and a judgement flipped.
    (
        "8.5 on 2025-11-28, 8.16 on 2026-02-01",
        "SELECT string_agg(c.value || ' on ' || day, ', ' ORDER BY day) FROM (VALUES ('2025-11-28'::date), ('2026-02-01')) AS d(day)
         JOIN kpis.observed_fact AS c ON c.from_day <= day AND day < c.to_day
         JOIN kpis.series AS s ON s.id = c.series_id AND s.indicator_code = 'GRDP_GROWTH_YEAR' WHERE c.period = '2025'",
    ),
    (
        "2025 on 2026-01-06: 8.5 GREEN, 8.16 RED",
        "SELECT concat(t.period, ' on ', c.from_day, ': ', b.value, ' ', y.rag, ', ', c.value, ' ', t.rag) FROM kpis.observed_fact AS c
         JOIN kpis.observed_fact AS b ON b.series_id = c.series_id AND b.period = c.period AND b.to_day = c.from_day
         JOIN kpis.target_fact AS t ON t.series_id = c.series_id AND t.from_day = c.from_day
         JOIN kpis.target_fact AS y ON y.series_id = t.series_id AND y.period = t.period AND y.to_day = c.from_day
         WHERE c.vintage > 1 AND t.rag <> y.rag AND t.indicator_code = 'GRDP_GROWTH_YEAR'",
    ),
    // The same judgement as of two days.
    (
        "GREEN on 2025-11-28, RED on 2026-02-01",
        "SELECT string_agg(t.rag || ' on ' || day, ', ' ORDER BY day) FROM (VALUES ('2025-11-28'::date), ('2026-02-01')) AS d(day)
         JOIN kpis.target_fact AS t ON t.from_day <= day AND day < t.to_day AND t.indicator_code = 'GRDP_GROWTH_YEAR' AND t.period = '2025'",
    ),
    // Public investment of 2025 paid by the end of October: 44,428 of 87,693 billion.
    ("50.66", "SELECT value::text FROM kpis.observation WHERE indicator_code = 'DISBURSEMENT' AND period = '2025-10'"),
];

const VARIETY: &[(&str, &str)] = &[
    ("true", "SELECT (count(*) BETWEEN 5000 AND 6000)::text FROM kpis.observation WHERE indicator_code !~ '^CS-'"),
    (
        "FLOW true, GROWTH true, RATE true, STOCK true",
        "SELECT string_agg(nature || ' ' || (n > 3)::text, ', ' ORDER BY nature) FROM (SELECT nature, count(*) AS n FROM kpis.indicator GROUP BY 1) AS i",
    ),
    ("BINARY, HIGHER, LOWER, RANGE", "SELECT string_agg(DISTINCT direction, ', ') FROM kpis.indicator"),
    ("true", "SELECT (bool_or(value = 0) AND bool_or(value < 0) AND bool_or(baseline < 0))::text FROM kpis.target"),
    // Every code is known.
    (
        "0",
        "SELECT count(*)::text FROM kpis.indicator AS i WHERE owner_organization_code NOT IN (SELECT code FROM directory.organization)
            OR accountable_position_code NOT IN (SELECT code FROM directory.position)
            OR EXISTS (SELECT FROM unnest(programme_codes) AS c(code) WHERE code NOT IN (SELECT code FROM directory.programme))
            OR EXISTS (SELECT FROM unnest(bottleneck_codes) AS c(code) WHERE code NOT IN (SELECT code FROM directory.bottleneck))",
    ),
    ("5", "SELECT count(DISTINCT c.code)::text FROM kpis.indicator, unnest(bottleneck_codes) AS c(code)"),
    // What is not published says so.
    ("0", "SELECT count(*)::text FROM kpis.observation WHERE note !~ 'Số liệu minh họa|Công bố của thành phố'"),
    ("0", "SELECT count(*)::text FROM kpis.observation WHERE note ~ 'Công bố' AND indicator_code NOT IN ('GRDP_GROWTH', 'GRDP_GROWTH_YEAR', 'DISBURSEMENT')"),
    (
        "BREAK, ESTIMATED, MISSING, NORMAL, PROVISIONAL, SUPPRESSED",
        "SELECT string_agg(DISTINCT flag, ', ' ORDER BY flag) FROM kpis.observation, unnest(flags) AS flag",
    ),
    ("DRAFT, PUBLISHED, SUBMITTED, VERIFIED, WITHDRAWN", "SELECT string_agg(DISTINCT status, ', ' ORDER BY status) FROM kpis.observation"),
    ("true", "SELECT (count(*) > 10)::text FROM kpis.observation WHERE value = 0 AND NOT flags && '{MISSING}'"),
    // Gaps, and late reports.
    ("true", "SELECT (count(*) > 20)::text FROM directory.area AS a, generate_series(1, 9) AS m WHERE a.kind <> 'CITY' AND NOT EXISTS (
        SELECT FROM kpis.observation AS o WHERE o.indicator_code = 'ON_TIME_FILES' AND o.area_code = a.code AND o.period = '2026-0' || m)"),
    ("true", "SELECT (count(*) > 100)::text FROM kpis.observed_fact AS c JOIN kpis.series AS s ON s.id = c.series_id
        JOIN kpis.indicator AS i ON i.code = s.indicator_code WHERE c.vintage = 1 AND c.from_day > c.period_end + i.reporting_lag_days AND c.period_first >= '2025-07-01'"),
    ("true", "SELECT (count(*) > 50)::text FROM kpis.observed_fact WHERE vintage > 1"),
    // The gap to 10.23 % by ward: what they declared is less than the target, five declared nothing, most observations are there.
    (
        "121 true true",
        "SELECT concat_ws(' ', count(*), (sum(target) BETWEEN 9.5 AND 10.22)::text, (sum(actual) BETWEEN 8.8 AND 10.22)::text) FROM kpis.target_fact
         WHERE indicator_code = 'GRDP_CONTRIBUTION' AND period = '2026-Q1' AND scope = 'AREA' AND to_day = 'infinity'",
    ),
    (
        "AMBER_GREEN, AMBER_RED, GREEN, RED",
        "SELECT string_agg(DISTINCT rag, ', ' ORDER BY rag) FROM kpis.target_fact WHERE indicator_code = 'GRDP_CONTRIBUTION' AND period = '2026-Q1' AND to_day = 'infinity'",
    ),
    // The parts add up to the city.
    (
        "0",
        "SELECT count(*)::text FROM kpis.observation AS o WHERE o.indicator_code = 'TREES_PLANTED' AND o.area_code = '01' AND o.period >= '2025'
            AND o.value < (SELECT sum(p.value) FROM kpis.observation AS p WHERE p.indicator_code = o.indicator_code AND p.area_code <> '01' AND p.period = o.period AND p.revision = 1)",
    ),
    // Three communes became one, which has their trees; of the wards that were divided nobody knows the parts.
    (
        "09931 {09919,09931,09934} 2025-Q1 true",
        "SELECT concat_ws(' ', s.area_code, f.carried_from, f.period, (f.value = (SELECT sum(p.value) FROM kpis.observation AS p WHERE p.indicator_code = s.indicator_code
            AND p.period = f.period AND p.area_code IN ('09919', '09931', '09934')))::text)
         FROM kpis.observed_fact AS f JOIN kpis.series AS s ON s.id = f.series_id
         WHERE s.indicator_code = 'TREES_PLANTED' AND s.area_code IN ('09931', '00025') AND f.period = '2025-Q1' AND f.to_day = 'infinity'",
    ),
    // Work was done on congestion, and the share of public transport is less than before: red, and no better than its baseline.
    (
        "2026-11-01 RED true, 2026-11-21 RED true, 2026-12-31 RED true",
        "SELECT string_agg(concat_ws(' ', day, t.rag, (t.actual < t.baseline)::text), ', ' ORDER BY day)
         FROM (VALUES ('2026-11-01'::date), ('2026-11-21'), ('2026-12-31')) AS d(day)
         JOIN kpis.target_fact AS t ON t.from_day <= day AND day < t.to_day AND t.indicator_code = 'PUBLIC_TRANSPORT_SHARE' AND t.period = '2026'",
    ),
    // Of two departments with late tasks and projects.
    (
        "SNNMT-TT SXD-TT",
        "SELECT string_agg(DISTINCT i.accountable_position_code, ' ' ORDER BY i.accountable_position_code) FROM kpis.target_fact AS t
         JOIN kpis.indicator AS i ON i.code = t.indicator_code
         WHERE t.rag = 'RED' AND t.period = '2026' AND t.to_day = 'infinity' AND i.accountable_position_code IN ('SXD-TT', 'SNNMT-TT')",
    ),
    ("0", "SELECT count(*)::text FROM platform.receipt WHERE parked + rejected > 0 OR state <> 'DONE'"),
    // Facts are those that their inputs give.
    ("0", "SELECT kpis.derive(array_agg(id))::text FROM kpis.series"),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_indicators_have_the_published_figures_and_what_was_known_when(pool: PgPool) {
    service_kit::store::published::publish(&pool, kpis::published()).await.expect("published");
    let first = load(&pool, None, NOW).await;
    assert!(first.kpi_rows > 6000, "{first}");
    assert_eq!(first.kpi_rows_refused, 0);
    assert_texts(&pool, PUBLISHED).await;
    assert_texts(&pool, VARIETY).await;
    // A second load says nothing new, and a volume leaves the published figures as they are.
    let stored = digests(&pool).await;
    assert_eq!(load(&pool, None, NOW).await, Summary::default());
    assert_eq!(digests(&pool).await, stored);
    let volume = load(&pool, Some(Volume::Tasks(225)), NOW).await;
    assert_eq!(volume.kpi_rows_refused, 0);
    assert_texts(&pool, PUBLISHED).await;
    assert_texts(
        &pool,
        &[
            ("83", "SELECT count(DISTINCT series_id)::text FROM kpis.observation WHERE indicator_code ~ '^CS-'"),
            (
                "true",
                "SELECT (count(*) BETWEEN 2700 AND 3100)::text FROM kpis.observation WHERE indicator_code ~ '^CS-'",
            ),
            ("0", "SELECT count(*)::text FROM platform.receipt WHERE parked + rejected > 0 OR state <> 'DONE'"),
        ],
    )
    .await;
    assert_eq!(load(&pool, Some(Volume::Tasks(225)), NOW).await, Summary::default());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn kpis_loaded_on_an_earlier_and_a_later_day_equal_those_loaded_at_once(pool: PgPool) {
    let (earlier, later) = ("2025-11-28T10:00:00Z", "2026-04-20T10:00:00Z");
    let first = load(&pool, None, earlier).await;
    let estimate = "SELECT string_agg(value::text, ' ' ORDER BY revision) FROM kpis.observation
        WHERE indicator_code = 'GRDP_GROWTH_YEAR' AND period = '2025'";
    assert_texts(&pool, &[("8.5", estimate)]).await;
    let second = load(&pool, None, later).await;
    assert_texts(&pool, &[("8.5 8.16", estimate)]).await;
    assert_eq!((first.kpi_rows_refused, second.kpi_rows_refused), (0, 0));
    let stepwise = digests(&pool).await;
    // An earlier day adds nothing and takes nothing away.
    assert_eq!(load(&pool, None, earlier).await.kpi_rows, 0);
    assert_eq!(digests(&pool).await, stepwise);
    empty(&pool).await;
    let once = load(&pool, None, later).await;
    assert_eq!(once.kpi_rows, first.kpi_rows + second.kpi_rows);
    assert_eq!(digests(&pool).await, stepwise);
}

/// The guide to the exchange names codes of the sample, so that who follows it gets what it says.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_small_file_of_the_guide_is_stored(pool: PgPool) {
    const GUIDE: &str = include_str!("../../../docs/sdmx.md");
    load(&pool, None, NOW).await;
    let (_, rest) = GUIDE.split_once("A small file").expect("the small file");
    let table = rest.split("```").nth(1).expect("a table").trim_start();
    run(&pool, "INSERT INTO platform.source (code, open_to_verbs, created_by) VALUES ('thong-ke', false, 'test')")
        .await;
    let (results, fault) =
        push_table(&pool, NOW, kpis::push::KINDS, ("observations", "thong-ke"), &LAYOUT, table).await;
    assert_eq!(fault, None);
    let statuses: Vec<PushStatus> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [PushStatus::Created; 2], "{results:?}");
    let (_, rest) = GUIDE.split_once("[\"CL_INDICATOR\"][\"").expect("an indicator");
    let code = rest.split('"').next().expect("a code");
    assert_texts(&pool, &[("2", "SELECT count(*)::text FROM kpis.observed_fact AS f JOIN kpis.series AS s ON s.id = f.series_id WHERE s.organization_code = 'SKHCN'")]).await;
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM kpis.indicator WHERE code = $1)")
        .bind(code)
        .fetch_one(&pool)
        .await
        .expect("a look");
    assert!(known, "{code}");
}

/// A digest of each table without keys that are drawn at random and times of storage.
async fn digests(pool: &PgPool) -> Vec<(&'static str, Option<String>)> {
    const TABLES: &[&str] = &[
        "indicator",
        "indicator_event",
        "target",
        "target_event",
        "observation",
        "observation_event",
        "series",
        "observed_fact",
        "target_fact",
    ];
    let mut digests = Vec::new();
    for table in TABLES {
        let row = "(to_jsonb(t) - '{id,recorded_at,receipt_id,target_id,observation_id,withdrawn_at}'::text[]) #- '{changes,id}'";
        let sql = format!("SELECT md5(string_agg(({row})::text, '|' ORDER BY ({row})::text)) FROM kpis.{table} AS t");
        digests.push((*table, sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.expect("a digest")));
    }
    digests
}

/// Empties the tables of the KPIs and their receipts. The history refuses that, unless its triggers are off.
async fn empty(pool: &PgPool) {
    let truncate = "DO $$ BEGIN EXECUTE (
            SELECT string_agg(format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), ';')
            FROM pg_trigger WHERE tgname IN ('append_only', 'refuse_truncate')); END $$;
        DO $$ BEGIN EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(format('kpis.%I', c.relname), ', ') || ' CASCADE'
            FROM pg_class AS c WHERE c.relnamespace = 'kpis'::regnamespace AND c.relkind IN ('r', 'p')
              AND c.relname !~ '_rule$' AND NOT c.relispartition); END $$;
        TRUNCATE platform.receipt CASCADE";
    sqlx::raw_sql(truncate).execute(pool).await.expect("emptied");
}
