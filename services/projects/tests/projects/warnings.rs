//! Early warning is computed when it is read, at the boundary of each limit.

use serde_json::{Value, json};
use service_kit::testing::{operator, person, problem};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{Asked, NOW, event, give, parcel, site, with_site};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn notices_payments_waits_and_paces_are_told_before_they_go_wrong(pool: PgPool) {
    with_site(&pool).await;
    let mut parcels: Vec<_> = (1..=30).map(|number| parcel(&number.to_string(), "K1", json!({}))).collect();
    parcels.push(parcel("NOTICE", "K1", json!({})));
    parcels.push(parcel("PAY", "K1", json!({})));
    give(&pool, "parcel-cases", &parcels).await;
    let mut events = Vec::new();
    // Thirty parcels went from notice to inventory in 10 to 39 days.
    for number in 1..=30 {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let inventory = day + chrono::Days::new(9 + number);
        events.push(event(&number.to_string(), "NOTIFIED", &day.to_string()));
        events.push(event(&number.to_string(), "INVENTORIED", &inventory.to_string()));
    }
    // Valid until 2026-12-01.
    events.push(event("NOTICE", "NOTIFIED", "2025-12-01"));
    events.extend([
        event("PAY", "NOTIFIED", "2026-03-01"),
        event("PAY", "POSTED", "2026-05-04"),
        event("PAY", "APPROVED", "2026-05-20"),
    ]);
    give(&pool, "parcel-events", &events).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let told = |kind: &'static str, as_of: &'static str| {
        let city = &city;
        async move {
            let document = format!(
                "{{ clearanceWarnings(asOf: \"{as_of}\", filter: {{ kind: [{kind}] }}) {{ days limit parcelCase {{ parcelNumber }} project {{ code }} }} }}"
            );
            city.data(&document).await["clearanceWarnings"].clone()
        }
    };
    assert_eq!(told("NOTICE_LAPSING", "2026-10-01").await, json!([]));
    assert_eq!(
        told("NOTICE_LAPSING", "2026-10-02").await,
        json!([{ "days": 60, "limit": 60, "parcelCase": { "parcelNumber": "NOTICE" }, "project": { "code": "DA" } }])
    );
    assert_eq!(told("NOTICE_LAPSED", "2026-11-27").await, json!([]));
    // Effect on 20 May, 30 days: until 19 June.
    assert_eq!(told("PAYMENT_LATE", "2026-06-19").await, json!([]));
    assert_eq!(told("PAYMENT_LATE", "2026-06-20").await[0]["days"], 1);
    // Of the thirty, and of PAY with 64 days, nine in ten took at most 37 days: the 28th.
    let waiting = told("WAITING_LONG", "2026-01-06").await;
    assert_eq!(waiting, json!([]), "nobody has passed yet");
    let waiting = told("WAITING_LONG", "2026-11-27").await;
    let notice = waiting
        .as_array()
        .expect("warnings")
        .iter()
        .find(|warning| warning["parcelCase"]["parcelNumber"] == "NOTICE")
        .expect("NOTICE waits")
        .clone();
    assert_eq!((notice["days"].as_i64(), notice["limit"].as_i64()), (Some(361), Some(37)));
    let late = told("CLEARANCE_AFTER_FORECAST", "2026-11-27").await;
    assert_eq!(late[0]["days"], 36_500 - 34, "a pace of nothing never ends: a hundred years");
    give(&pool, "parcel-events", &[event("1", "HANDED_OVER", "2026-11-20")]).await;
    let late = told("CLEARANCE_AFTER_FORECAST", "2026-11-27").await;
    // 3,100 m² at 100 m² in 90 days take 2,790 days; the forecast is 34 days away.
    assert_eq!(
        (late[0]["days"].as_i64(), late[0]["limit"].as_i64(), late[0]["project"]["code"].as_str()),
        (Some(2790 - 34), Some(34), Some("DA")),
        "{late}"
    );
    // Of each kind as many as asked for, and not of the first kind by name only.
    let first =
        city.data("{ clearanceWarnings(first: 1, asOf: \"2026-11-27\") { kind days } }").await["clearanceWarnings"]
            .take();
    let kinds: Vec<&str> =
        first.as_array().expect("warnings").iter().filter_map(|warning| warning["kind"].as_str()).collect();
    assert_eq!(kinds, ["CLEARANCE_AFTER_FORECAST", "NOTICE_LAPSING", "PAYMENT_LATE", "WAITING_LONG"]);
    for (filter, path) in [
        ("project: [\"DA\", \"NOPE\"]", "filter.project.1"),
        ("area: [\"NOPE\"]", "filter.area.0"),
        ("organization: [\"NOPE\"]", "filter.organization.0"),
    ] {
        let document = format!("{{ clearanceWarnings(filter: {{ {filter} }}) {{ kind }} }}");
        let refused = city.ask(&operator(), &document, json!({})).await;
        assert_eq!(problem(&refused), ("VALIDATION".into(), path.into()), "{filter}");
    }
}

/// What a warning is measured by is the same for who sees one ward and for who sees all.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_ward_is_warned_by_the_waits_and_the_pace_of_all_parcels(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "sites", &[site("K2", "DA", "00008")]).await;
    let mut parcels: Vec<_> = (1..=30).map(|number| parcel(&number.to_string(), "K1", json!({}))).collect();
    parcels.extend(["LONG", "SHORT"].map(|number| parcel(number, "K2", json!({}))));
    give(&pool, "parcel-cases", &parcels).await;
    let mut events = Vec::new();
    // Thirty parcels of another ward went from notice to inventory in 10 to 39 days: nine in ten took at most 36.
    for number in 1..=30 {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        events.push(event(&number.to_string(), "NOTIFIED", &day.to_string()));
        events.push(event(&number.to_string(), "INVENTORIED", &(day + chrono::Days::new(9 + number)).to_string()));
    }
    events.extend([event("LONG", "NOTIFIED", "2026-10-21"), event("SHORT", "NOTIFIED", "2026-10-22")]);
    events.push(event("1", "HANDED_OVER", "2026-11-20"));
    give(&pool, "parcel-events", &events).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let ward = |area: &str| Principal { areas: vec![area.to_owned()], ..person("ward", &[Role::Ward], None, None) };
    let document = "{ clearanceWarnings(asOf: \"2026-11-27\", filter: { kind: [WAITING_LONG, CLEARANCE_AFTER_FORECAST] }) { kind days limit parcelCase { parcelNumber } } }";
    let told = |who: Principal| {
        let city = &city;
        async move {
            let answer = city.ask(&who, document, json!({})).await;
            let warnings = answer["data"]["clearanceWarnings"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
            let known =
                |warning: &&Value| warning["parcelCase"]["parcelNumber"] == "LONG" || warning["parcelCase"].is_null();
            warnings.iter().filter(known).cloned().collect::<Vec<_>>()
        }
    };
    let all = told(operator()).await;
    let long = json!({ "kind": "WAITING_LONG", "days": 37, "limit": 36, "parcelCase": { "parcelNumber": "LONG" } });
    assert_eq!(all[1], long);
    // 3,100 m² at 100 m² in 90 days.
    assert_eq!((all[0]["days"].as_i64(), all.len()), (Some(2790 - 34), 2));
    assert_eq!(told(ward("00008")).await, all);
    // Another ward sees the project, and not the parcel.
    assert_eq!(told(ward("00004")).await, all[..1]);
}

/// A past day is warned of by what there was on it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_past_day_is_warned_by_what_there_was_on_it(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "sites", &[site("K2", "DA", "00008")]).await;
    let mut parcels: Vec<_> = (1..=20).map(|number| parcel(&number.to_string(), "K1", json!({}))).collect();
    parcels.push(parcel("LONG", "K1", json!({})));
    give(&pool, "parcel-cases", &parcels).await;
    let day = |number: u64| {
        (chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day") + chrono::Days::new(number)).to_string()
    };
    let mut events = vec![event("LONG", "NOTIFIED", "2026-02-01"), event("LONG", "INVENTORIED", "2026-07-01")];
    for number in 1..=20_u64 {
        events.push(event(&number.to_string(), "NOTIFIED", "2026-03-01"));
        // Ten went on in 1 to 10 days, and ten in 101 to 110.
        let wait = if number <= 10 { number } else { 90 + number };
        events.push(event(&number.to_string(), "INVENTORIED", &day(wait)));
    }
    give(&pool, "parcel-events", &events).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let told = async |as_of: &str, filter: &str| {
        let document = format!(
            "{{ clearanceWarnings(asOf: \"{as_of}\", filter: {{ {filter} }}) {{ kind days limit parcelCase {{ parcelNumber stage }} project {{ code }} }} }}"
        );
        city.data(&document).await["clearanceWarnings"].as_array().expect("warnings").clone()
    };
    // Nine in ten of the ten that have passed by the end of March took at most 9 days.
    let warnings = told("2026-03-31", "kind: [WAITING_LONG]").await;
    let long = warnings.iter().find(|warning| warning["parcelCase"]["parcelNumber"] == "LONG").expect("LONG waits");
    assert_eq!((long["days"].as_i64(), long["limit"].as_i64()), (Some(58), Some(9)));
    assert_eq!(long["parcelCase"]["stage"], "NOTIFIED", "it was inventoried in July");
    // Of all twenty they took at most 108 days.
    let later = told("2026-06-30", "kind: [WAITING_LONG]").await;
    let long = later.iter().find(|warning| warning["parcelCase"]["parcelNumber"] == "LONG").expect("LONG waits");
    assert_eq!((long["days"].as_i64(), long["limit"].as_i64()), (Some(149), Some(108)));
    // A project is in each area in which it has sites.
    for (area, expected) in [("00004", 1), ("00008", 1), ("00025", 0)] {
        let found = told("2026-11-27", &format!("area: [\"{area}\"], kind: [CLEARANCE_AFTER_FORECAST]")).await;
        assert_eq!(found.len(), expected, "{area}");
        assert!(found.iter().all(|warning| warning["project"]["code"] == "DA"), "{found:?}");
    }
    for document in [
        "{ clearanceWarnings(asOf: \"0001-01-01\") { kind } }",
        "{ clearanceStats(asOf: \"0001-01-01\") { totals { parcels } } }",
    ] {
        assert_eq!(problem(&city.ask(&operator(), document, json!({})).await), ("VALIDATION".into(), "asOf".into()));
    }
}

/// A deposit that is followed by a payment has settled the parcel since the deposit.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_payment_after_a_deposit_does_not_begin_the_wait_again(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[event("1", "DEPOSITED", "2026-03-02"), event("1", "PAID", "2026-03-12")]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let found = city.data("{ parcelCases(asOf: \"2026-03-22\") { nodes { stage daysInStage } } }").await;
    assert_eq!(found["parcelCases"]["nodes"], json!([{ "stage": "SETTLED", "daysInStage": 20 }]));
}
