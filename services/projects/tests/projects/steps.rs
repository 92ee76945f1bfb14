//! Steps of clearance: each allowed and refused, by whom, from where, and within the limits of the law.

use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{Asked, NOW, event, give, parcel, person, problem, row, with_site};

fn ward() -> Principal {
    Principal { areas: vec!["00004".to_owned()], ..person("ward", &[Role::Ward], None, None) }
}

fn approver() -> Principal {
    person("approver", &[Role::Approver], None, None)
}

/// Sends a step of parcel `1` with its present version.
async fn step(pool: &PgPool, city: &Asked, who: &Principal, verb: &str, fields: &str) -> Value {
    let (id, version) = row(pool, "projects.parcel_case", "1").await;
    let document = format!(
        "mutation {{ {verb}(input: {{ id: \"{id}\", expectedVersion: {version}{fields} }}) {{ parcelCase {{ stage missing areaCleared voluntary onHold }} }} }}"
    );
    city.ask(who, &document, json!({})).await
}

fn stage(answer: &Value, verb: &str) -> String {
    answer["data"][verb]["parcelCase"]["stage"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_parcel_goes_the_whole_way(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    for (who, verb, fields, expected) in [
        (ward(), "scopeParcel", ", happenedOn: \"2026-01-05\"", "SCOPED"),
        (ward(), "notifyParcel", ", happenedOn: \"2026-01-12\", document: \"15/TB\"", "NOTIFIED"),
        (ward(), "inventoryParcel", ", happenedOn: \"2026-02-02\"", "INVENTORIED"),
        (ward(), "draftParcelPlan", ", happenedOn: \"2026-03-02\"", "PLAN_DRAFTED"),
        (ward(), "postParcelPlan", ", happenedOn: \"2026-03-10\"", "POSTED"),
        (ward(), "appraiseParcelPlan", ", happenedOn: \"2026-03-18\"", "APPRAISED"),
        (approver(), "approveParcelPlan", ", happenedOn: \"2026-03-20\", document: \"88/QĐ\"", "APPROVED"),
        (approver(), "decideRecovery", ", happenedOn: \"2026-03-27\", document: \"99/QĐ\"", "RECOVERY_DECIDED"),
        (ward(), "payParcel", ", happenedOn: \"2026-04-10\"", "RECOVERY_DECIDED"),
        (ward(), "handOverParcel", ", happenedOn: \"2026-04-20\"", "HANDED_OVER"),
        (ward(), "closeParcel", ", happenedOn: \"2026-04-21\"", "CLOSED"),
    ] {
        let answer = step(&pool, &city, &who, verb, fields).await;
        assert_eq!(stage(&answer, verb), expected, "{verb}");
    }
    let found = city.data("{ parcelCases { edges { node { stage missing areaCleared isCleared voluntary milestones { kind happenedOn } violations { code } } } } }").await;
    let node = &found["parcelCases"]["edges"][0]["node"];
    assert_eq!(
        (node["missing"].clone(), node["areaCleared"].clone(), node["voluntary"].clone(), node["violations"].clone()),
        (json!([]), json!("100"), json!(false), json!([]))
    );
    assert_eq!(node["milestones"].as_array().map(Vec::len), Some(11));
    let answer = step(&pool, &city, &ward(), "holdParcel", "").await;
    assert_eq!(problem(&answer).0, "CONFLICT", "{answer}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_step_is_refused_to_others_from_elsewhere_without_its_document_and_in_the_future(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let elsewhere = Principal { areas: vec!["00008".to_owned()], ..person("far", &[Role::Ward], None, None) };
    let all = person("adm", &[Role::Admin], None, None);
    for known in projects::STEPS {
        let fields = ", happenedOn: \"2026-06-01\", document: \"VB\", happenedAt: \"09:00\"";
        assert_eq!(
            problem(&step(&pool, &city, &Principal::default(), known.verb, fields).await).0,
            "UNAUTHENTICATED",
            "{}",
            known.verb
        );
        assert_eq!(problem(&step(&pool, &city, &elsewhere, known.verb, fields).await).0, "NOT_FOUND", "{}", known.verb);
        assert_eq!(
            problem(&step(&pool, &city, &person("ioc", &[Role::Ioc], None, None), known.verb, fields).await).0,
            "FORBIDDEN",
            "{}",
            known.verb
        );
        if !known.after.is_empty() {
            let answer = step(&pool, &city, &all, known.verb, fields).await;
            assert_eq!(problem(&answer).0, "CONFLICT", "{} {answer}", known.verb);
        }
        let answer = step(&pool, &city, &all, known.verb, ", happenedOn: \"2026-11-28\", document: \"VB\"").await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), "input.happenedOn".into()), "{}", known.verb);
        if known.by_document {
            let answer =
                step(&pool, &city, &all, known.verb, ", happenedOn: \"2026-06-01\", happenedAt: \"09:00\"").await;
            assert_eq!(problem(&answer), ("VALIDATION".into(), "input.document".into()), "{}", known.verb);
        }
    }
    // Nothing was half-written.
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM projects.milestone").fetch_one(&pool).await.expect("a count");
    assert_eq!(stored, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_breaks_a_rule_is_refused_with_the_article(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(
        &pool,
        "parcel-events",
        &[
            event("1", "NOTIFIED", "2026-01-05"),
            event("1", "INVENTORIED", "2026-01-20"),
            event("1", "PLAN_DRAFTED", "2026-01-25"),
            event("1", "POSTED", "2026-02-02"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let answer =
        step(&pool, &city, &approver(), "approveParcelPlan", ", happenedOn: \"2026-02-11\", document: \"88/QĐ\"").await;
    let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("POSTING_TOO_SHORT") && message.contains("9 days") && message.contains("article 3(9)(b)"),
        "{answer}"
    );
    let answer =
        step(&pool, &city, &approver(), "decideRecovery", ", happenedOn: \"2026-03-05\", document: \"99/QĐ\"").await;
    assert!(
        answer["errors"][0]["message"].as_str().unwrap_or_default().contains("RECOVERY_BEFORE_APPROVAL"),
        "{answer}"
    );
    give(&pool, "parcel-events", &[event("1", "APPROVED", "2026-02-12"), event("1", "RECOVERY_DECIDED", "2026-02-20")])
        .await;
    // The recovery was pushed within the 60 days of the notice: kept, and reported.
    assert_eq!(crate::city::violations(&pool, "1").await, ["RECOVERY_WITHIN_NOTICE"]);
    let decided =
        step(&pool, &city, &approver(), "decideEnforcement", ", happenedOn: \"2026-02-24\", document: \"100/QĐ\"")
            .await;
    assert_eq!(stage(&decided, "decideEnforcement"), "RECOVERY_DECIDED");
    let at = |day: &str, time: &str| format!(", happenedOn: \"{day}\", happenedAt: \"{time}\"");
    for (day, time, code) in [
        ("2026-03-05", "09:00", "ENFORCED_AT_TET"),
        ("2026-03-09", "23:00", "ENFORCED_AT_NIGHT"),
        ("2026-03-15", "09:00", "ENFORCED_ON_DAY_OFF"),
    ] {
        let answer = step(&pool, &city, &approver(), "enforceRecovery", &at(day, time)).await;
        assert!(answer["errors"][0]["message"].as_str().unwrap_or_default().contains(code), "{answer}");
    }
    let answer = step(&pool, &city, &approver(), "enforceRecovery", &at("2026-03-09", "09:00")).await;
    assert_eq!(stage(&answer, "enforceRecovery"), "HANDED_OVER", "{answer}");
    assert_eq!(answer["data"]["enforceRecovery"]["parcelCase"]["areaCleared"], "100");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn branches_hold_withdraw_and_hand_over_early(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2026-01-05")]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let held = step(&pool, &city, &ward(), "holdParcel", ", happenedOn: \"2026-02-02\"").await;
    assert_eq!(held["data"]["holdParcel"]["parcelCase"]["onHold"], true, "{held}");
    assert_eq!(problem(&step(&pool, &city, &ward(), "inventoryParcel", "").await).0, "CONFLICT");
    let resumed = step(&pool, &city, &ward(), "resumeParcel", ", happenedOn: \"2026-03-02\"").await;
    assert_eq!(resumed["data"]["resumeParcel"]["parcelCase"]["onHold"], false, "{resumed}");
    let on_hold = city.data("{ a: clearanceStats(asOf: \"2026-03-01\") { totals { onHold } } b: clearanceStats(asOf: \"2026-03-02\") { totals { onHold } } }").await;
    assert_eq!(
        (on_hold["a"]["totals"]["onHold"].as_i64(), on_hold["b"]["totals"]["onHold"].as_i64()),
        (Some(1), Some(0))
    );
    assert_eq!(
        problem(&step(&pool, &city, &ward(), "handOverParcel", ", area: \"100.5\"").await),
        ("VALIDATION".into(), "input.area".into())
    );
    let handed = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-04-01\", area: \"60\"").await;
    assert_eq!(
        handed["data"]["handOverParcel"]["parcelCase"],
        json!({ "stage": "NOTIFIED", "missing": [], "areaCleared": "60", "voluntary": false, "onHold": false }),
        "{handed}"
    );
    let rest = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-04-02\"").await;
    assert_eq!(
        rest["data"]["handOverParcel"]["parcelCase"],
        json!({ "stage": "HANDED_OVER", "missing": ["INVENTORIED", "PLAN_DRAFTED", "POSTED", "APPRAISED", "APPROVED", "PAID", "RECOVERY_DECIDED"], "areaCleared": "100", "voluntary": true, "onHold": false }),
        "{rest}"
    );
    assert_eq!(problem(&step(&pool, &city, &approver(), "withdrawParcel", ", document: \"1/QĐ\"").await).0, "CONFLICT");
}

/// Land is handed over in parts, never more than there is, and the file ends with the last of them.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_handover_in_part_is_finished_by_another_one(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2026-01-05")]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let part = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-03-02\", area: \"1\"").await;
    assert_eq!(part["data"]["handOverParcel"]["parcelCase"]["areaCleared"], "1", "{part}");
    let closed = step(&pool, &city, &ward(), "closeParcel", "").await;
    assert_eq!(problem(&closed).0, "CONFLICT");
    let message = closed["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("1 of 100 m² are handed over"), "{message}");
    assert_eq!(problem(&step(&pool, &city, &approver(), "withdrawParcel", ", document: \"1/QĐ\"").await).0, "CONFLICT");
    let more = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-04-01\", area: \"99.5\"").await;
    assert_eq!(problem(&more), ("VALIDATION".into(), "input.area".into()));
    // What a source tells counts too: 40 of the 99 that are left.
    let told = json!({ "externalId": "B", "observedAt": "2026-03-20T02:00:00Z", "parcel": "1", "kind": "HANDED_OVER", "happenedOn": "2026-03-20", "area": "40" });
    give(&pool, "parcel-events", &[told]).await;
    let more = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-04-01\", area: \"99\"").await;
    assert_eq!(problem(&more), ("VALIDATION".into(), "input.area".into()));
    let rest = step(&pool, &city, &ward(), "handOverParcel", ", happenedOn: \"2026-04-01\", area: \"59\"").await;
    assert_eq!(stage(&rest, "handOverParcel"), "HANDED_OVER");
    let at = async |day: &str| {
        let document = format!(
            "{{ clearanceStats(asOf: \"{day}\") {{ totals {{ areaCleared {{ numerator }} reached {{ handedOver }} }} }} }}"
        );
        city.data(&document).await["clearanceStats"]["totals"].take()
    };
    let expected = |cleared: &str, whole: i64| json!({ "areaCleared": { "numerator": cleared }, "reached": { "handedOver": whole } });
    for (day, cleared, whole) in [
        ("2026-03-01", "0", 0),
        ("2026-03-02", "1", 0),
        ("2026-03-20", "41", 0),
        ("2026-03-31", "41", 0),
        ("2026-04-01", "100", 1),
    ] {
        assert_eq!(at(day).await, expected(cleared, whole), "{day}");
    }
    // The parcel is handed over with the last part.
    for (period, whole, area) in [("2026-Q1", 0, "0"), ("2026-Q2", 1, "100")] {
        let document =
            format!("{{ clearanceStats(period: \"{period}\") {{ totals {{ handedOver areaHandedOver }} }} }}");
        let totals = city.data(&document).await["clearanceStats"]["totals"].take();
        assert_eq!(totals, json!({ "handedOver": whole, "areaHandedOver": area }), "{period}");
    }
    assert_eq!(problem(&step(&pool, &city, &ward(), "handOverParcel", "").await).0, "CONFLICT");
    let closed = step(&pool, &city, &ward(), "closeParcel", ", happenedOn: \"2026-04-02\"").await;
    assert_eq!(stage(&closed, "closeParcel"), "CLOSED", "{closed}");
    // A handover that did not happen takes its area with it.
    let (id, version): (String, i32) =
        sqlx::query_as("SELECT id::text, version FROM projects.milestone WHERE kind = 'HANDED_OVER' AND area = 59")
            .fetch_one(&pool)
            .await
            .expect("a handover");
    let correct = format!(
        "mutation {{ correctMilestone(input: {{ id: \"{id}\", expectedVersion: {version}, reason: \"Nhập sai\", withdraw: true }}) {{ id }} }}"
    );
    let answer = city.ask(&person("ins", &[Role::Inspector], None, None), &correct, json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(at("2026-11-27").await, expected("41", 0));
    let differ = service_kit::store::facts::recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check");
    assert_eq!(differ, 0);
}

/// A correction breaks no rule that the step itself would not break.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_correction_is_refused_what_the_step_would_be(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({})), parcel("2", "K1", json!({}))]).await;
    give(
        &pool,
        "parcel-events",
        &[
            event("1", "NOTIFIED", "2026-01-05"),
            event("1", "INVENTORIED", "2026-01-20"),
            event("1", "POSTED", "2026-02-02"),
            event("1", "APPROVED", "2026-03-02"),
            event("1", "RECOVERY_DECIDED", "2026-03-09"),
            // Pushed out of order: reported, and open to a correction.
            event("2", "NOTIFIED", "2026-02-02"),
            event("2", "APPROVED", "2026-01-05"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let inspector = person("ins", &[Role::Inspector], None, None);
    let correct = async |milestone: &str, fields: &str| {
        let (id, version) = row(&pool, "projects.milestone", milestone).await;
        let document = format!(
            "mutation {{ correctMilestone(input: {{ id: \"{id}\", expectedVersion: {version}, reason: \"Nhập sai\", {fields} }}) {{ id }} }}"
        );
        city.ask(&inspector, &document, json!({})).await
    };
    for (milestone, fields, path, told) in [
        ("1/APPROVED", "happenedOn: \"2026-01-02\"", "input.happenedOn", "is before NOTIFIED on 2026-01-05"),
        ("1/APPROVED", "happenedOn: \"2026-02-05\"", "input.happenedOn", "POSTING_TOO_SHORT"),
        ("1/APPROVED", "happenedOn: \"2026-02-20\"", "input.happenedOn", "RECOVERY_LATE"),
        ("1/NOTIFIED", "happenedOn: \"2026-01-21\"", "input.happenedOn", "is after INVENTORIED on 2026-01-20"),
        ("1/NOTIFIED", "happenedOn: \"2026-01-10\"", "input.happenedOn", "RECOVERY_WITHIN_NOTICE"),
        ("1/POSTED", "withdraw: true", "input.withdraw", "NOT_POSTED"),
        ("1/APPROVED", "happenedOn: \"1900-01-01\"", "input.happenedOn", "1990"),
    ] {
        let answer = correct(milestone, fields).await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), path.into()), "{milestone} {fields}: {answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(told), "{milestone} {fields}: {message}");
    }
    for (milestone, fields) in [
        ("1/APPROVED", "happenedOn: \"2026-03-01\""),
        ("2/APPROVED", "happenedOn: \"2026-01-06\""),
        ("2/APPROVED", "happenedOn: \"2026-03-06\""),
    ] {
        let answer = correct(milestone, fields).await;
        assert!(answer.get("errors").is_none(), "{milestone} {fields}: {answer}");
    }
}

/// A typing error in the year would switch off every limit: no rule covers the day.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_step_has_a_plausible_day(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    for (day, accepted) in [("1900-01-01", false), ("1989-12-31", false), ("1990-01-01", true)] {
        let answer =
            step(&pool, &city, &ward(), "notifyParcel", &format!(", happenedOn: \"{day}\", document: \"15/TB\"")).await;
        if accepted {
            assert_eq!(stage(&answer, "notifyParcel"), "NOTIFIED");
        } else {
            assert_eq!(problem(&answer), ("VALIDATION".into(), "input.happenedOn".into()), "{answer}");
        }
    }
}

/// The posting of a plan is as long as the notice says: that of 2025 asks for 30 days, whenever the plan is posted.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_plan_is_posted_as_long_as_the_notice_of_its_party_asks_for(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({})), parcel("2", "K1", json!({}))]).await;
    give(&pool, "parties", &[crate::city::party("H1"), crate::city::party("H2")]).await;
    give(&pool, "parcel-rights", &[crate::city::right("1", "H1", "1"), crate::city::right("2", "H2", "1")]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2025-12-31"), event("2", "NOTIFIED", "2026-01-01")]).await;
    let plan = |party: &str| json!({ "externalId": party, "site": "K1", "party": party, "amount": "1000", "postedOn": "2026-03-01" });
    give(&pool, "compensation-plans", &[plan("H1"), plan("H2")]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let approve = async |party: &str, fields: &str| {
        let (id, version) = row(&pool, "projects.compensation_plan", party).await;
        let document = format!(
            "mutation {{ approveCompensationPlan(input: {{ id: \"{id}\", expectedVersion: {version}, document: \"QĐ\", {fields} }}) {{ id }} }}"
        );
        city.ask(&approver(), &document, json!({})).await
    };
    let refused = |answer: &Value| problem(answer).1;
    assert_eq!(refused(&approve("H1", "approvedOn: \"2026-03-30\"").await), "input.approvedOn");
    assert_eq!(refused(&approve("H2", "approvedOn: \"2026-03-10\"").await), "input.approvedOn");
    // The effect is on the approval, or up to a year later.
    for day in ["2026-03-30", "2027-04-01", "9999-12-31"] {
        let answer = approve("H1", &format!("approvedOn: \"2026-03-31\", effectiveOn: \"{day}\"")).await;
        assert_eq!(refused(&answer), "input.effectiveOn", "{day}");
    }
    let answer = approve("H1", "approvedOn: \"2026-03-31\", effectiveOn: \"2027-03-31\"").await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let answer = approve("H2", "approvedOn: \"2026-03-11\"").await;
    assert!(answer.get("errors").is_none(), "{answer}");
}

/// On no day is more taken back than was paid by then, or more paid than the plan has.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn payments_add_up_on_each_day(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parties", &[crate::city::party("H1")]).await;
    give(
        &pool,
        "compensation-plans",
        &[json!({ "externalId": "P1", "site": "K1", "party": "H1", "amount": "1000",
        "postedOn": "2026-02-01", "approvedOn": "2026-03-02", "document": "QĐ" })],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let send = async |verb: &str, day: &str, amount: i64| {
        let (id, version) = row(&pool, "projects.compensation_plan", "P1").await;
        let document = format!(
            "mutation {{ {verb}(input: {{ id: \"{id}\", expectedVersion: {version}, happenedOn: \"{day}\", amount: \"{amount}\" }}) {{ id }} }}"
        );
        let handler = Principal { areas: vec!["00004".to_owned()], ..person("han", &[Role::Handler], None, None) };
        let answer = city.ask(&handler, &document, json!({})).await;
        answer.get("errors").map(|_| problem(&answer).1)
    };
    let amount = Some("input.amount".to_owned());
    assert_eq!(send("payCompensation", "2026-05-04", 600).await, None);
    // Nothing was paid by 3 May.
    assert_eq!(send("reverseCompensation", "2026-05-03", 1).await, amount);
    assert_eq!(send("reverseCompensation", "2026-06-01", 600).await, None);
    // What was taken back in June cannot be taken back in May too.
    assert_eq!(send("reverseCompensation", "2026-05-10", 1).await, amount);
    // 600 of 1,000 were paid in May.
    assert_eq!(send("payCompensation", "2026-05-10", 401).await, amount);
    assert_eq!(send("payCompensation", "2026-05-10", 400).await, None);
    assert_eq!(send("payCompensation", "2026-06-01", 601).await, amount);
    assert_eq!(send("payCompensation", "2026-06-01", 600).await, None);
}

/// Of a hold and its end on one day the last one counts, for the list and for the next step.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_hold_that_ends_on_its_day_is_none(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2026-01-05")]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let same = ", happenedOn: \"2026-02-02\"";
    for (verb, expected) in
        [("holdParcel", true), ("resumeParcel", false), ("holdParcel", true), ("resumeParcel", false)]
    {
        let answer = step(&pool, &city, &ward(), verb, same).await;
        assert_eq!(answer["data"][verb]["parcelCase"]["onHold"], expected, "{answer}");
    }
    // A correction of the first hold does not put it after the end of the second.
    let (id, version): (String, i32) = sqlx::query_as(
        "SELECT id::text, version FROM projects.milestone WHERE kind = 'ON_HOLD' ORDER BY observed_at LIMIT 1",
    )
    .fetch_one(&pool)
    .await
    .expect("a hold");
    let correct = format!(
        "mutation {{ correctMilestone(input: {{ id: \"{id}\", expectedVersion: {version}, reason: \"Thiếu văn bản\", document: \"7/TB\" }}) {{ id }} }}"
    );
    let answer = city.ask(&person("ins", &[Role::Inspector], None, None), &correct, json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let held = async || {
        city.data("{ clearanceStats { totals { onHold } } }").await["clearanceStats"]["totals"]["onHold"].take()
    };
    assert_eq!(held().await, 0);
    assert_eq!(stage(&step(&pool, &city, &ward(), "inventoryParcel", "").await, "inventoryParcel"), "INVENTORIED");
    // A push may tell the later one first.
    let told = |id: &str, kind: &str, hour: &str| {
        crate::city::with(
            event("1", kind, "2026-03-02"),
            json!({ "externalId": id, "observedAt": format!("2026-03-02T{hour}:00:00Z") }),
        )
    };
    give(&pool, "parcel-events", &[told("b", "RESUMED", "05")]).await;
    give(&pool, "parcel-events", &[told("a", "ON_HOLD", "03")]).await;
    assert_eq!(held().await, 0);
    give(&pool, "parcel-events", &[told("c", "ON_HOLD", "06")]).await;
    assert_eq!(held().await, 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_inspector_corrects_a_milestone_and_the_history_keeps_it(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2026-01-05"), event("1", "HANDED_OVER", "2026-02-05")])
        .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let (id, version) = row(&pool, "projects.milestone", "1/HANDED_OVER").await;
    let correct = |fields: &str| {
        format!(
            "mutation {{ correctMilestone(input: {{ id: \"{id}\", expectedVersion: {version}, reason: \"Nhập sai ngày\"{fields} }}) {{ id }} }}"
        )
    };
    assert_eq!(problem(&city.ask(&ward(), &correct(""), json!({})).await).0, "FORBIDDEN");
    let inspector = person("ins", &[Role::Inspector], None, None);
    let same = city.ask(&inspector, &correct(", happenedOn: \"2026-02-05\""), json!({})).await;
    assert_eq!(problem(&same), ("VALIDATION".into(), "input.happenedOn".into()));
    let answer = city.ask(&inspector, &correct(", happenedOn: \"2026-03-05\""), json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let cleared = city.data("{ a: clearanceStats(asOf: \"2026-03-04\") { totals { areaCleared { value } } } b: clearanceStats(asOf: \"2026-03-05\") { totals { areaCleared { value } } } }").await;
    assert_eq!(
        (
            cleared["a"]["totals"]["areaCleared"]["value"].as_f64(),
            cleared["b"]["totals"]["areaCleared"]["value"].as_f64()
        ),
        (Some(0.0), Some(1.0))
    );
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM projects.milestone_event WHERE id = $1::uuid")
        .bind(&id)
        .fetch_one(&pool)
        .await
        .expect("events");
    assert_eq!(kept, 2);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_plan_is_posted_approved_and_paid_in_this_order_and_within_its_amount(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parties", &[crate::city::party("H1")]).await;
    give(&pool, "compensation-plans", &[json!({ "externalId": "P1", "site": "K1", "party": "H1", "amount": "1000", "coefficient": "1.5", "coefficientBasis": "258/2025/NQ-HĐND" })]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let handler = Principal { areas: vec!["00004".to_owned()], ..person("han", &[Role::Handler], None, None) };
    let send = |who: Principal, verb: &'static str, fields: &'static str| {
        let (pool, city) = (pool.clone(), &city);
        async move {
            let (id, version) = row(&pool, "projects.compensation_plan", "P1").await;
            city.ask(
                &who,
                &format!(
                    "mutation {{ {verb}(input: {{ id: \"{id}\", expectedVersion: {version}{fields} }}) {{ id }} }}"
                ),
                json!({}),
            )
            .await
        }
    };
    let code = |answer: Value| problem(&answer);
    assert_eq!(
        code(send(handler.clone(), "payCompensation", ", happenedOn: \"2026-05-01\", amount: \"1\"").await).0,
        "CONFLICT"
    );
    assert_eq!(
        code(send(approver(), "approveCompensationPlan", ", approvedOn: \"2026-04-10\", document: \"QĐ\"").await).0,
        "CONFLICT"
    );
    let posted = send(handler.clone(), "postCompensationPlan", ", postedOn: \"2026-04-01\"").await;
    assert!(posted.get("errors").is_none(), "{posted}");
    assert_eq!(
        code(send(approver(), "approveCompensationPlan", ", approvedOn: \"2026-04-10\", document: \"QĐ\"").await),
        ("VALIDATION".into(), "input.approvedOn".into())
    );
    assert!(
        send(approver(), "approveCompensationPlan", ", approvedOn: \"2026-04-11\", document: \"QĐ\"")
            .await
            .get("errors")
            .is_none()
    );
    assert!(
        send(
            handler.clone(),
            "refuseCompensation",
            ", happenedOn: \"2026-05-01\", amount: \"1000\", note: \"Không đồng ý giá\""
        )
        .await
        .get("errors")
        .is_none()
    );
    assert_eq!(
        code(send(handler.clone(), "depositCompensation", ", happenedOn: \"2026-05-02\", amount: \"1000.5\"").await),
        ("VALIDATION".into(), "input.amount".into())
    );
    assert!(
        send(handler.clone(), "depositCompensation", ", happenedOn: \"2026-05-02\", amount: \"1000\"")
            .await
            .get("errors")
            .is_none()
    );
    assert_eq!(
        code(send(handler.clone(), "payCompensation", ", happenedOn: \"2026-05-03\", amount: \"1\"").await),
        ("VALIDATION".into(), "input.amount".into())
    );
    assert!(
        send(handler, "reverseCompensation", ", happenedOn: \"2026-05-04\", amount: \"1000\"")
            .await
            .get("errors")
            .is_none()
    );
}
