//! The export as SDMX-CSV 2.0: its lines, who gets which, and that it can be pushed again.

use kpis::sdmx::{Stated, structure};
use service_kit::push::PushStatus;
use service_kit::testing::{count_statements, instant, operator};
use service_kit::{Database, Principal, Role};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use service_kit::testing::person;

use crate::city::{NOW, asked, run};
use crate::exchange::{catalogue, exported, observations, published, pushed};

const HEADER: &str = "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ,INDICATOR,REF_AREA,ORGANIZATION,TIME_PERIOD,OBS_VALUE,OBS_STATUS[],NUMERATOR,\
    DENOMINATOR,UNIT_MEASURE,REVISION,PUBLISHED_ON,PUBLICATION_STATUS,SOURCE,OBS_ID";

/// The lines of a table without what all have in common.
fn lines(table: &str) -> Vec<&str> {
    let mut lines = table.split_terminator("\r\n");
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| line.strip_prefix("dataflow,IOC:DF_KPI(1.0.0),I,").expect("a line of the dataflow")).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_table_has_what_is_published(pool: PgPool) {
    catalogue(&pool).await;
    observations(&pool).await;
    let table = exported(&pool, operator(), Stated::default()).await.expect("a table");
    assert_eq!(
        lines(&table),
        [
            "A,D$C3$82N,00008,_Z,2025,40001,A,,,người,1,2026-03-20,PUBLISHED,office,DÂN/00008/2025",
            "A,D$C3$82N,01,_Z,2025,8800000,A,,,người,1,2026-03-10,PUBLISHED,office,DÂN/01/2025",
            "Q,GRDP,00004,_Z,2026-Q1,-1.5,A,,,%,1,2026-04-06,PUBLISHED,office,GRDP/00004/2026-Q1",
            "Q,GRDP,01,_Z,2025-Q4,8.16,A,,,%,2,2026-02-06,PUBLISHED,office,\"GRDP, \"\"sửa\"\"\"",
            "Q,GRDP,01,_Z,2026-Q1,10.23,P;B,,,%,1,2026-04-06,PUBLISHED,office,GRDP/01/2026-Q1",
            "M,HO-SO,_Z,PHONG,2026-01,0,A,0,12,%,1,2026-02-10,PUBLISHED,office,HO-SO/PHONG/2026-01",
            "M,HO-SO,_Z,STC,2026-01,97.003154574132492114,A,1845,1902,%,1,2026-02-10,PUBLISHED,office,HO-SO/STC/2026-01",
            "M,HO-SO,_Z,SYT,2026-01,NaN,Q,,,%,1,2026-02-10,PUBLISHED,office,HO-SO/SYT/2026-01",
            "M,THU$2ENS,01,_Z,2026-01,1.234,A,,,\"tỷ đồng, giá \"\"hiện hành\"\"\",1,2026-02-10,PUBLISHED,office,THU.NS/01/2026-01",
            "M,THU$2ENS,01,_Z,2026-02,NaN,O,,,\"tỷ đồng, giá \"\"hiện hành\"\"\",1,2026-03-10,PUBLISHED,office,THU.NS/01/2026-02",
            "M,THU$2ENS,01,_Z,2026-03,0,A,,,\"tỷ đồng, giá \"\"hiện hành\"\"\",1,2026-04-10,PUBLISHED,office,THU.NS/01/2026-03",
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_selection_is_a_part_of_it_as_it_was_known(pool: PgPool) {
    catalogue(&pool).await;
    observations(&pool).await;
    let some = |text: &str| Some(text.to_owned());
    let count = async |stated: Stated| lines(&exported(&pool, operator(), stated).await.expect("a table")).len();
    let grdp = || vec!["GRDP".to_owned()];
    assert_eq!(count(Stated { indicators: grdp(), ..Stated::default() }).await, 3);
    assert_eq!(
        count(Stated { indicators: vec!["GRDP".to_owned(), "DÂN".to_owned()], area: some("01"), ..Stated::default() })
            .await,
        3
    );
    assert_eq!(count(Stated { organization: some("STC"), ..Stated::default() }).await, 1);
    assert_eq!(count(Stated { start: some("2026-02"), end: some("2026-Q1"), ..Stated::default() }).await, 2);
    assert_eq!(count(Stated { start: some("2026"), ..Stated::default() }).await, 8);
    // The estimate of January, before its correction.
    let known = Stated { indicators: grdp(), as_of: some("2026-02-05"), ..Stated::default() };
    let table = exported(&pool, operator(), known).await.expect("a table");
    assert_eq!(lines(&table), ["Q,GRDP,01,_Z,2025-Q4,8.5,E,,,%,1,2026-01-06,PUBLISHED,office,GRDP/01/2025-Q4"]);
    // Nothing is a table too.
    assert_eq!(count(Stated { as_of: some("2020-01-01"), ..Stated::default() }).await, 0);
    for (stated, path) in [
        (Stated { indicators: vec!["KHONG-CO".to_owned()], ..Stated::default() }, "indicator"),
        (Stated { area: some("99"), ..Stated::default() }, "area"),
        (Stated { organization: some("99"), ..Stated::default() }, "organization"),
    ] {
        let problem = exported(&pool, operator(), stated).await.expect_err("refused");
        assert_eq!((problem.code.as_str(), problem.path.as_deref()), ("VALIDATION", Some(path)));
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_gets_the_observations_that_they_see(pool: PgPool) {
    catalogue(&pool).await;
    observations(&pool).await;
    let refused = async |principal: Principal| {
        exported(&pool, principal, Stated::default()).await.expect_err("refused").code.as_str()
    };
    assert_eq!(refused(Principal::default()).await, "UNAUTHENTICATED");
    assert_eq!(refused(person("aud", &[Role::Auditor], Some("STC"), None)).await, "FORBIDDEN");
    let ward = Principal { areas: vec!["00004".to_owned()], ..person("war", &[Role::Ward], None, None) };
    let office = person("dep", &[Role::Department], Some("SYT"), None);
    for (who, seen) in [
        (ward, vec!["Q,GRDP,00004,_Z,2026-Q1,-1.5,A,,,%,1,2026-04-06,PUBLISHED,office,GRDP/00004/2026-Q1"]),
        (office, vec!["M,HO-SO,_Z,SYT,2026-01,NaN,Q,,,%,1,2026-02-10,PUBLISHED,office,HO-SO/SYT/2026-01"]),
    ] {
        let table = exported(&pool, who, Stated::default()).await.expect("a table");
        assert_eq!(lines(&table), seen);
    }
}

/// Action, operation, subject, reason and id of the request.
type Entry = (String, String, Option<String>, Option<String>, Option<String>);

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_export_is_in_the_audit_trail(pool: PgPool) {
    use kpis::sdmx::{Asked, Export, Selection};
    use service_kit::Problem;
    catalogue(&pool).await;
    let database = Database::from_pool(pool.clone());
    let stated = Stated { indicators: vec!["GRDP".to_owned()], start: Some("2025".to_owned()), ..Stated::default() };
    let selection = Selection::read(stated, "2026-11-27".parse().expect("a day")).expect("a selection");
    let asked = Asked { principal: operator(), selection, now: instant(NOW) };
    let export = Export::begin(&database, asked).await.expect("begun");
    export.record(Some("r-1")).await.expect("recorded");
    let problem = Problem::unauthenticated("no");
    Export::record_refused(&database, &Principal::default(), &problem, None).await.expect("recorded");
    let entries: Vec<Entry> = sqlx::query_as(
        "SELECT action, operation, subject, reason, request_id FROM platform.audit_entry WHERE operation = 'exportSdmx' ORDER BY action",
    )
    .fetch_all(&pool)
    .await
    .expect("entries");
    let some = |text: &str| Some(text.to_owned());
    let asked = some("indicator=GRDP&from=2025-01-01&asOf=2026-11-27");
    assert_eq!(
        entries,
        [
            ("EXPORT".into(), "exportSdmx".into(), some("operator"), asked, some("r-1")),
            ("REFUSED".into(), "exportSdmx".into(), None, some("no"), None),
        ]
    );
}

/// A database beside that of a test, with nothing in it.
async fn empty(pool: &PgPool) -> PgPool {
    let options = (*pool.connect_options()).clone();
    let name: String = options.get_database().expect("a database").chars().rev().take(40).collect();
    let name = format!("beside_{name}");
    run(pool, format!("DROP DATABASE IF EXISTS \"{name}\"")).await;
    run(pool, format!("CREATE DATABASE \"{name}\"")).await;
    let beside = PgPoolOptions::new().connect_with(options.database(&name)).await.expect("connected");
    migrations::MIGRATOR.run(&beside).await.expect("migrated");
    beside
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_exported_and_pushed_is_published_again(pool: PgPool) {
    catalogue(&pool).await;
    observations(&pool).await;
    let table = exported(&pool, operator(), Stated::default()).await.expect("a table");

    // In the database that it is from it says nothing new, but for the quotients, which are stated beside their parts.
    let before = published(&pool).await;
    let (results, fault) = pushed(&pool, "office", &table).await;
    assert_eq!(fault, None);
    assert!(results.iter().all(|result| result.errors.is_empty()), "{results:?}");
    assert!(results.iter().all(|result| !matches!(result.status, PushStatus::Created)), "{results:?}");
    assert_eq!(published(&pool).await, before);

    let beside = empty(&pool).await;
    catalogue(&beside).await;
    let (results, fault) = pushed(&beside, "office", &table).await;
    assert_eq!(fault, None);
    assert!(results.iter().all(|result| result.status == PushStatus::Created), "{results:?}");
    assert_eq!(exported(&beside, operator(), Stated::default()).await.expect("a table"), table);
    // The parts of a suppressed value are not told, so they are not there.
    let told: Vec<String> = before.iter().map(|row| row.replace(" 1/33 {SUPPRESSED}", " {SUPPRESSED}")).collect();
    assert_eq!(published(&beside).await, told);
    beside.close().await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn many_series_come_page_by_page(pool: PgPool) {
    catalogue(&pool).await;
    run(
        &pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at)
             SELECT lpad((n + 1000)::text, 5, '0'), 'Xã ' || n, 'COMMUNE', 'test', now() FROM generate_series(1, 450) AS n;
         INSERT INTO kpis.observation (id, source, external_id, indicator_code, area_code, period, value, status, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'test', n::text || q, 'GRDP', lpad((n + 1000)::text, 5, '0'), '2026-Q' || q, n, 'PUBLISHED', 'test', '2026-10-10T02:00:00Z'
             FROM generate_series(1, 450) AS n, generate_series(1, 2) AS q",
    )
    .await;
    let (table, statements) = count_statements(exported(&pool, operator(), Stated::default())).await;
    let table = table.expect("a table");
    let rows = lines(&table);
    assert_eq!(rows.len(), 900);
    assert!(rows.is_sorted(), "not in the order of the codes");
    // 450 series are three pages.
    assert!((4..=40).contains(&statements), "{statements} statements");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_structure_has_the_codes_of_the_table(pool: PgPool) {
    catalogue(&pool).await;
    run(
        &pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES ('00013', 'Phường <Ba> & \"Đình\"', 'WARD', 'test', now())",
    )
    .await;
    // Codes are public.
    let database = Database::from_pool(pool.clone());
    let document = structure(&database, &Principal::default(), instant(NOW)).await.expect("a structure");
    let text = String::from_utf8(document).expect("UTF-8");
    for part in [
        "<str:Codelist id=\"CL_INDICATOR\" agencyID=\"IOC\" version=\"1.0.0\">",
        "<str:Code id=\"D$C3$82N\">",
        "<com:Name xml:lang=\"vi\">Chỉ tiêu GRDP</com:Name>",
        "<com:Name xml:lang=\"vi\">Phường &lt;Ba&gt; &amp; ",
        "<str:Code id=\"_Z\">",
        "<str:Dimension id=\"ORGANIZATION\" position=\"4\">",
        "<str:TimeDimension id=\"TIME_PERIOD\">",
        "<str:Enumeration>urn:sdmx:org.sdmx.infomodel.codelist.Codelist=IOC:CL_AREA(1.0.0)</str:Enumeration>",
        "<str:LocalRepresentation minOccurs=\"1\" maxOccurs=\"unbounded\">",
        "<str:Structure>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=IOC:DSD_KPI(1.0.0)</str:Structure>",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for code in ["A", "P", "E", "F", "O", "Q", "B"] {
        assert!(text.contains(&format!("<str:Code id=\"{code}\">")), "{code}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_revision_of_a_line_is_that_of_its_observation(pool: PgPool) {
    catalogue(&pool).await;
    observations(&pool).await;
    let stated = Stated { indicators: vec!["GRDP".to_owned(), "DÂN".to_owned()], ..Stated::default() };
    let table = exported(&pool, operator(), stated).await.expect("a table");
    let names: Vec<&str> = HEADER.split(',').collect();
    let (id, revision) = (names.len() - 1, names.iter().position(|name| *name == "REVISION").expect("a column"));
    // The frame is cut off of a line, and the last cell may have a comma.
    let cells = |line: &str| -> Vec<String> {
        line.splitn(names.len() - 3, ',').map(|cell| cell.replace("\"\"", "§")).collect()
    };
    let told: Vec<(String, String)> = lines(&table)
        .into_iter()
        .map(|line| {
            let cells = cells(line);
            (cells[id - 3].replace('"', "").replace('§', "\""), cells[revision - 3].clone())
        })
        .collect();
    let document = r#"{ observations(first: 50, filter: { indicator: ["GRDP", "DÂN"] }) { edges { node { externalId revision vintages { vintage } } } } }"#;
    let answer = asked(&pool).data(document).await;
    let node = |id: &str| {
        let edges = answer["observations"]["edges"].as_array().expect("edges");
        edges.iter().find(|edge| edge["node"]["externalId"] == id).map(|edge| edge["node"].clone()).expect("a node")
    };
    assert_eq!(told.len(), 5);
    for (id, revision) in &told {
        assert_eq!(node(id)["revision"].to_string(), *revision, "{id}");
    }
    // One value was changed by its source: the second that was published, of the first revision.
    let changed = node("DÂN/00008/2025");
    assert_eq!((&changed["revision"], changed["vintages"].as_array().map(Vec::len)), (&1.into(), Some(2)));
}
