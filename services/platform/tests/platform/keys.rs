//! API keys: who makes them, what they may be, when they are refused.

use chrono::{DateTime, Days, Utc};
use platform::keys;
use serde_json::{Value, json};
use service_kit::testing::{Asked, person, problem, run};
use service_kit::{Principal, Role};
use sqlx::PgPool;

const NOW: &str = "2026-03-15T03:00:00Z";
const CREATE: &str = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id roles areas createdBy } } }";

fn admin() -> Principal {
    person("adm", &[Role::Admin], None, None)
}

async fn city(pool: &PgPool) -> Asked {
    run(pool, "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES ('00004', 'Ba Đình', 'WARD', 'test', now())").await;
    Asked::at(pool, NOW, platform::subgraph)
}

fn now() -> DateTime<Utc> {
    NOW.parse().expect("an instant")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_key_is_its_principal_until_it_expires_or_is_revoked(pool: PgPool) {
    let city = city(&pool).await;
    let input = json!({ "input": { "subject": "ward-4", "roles": ["WARD"], "areas": ["00004"], "validDays": 2 } });
    let made = city.ask(&admin(), CREATE, input).await["data"]["createApiKey"].take();
    let secret = made["secret"].as_str().expect("the text of the key");
    assert_eq!(made["apiKey"]["createdBy"], "adm");
    let of = async |at: DateTime<Utc>| keys::principal(&pool, secret, at).await.expect("a look-up");
    let principal = of(now()).await.expect("a principal");
    assert_eq!((principal.subject.as_deref(), principal.roles), (Some("ward-4"), vec![Role::Ward]));
    assert_eq!(principal.areas, ["00004"]);
    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM platform.api_key").fetch_one(&pool).await.expect("a row");
    assert!(!secret.as_bytes().windows(8).any(|part| stored.windows(8).any(|kept| kept == part)));

    let expiry = now().checked_add_days(Days::new(2)).expect("a day");
    assert!(of(expiry - chrono::Duration::seconds(1)).await.is_some());
    assert!(of(expiry).await.is_none());

    let rotate = "mutation($id: ID!) { rotateApiKey(input: { id: $id }) { secret apiKey { areas } } }";
    let id = &made["apiKey"]["id"];
    let renewed = city.ask(&admin(), rotate, json!({ "id": id })).await["data"]["rotateApiKey"].take();
    assert_eq!(renewed["apiKey"]["areas"], json!(["00004"]));
    assert!(of(now()).await.is_none(), "the old key");
    let renewed = renewed["secret"].as_str().expect("the text of the key");
    assert!(keys::principal(&pool, renewed, now()).await.expect("a look-up").is_some());

    let revoke = "mutation($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { revokedBy } } }";
    assert_eq!(problem(&city.ask(&admin(), revoke, json!({ "id": id })).await).0, "CONFLICT");
    assert_eq!(problem(&city.ask(&admin(), revoke, json!({ "id": "none" })).await).0, "NOT_FOUND");
    let entries: i64 =
        sqlx::query_scalar("SELECT count(*) FROM platform.audit_entry WHERE action = 'KEY' AND subject = 'adm'")
            .fetch_one(&pool)
            .await
            .expect("a number");
    assert_eq!(entries, 2);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn keys_that_cannot_be_are_refused_and_only_administrators_make_and_see_them(pool: PgPool) {
    let city = city(&pool).await;
    for (change, path) in [
        (json!({ "subject": " " }), "input.subject"),
        (json!({ "subject": "a\nb" }), "input.subject"),
        (json!({ "subject": "ioc key" }), "input.subject"),
        (json!({ "roles": [] }), "input.roles"),
        (json!({ "areas": [] }), "input.areas"),
        (json!({ "areas": ["99999"] }), "input.areas.0"),
        (json!({ "roles": ["LEAD"], "areas": [] }), "input.organization"),
        (json!({ "organization": "NONE" }), "input.organization"),
        (json!({ "validDays": 0 }), "input.validDays"),
        (json!({ "validDays": 367 }), "input.validDays"),
    ] {
        let mut input = json!({ "subject": "ward-4", "roles": ["WARD"], "areas": ["00004"] });
        input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let answer = city.ask(&admin(), CREATE, json!({ "input": input })).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{change}");
    }
    let input = json!({ "input": { "subject": "x", "roles": ["IOC"] } });
    for (who, code) in
        [(Principal::default(), "UNAUTHENTICATED"), (person("ops", &[Role::Ioc], None, None), "FORBIDDEN")]
    {
        assert_eq!(problem(&city.ask(&who, CREATE, input.clone()).await).0, code);
        assert_eq!(problem(&city.ask(&who, "{ apiKeys { totalCount } }", Value::Null).await).0, code);
    }
    let number: i64 =
        sqlx::query_scalar("SELECT count(*) FROM platform.api_key").fetch_one(&pool).await.expect("a number");
    assert_eq!(number, 0);
    // Refused access is in the trail, who tried it included.
    let refused = "{ auditTrail(filter: { action: [REFUSED] }) { totalCount edges { node { subject operation } } } }";
    let trail =
        city.ask(&person("aud", &[Role::Auditor], None, None), refused, Value::Null).await["data"]["auditTrail"].take();
    assert_eq!(trail["totalCount"], 4);
    assert_eq!(trail["edges"][0]["node"], json!({ "subject": "ops", "operation": "apiKeys" }));
    assert_eq!(problem(&city.ask(&person("ops", &[Role::Ioc], None, None), refused, Value::Null).await).0, "FORBIDDEN");
}

/// As of keys: a developer who views as a ward that does not exist would see nothing.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nobody_acts_for_what_does_not_exist(pool: PgPool) {
    city(&pool).await;
    let of = |organization: Option<&str>, position: Option<&str>, area: &str| Principal {
        areas: vec![area.to_owned()],
        ..person("developer", &[Role::Ward], organization, position)
    };
    for (principal, path) in [
        (of(None, None, "4"), "input.areas.0"),
        (of(Some("NONE"), None, "00004"), "input.organization"),
        (of(None, Some("NONE"), "00004"), "input.position"),
    ] {
        let refused = keys::check_scope(&pool, &principal).await.expect_err(path);
        assert_eq!(refused.path.as_deref(), Some(path), "{principal:?}");
    }
    keys::check_scope(&pool, &of(None, None, "00004")).await.expect("a ward that exists");
}
