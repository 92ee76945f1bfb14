//! Pushes of SDMX-CSV 2.0: actions, keys, and refusals with their line and column.

use service_kit::push::{PushStatus, RowResult};
use sqlx::PgPool;

use crate::city::NOW;
use crate::exchange::{catalogue, published, pushed, pushed_at};

/// A table with a header and lines of the dataflow.
fn table(columns: &str, lines: &[&str]) -> String {
    let header = format!("STRUCTURE,STRUCTURE_ID,ACTION,{columns}\n");
    lines.iter().fold(header, |table, line| table + "dataflow,IOC:DF_KPI(1.0.0)," + line + "\n")
}

const COLUMNS: &str = "FREQ,INDICATOR,REF_AREA,ORGANIZATION,TIME_PERIOD,OBS_VALUE,OBS_STATUS";

/// Pushes lines with the usual columns.
async fn push(pool: &PgPool, lines: &[&str]) -> Vec<RowResult> {
    push_at(pool, NOW, lines).await
}

async fn push_at(pool: &PgPool, now: &str, lines: &[&str]) -> Vec<RowResult> {
    let (results, fault) = pushed_at(pool, now, "office", &table(COLUMNS, lines)).await;
    assert_eq!(fault, None);
    assert_eq!(results.len(), lines.len());
    results
}

fn statuses(results: &[RowResult]) -> Vec<&str> {
    results.iter().map(|result| result.status.as_str()).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_line_is_a_published_observation(pool: PgPool) {
    catalogue(&pool).await;
    let results = push(
        &pool,
        &[
            "I,Q,GRDP,01,_Z,2026-Q1,10.230,P;B",
            "A,A,D$C3$82N,01,,2025-A1,8.8e6,",
            "I,M,THU$2ENS,01,_Z,2026-M01,1.234,A",
            "I,M,THU$2ENS,01,_Z,2026-02,NaN,",
            "I,M,HO-SO,_Z,STC,2026-01,97,",
        ],
    )
    .await;
    assert_eq!(statuses(&results), ["CREATED"; 5], "{results:?}");
    let ids: Vec<&str> = results.iter().map(|result| &*result.external_id).collect();
    assert_eq!(
        ids,
        [
            "GRDP/area/01/2026-Q1",
            "DÂN/area/01/2025",
            "THU.NS/area/01/2026-01",
            "THU.NS/area/01/2026-02",
            "HO-SO/organization/STC/2026-01"
        ]
    );
    assert_eq!(
        published(&pool).await,
        [
            "DÂN 01 2025 = 8800000 {NORMAL} 2026-11-27",
            "GRDP 01 2026-Q1 = 10.23 {PROVISIONAL,BREAK} 2026-11-27",
            "HO-SO STC 2026-01 = 97 {NORMAL} 2026-11-27",
            "THU.NS 01 2026-01 = 1.234 {NORMAL} 2026-11-27",
            "THU.NS 01 2026-02 = ? {MISSING} 2026-11-27",
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn actions_change_replace_and_delete(pool: PgPool) {
    catalogue(&pool).await;
    push_at(&pool, "2026-11-27T02:00:00Z", &["I,Q,GRDP,01,_Z,2026-Q1,10.23,P", "I,Q,GRDP,01,_Z,2026-Q2,9,E"]).await;
    // An empty cell changes nothing, NaN clears the value.
    let results =
        push_at(&pool, "2026-11-27T02:01:00Z", &["A,Q,GRDP,01,_Z,2026-Q1,10.25,", "A,Q,GRDP,01,_Z,2026-Q2,NaN,O"])
            .await;
    assert_eq!(statuses(&results), ["UPDATED"; 2], "{results:?}");
    assert_eq!(
        published(&pool).await,
        ["GRDP 01 2026-Q1 = 10.25 {PROVISIONAL} 2026-11-27", "GRDP 01 2026-Q2 = ? {MISSING} 2026-11-27"]
    );
    // A rate without a value has no parts; NaN over a numerator contradicts itself, and beside Q it only hides what there is.
    let parts = |at: &'static str, line: &'static str| {
        let table = table("INDICATOR,ORGANIZATION,TIME_PERIOD,OBS_VALUE,OBS_STATUS,NUMERATOR,DENOMINATOR", &[line]);
        let pool = &pool;
        async move { pushed_at(pool, at, "office", &table).await.0 }
    };
    let stored = async || -> String {
        let sql = "SELECT concat_ws(' ', coalesce(value::text, '?'), coalesce(numerator::text, '?'), coalesce(denominator::text, '?'), flags::text) \
                   FROM kpis.observation WHERE indicator_code = 'HO-SO'";
        sqlx::query_scalar(sql).fetch_one(&pool).await.expect("an observation")
    };
    for (at, line, expected) in [
        ("2026-11-27T02:01:00Z", "I,HO-SO,STC,2026-01,,A,97,100", "? 97 100 {NORMAL}"),
        ("2026-11-27T02:01:10Z", "I,HO-SO,STC,2026-01,NaN,Q,,", "? 97 100 {SUPPRESSED}"),
        ("2026-11-27T02:01:20Z", "I,HO-SO,STC,2026-01,NaN,O,,", "? ? ? {MISSING}"),
        ("2026-11-27T02:01:30Z", "I,HO-SO,STC,2026-01,97,A,97,100", "97 97 100 {NORMAL}"),
        ("2026-11-27T02:01:40Z", "I,HO-SO,STC,2026-01,NaN,,NaN,", "? ? ? {MISSING}"),
    ] {
        let results = parts(at, line).await;
        assert!(results.iter().all(|result| result.errors.is_empty()), "{line}: {results:?}");
        assert_eq!(stored().await, expected, "{line}");
    }
    let results = parts("2026-11-27T02:01:50Z", "I,HO-SO,STC,2026-01,NaN,,97,100").await;
    assert_eq!((statuses(&results), &*results[0].errors[0].path), (vec!["REJECTED"], "NUMERATOR"));
    let results = parts("2026-11-27T02:01:55Z", "D,HO-SO,STC,2026-01,,,,").await;
    assert_eq!(statuses(&results), ["UPDATED"], "{results:?}");
    // NORMAL says that nothing else is said.
    let results = push_at(&pool, "2026-11-27T02:01:50Z", &["I,Q,GRDP,01,_Z,2026-Q1,10.25,A;P"]).await;
    assert_eq!((statuses(&results), &*results[0].errors[0].path), (vec!["REJECTED"], "OBS_STATUS"));
    // A replacement clears what it does not state.
    let results =
        push_at(&pool, "2026-11-27T02:02:00Z", &["R,Q,GRDP,01,_Z,2026-Q1,10.3,", "R,Q,GRDP,01,_Z,2026-Q2,8,"]).await;
    assert_eq!(statuses(&results), ["UPDATED"; 2], "{results:?}");
    assert_eq!(
        published(&pool).await,
        ["GRDP 01 2026-Q1 = 10.3 {NORMAL} 2026-11-27", "GRDP 01 2026-Q2 = 8 {NORMAL} 2026-11-27"]
    );
    let results =
        push_at(&pool, "2026-11-27T02:03:00Z", &["D,Q,GRDP,01,_Z,2026-Q1,,", "R,Q,GRDP,01,_Z,2026-Q2,8,"]).await;
    assert_eq!(statuses(&results), ["UPDATED", "UNCHANGED"], "{results:?}");
    assert_eq!(published(&pool).await, ["GRDP 01 2026-Q2 = 8 {NORMAL} 2026-11-27"]);
    // What states a value of a deleted observation means a part of it.
    let results = push_at(&pool, "2026-11-27T02:04:00Z", &["D,Q,GRDP,01,_Z,2026-Q2,8,"]).await;
    assert_eq!((statuses(&results), &*results[0].errors[0].path), (vec!["REJECTED"], "OBS_VALUE"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_line_has_the_id_that_it_states_or_one_of_its_key(pool: PgPool) {
    catalogue(&pool).await;
    let columns =
        "INDICATOR,REF_AREA,TIME_PERIOD,OBS_VALUE,REVISION,PUBLISHED_ON,PUBLICATION_STATUS,SOURCE,OBS_ID,REMARK";
    let lines = [
        "I,GRDP,01,2025-Q4,8.5,1,2026-01-06,,,,",
        "I,GRDP,01,2025-Q4,8.16,2,2026-02-06T09:00:00+07:00,,,,",
        "I,GRDP,01,2026-Q1,10,,,DRAFT,office,a,",
        "I,GRDP,01,2026-Q2,9,,,,office,b,x",
        "I,GRDP,01,2026-Q3,7,,,,elsewhere,b,",
    ];
    let (results, fault) = pushed(&pool, "office", &table(columns, &lines)).await;
    assert_eq!(fault, None);
    assert_eq!(statuses(&results), ["CREATED"; 5], "{results:?}");
    let ids: Vec<&str> = results.iter().map(|result| &*result.external_id).collect();
    assert_eq!(ids, ["GRDP/area/01/2025-Q4", "GRDP/area/01/2025-Q4/2", "a", "b", "elsewhere/b"]);
    assert_eq!(
        published(&pool).await,
        [
            "GRDP 01 2025-Q4 = 8.16 {NORMAL} 2026-02-06",
            "GRDP 01 2026-Q2 = 9 {NORMAL} 2026-11-27",
            "GRDP 01 2026-Q3 = 7 {NORMAL} 2026-11-27",
        ]
    );
    let again = pushed(&pool, "office", &table(columns, &lines[..2])).await.0;
    assert_eq!(statuses(&again), ["UNCHANGED"; 2], "{again:?}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_refusal_names_its_line_and_column(pool: PgPool) {
    catalogue(&pool).await;
    let wrong = [
        ("X,Q,GRDP,01,_Z,2026-Q1,1,A", "ACTION", "found “X”; accepted: I or A", "có “X”; chấp nhận: I hoặc A"),
        (
            "I,M,GRDP,01,_Z,2026-Q1,1,A",
            "FREQ",
            "accepted: Q, the frequency of 2026-Q1",
            "chấp nhận: Q, theo kỳ 2026-Q1",
        ),
        ("I,Q,$XX,01,_Z,2026-Q1,1,A", "INDICATOR", "two hexadecimal digits", "hai chữ số thập lục phân"),
        ("I,Q,GRDP,01,STC,2026-Q1,1,A", "REF_AREA", "one scope", "đúng một phạm vi"),
        ("I,Q,GRDP,_Z,_Z,2026-Q1,1,A", "REF_AREA", "one scope", "đúng một phạm vi"),
        ("I,Q,GRDP,01,_Z,2026-Q5,1,A", "TIME_PERIOD", "a quarter (2026-Q1)", "quý (2026-Q1)"),
        ("I,Q,GRDP,01,_Z,,1,A", "TIME_PERIOD", "found no value", "không có giá trị"),
        ("I,Q,GRDP,01,_Z,2026-Q1,\"1,5\",A", "OBS_VALUE", "found “1,5”; accepted: a number", "có “1,5”; chấp nhận: số"),
        (
            "I,Q,GRDP,01,_Z,2026-Q1,1,A;M",
            "OBS_STATUS",
            "\"M\" is no status; accepted: A, P, E, F, O, Q, B",
            "\"M\" không có trong danh mục",
        ),
        // The rules of the table.
        ("I,Q,GRDP,01,_Z,2026-Q1,NaN,A", "OBS_VALUE", "there is no value", "không có giá trị"),
        ("I,Q,GRDP,01,_Z,2026-Q1,1,O", "OBS_STATUS", "a missing observation has no value", "MISSING"),
        ("I,A,GRDP,01,_Z,2025,1,A", "TIME_PERIOD", "not of the indicator's frequency", "không đúng kỳ báo cáo"),
        ("I,Q,GRDP,01,_Z,2027-Q1,1,E", "TIME_PERIOD", "has not begun", "kỳ chưa bắt đầu"),
        ("I,Q,GRDP,_Z,STC,2026-Q1,1,A", "REF_AREA", "does not have this scope", "không có phạm vi này"),
    ];
    let lines: Vec<&str> = wrong.iter().map(|(line, ..)| *line).collect();
    let results = push(&pool, &lines).await;
    for (place, ((line, column, en, vi), result)) in (2..).zip(wrong.iter().zip(&results)) {
        assert_eq!((result.status, result.line), (PushStatus::Rejected, place), "{line}");
        let [error] = &result.errors[..] else { panic!("{line}: {:?}", result.errors) };
        assert_eq!(&*error.path, *column, "{line}: {error:?}");
        assert!(error.en.contains(en) && error.vi.contains(vi), "{line}: {error:?}");
    }
    assert_eq!(published(&pool).await, Vec::<String>::new());
    // The file of failed rows names the columns too.
    let stored: Vec<String> =
        sqlx::query_scalar("SELECT errors -> 0 ->> 'path' FROM platform.receipt_row ORDER BY row")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(stored, wrong.map(|(_, column, ..)| column));

    let line = "I,GRDP,01,2026-Q1,1,2026-13-01\ndataflow,IOC:DF_KPI(1.0.0),I,GRDP,01,2026-Q1,1,2027-01-01";
    let days = table("INDICATOR,REF_AREA,TIME_PERIOD,OBS_VALUE,PUBLISHED_ON", &[line]);
    for result in pushed(&pool, "office", &days).await.0 {
        assert_eq!((result.status, &*result.errors[0].path), (PushStatus::Rejected, "PUBLISHED_ON"), "{result:?}");
    }

    let columns = "INDICATOR,ORGANIZATION,TIME_PERIOD,OBS_VALUE,NUMERATOR,DENOMINATOR";
    let lines = ["I,HO-SO,STC,2026-01,55,40,100", "I,HO-SO,STC,2026-01,40.0,40,100"];
    let results = pushed(&pool, "office", &table(columns, &lines)).await.0;
    assert_eq!(statuses(&results), ["REJECTED", "CREATED"], "{results:?}");
    assert_eq!(&*results[0].errors[0].path, "OBS_VALUE");

    // A code that is not there yet is waited for.
    let results = push(&pool, &["I,Q,MOI,01,_Z,2026-Q1,1,A"]).await;
    assert_eq!(statuses(&results), ["PARKED"], "{results:?}");
    assert!(results[0].errors[0].en.contains("MOI"), "{results:?}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_table_of_another_structure_is_refused(pool: PgPool) {
    catalogue(&pool).await;
    let results = pushed(
        &pool,
        "office",
        "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,TIME_PERIOD,OBS_VALUE\n\
         dataflow,ESTAT:NA_MAIN(1.6.0),I,GRDP,01,2026-Q1,1\n\
         dataprovision,IOC:DF_KPI(1.0.0),I,GRDP,01,2026-Q1,1\n\
         datastructure,IOC:DSD_KPI(1.0.0),I,GRDP,01,2026-Q1,1\n",
    )
    .await
    .0;
    assert_eq!(statuses(&results), ["REJECTED", "REJECTED", "CREATED"], "{results:?}");
    assert_eq!((&*results[0].errors[0].path, &*results[1].errors[0].path), ("STRUCTURE_ID", "STRUCTURE"));
    let (results, fault) = pushed(&pool, "office", "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,OBS_VALUE\n").await;
    let fault = fault.expect("a fault of the file");
    assert_eq!((results.len(), &*fault.code), (0, "MISSING_COLUMN"));
    assert!(fault.en.contains("TIME_PERIOD") && fault.vi.contains("thiếu cột"), "{fault:?}");
}
