//! Mutations: the way of an observation, who may, and what is refused.

use serde_json::{Value, json};
use service_kit::testing::{Asked, person, problem};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator};

const NOBODY: Option<&str> = None;

fn owner() -> Principal {
    person("owner", &[Role::Lead], Some("STC"), None)
}

fn statistics() -> Principal {
    person("statistics", &[Role::Approver], Some("TKE"), None)
}

async fn city(pool: &PgPool) -> Asked {
    found(pool).await;
    give(pool, "indicators", &[indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" }))]).await;
    asked(pool)
}

async fn run(asked: &Asked, who: &Principal, verb: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
    let shown = if verb.ends_with("Target") {
        "id"
    } else {
        "observation { id version status value numerator denominator revision reason flags }"
    };
    asked
        .ask(
            who,
            &format!("mutation($input: {kind}!) {{ {verb}(input: $input) {{ {shown} }} }}"),
            json!({ "input": input }),
        )
        .await
}

/// Runs a verb and returns the observation.
async fn done(asked: &Asked, who: &Principal, verb: &str, input: Value) -> Value {
    let answer = run(asked, who, verb, input).await;
    assert!(answer.get("errors").is_none(), "{verb}: {answer}");
    answer["data"][verb]["observation"].clone()
}

fn at(row: &Value, more: Value) -> Value {
    crate::city::with(json!({ "id": row["id"], "expectedVersion": row["version"] }), more)
}

async fn shown(asked: &Asked) -> Value {
    asked.data(r#"{ indicator(code: "F") { series(area: "01", period: "2026-Q1") { value vintage } } }"#).await["indicator"]["series"][0].clone()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_observation_goes_from_its_owner_to_the_statistics_office_and_a_correction_replaces_it_only_when_published(
    pool: PgPool,
) {
    let asked = city(&pool).await;
    let new = json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "value": "5" });
    let draft = done(&asked, &owner(), "recordObservation", new).await;
    assert_eq!((draft["status"].clone(), draft["revision"].clone()), (json!("DRAFT"), json!(1)));
    let draft =
        done(&asked, &owner(), "updateObservation", at(&draft, json!({ "value": "6", "flags": ["PROVISIONAL"] })))
            .await;
    let sent = done(&asked, &owner(), "submitObservation", at(&draft, json!({}))).await;
    let returned =
        done(&asked, &statistics(), "returnObservation", at(&sent, json!({ "reason": "Thiếu thuyết minh" }))).await;
    assert_eq!((returned["status"].clone(), returned["reason"].clone()), (json!("DRAFT"), json!("Thiếu thuyết minh")));
    let sent = done(&asked, &owner(), "submitObservation", at(&returned, json!({}))).await;
    let verified = done(&asked, &statistics(), "verifyObservation", at(&sent, json!({}))).await;
    assert_eq!(shown(&asked).await, json!({ "value": null, "vintage": null }));
    let published = done(&asked, &statistics(), "publishObservation", at(&verified, json!({}))).await;
    assert_eq!(shown(&asked).await, json!({ "value": "6", "vintage": 1 }));
    let correction =
        done(&asked, &owner(), "correctObservation", at(&published, json!({ "value": "7", "reason": "Cập nhật" })))
            .await;
    assert_eq!(
        (correction["status"].clone(), correction["revision"].clone(), correction["value"].clone()),
        (json!("DRAFT"), json!(2), json!("7"))
    );
    assert_eq!(shown(&asked).await, json!({ "value": "6", "vintage": 1 }));
    // A second correction beside it is refused.
    let again =
        run(&asked, &owner(), "correctObservation", at(&published, json!({ "value": "8", "reason": "Nữa" }))).await;
    assert_eq!(problem(&again).0, "CONFLICT");
    let sent = done(&asked, &owner(), "submitObservation", at(&correction, json!({}))).await;
    let verified = done(&asked, &statistics(), "verifyObservation", at(&sent, json!({}))).await;
    let published = done(&asked, &statistics(), "publishObservation", at(&verified, json!({}))).await;
    assert_eq!(shown(&asked).await["value"], json!("7"));
    // Withdrawn, it no longer counts, and the value before does again.
    let withdrawn =
        done(&asked, &statistics(), "withdrawObservation", at(&published, json!({ "reason": "Nhầm đơn vị" }))).await;
    assert_eq!(withdrawn["status"], json!("WITHDRAWN"));
    assert_eq!(shown(&asked).await["value"], json!("6"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_verb_is_refused_to_who_may_not_and_out_of_turn(pool: PgPool) {
    let asked = city(&pool).await;
    let new = |area: &str| json!({ "indicator": "F", "area": area, "period": "2026-Q1", "value": "5" });
    let ward = Principal { areas: vec!["00004".to_owned()], ..person("ward", &[Role::Ward], NOBODY, None) };
    for (who, area, code) in [
        (&person("ioc", &[Role::Ioc], NOBODY, None), "01", "FORBIDDEN"),
        (&person("lead", &[Role::Lead], Some("SYT"), None), "01", "FORBIDDEN"),
        (&statistics(), "01", "FORBIDDEN"),
        (&ward, "00008", "FORBIDDEN"),
        (&ward, "01", "FORBIDDEN"),
    ] {
        let answer = run(&asked, who, "recordObservation", new(area)).await;
        assert_eq!(problem(&answer).0, code, "{who:?} {area}");
    }
    let of_ward = done(&asked, &ward, "recordObservation", new("00004")).await;
    let by_position =
        done(&asked, &person("gd", &[Role::Lead], NOBODY, Some("GD-STC")), "recordObservation", new("00008")).await;
    assert_eq!(by_position["status"], json!("DRAFT"));
    // Out of turn: a draft is neither verified nor published; the message has the way.
    for verb in ["verifyObservation", "publishObservation"] {
        let answer = run(&asked, &statistics(), verb, at(&of_ward, json!({}))).await;
        assert_eq!(problem(&answer).0, "CONFLICT", "{verb}");
    }
    assert_eq!(problem(&run(&asked, &ward, "verifyObservation", at(&of_ward, json!({}))).await).0, "FORBIDDEN");
    // Who submitted it does not judge it, whatever roles it has.
    let both =
        Principal { areas: vec!["00004".to_owned()], ..person("both", &[Role::Ward, Role::Approver], NOBODY, None) };
    let sent = done(&asked, &both, "submitObservation", at(&of_ward, json!({}))).await;
    assert_eq!(problem(&run(&asked, &both, "verifyObservation", at(&sent, json!({}))).await).0, "FORBIDDEN");
    // A stale version, a second observation of the period, a reason that is missing.
    assert_eq!(
        problem(&run(&asked, &statistics(), "verifyObservation", at(&of_ward, json!({}))).await),
        ("STALE_VERSION".to_owned(), "input.expectedVersion".to_owned())
    );
    assert_eq!(
        problem(&run(&asked, &owner(), "recordObservation", new("00004")).await),
        ("VALIDATION".to_owned(), "input.period".to_owned())
    );
    assert_eq!(
        problem(&run(&asked, &statistics(), "returnObservation", at(&sent, json!({ "reason": " " }))).await),
        ("VALIDATION".to_owned(), "input.reason".to_owned())
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn targets_are_set_by_an_issuer_and_changed_from_a_later_day(pool: PgPool) {
    let asked = city(&pool).await;
    let issuer = person("issuer", &[Role::Issuer], NOBODY, None);
    let new = json!({ "indicator": "F", "area": "01", "period": "2026", "value": "100", "baseline": "80", "decidedOn": "2026-01-05", "document": "01/NQ",
        "trajectory": [{ "on": "2026-06-30", "value": "40" }] });
    assert_eq!(problem(&run(&asked, &owner(), "setKpiTarget", new.clone()).await).0, "FORBIDDEN");
    let set = run(&asked, &issuer, "setKpiTarget", new.clone()).await;
    let id = set["data"]["setKpiTarget"]["id"].clone();
    assert!(id.is_string(), "{set}");
    for (change, path) in [
        (json!({ "period": "2026-W10" }), "input.period"),
        (json!({ "period": "2026-01" }), "input.period"),
        (json!({ "value": null }), "input.value"),
        (json!({ "low": "3" }), "input.value"),
        (json!({ "decidedOn": "2026-12-31" }), "input.decidedOn"),
        (json!({ "indicator": "X" }), "input.indicator"),
        (json!({ "area": null }), "input.area"),
        (
            json!({ "trajectory": [{ "on": "2026-06-30", "value": "40" }, { "on": "2026-03-31", "value": "20" }] }),
            "input.trajectory",
        ),
    ] {
        let answer = run(&asked, &issuer, "setKpiTarget", crate::city::with(new.clone(), change.clone())).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{change}");
    }
    let next =
        |day: &str| json!({ "id": id, "expectedVersion": 1, "value": "90", "decidedOn": day, "document": "02/NQ" });
    assert_eq!(problem(&run(&asked, &issuer, "changeKpiTarget", next("2026-01-05")).await).1, "input.decidedOn");
    let changed = run(&asked, &issuer, "changeKpiTarget", next("2026-07-01")).await;
    assert!(changed.get("errors").is_none(), "{changed}");
    let on = |day: &str| {
        format!(
            r#"{{ kpiTargets(asOf: "{day}") {{ edges {{ node {{ value document trajectory {{ on value }} }} }} }} }}"#
        )
    };
    assert_eq!(
        asked.data(&on("2026-06-30")).await["kpiTargets"]["edges"][0]["node"],
        json!({ "value": "100", "document": "01/NQ", "trajectory": [{ "on": "2026-06-30", "value": "40" }] })
    );
    assert_eq!(asked.data(&on("2026-07-01")).await["kpiTargets"]["edges"][0]["node"]["value"], json!("90"));
}
