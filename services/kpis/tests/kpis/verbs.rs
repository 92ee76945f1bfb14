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
    let ratio = json!({ "overPlaces": "RATIO", "numerator": "a", "denominator": "b", "scopes": ["CITY"] });
    give(
        pool,
        "indicators",
        &[
            indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" })),
            indicator("R", "RATE", "MONTH", ratio),
            indicator("B", "STOCK", "QUARTER", json!({ "direction": "RANGE" })),
            indicator("Y", "FLOW", "YEAR", json!({})),
        ],
    )
    .await;
    asked(pool)
}

async fn run(asked: &Asked, who: &Principal, verb: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
    let shown = if verb.ends_with("Target") {
        "id"
    } else {
        "observation { id version status value numerator denominator revision reason returnReason withdrawalReason flags }"
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
    let same = at(&draft, json!({ "value": "6", "flags": ["PROVISIONAL"] }));
    let unchanged = done(&asked, &owner(), "updateObservation", same).await;
    assert_eq!((&unchanged["version"], &unchanged["value"]), (&draft["version"], &json!("6")));
    let sent = done(&asked, &owner(), "submitObservation", at(&draft, json!({}))).await;
    let returned =
        done(&asked, &statistics(), "returnObservation", at(&sent, json!({ "reason": "Thiếu thuyết minh" }))).await;
    assert_eq!(
        (returned["status"].clone(), returned["returnReason"].clone()),
        (json!("DRAFT"), json!("Thiếu thuyết minh"))
    );
    let sent = done(&asked, &owner(), "submitObservation", at(&returned, json!({}))).await;
    let verified = done(&asked, &statistics(), "verifyObservation", at(&sent, json!({}))).await;
    assert_eq!(shown(&asked).await, json!({ "value": null, "vintage": null }));
    let published = done(&asked, &statistics(), "publishObservation", at(&verified, json!({}))).await;
    assert_eq!(shown(&asked).await, json!({ "value": "6", "vintage": 1 }));
    let same = at(&published, json!({ "value": "6", "reason": "Cập nhật" }));
    let refused = run(&asked, &owner(), "correctObservation", same).await;
    assert_eq!(problem(&refused), ("VALIDATION".into(), "input.value".into()));
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
    for (change, path) in [
        (json!({ "period": "2026-W10" }), "input.period"),
        (json!({ "period": "2026-01" }), "input.period"),
        (json!({ "value": null }), "input.value"),
        (json!({ "low": "3" }), "input.low"),
        (json!({ "decidedOn": "2026-12-31" }), "input.decidedOn"),
        (json!({ "indicator": "X" }), "input.indicator"),
        (json!({ "area": null }), "input.area"),
        (
            json!({ "trajectory": [{ "on": "2026-06-30", "value": "40" }, { "on": "2026-03-31", "value": "20" }] }),
            "input.trajectory",
        ),
        (json!({ "trajectory": [{ "on": "2027-01-01", "value": "40" }] }), "input.trajectory"),
        // It ends at the value.
        (json!({ "trajectory": [{ "on": "2026-12-31", "value": "99" }] }), "input.trajectory"),
        (json!({ "value": null, "low": "90", "high": "110" }), "input.low"),
        (json!({ "area": null, "organization": "STC" }), "input.area"),
    ] {
        let answer = run(&asked, &issuer, "setKpiTarget", crate::city::with(new.clone(), change.clone())).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{change}");
    }
    let range = json!({ "indicator": "B", "value": "3" });
    let answer = run(&asked, &issuer, "setKpiTarget", crate::city::with(new.clone(), range)).await;
    assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "input.value".to_owned()));
    let set = run(&asked, &issuer, "setKpiTarget", new.clone()).await;
    let id = set["data"]["setKpiTarget"]["id"].clone();
    assert!(id.is_string(), "{set}");
    // A second first version would replace it unseen, whatever its day.
    for day in ["2026-01-05", "2026-03-01"] {
        let again = crate::city::with(new.clone(), json!({ "value": "1", "decidedOn": day }));
        let answer = run(&asked, &issuer, "setKpiTarget", again).await;
        assert_eq!(problem(&answer).0, "CONFLICT", "{answer}");
        assert!(
            answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("changeKpiTarget")),
            "{answer}"
        );
    }
    let next = |day: &str| {
        json!({ "id": id, "expectedVersion": 1, "value": "90", "decidedOn": day, "document": "02/NQ",
        "trajectory": [{ "on": "2026-06-30", "value": "36" }, { "on": "2026-12-31", "value": "90.0" }] })
    };
    // The way to 100 is not the way to 90.
    let mut kept = next("2026-07-01");
    kept.as_object_mut().expect("an object").remove("trajectory");
    let answer = run(&asked, &issuer, "changeKpiTarget", kept).await;
    assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "input.trajectory".to_owned()));
    assert_eq!(problem(&run(&asked, &issuer, "changeKpiTarget", next("2026-01-05")).await).1, "input.decidedOn");
    let changed = run(&asked, &issuer, "changeKpiTarget", next("2026-07-01")).await;
    assert!(changed.get("errors").is_none(), "{changed}");
    let on = |day: &str| {
        format!(
            r#"{{ kpiTargets(asOf: "{day}") {{ edges {{ node {{ value document baseline trajectory {{ on value }} }} }} }} }}"#
        )
    };
    assert_eq!(
        asked.data(&on("2026-06-30")).await["kpiTargets"]["edges"][0]["node"],
        json!({ "value": "100", "document": "01/NQ", "baseline": "80", "trajectory": [{ "on": "2026-06-30", "value": "40" }] })
    );
    // What the change does not state is as before.
    assert_eq!(
        asked.data(&on("2026-07-01")).await["kpiTargets"]["edges"][0]["node"],
        json!({ "value": "90", "document": "02/NQ", "baseline": "80",
            "trajectory": [{ "on": "2026-06-30", "value": "36" }, { "on": "2026-12-31", "value": "90.0" }] })
    );
    // Who read the version before has not seen this one.
    assert_eq!(problem(&run(&asked, &issuer, "changeKpiTarget", next("2026-08-01")).await).0, "CONFLICT");
    assert_eq!(told(&pool).await, ["CREATED - 100", "MOVED 100 90"]);
    let cleared = json!({ "id": changed["data"]["changeKpiTarget"]["id"], "expectedVersion": 1, "baseline": null, "trajectory": null,
        "decidedOn": "2026-08-01", "document": "03/NQ" });
    let answer = run(&asked, &issuer, "changeKpiTarget", cleared).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(
        asked.data(&on("2026-08-01")).await["kpiTargets"]["edges"][0]["node"],
        json!({ "value": "90", "document": "03/NQ", "baseline": null, "trajectory": [] })
    );
    // Another way to the same value is no change of the target.
    assert_eq!(told(&pool).await, ["CREATED - 100", "MOVED 100 90"]);
}

/// What was decided about targets in a week of November, as briefings tell it. All decisions of the year became known in it.
async fn told(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', kind, coalesce(before, '-'), coalesce(after, '-'))
         FROM kpis.published_changes('2026-11-20T00:00:00Z', '2026-11-27T03:00:00Z') WHERE kind <> 'TURNED_RED'
         ORDER BY split_part(part, '/', 2)::bigint",
    )
    .fetch_all(pool)
    .await
    .expect("changes")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_target_is_corrected_for_all_its_days_and_withdrawn_from_a_day_on(pool: PgPool) {
    let asked = city(&pool).await;
    let issuer = person("issuer", &[Role::Issuer], NOBODY, None);
    let new = json!({ "indicator": "F", "area": "01", "period": "2026", "value": "100", "decidedOn": "2026-01-05", "document": "01/NQ" });
    let id = run(&asked, &issuer, "setKpiTarget", new.clone()).await["data"]["setKpiTarget"]["id"].clone();
    let of = |version: i32, more: Value| crate::city::with(json!({ "id": id, "expectedVersion": version }), more);
    let refused = async |who: &Principal, verb: &str, input: Value| problem(&run(&asked, who, verb, input).await);
    let shown = async |day: &str| {
        let document = format!(
            r#"{{ kpiTargets(asOf: "{day}") {{ edges {{ node {{ value decidedOn document reason withdrawalReason withdrawnOn }} }} }} }}"#
        );
        let answer = asked.data(&document).await;
        let rows = answer["kpiTargets"]["edges"].as_array().cloned().expect("a list");
        rows.iter().map(|edge| edge["node"].clone()).collect::<Vec<_>>()
    };
    // A thousand was meant.
    let right = |version: i32, value: &str| {
        of(version, json!({ "value": value, "document": "01/NQ", "reason": "Thiếu một số 0" }))
    };
    assert_eq!(refused(&owner(), "correctKpiTarget", right(1, "1000")).await.0, "FORBIDDEN");
    assert_eq!(
        refused(&issuer, "correctKpiTarget", right(1, "100")).await,
        ("VALIDATION".to_owned(), "input.value".to_owned())
    );
    let without = of(1, json!({ "value": "1000", "document": "01/NQ", "reason": " " }));
    assert_eq!(refused(&issuer, "correctKpiTarget", without).await.1, "input.reason");
    let later = of(1, json!({ "decidedOn": "2026-11-28", "document": "01/NQ", "reason": "Nhầm ngày" }));
    assert_eq!(refused(&issuer, "correctKpiTarget", later).await.1, "input.decidedOn");
    let answer = run(&asked, &issuer, "correctKpiTarget", right(1, "1000")).await;
    assert_eq!(answer["data"]["correctKpiTarget"]["id"], id, "{answer}");
    let stands = json!({ "value": "1000", "decidedOn": "2026-01-05", "document": "01/NQ", "reason": "Thiếu một số 0", "withdrawalReason": null, "withdrawnOn": null });
    assert_eq!(shown("2026-01-05").await, [stands]);
    // The day of the decision is no later day; the refusal names the verb that there is.
    let change = of(2, json!({ "value": "900", "document": "02/NQ", "decidedOn": "2026-01-05" }));
    let answer = run(&asked, &issuer, "changeKpiTarget", change).await;
    assert_eq!(problem(&answer).1, "input.decidedOn");
    assert!(answer.to_string().contains("correctKpiTarget"), "{answer}");

    let end = |version: i32, more: Value| of(version, crate::city::with(json!({ "reason": "03/QĐ bãi bỏ" }), more));
    assert_eq!(refused(&owner(), "withdrawKpiTarget", end(2, json!({}))).await.0, "FORBIDDEN");
    for day in ["2026-01-04", "2026-11-28"] {
        let input = end(2, json!({ "withdrawnOn": day }));
        assert_eq!(
            refused(&issuer, "withdrawKpiTarget", input).await,
            ("VALIDATION".to_owned(), "input.withdrawnOn".to_owned())
        );
    }
    let answer = run(&asked, &issuer, "withdrawKpiTarget", end(2, json!({ "withdrawnOn": "2026-06-01" }))).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let until = json!({ "value": "1000", "decidedOn": "2026-01-05", "document": "01/NQ", "reason": "Thiếu một số 0", "withdrawalReason": "03/QĐ bãi bỏ", "withdrawnOn": "2026-06-01" });
    assert_eq!(shown("2026-05-31").await, [until]);
    assert_eq!(shown("2026-06-01").await, Vec::<Value>::new());
    assert_eq!(refused(&issuer, "withdrawKpiTarget", end(3, json!({}))).await.0, "CONFLICT");
    let change = of(3, json!({ "value": "900", "document": "02/NQ" }));
    assert_eq!(refused(&issuer, "changeKpiTarget", change).await.0, "CONFLICT");
    // Another one is set from that day on, not before it.
    let again = |day: &str| crate::city::with(new.clone(), json!({ "value": "800", "decidedOn": day }));
    assert_eq!(refused(&issuer, "setKpiTarget", again("2026-05-31")).await.1, "input.decidedOn");
    let answer = run(&asked, &issuer, "setKpiTarget", again("2026-06-01")).await;
    let next = answer["data"]["setKpiTarget"]["id"].clone();
    assert!(next.is_string(), "{answer}");
    assert_eq!(shown("2026-06-01").await[0]["value"], json!("800"));
    assert_eq!(shown("2026-05-31").await[0]["value"], json!("1000"));
    // Withdrawn on the day of its decision it was never in force, and has that day still.
    let never = json!({ "id": next, "expectedVersion": 1, "reason": "Nhầm", "withdrawnOn": "2026-06-01" });
    let answer = run(&asked, &issuer, "withdrawKpiTarget", never).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(shown("2026-11-27").await, Vec::<Value>::new());
    assert_eq!(refused(&issuer, "setKpiTarget", again("2026-06-01")).await.1, "input.decidedOn");
    let answer = run(&asked, &issuer, "setKpiTarget", again("2026-06-02")).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(shown("2026-06-02").await[0]["value"], json!("800"));
    // A correction keeps the order of the versions, and what was withdrawn stays so.
    let last = answer["data"]["setKpiTarget"]["id"].clone();
    let moved = |id: &Value, version: i32, day: &str| json!({ "id": id, "expectedVersion": version, "decidedOn": day, "document": "01/NQ", "reason": "Nhầm ngày" });
    for (id, version, day) in
        [(&last, 1, "2026-06-01"), (&last, 1, "2026-01-04"), (&id, 3, "2026-06-01"), (&id, 3, "2026-07-01")]
    {
        let refused = refused(&issuer, "correctKpiTarget", moved(id, version, day)).await;
        assert_eq!(refused, ("VALIDATION".to_owned(), "input.decidedOn".to_owned()), "{day}");
    }
    let answer = run(&asked, &issuer, "correctKpiTarget", moved(&id, 3, "2026-05-31")).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(shown("2026-05-30").await, Vec::<Value>::new());
    let stands = shown("2026-05-31").await.remove(0);
    assert_eq!([&stands["reason"], &stands["withdrawalReason"]], ["Nhầm ngày", "03/QĐ bãi bỏ"]);
    assert_eq!(
        told(&pool).await,
        [
            "CREATED - 100",
            "CORRECTED 100 1000",
            "MOVED 1000 -",
            "CREATED - 800",
            "MOVED 800 -",
            "CREATED - 800",
            "CORRECTED - decided_on"
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_observation_is_of_a_period_that_has_begun_and_a_scope_of_the_indicator_and_agrees_with_its_parts(
    pool: PgPool,
) {
    let asked = city(&pool).await;
    let admin = person("admin", &[Role::Admin], NOBODY, None);
    for (new, path) in [
        (json!({ "indicator": "F", "area": "01", "period": "2027-Q1", "value": "5" }), "input.period"),
        // At the time of the tests it is 27 November.
        (json!({ "indicator": "R", "area": "01", "period": "2026-12", "value": "5" }), "input.period"),
        (
            json!({ "indicator": "Y", "area": "01", "period": "2028", "value": "5", "flags": ["FORECAST"] }),
            "input.period",
        ),
        (json!({ "indicator": "R", "area": "00004", "period": "2026-01", "value": "5" }), "input.area"),
        (json!({ "indicator": "F", "organization": "STC", "period": "2026-Q1", "value": "5" }), "input.area"),
        (
            json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "numerator": "5", "denominator": "9" }),
            "input.value",
        ),
        (
            json!({ "indicator": "R", "area": "01", "period": "2026-01", "value": "55", "numerator": "40", "denominator": "100" }),
            "input.value",
        ),
    ] {
        let answer = run(&asked, &admin, "recordObservation", new.clone()).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{new}: {answer}");
    }
    // An estimate of the year that is not over.
    let estimate = json!({ "indicator": "Y", "area": "01", "period": "2026", "value": "5", "flags": ["ESTIMATED"] });
    done(&asked, &admin, "recordObservation", estimate).await;
    // 2 of 3 is 66.67 as it is rounded; what is shown is what they give.
    let parts = json!({ "indicator": "R", "area": "01", "period": "2026-01", "value": "66.67", "numerator": "2", "denominator": "3" });
    let rate = done(&asked, &admin, "recordObservation", parts).await;
    assert!(rate["value"].as_str().is_some_and(|text| text.starts_with("66.66666")), "{rate}");
    let answer = run(&asked, &admin, "updateObservation", at(&rate, json!({ "numerator": "1" }))).await;
    assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "input.value".to_owned()));
    let rate = done(&asked, &admin, "updateObservation", at(&rate, json!({ "numerator": "1", "value": null }))).await;
    assert!(rate["value"].as_str().is_some_and(|text| text.starts_with("33.33333")), "{rate}");
    // A confidential value is shown to nobody, nor are its parts.
    let hidden = done(&asked, &admin, "updateObservation", at(&rate, json!({ "flags": ["SUPPRESSED"] }))).await;
    assert_eq!([&hidden["value"], &hidden["numerator"], &hidden["denominator"]], [&Value::Null; 3], "{hidden}");
    let listed = r#"{ observations(filter: { indicator: ["R"] }) { totalCount edges { node { value numerator denominator flags } } } }"#;
    let answer = asked.ask(&person("ioc", &[Role::Ioc], NOBODY, None), listed, Value::Null).await;
    assert_eq!(
        answer["data"]["observations"],
        json!({ "totalCount": 1, "edges": [{ "node": { "value": null, "numerator": null, "denominator": null, "flags": ["SUPPRESSED"] } }] })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_administrator_does_not_judge_what_it_submitted(pool: PgPool) {
    let asked = city(&pool).await;
    let (one, other) = (person("one", &[Role::Admin], NOBODY, None), person("other", &[Role::Admin], NOBODY, None));
    let new = json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "value": "5" });
    let draft = done(&asked, &one, "recordObservation", new).await;
    let sent = done(&asked, &one, "submitObservation", at(&draft, json!({}))).await;
    assert_eq!(problem(&run(&asked, &one, "verifyObservation", at(&sent, json!({}))).await).0, "FORBIDDEN");
    let verified = done(&asked, &other, "verifyObservation", at(&sent, json!({}))).await;
    assert_eq!(problem(&run(&asked, &one, "publishObservation", at(&verified, json!({}))).await).0, "FORBIDDEN");
    let published = done(&asked, &other, "publishObservation", at(&verified, json!({}))).await;
    assert_eq!(published["status"], json!("PUBLISHED"));
}

/// Submits, verifies and publishes a draft.
async fn publish(asked: &Asked, draft: &Value) -> Value {
    let sent = done(asked, &owner(), "submitObservation", at(draft, json!({}))).await;
    let verified = done(asked, &statistics(), "verifyObservation", at(&sent, json!({}))).await;
    done(asked, &statistics(), "publishObservation", at(&verified, json!({}))).await
}

async fn withdraw(asked: &Asked, row: &Value) -> Value {
    done(asked, &statistics(), "withdrawObservation", at(row, json!({ "reason": "Nhầm đơn vị" }))).await
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_withdrawn_period_is_recorded_again_as_the_next_revision(pool: PgPool) {
    let asked = city(&pool).await;
    let new = |value: &str| json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "value": value });
    let first = publish(&asked, &done(&asked, &owner(), "recordObservation", new("5")).await).await;
    withdraw(&asked, &first).await;
    assert_eq!(shown(&asked).await["value"], Value::Null);
    let second = done(&asked, &owner(), "recordObservation", new("6")).await;
    assert_eq!((&second["revision"], &second["status"]), (&json!(2), &json!("DRAFT")));
    // The draft is there now.
    let again = run(&asked, &owner(), "recordObservation", new("7")).await;
    assert_eq!(problem(&again), ("VALIDATION".to_owned(), "input.period".to_owned()));
    // A withdrawn draft does not block either.
    withdraw(&asked, &second).await;
    let third = done(&asked, &owner(), "recordObservation", new("8")).await;
    assert_eq!(third["revision"], json!(3));
    publish(&asked, &third).await;
    assert_eq!(shown(&asked).await["value"], json!("8"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_withdrawn_correction_does_not_block_the_next_one(pool: PgPool) {
    let asked = city(&pool).await;
    let new = json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "value": "5" });
    let first = publish(&asked, &done(&asked, &owner(), "recordObservation", new).await).await;
    let correct = |row: &Value, value: &str| at(row, json!({ "value": value, "reason": "Cập nhật" }));
    let second = done(&asked, &owner(), "correctObservation", correct(&first, "6")).await;
    let refused = run(&asked, &owner(), "correctObservation", correct(&first, "7")).await;
    assert!(refused.to_string().contains("revision 2 of this observation is DRAFT; change that one"), "{refused}");
    withdraw(&asked, &second).await;
    let third = done(&asked, &owner(), "correctObservation", correct(&first, "7")).await;
    assert_eq!(third["revision"], json!(3));
    let third = publish(&asked, &third).await;
    assert_eq!(shown(&asked).await["value"], json!("7"));
    let refused = run(&asked, &owner(), "correctObservation", correct(&first, "8")).await;
    assert!(refused.to_string().contains("revision 3 of this observation is PUBLISHED; correct that one"), "{refused}");
    // Withdrawn after its publication, it leaves the first one, which is corrected anew.
    withdraw(&asked, &third).await;
    assert_eq!(shown(&asked).await["value"], json!("5"));
    let fourth = done(&asked, &owner(), "correctObservation", correct(&first, "9")).await;
    assert_eq!(fourth["revision"], json!(4));
    publish(&asked, &fourth).await;
    assert_eq!(shown(&asked).await["value"], json!("9"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_reason_of_a_correction_outlasts_its_return_and_its_withdrawal(pool: PgPool) {
    let asked = city(&pool).await;
    let new = json!({ "indicator": "F", "area": "01", "period": "2026-Q1", "value": "5" });
    let first = publish(&asked, &done(&asked, &owner(), "recordObservation", new).await).await;
    let correction =
        done(&asked, &owner(), "correctObservation", at(&first, json!({ "value": "6", "reason": "Thiếu 2 đơn vị" })))
            .await;
    let sent = done(&asked, &owner(), "submitObservation", at(&correction, json!({}))).await;
    let returned = at(&sent, json!({ "reason": "Thiếu thuyết minh" }));
    let returned = done(&asked, &statistics(), "returnObservation", returned).await;
    let published = publish(&asked, &returned).await;
    let reasons = |row: &Value| ["reason", "returnReason", "withdrawalReason"].map(|field| row[field].clone());
    assert_eq!(reasons(&published), [json!("Thiếu 2 đơn vị"), json!("Thiếu thuyết minh"), Value::Null]);
    let withdrawn = withdraw(&asked, &published).await;
    assert_eq!(reasons(&withdrawn), [json!("Thiếu 2 đơn vị"), json!("Thiếu thuyết minh"), json!("Nhầm đơn vị")]);
    // A correction of the first one begins without them.
    let again =
        done(&asked, &owner(), "correctObservation", at(&first, json!({ "value": "7", "reason": "Tính lại" }))).await;
    assert_eq!(reasons(&again), [json!("Tính lại"), Value::Null, Value::Null]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_revision_has_the_reason_of_its_correction(pool: PgPool) {
    let asked = city(&pool).await;
    // What was published earlier, by a source.
    let old = crate::city::observed("F", "01", "2026-Q1", "2026-04-10", json!({ "value": "5" }));
    give(&pool, "observations", &[old]).await;
    let document = r#"{ observations(filter: { indicator: ["F"] }) { edges { node { id version } } } }"#;
    let first = asked.data(document).await["observations"]["edges"][0]["node"].clone();
    let correction =
        done(&asked, &owner(), "correctObservation", at(&first, json!({ "value": "6", "reason": "Thiếu 2 đơn vị" })))
            .await;
    let sent = done(&asked, &owner(), "submitObservation", at(&correction, json!({}))).await;
    let returned = at(&sent, json!({ "reason": "Thiếu thuyết minh" }));
    let returned = done(&asked, &statistics(), "returnObservation", returned).await;
    publish(&asked, &returned).await;
    let answer = asked.data(r#"{ kpiRevisions(period: "2026") { before after reason } }"#).await;
    assert_eq!(answer["kpiRevisions"], json!([{ "before": "5", "after": "6", "reason": "Thiếu 2 đơn vị" }]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn verbs_refuse_a_half_done_value_an_ancient_decision_and_a_later_baseline(pool: PgPool) {
    let asked = city(&pool).await;
    give(&pool, "indicators", &[indicator("D", "STOCK", "QUARTER", json!({ "direction": "BINARY" }))]).await;
    let new = json!({ "indicator": "D", "area": "01", "period": "2026-Q1" });
    let half =
        run(&asked, &owner(), "recordObservation", crate::city::with(new.clone(), json!({ "value": "7" }))).await;
    assert_eq!(problem(&half), ("VALIDATION".to_owned(), "input.value".to_owned()));
    assert!(half.to_string().contains("accepted: 1 (done) or 0 (not done)"), "{half}");
    let draft = done(&asked, &owner(), "recordObservation", crate::city::with(new, json!({ "value": "0" }))).await;
    let half = run(&asked, &owner(), "updateObservation", at(&draft, json!({ "value": "0.5" }))).await;
    assert_eq!(problem(&half).1, "input.value");
    done(&asked, &owner(), "updateObservation", at(&draft, json!({ "value": "1" }))).await;
    let issuer = person("issuer", &[Role::Issuer], NOBODY, None);
    let set = json!({ "indicator": "D", "area": "01", "period": "2026", "value": "1", "decidedOn": "2026-01-05", "document": "01/NQ" });
    for (change, path) in [
        (json!({ "value": "7" }), "input.value"),
        (json!({ "baseline": "0.5" }), "input.baseline"),
        (json!({ "trajectory": [{ "on": "2026-06-30", "value": "0.5" }] }), "input.trajectory"),
        (json!({ "decidedOn": "1800-01-01" }), "input.decidedOn"),
        (json!({ "baseline": "0", "baselinePeriod": "2030" }), "input.baselinePeriod"),
    ] {
        let answer = run(&asked, &issuer, "setKpiTarget", crate::city::with(set.clone(), change.clone())).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{change}");
    }
    let based = json!({ "baseline": "0", "baselinePeriod": "2025" });
    let answer = run(&asked, &issuer, "setKpiTarget", crate::city::with(set, based)).await;
    assert!(answer["data"]["setKpiTarget"]["id"].is_string(), "{answer}");
}
