//! The state machine through the mutations: who may do what, in which state, and what follows.

use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{Asked, NOW, at, case, clock, found, give, intake, lead, look, person, problem, row};

/// Runs a verb on a case in its stored version.
async fn verb(pool: &PgPool, asked: &Asked, who: &Principal, name: &str, code: &str, more: &str) -> Value {
    let (id, version) = row(pool, code).await;
    let document = format!(
        "mutation {{ {name}(input: {{ id: \"{id}\", expectedVersion: {version} {more} }}) {{ feedback {{ code status version }} }} }}"
    );
    asked.ask(who, &document, json!({})).await
}

/// Runs a verb that must succeed, and returns the state after it.
async fn done(pool: &PgPool, asked: &Asked, who: &Principal, name: &str, code: &str, more: &str) -> String {
    let answer = verb(pool, asked, who, name, code, more).await;
    answer["data"][name]["feedback"]["status"].as_str().unwrap_or_else(|| panic!("{name}: {answer}")).to_owned()
}

const EVIDENCE: &str = ", reply: \"Đã nạo vét\", evidence: [{ title: \"Ảnh\", uri: \"https://example.org/1.jpg\" }]";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_case_goes_from_its_intake_to_its_end_and_tells_what_happened(pool: PgPool) {
    found(&pool).await;
    let asked = at(&pool, NOW);
    let document = "mutation { createFeedback(input: { text: \"Ngập ở ngõ 5\", category: \"FLOODING\", attributes: [\"depth=KNEE\"], area: \"00004\",
        lat: 21.0345678, lon: 105.8191234, sender: { name: \"Nguyễn Thị Mẫu\", phone: \"0900\" }, idempotencyKey: \"k1\" })
        { feedback { code status point { lat lon } bottlenecks { code } dueAt } } }";
    let made = asked.ask(&intake(), document, json!({})).await;
    let feedback = made["data"]["createFeedback"]["feedback"].clone();
    assert_eq!(feedback["point"], json!({ "lat": 21.035, "lon": 105.819 }), "{made}");
    assert_eq!(feedback["bottlenecks"], json!([{ "code": "FLOODING" }]));
    let code = feedback["code"].as_str().expect("a code").to_owned();
    // The same key makes no second case.
    let again = asked.ask(&intake(), document, json!({})).await;
    assert_eq!(again["data"]["createFeedback"]["feedback"]["code"], code);
    for (who, name, more, status) in [
        (intake(), "acceptFeedback", "", "ACCEPTED"),
        (intake(), "assignFeedback", ", organization: \"SXD\", accountablePosition: \"GD-SXD\"", "ASSIGNED"),
        (lead("SXD"), "startFeedback", "", "IN_PROGRESS"),
        (lead("SXD"), "askSender", ", question: \"Ngõ nào?\"", "WAITING_CITIZEN"),
        (lead("SXD"), "answerQuestion", ", answer: \"Ngõ 5\"", "IN_PROGRESS"),
        (lead("SXD"), "transferFeedback", ", reason: \"Thuộc đội thoát nước\"", "TRANSFERRED"),
        (intake(), "assignFeedback", ", organization: \"DOI\"", "ASSIGNED"),
        (lead("DOI"), "startFeedback", "", "IN_PROGRESS"),
        (lead("DOI"), "resolveFeedback", EVIDENCE, "RESOLVED"),
        (intake(), "rateFeedback", ", score: 2", "RESOLVED"),
        (person("i", &[Role::Inspector], None, None), "reopenFeedback", ", reason: \"Chưa xong\"", "REOPENED"),
        (intake(), "assignFeedback", ", organization: \"DOI\"", "ASSIGNED"),
        (lead("DOI"), "startFeedback", "", "IN_PROGRESS"),
        (lead("DOI"), "resolveFeedback", ", reply: \"Đã xong\"", "RESOLVED"),
        (intake(), "closeFeedback", "", "CLOSED"),
    ] {
        assert_eq!(done(&pool, &asked, &who, name, &code, more).await, status, "{name}");
    }
    let found = look(
        &asked,
        &code,
        "transfers reopenings reply events { status } ratings { score } attachments { role }",
        None,
    )
    .await;
    let states: Vec<&str> =
        found["events"].as_array().expect("events").iter().filter_map(|event| event["status"].as_str()).collect();
    assert_eq!(
        states,
        [
            "RECEIVED",
            "ACCEPTED",
            "ASSIGNED",
            "IN_PROGRESS",
            "WAITING_CITIZEN",
            "IN_PROGRESS",
            "TRANSFERRED",
            "ASSIGNED",
            "IN_PROGRESS",
            "RESOLVED",
            "REOPENED",
            "ASSIGNED",
            "IN_PROGRESS",
            "RESOLVED",
            "CLOSED"
        ]
    );
    assert_eq!((&found["transfers"], &found["reopenings"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&found["ratings"], &found["attachments"]),
        (&json!([{ "score": 2 }]), &json!([{ "role": "EVIDENCE" }]))
    );
    let entries: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.audit_entry WHERE action = 'WRITE'")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(entries, 16, "each write is in the audit trail");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn only_the_right_part_in_the_right_state_may_act(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "feedback",
        &[case("A", "2026-11-26 09:00", json!({ "status": "IN_PROGRESS", "organization": "SXD" }))],
    )
    .await;
    let asked = at(&pool, NOW);
    let refused =
        async |who: Principal, name: &str, more: &str| problem(&verb(&pool, &asked, &who, name, "A", more).await);
    let (forbidden, conflict) = ("FORBIDDEN".to_owned(), "CONFLICT".to_owned());
    assert_eq!(refused(lead("SXD"), "rejectFeedback", ", reason: \"x\"").await.0, forbidden);
    assert_eq!(refused(intake(), "resolveFeedback", EVIDENCE).await.0, forbidden);
    assert_eq!(
        refused(lead("SXD"), "closeFeedback", "").await.0,
        forbidden,
        "who answers does not agree for the sender"
    );
    assert_eq!(refused(lead("SXD"), "rateFeedback", ", score: 5").await.0, forbidden, "nor rates the answer");
    assert_eq!(refused(lead("SXD"), "reopenFeedback", ", reason: \"x\"").await.0, forbidden);
    assert_eq!(
        refused(lead("SYT"), "resolveFeedback", EVIDENCE).await,
        ("NOT_FOUND".to_owned(), "input.id".to_owned())
    );
    assert_eq!(refused(intake(), "acceptFeedback", "").await.0, conflict);
    assert_eq!(refused(intake(), "reopenFeedback", ", reason: \"x\"").await.0, conflict);
    assert_eq!(refused(intake(), "rateFeedback", ", score: 5").await.0, conflict, "there is no answer to rate");
    let validation = |path: &str| ("VALIDATION".to_owned(), path.to_owned());
    assert_eq!(refused(lead("SXD"), "resolveFeedback", ", reply: \"x\"").await, validation("input.evidence"));
    assert_eq!(refused(lead("SXD"), "resolveFeedback", ", reply: \" \"").await, validation("input.reply"));
    assert_eq!(
        refused(lead("SXD"), "resolveFeedback", ", reply: \"x\", evidence: [{ title: \"x\", uri: \"ftp://x\" }]").await,
        validation("input.evidence.0.uri")
    );
    assert_eq!(refused(intake(), "rateFeedback", ", score: 6").await, validation("input.score"));
    assert_eq!(
        refused(intake(), "changeFeedbackLevel", ", level: NORMAL, reason: \"x\"").await,
        validation("input.level")
    );
    assert_eq!(refused(intake(), "moderateFeedback", ", reason: \"x\"").await, validation("input.text"));
    let (id, _) = row(&pool, "A").await;
    let stale = format!(
        "mutation {{ askSender(input: {{ id: \"{id}\", expectedVersion: 9, question: \"?\" }}) {{ feedback {{ code }} }} }}"
    );
    assert_eq!(
        problem(&asked.ask(&lead("SXD"), &stale, json!({})).await),
        ("STALE_VERSION".into(), "input.expectedVersion".into())
    );
    assert_eq!(problem(&asked.ask(&Principal::default(), &stale, json!({})).await).0, "UNAUTHENTICATED");
    assert_eq!(row(&pool, "A").await.1, 1, "a refused verb changes nothing");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_new_case_is_checked_and_says_what_is_accepted(pool: PgPool) {
    found(&pool).await;
    let asked = at(&pool, NOW);
    for (input, path) in [
        ("text: \"x\", category: \"NONE\"", "input.category"),
        ("text: \" \", category: \"NOISE\"", "input.text"),
        ("text: \"x\", category: \"NOISE\", lat: 21", "input.lon"),
        ("text: \"x\", category: \"NOISE\", lat: 121, lon: 105", "input.lat"),
        ("text: \"x\", category: \"NOISE\", area: \"99999\"", "input.area"),
        ("text: \"x\", category: \"NOISE\", aboutOrganization: \"X\"", "input.aboutOrganization"),
        ("text: \"x\", category: \"FLOODING\"", "input.attributes"),
        ("text: \"x\", category: \"FLOODING\", attributes: [\"depth=SEA\"]", "input.attributes.0"),
        ("text: \"x\", category: \"FLOODING\", attributes: [\"depth=KNEE\", \"since=today\"]", "input.attributes.1"),
        ("text: \"x\", category: \"FLOODING\", attributes: [\"depth=KNEE\", \"depth=ANKLE\"]", "input.attributes.1"),
        (
            "text: \"x\", category: \"ROAD\", attributes: [\"length_m=1\", \"parts=LANE\", \"length_m=2\"]",
            "input.attributes.2",
        ),
        ("text: \"x\", category: \"ROAD\", attributes: [\"length_m=long\"]", "input.attributes.0"),
        ("text: \"x\", category: \"ROAD\", attributes: [\"other=1\"]", "input.attributes.0"),
        ("text: \"x\", category: \"PROCEDURE\", attributes: [\"notice=1\"]", "input.attributes.0"),
        ("text: \"x\", category: \"NOISE\", attachments: [\"x\"]", "input.attachments.0"),
    ] {
        let answer = asked
            .ask(&intake(), &format!("mutation {{ createFeedback(input: {{ {input} }}) {{ id }} }}"), json!({}))
            .await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{input}");
    }
    let answer = asked
        .ask(&lead("SXD"), "mutation { createFeedback(input: { text: \"x\", category: \"NOISE\" }) { id } }", json!({}))
        .await;
    assert_eq!(problem(&answer).0, "FORBIDDEN");
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM feedback.feedback").fetch_one(&pool).await.expect("a count");
    assert_eq!(rows, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_resolved_case_counts_as_closed_after_seven_days_without_a_job(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("A", "2026-11-16 08:00", json!({}))]).await;
    crate::city::happen(
        &pool,
        "A",
        &[("2026-11-16 09:00", "ASSIGNED"), ("2026-11-17 09:00", "IN_PROGRESS"), ("2026-11-18 09:00", "RESOLVED")],
    )
    .await;
    for (now, status) in [("2026-11-25T01:59:59Z", "RESOLVED"), ("2026-11-25T02:00:00Z", "CLOSED"), (NOW, "CLOSED")] {
        let asked = at(&pool, now);
        assert_eq!(look(&asked, "A", "status", None).await["status"], status, "{now}");
        let listed = asked.data(&format!("{{ feedbacks(filter: {{ status: {status} }}) {{ totalCount }} }}")).await;
        assert_eq!(listed["feedbacks"]["totalCount"], 1, "{now}");
    }
    // The sender can still come back.
    assert_eq!(done(&pool, &at(&pool, NOW), &intake(), "reopenFeedback", "A", ", reason: \"x\"").await, "REOPENED");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn moderation_keeps_the_original_text_for_handlers(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "feedback",
        &[case(
            "A",
            "2026-11-26 09:00",
            json!({ "status": "ASSIGNED", "organization": "SXD", "text": "Ông X số nhà 5 đổ rác" }),
        )],
    )
    .await;
    let asked = at(&pool, NOW);
    done(
        &pool,
        &asked,
        &intake(),
        "moderateFeedback",
        "A",
        ", text: \"Có người đổ rác\", isPublic: false, reason: \"Nêu tên người\"",
    )
    .await;
    let found = look(&asked, "A", "text isPublic", None).await;
    assert_eq!(found, json!({ "text": "Có người đổ rác", "isPublic": false }));
    let read =
        "{ feedbacks { edges { node { moderations(purpose: \"Kiểm tra nội dung\") { originalText reason } } } } }";
    let handler = person("h", &[Role::Handler], Some("SXD"), None);
    let answer = asked.ask(&handler, read, json!({})).await;
    assert_eq!(
        answer["data"]["feedbacks"]["edges"][0]["node"]["moderations"],
        json!([{ "originalText": "Ông X số nhà 5 đổ rác", "reason": "Nêu tên người" }]),
        "{answer}"
    );
    assert_eq!(problem(&asked.ask(&intake(), read, json!({})).await).0, "FORBIDDEN");
}

/// A source sends its row again, sends it late and changes its text: what moderation decided outlasts them all, for every day.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn moderation_outlasts_the_rows_of_the_source_for_every_day(pool: PgPool) {
    found(&pool).await;
    let (given, shown) = ("Ông Khuất số nhà 5 đổ rác", "Có người đổ rác");
    let more = json!({ "status": "ASSIGNED", "organization": "SXD", "text": given, "aboutOrganization": "SXD" });
    let row = case("A", "2026-11-24 09:00", more);
    give(&pool, "feedback", std::slice::from_ref(&row)).await;
    let asked = at(&pool, NOW);
    let more = format!(", text: \"{shown}\", isPublic: false, reason: \"Nêu tên người\"");
    done(&pool, &at(&pool, "2026-11-27T01:30:00Z"), &intake(), "moderateFeedback", "A", &more).await;
    let without = |names: &[&str], more: Value| {
        let mut row = crate::city::with(row.clone(), more);
        for name in names {
            row.as_object_mut().expect("an object").remove(*name);
        }
        row
    };
    for again in [
        without(&["observedAt"], json!({})),
        without(&["observedAt"], json!({ "public": true })),
        without(&["observedAt"], json!({ "public": true, "text": "Ông Khuất lại đổ rác" })),
        without(&[], json!({ "observedAt": clock("2026-11-25 09:00"), "public": true, "level": "URGENT" })),
        without(&[], json!({})),
    ] {
        give(&pool, "feedback", std::slice::from_ref(&again)).await;
        for as_of in [None, Some("2026-11-24"), Some("2026-11-26")] {
            for who in [intake(), lead("SXD"), person("i", &[Role::Inspector], None, None)] {
                let day = as_of.map(|day| format!(", asOf: \"{day}\"")).unwrap_or_default();
                for (word, found) in [("", 1), ("khuat", 0), ("nguoi", 1)] {
                    let list = format!(
                        "{{ feedbacks(filter: {{ search: \"{word}\" }}{day}) {{ totalCount edges {{ node {{ text }} }} }} }}"
                    );
                    let list =
                        if word.is_empty() { list.replace("filter: { search: \"\" }", "first: 5") } else { list };
                    let answer = asked.ask(&who, &list, json!({})).await["data"]["feedbacks"].clone();
                    assert_eq!(answer["totalCount"], found, "{again} {as_of:?} {word}");
                    if found > 0 {
                        assert_eq!(answer["edges"][0]["node"]["text"], shown, "{again} {as_of:?}");
                    }
                }
            }
        }
        assert_eq!(look(&asked, "A", "isPublic", None).await["isPublic"], false, "{again}");
        let listed = asked.data("{ feedbacks(filter: { public: true }) { totalCount } }").await;
        assert_eq!(listed["feedbacks"]["totalCount"], 0, "{again}");
    }
    // What the source said is in the log, and repeated rows say nothing new.
    let texts: Vec<String> = sqlx::query_scalar(
        "SELECT changes ->> 'text' FROM feedback.feedback_event WHERE effective AND changes ? 'text' ORDER BY observed_at",
    )
    .fetch_all(&pool)
    .await
    .expect("the log");
    assert_eq!(texts.last().map(String::as_str), Some("Ông Khuất lại đổ rác"), "{texts:?}");
    assert_eq!(
        service_kit::store::facts::recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"),
        0
    );
    // Only another moderation shows it again.
    done(&pool, &asked, &intake(), "moderateFeedback", "A", ", text: \"Đổ rác\", isPublic: true, reason: \"Xem lại\"")
        .await;
    assert_eq!(look(&asked, "A", "text isPublic", None).await, json!({ "text": "Đổ rác", "isPublic": true }));
}
