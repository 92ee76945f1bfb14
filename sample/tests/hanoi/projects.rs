//! Projects and land clearance: published counts, money and figures, and what the data show of the law.

use sample::{NoProgress, Part, Summary, Volume};
use sqlx::PgPool;

use crate::support::{assert_texts, instant};

const NOW: &str = "2026-11-26T10:00:00Z";

async fn load(pool: &PgPool, now: &str) -> Summary {
    sample::load_parts("hanoi", &[Part::Projects], None, pool, instant(now), &NoProgress).await.expect("loads")
}

const PUBLISHED: &[(&str, &str)] = &[
    // The catalogue.
    (
        "PROJECT 110, SCHEME 30, TASK 22, WORK 50",
        "SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind) FROM
            (SELECT kind, count(*) AS n FROM projects.project WHERE code !~ '^DA-[0-9]' GROUP BY kind) AS k",
    ),
    (
        "2025-08-19: 15, 2025-12-19: 15",
        "SELECT string_agg(day || ': ' || n, ', ' ORDER BY day) FROM (SELECT groundbreaking_on AS day, count(*) AS n
            FROM projects.project WHERE groundbreaking_on IN ('2025-08-19', '2025-12-19') AND code !~ '^DA-[0-9]' GROUP BY 1) AS c",
    ),
    (
        "DL-SONG-HONG, KDT-OLYMPIC",
        "SELECT string_agg(code, ', ' ORDER BY code) FROM projects.project
         WHERE groundbreaking_on = '2025-12-19' AND code IN ('DL-SONG-HONG', 'KDT-OLYMPIC', 'CNC-HOA-LAC', 'KCN-SO-TAY-TUU', 'VANH-DAI-4')",
    ),
    // The money of 2025 over the rows.
    ("87693", "SELECT (sum(amount) / 1e9)::int::text FROM projects.capital_plan WHERE year = 2025 AND basis = 'PM'"),
    ("107134", "SELECT (sum(amount) / 1e9)::int::text FROM projects.capital_plan WHERE year = 2025 AND basis = 'CITY'"),
    ("44428000000000", "SELECT sum(amount)::text FROM projects.disbursement WHERE plan_year = 2025 AND paid_on <= '2025-10-31'"),
    (
        "0",
        "SELECT count(*)::text FROM (SELECT project_code FROM projects.disbursement WHERE plan_year = 2025 GROUP BY 1
            HAVING count(*) > 0 AND (SELECT count(DISTINCT basis) FROM projects.capital_plan AS c
                WHERE c.project_code = disbursement.project_code AND c.year = 2025 AND basis IN ('PM', 'CITY')) < 2) AS p",
    ),
    // And through the facts.
    (
        "CITY 44428 107134 41.47, PM 44428 87693 50.66",
        "SELECT string_agg(concat_ws(' ', basis, (paid / 1e9)::int, (planned / 1e9)::int, round(100 * paid / planned, 2)), ', ' ORDER BY basis)
         FROM (SELECT basis, sum(paid) AS paid, sum(planned) AS planned FROM projects.money_fact
               WHERE year = 2025 AND basis IN ('PM', 'CITY') AND from_day <= '2025-10-31' AND '2025-10-31' < to_day GROUP BY basis) AS m",
    ),
    // Ring Road 4 on 31 July 2025.
    (
        "98.74 590 of 953",
        "SELECT round(100 * a.cleared / a.whole, 2) || ' ' || h.approved || ' of ' || h.households
         FROM (SELECT sum(CASE WHEN handed_on <= '2025-07-31' THEN handed_area ELSE in_part END) AS cleared, sum(to_acquire) AS whole
               FROM projects.parcel_fact AS f JOIN projects.site AS s ON s.code = f.site_code
               WHERE s.project_code = 'VANH-DAI-4' AND f.is_first AND from_day <= '2025-07-31' AND '2025-07-31' < to_day) AS a,
              (SELECT count(DISTINCT party) AS households, count(DISTINCT party) FILTER (WHERE plan_on <= '2025-07-31') AS approved
               FROM projects.parcel_fact AS f JOIN projects.site AS s ON s.code = f.site_code
               WHERE s.project_code = 'VANH-DAI-4' AND party_kind = 'HOUSEHOLD' AND from_day <= '2025-07-31' AND '2025-07-31' < to_day) AS h",
    ),
    (
        "590 of 953",
        "SELECT (SELECT count(*) FROM projects.compensation_plan AS c JOIN projects.party AS y ON y.code = c.party_code
                 WHERE c.site_code LIKE 'VD4-%' AND y.kind = 'HOUSEHOLD' AND c.approved_on <= '2025-07-31') || ' of ' ||
                (SELECT count(DISTINCT party_code) FROM projects.parcel_right AS r JOIN projects.party AS y ON y.code = r.party_code
                 JOIN projects.parcel_case AS p ON p.id = r.parcel_id WHERE p.site_code LIKE 'VD4-%' AND y.kind = 'HOUSEHOLD')",
    ),
    (
        "99.93",
        "SELECT round(100.0 * sum(moved) / sum(graves), 2)::text
         FROM projects.grave_relocation_at(platform.day_end('2025-07-31')) WHERE site_code LIKE 'VD4-%'",
    ),
];

const VARIETY: &[(&str, &str)] = &[
    ("true", "SELECT (count(*) BETWEEN 2800 AND 3200)::text FROM projects.parcel_case WHERE site_code !~ '^KD-'"),
    ("12 8", "SELECT count(*) || ' ' || count(DISTINCT project_code) FROM projects.site WHERE code !~ '^KD-'"),
    (
        "CANCELLED, COMPLETED, COMPLETION, IDENTIFICATION, IMPLEMENTATION, PREPARATION",
        "SELECT string_agg(DISTINCT phase, ', ' ORDER BY phase) FROM projects.project",
    ),
    ("true", "SELECT (count(*) FILTER (WHERE suspended) > 3 AND count(*) FILTER (WHERE forecast_end > baseline_end) > 30)::text FROM projects.project"),
    (
        "ADJUSTED, CARRIED_OVER, CITY, PM",
        "SELECT string_agg(DISTINCT basis, ', ' ORDER BY basis) FROM projects.capital_plan WHERE year = 2026",
    ),
    // Nowhere is more paid than planned.
    (
        "0",
        "SELECT count(*)::text FROM projects.money_fact WHERE basis IN ('PM', 'CITY', 'CARRIED_OVER') AND to_day = 'infinity' AND paid > planned",
    ),
    ("true", "SELECT (count(*) FILTER (WHERE amount < 0) > 20)::text FROM projects.disbursement"),
    ("DURATION, SCOPE, VALUE", "SELECT string_agg(DISTINCT kind, ', ' ORDER BY kind) FROM projects.modification"),
    ("AMBER, GREEN, RED", "SELECT string_agg(DISTINCT rag, ', ' ORDER BY rag) FROM projects.assessment"),
    // Every stage, today or on an earlier day.
    (
        "12",
        "SELECT count(DISTINCT projects.stage(d.day, closed_on, handed_on, recovery_on, paid_on, deposited_on, approved_on, appraised_on, posted_on,
                drafted_on, inventoried_on, notified_on, scoped_on))::text
         FROM projects.parcel_fact AS f, (VALUES ('2025-06-15'::date), ('2026-06-15'), ('2026-09-10'), ('2026-10-20'), ('2026-11-26')) AS d(day)
         WHERE f.from_day <= d.day AND d.day < f.to_day",
    ),
    (
        "true",
        "SELECT (count(DISTINCT projects.stage('2026-11-26', closed_on, handed_on, recovery_on, paid_on, deposited_on, approved_on, appraised_on,
                posted_on, drafted_on, inventoried_on, notified_on, scoped_on)) >= 10)::text
         FROM projects.parcel_fact AS f WHERE f.from_day <= '2026-11-26' AND '2026-11-26' < f.to_day",
    ),
    ("21", "SELECT count(DISTINCT kind)::text FROM projects.milestone"),
    ("13", "SELECT count(DISTINCT code)::text FROM projects.violation"),
    // Most parcels follow the law.
    ("true", "SELECT (count(*) < 250)::text FROM projects.violation"),
    ("9", "SELECT count(DISTINCT blocker)::text FROM projects.parcel_case_event, jsonb_extract_path_text(changes, 'blocker') AS blocker"),
    ("DEPOSITED, PAID, REFUSED, REVERSED", "SELECT string_agg(DISTINCT kind, ', ' ORDER BY kind) FROM projects.payment"),
    (
        "1, 1.5 Nghị quyết 258/2025, 2 Nghị quyết 258/2025",
        "SELECT string_agg(DISTINCT concat_ws(' ', coefficient, coefficient_basis), ', ') FROM projects.compensation_plan",
    ),
    // Late payments, deposits after refusals, voluntary handovers, holds, several parcels, wards and rights.
    (
        "true",
        "SELECT (count(*) FILTER (WHERE is_first AND handed_on < coalesce(recovery_on, 'infinity') AND enforced_on IS NULL) > 20
                 AND count(*) FILTER (WHERE is_first AND enforced_on <= '2026-11-26') > 20
                 AND count(*) FILTER (WHERE is_first AND withdrawn_on <= '2026-11-26') > 10
                 AND count(DISTINCT party) FILTER (WHERE payment_until < '2026-11-26' AND settled_on IS NULL) > 0
                 AND count(*) FILTER (WHERE is_first AND on_hold) > 5
                 AND count(DISTINCT party) FILTER (WHERE refused_on <= '2026-11-26' AND settled_on IS NULL) > 5)::text
         FROM projects.parcel_fact WHERE from_day <= '2026-11-26' AND '2026-11-26' < to_day",
    ),
    // Land nearly cleared and many households not, on any day of the autumn.
    (
        "2026-11-01 true true, 2026-11-21 true true, 2026-12-31 true true",
        "SELECT string_agg(concat_ws(' ', day, (cleared > 0.95 * whole)::text, (households_cleared < 0.7 * households)::text), ', ' ORDER BY day)
         FROM (VALUES ('2026-11-01'::date), ('2026-11-21'), ('2026-12-31')) AS d(day) CROSS JOIN LATERAL (
            SELECT sum(handed_area) FILTER (WHERE is_first AND handed_on <= day) AS cleared, sum(to_acquire) FILTER (WHERE is_first) AS whole,
                   count(DISTINCT party) FILTER (WHERE party_kind = 'HOUSEHOLD') AS households,
                   count(DISTINCT party) FILTER (WHERE party_kind = 'HOUSEHOLD' AND handed_on <= day) AS households_cleared
            FROM projects.parcel_fact WHERE site_code = 'DA-VT' AND from_day <= day AND day < to_day) AS f",
    ),
    // Key projects in wards where people are less and less satisfied: land that should have been handed over by November.
    (
        "00340, 00613, 10183",
        "SELECT string_agg(DISTINCT s.area_code, ', ' ORDER BY s.area_code) FROM projects.parcel_fact AS f
         JOIN projects.site AS s ON s.code = f.site_code JOIN projects.project AS p ON p.code = s.project_code
         WHERE f.to_day = 'infinity' AND f.withdrawn_on IS NULL AND f.handed_on IS NULL AND p.key_list
           AND s.target_handover < '2026-11-01' AND s.area_code IN ('00340', '00613', '10183')",
    ),
    // Some items are under no programme; two departments have late projects.
    ("true", "SELECT (count(*) > 0)::text FROM projects.project WHERE programme_codes = '{}' AND phase NOT IN ('COMPLETED', 'CANCELLED')"),
    (
        "SNNMT-TT SXD-TT",
        "SELECT string_agg(DISTINCT accountable_position_code, ' ' ORDER BY accountable_position_code) FROM projects.project
         WHERE accountable_position_code IN ('SXD-TT', 'SNNMT-TT') AND forecast_end > baseline_end AND phase NOT IN ('COMPLETED', 'CANCELLED')",
    ),
    (
        "true",
        "SELECT (count(*) FILTER (WHERE parcels > 1) > 200 AND count(*) FILTER (WHERE wards > 1) > 5)::text FROM (
            SELECT count(DISTINCT p.id) AS parcels, count(DISTINCT s.area_code) AS wards FROM projects.parcel_right AS r
            JOIN projects.parcel_case AS p ON p.id = r.parcel_id JOIN projects.site AS s ON s.code = p.site_code GROUP BY r.party_code) AS y",
    ),
    ("CROPS, HOUSE, LAND_USE", "SELECT string_agg(DISTINCT kind, ', ' ORDER BY kind) FROM projects.parcel_right"),
    (
        "0",
        "SELECT count(*)::text FROM projects.site AS s JOIN directory.area AS a ON a.code = s.area_code
         WHERE s.lat IS NULL OR abs(s.lat - a.lat) > 0.02 OR abs(s.lon - a.lon) > 0.02",
    ),
    // Every code is known.
    (
        "0",
        "SELECT count(*)::text FROM projects.project WHERE owner_organization_code NOT IN (SELECT code FROM directory.organization)
            OR accountable_position_code NOT IN (SELECT code FROM directory.position)",
    ),
    ("0", "SELECT count(*)::text FROM platform.receipt WHERE parked + rejected > 0 OR state <> 'DONE'"),
    // Facts are those that their inputs give.
    ("0", "SELECT projects.derive_money(array_agg(id))::text FROM projects.project"),
    ("0", "SELECT projects.derive(array_agg(id))::text FROM projects.project"),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_projects_have_the_published_counts_money_and_figures(pool: PgPool) {
    service_kit::store::published::publish(&pool, projects::published()).await.expect("published");
    let first = load(&pool, NOW).await;
    assert!(first.project_rows > 50_000, "{first}");
    assert_eq!(first.project_rows_refused, 0);
    assert_texts(&pool, PUBLISHED).await;
    assert_texts(&pool, VARIETY).await;
    // A second load says nothing new, and a volume leaves the published figures as they are.
    let (stored, receipts) = (digests(&pool).await, count_receipts(&pool).await);
    assert_eq!(load(&pool, NOW).await, Summary::default());
    assert_eq!((digests(&pool).await, count_receipts(&pool).await), (stored, receipts));
    let volume =
        sample::load_parts("hanoi", &[Part::Projects], Some(Volume::Tasks(225)), &pool, instant(NOW), &NoProgress)
            .await;
    let volume = volume.expect("loads the volume");
    assert_eq!(volume.project_rows_refused, 0);
    assert_texts(&pool, PUBLISHED).await;
    assert_texts(
        &pool,
        &[
            ("15", "SELECT count(*)::text FROM projects.project WHERE code ~ '^DA-[0-9]'"),
            ("2", "SELECT count(*)::text FROM projects.site WHERE code ~ '^KD-'"),
            ("true", "SELECT (count(*) BETWEEN 300 AND 800)::text FROM projects.parcel_case WHERE site_code ~ '^KD-'"),
            ("0", "SELECT count(*)::text FROM platform.receipt WHERE parked + rejected > 0 OR state <> 'DONE'"),
        ],
    )
    .await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn projects_loaded_on_an_earlier_and_a_later_day_equal_those_loaded_at_once(pool: PgPool) {
    let (earlier, later) = ("2025-03-31T10:00:00Z", "2025-10-31T10:00:00Z");
    let first = load(&pool, earlier).await;
    let second = load(&pool, later).await;
    assert!(first.project_rows > 0 && second.project_rows > 0);
    assert_eq!((first.project_rows_refused, second.project_rows_refused), (0, 0));
    let stepwise = digests(&pool).await;
    // An earlier day adds nothing and takes nothing away.
    assert_eq!(load(&pool, earlier).await, Summary::default());
    assert_eq!(digests(&pool).await, stepwise);
    empty(&pool).await;
    let once = load(&pool, later).await;
    assert_eq!(once.project_rows, first.project_rows + second.project_rows);
    assert_eq!(digests(&pool).await, stepwise);
}

/// A digest of each table without keys that are drawn at random and times of storage.
async fn digests(pool: &PgPool) -> Vec<(&'static str, Option<String>)> {
    const TABLES: &[&str] = &[
        "project",
        "project_event",
        "capital_plan",
        "contract",
        "modification",
        "disbursement",
        "assessment",
        "site",
        "parcel_case",
        "parcel_case_event",
        "party",
        "party_identity",
        "parcel_right",
        "milestone",
        "milestone_event",
        "compensation_plan",
        "compensation_plan_event",
        "payment",
        "resettlement",
        "grave_relocation",
        "utility_relocation",
        "fact",
        "fact_code",
        "money_fact",
        "parcel_fact",
        "violation",
    ];
    let mut digests = Vec::new();
    for table in TABLES {
        // Facts name a record by its random key: they are compared without it.
        let row = "(to_jsonb(t) - '{id,recorded_at,receipt_id,parcel_id,plan_id,contract_id,project_id,withdrawn_at}'::text[])
            #- '{changes,id}' #- '{changes,parcel_id}' #- '{changes,plan_id}' #- '{changes,contract_id}'";
        let sql =
            format!("SELECT md5(string_agg(({row})::text, '|' ORDER BY ({row})::text)) FROM projects.{table} AS t");
        digests.push((*table, sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.expect("a digest")));
    }
    digests
}

async fn count_receipts(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM platform.receipt").fetch_one(pool).await.expect("a number")
}

/// Empties the tables of the projects and their receipts. The history refuses that, unless its triggers are off.
async fn empty(pool: &PgPool) {
    let truncate = "DO $$ BEGIN EXECUTE (
            SELECT string_agg(format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), ';')
            FROM pg_trigger WHERE tgname IN ('append_only', 'refuse_truncate')); END $$;
        DO $$ BEGIN EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(format('projects.%I', c.relname), ', ') || ' CASCADE'
            FROM pg_class AS c WHERE c.relnamespace = 'projects'::regnamespace AND c.relkind IN ('r', 'p')
              AND c.relname !~ '_rule$' AND NOT c.relispartition); END $$;
        TRUNCATE platform.receipt CASCADE";
    sqlx::raw_sql(truncate).execute(pool).await.expect("emptied");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn two_loads_of_projects_at_the_same_time_store_each_row_once(pool: PgPool) {
    let now = "2025-01-15T10:00:00Z";
    let (one, other) = tokio::join!(load(&pool, now), load(&pool, now));
    let events = "SELECT (SELECT count(*) FROM projects.project_event) + (SELECT count(*) FROM projects.capital_plan)
        + (SELECT count(*) FROM projects.contract) + (SELECT count(*) FROM projects.modification) + (SELECT count(*) FROM projects.disbursement)";
    let stored: i64 = sqlx::query_scalar(events).fetch_one(&pool).await.expect("a number");
    assert!(stored > 500);
    let written = one.project_rows + other.project_rows;
    let pushed: i64 = sqlx::query_scalar("SELECT sum(created + updated)::bigint FROM platform.receipt")
        .fetch_one(&pool)
        .await
        .expect("a number");
    assert_eq!(i64::try_from(written).expect("a number of rows"), pushed);
    assert!(one.project_rows == 0 || other.project_rows == 0);
    // People may change what the sample says.
    let open: bool = sqlx::query_scalar("SELECT open_to_verbs FROM platform.source WHERE code = 'sample'")
        .fetch_one(&pool)
        .await
        .expect("a source");
    assert!(open);
}
