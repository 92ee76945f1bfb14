//! Open311 `GeoReport` v2: the rules of the contract, and faults that others had.

use feedback::open311::{Asked, Reply, answer, api_key};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use service_kit::testing::{context, headers};
use service_kit::{Principal, Role, ServiceContext};
use sqlx::PgPool;

use crate::city::{NOW, case, clock, found, give, happen, intake, person};

/// The interface at the time of the tests.
struct Client {
    context: ServiceContext,
}

impl Client {
    fn new(pool: &PgPool) -> Self {
        Self { context: context(pool.clone(), NOW) }
    }

    async fn send(&self, who: &Principal, method: Method, address: &str, body: &str) -> Reply {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let headers = if who.subject.is_some() { headers(&self.context, who) } else { HeaderMap::new() };
        let asked = Asked {
            method,
            path: format!("/v2/{path}"),
            query: query.to_owned(),
            body: body.as_bytes().to_vec(),
            headers,
        };
        answer(&self.context, &asked).await
    }

    async fn get(&self, address: &str) -> (u16, Value) {
        let reply = self.send(&Principal::default(), Method::GET, address, "").await;
        (reply.status.as_u16(), serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{}", reply.body)))
    }

    async fn post(&self, who: &Principal, address: &str, body: &str) -> (u16, Value) {
        let reply = self.send(who, Method::POST, address, body).await;
        (reply.status.as_u16(), serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{}", reply.body)))
    }

    /// Ids of the service requests that a query finds.
    async fn ids(&self, query: &str) -> Vec<String> {
        let (status, body) = self.get(&format!("requests.json?{query}")).await;
        assert_eq!(status, 200, "{query} {body}");
        let rows = body.as_array().unwrap_or_else(|| panic!("{body}")).clone();
        rows.iter().map(|row| row["service_request_id"].as_str().expect("an id is a string").to_owned()).collect()
    }
}

/// The code and the text of the first error.
fn error((status, body): (u16, Value)) -> (u16, String, String) {
    let text = |name: &str| body[0][name].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
    (status, text("code"), text("description"))
}

/// Cases: open, closed, hidden, old.
async fn some(pool: &PgPool) {
    found(pool).await;
    give(
        pool,
        "feedback",
        &[
            case(
                "OPEN",
                "2026-11-20 09:00",
                json!({ "lat": "21.034", "lon": "105.819", "category": "GARBAGE", "attributes": ["kind=HOUSEHOLD"] }),
            ),
            case("DONE", "2026-11-10 09:00", json!({ "text": "Ngập <30 cm> & rác" })),
            case("HIDDEN", "2026-11-21 09:00", json!({ "public": false })),
            case("OLD", "2026-05-04 09:00", json!({})),
        ],
    )
    .await;
    happen(
        pool,
        "DONE",
        &[
            ("2026-11-10 10:00", "ASSIGNED"),
            ("2026-11-11 09:00", "IN_PROGRESS"),
            ("2026-11-12 15:30", "RESOLVED"),
            ("2026-11-13 09:00", "CLOSED"),
        ],
    )
    .await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn xml_and_json_carry_the_same_and_errors_come_in_the_requested_format(pool: PgPool) {
    some(&pool).await;
    let client = Client::new(&pool);
    let json = client.send(&Principal::default(), Method::GET, "requests/DONE.json", "").await;
    let xml = client.send(&Principal::default(), Method::GET, "requests/DONE.xml", "").await;
    assert_eq!((json.content_type, xml.content_type), ("application/json; charset=utf-8", "text/xml; charset=utf-8"));
    let rows: Value = serde_json::from_str(&json.body).expect("JSON");
    let row = rows[0].as_object().expect("a bare array of objects");
    assert!(
        xml.body.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request>"),
        "{}",
        xml.body
    );
    for (name, value) in row {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            number => number.to_string(),
        };
        assert!(xml.body.contains(&format!("<{name}>{text}</{name}>")), "{name} {text} {}", xml.body);
    }
    for (address, status) in [("requests/NONE", 404), ("services/NONE", 404), ("nothing", 404), ("requests", 200)] {
        let json = client.send(&Principal::default(), Method::GET, &format!("{address}.json"), "").await;
        let xml = client.send(&Principal::default(), Method::GET, &format!("{address}.xml"), "").await;
        assert_eq!((json.status.as_u16(), xml.status.as_u16()), (status, status), "{address}");
        if status == 404 {
            let errors: Value = serde_json::from_str(&json.body).expect("JSON");
            assert_eq!(errors[0]["code"], "404");
            assert!(xml.body.contains("<errors><error><code>404</code><description>"), "{}", xml.body);
        }
    }
    let reply = client.send(&Principal::default(), Method::GET, "requests", "").await;
    assert_eq!(reply.status.as_u16(), 404);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn services_say_what_they_ask_with_the_types_of_the_standard(pool: PgPool) {
    found(&pool).await;
    let client = Client::new(&pool);
    let (_, services) = client.get("services.json").await;
    let services = services.as_array().expect("an array").clone();
    assert_eq!(services.len(), 16);
    let by = |code: &str| services.iter().find(|service| service["service_code"] == code).expect("a service").clone();
    assert_eq!(
        (&by("FLOODING")["metadata"], &by("NOISE")["metadata"], &by("NOISE")["type"]),
        (&json!(true), &json!(false), &json!("realtime"))
    );
    let (_, definition) = client.get("services/PROCEDURE.json").await;
    let attributes = definition["attributes"].as_array().expect("attributes").clone();
    assert_eq!(
        (&attributes[1]["datatype"], &attributes[1]["variable"], &attributes[1]["required"]),
        (&json!("text"), &json!(false), &json!(false))
    );
    let (_, flooding) = client.get("services/FLOODING.json").await;
    assert_eq!(flooding["attributes"][0]["values"][0], json!({ "key": "ANKLE", "name": "Ngang mắt cá" }));
    let kinds = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"];
    for service in &services {
        let (status, definition) =
            client.get(&format!("services/{}.json", service["service_code"].as_str().expect("a code"))).await;
        assert_eq!(status, 200);
        for attribute in definition["attributes"].as_array().expect("attributes") {
            assert!(kinds.contains(&attribute["datatype"].as_str().expect("a type")), "{attribute}");
        }
    }
    // A category that takes no new cases is absent, and asking for it does not mean all.
    crate::city::run(&pool, "UPDATE feedback.category SET is_active = false WHERE code = 'NOISE'").await;
    assert_eq!(client.get("services/NOISE.json").await.0, 404);
    assert_eq!(error(client.get("requests.json?service_code=NOISE").await).0, 404);
    assert_eq!(error(client.get("requests.json?service_code=GARBAGE,NONE").await).0, 404);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn requests_are_found_by_all_their_conditions_together(pool: PgPool) {
    some(&pool).await;
    let client = Client::new(&pool);
    let none: [&str; 0] = [];
    assert_eq!(client.ids("").await, ["OPEN", "DONE"], "by default the last 90 days, without what is not published");
    assert_eq!(client.ids("status=open").await, ["OPEN"]);
    assert_eq!(client.ids("status=closed").await, ["DONE"]);
    assert_eq!(client.ids("status=open,closed&service_code=GARBAGE").await, ["OPEN"]);
    assert_eq!(client.ids("service_code=GARBAGE&status=closed").await, none);
    // Both dates hold together (fixmystreet#310).
    assert_eq!(
        client.ids("start_date=2026-11-15T00:00:00%2B07:00&end_date=2026-11-25T00:00:00%2B07:00").await,
        ["OPEN"]
    );
    assert_eq!(client.ids("start_date=2026-11-01T00:00:00Z&end_date=2026-11-15T00:00:00Z").await, ["DONE"]);
    assert_eq!(client.ids("start_date=2026-04-01T00:00:00Z").await, ["OLD"], "one date alone means 90 days from it");
    assert_eq!(client.ids("end_date=2026-06-01T00:00:00Z").await, ["OLD"]);
    // Encoded, bare and fractional times (uReport#285).
    assert_eq!(client.ids("start_date=2026-11-20T09:00:00%2B07:00&end_date=2026-11-20T02:00:00.000Z").await, ["OPEN"]);
    assert_eq!(client.ids("start_date=2026-11-20T09:00:00+07:00&end_date=2026-11-20T09:00:00+07:00").await, ["OPEN"]);
    // The ids override everything else.
    assert_eq!(
        client.ids("service_request_id=OLD,DONE,HIDDEN,NONE&status=open&start_date=2026-11-01T00:00:00Z").await,
        ["DONE", "OLD"]
    );
    assert_eq!(client.ids("page_size=1").await, ["OPEN"]);
    assert_eq!(client.ids("page_size=1&page=2").await, ["DONE"]);
    assert_eq!(client.ids("page_size=1&page=3").await, none);
    assert_eq!(client.ids("updated_after=2026-11-15T00:00:00Z").await, ["OPEN"]);
    assert_eq!(client.ids("updated_before=2026-06-01T00:00:00Z").await, ["OLD"]);
    assert_eq!(client.ids("updated_after=2026-11-12T00:00:00Z&updated_before=2026-11-14T00:00:00Z").await, ["DONE"]);
    assert_eq!(client.ids("jurisdiction_id=&service_code=").await, ["OPEN", "DONE"], "an empty parameter is absent");
    assert_eq!(client.ids("jurisdiction_id=hanoi").await.len(), 2);
    for (query, status) in [
        ("jurisdiction_id=elsewhere", 404),
        ("start_date=2026-11-15", 400),
        ("start_date=2026-11-15T00:00:00", 400),
        ("start_date=2026-11-15T00:00:00Z&end_date=2026-11-14T00:00:00Z", 400),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-11-14T00:00:00Z", 400),
        ("status=new", 400),
        ("page=0", 400),
        ("page_size=1001", 400),
        ("extensions=maybe", 400),
        // What is not understood is no condition that all satisfy.
        ("q=ngap", 400),
        ("address_id=00004", 400),
        ("lat=21.03&long=105.8", 400),
        ("lat=21.03&long=x&radius=100", 400),
        ("lat=21.03&long=105.8&radius=0", 400),
        ("status=open&status=closed", 400),
    ] {
        let (found, code, text) = error(client.get(&format!("requests.json?{query}")).await);
        assert_eq!((found, code), (status, status.to_string()), "{query}");
        assert!(text.contains("; accepted: ") || query.contains("2026-01-01"), "{query} {text}");
    }
    assert_eq!(client.ids("jurisdiction_id=hanoi&jurisdiction_id=hanoi&api_key=a&api_key=b").await.len(), 2);
    // 0.001 degrees of latitude are 111 m.
    assert_eq!(client.ids("lat=21.035&long=105.819&radius=112").await, ["OPEN"]);
    assert_eq!(client.ids("lat=21.035&long=105.819&radius=110").await, none);
    for address in [
        "services.json?q=x",
        "services/NOISE.json?lat=1",
        "requests/OPEN.json?status=open",
        "discovery.json?x=1",
        "requests/OPEN.json?extensions=maybe",
        "servicerequestupdates.json?updated_after=2026-11-01T00:00:00Z",
    ] {
        let (status, _, text) = error(client.get(address).await);
        assert!(status == 400 && text.contains("accepted: "), "{address} {text}");
    }
    let xml = client.send(&Principal::default(), Method::GET, "requests.xml?radius=1&radius=2", "").await;
    assert_eq!(xml.status.as_u16(), 400);
    assert!(
        xml.body.contains("<error><code>400</code><description>radius is given twice; accepted: once<"),
        "{}",
        xml.body
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_request_has_its_times_its_point_and_no_personal_data(pool: PgPool) {
    some(&pool).await;
    give(&pool, "feedback-senders", &[json!({ "externalId": "S", "feedback": "OPEN", "name": "Nguyễn Thị Mẫu", "address": "Số 5", "exactLat": "21.0341", "exactLon": "105.8191" })]).await;
    let client = Client::new(&pool);
    let (_, open) = client.get("requests/OPEN.json?extensions=true").await;
    let open = &open[0];
    assert_eq!(
        (&open["lat"], &open["long"], &open["status"], &open["address"]),
        (&json!(21.034), &json!(105.819), &json!("open"), &Value::Null)
    );
    // Sixteen working hours from Friday 09:00: seven, eight, and one on Tuesday.
    assert_eq!(open["expected_datetime"], "2026-11-24T02:00:00Z");
    assert_eq!(
        (&open["extended_attributes"]["status"], &open["extended_attributes"]["attributes"]),
        (&json!("received"), &json!([{ "code": "kind", "value": "HOUSEHOLD" }]))
    );
    let (_, done) = client.get("requests/DONE.json").await;
    // Scalars, not lists (PR#1672); for a closed request the time of its closing.
    assert_eq!(
        (&done[0]["status"], &done[0]["updated_datetime"], &done[0]["requested_datetime"]),
        (&json!("closed"), &json!("2026-11-12T08:30:00Z"), &json!("2026-11-10T02:00:00Z"))
    );
    assert_eq!((&done[0]["status_notes"], &done[0]["agency_responsible"]), (&json!("Đã xử lý"), &json!("Sở Xây dựng")));
    assert!(done[0].get("extended_attributes").is_none());
    let all = client.send(&intake(), Method::GET, "requests.json?extensions=true", "").await.body;
    assert!(!all.contains("Nguyễn") && !all.contains("Số 5") && !all.contains("21.0341"), "{all}");
    assert_eq!(client.get("requests/HIDDEN.json").await.0, 404);
    // A primary that is not published is not named.
    let merged =
        |code: &str, primary: &str| case(code, "2026-11-21 09:00", json!({ "status": "MERGED", "primary": primary }));
    give(&pool, "feedback", &[merged("M1", "HIDDEN"), merged("M2", "OPEN")]).await;
    for (code, primary) in [("M1", Value::Null), ("M2", json!("OPEN"))] {
        let (_, found) = client.get(&format!("requests/{code}.json?extensions=true")).await;
        assert_eq!(found[0]["extended_attributes"]["primary_service_request_id"], primary, "{code}");
        assert_eq!(found[0]["expected_datetime"], Value::Null, "{code}");
    }
    // Updated is never before requested (PR#2327): a row that was observed earlier is refused.
    let early = case("EARLY", "2026-11-25 09:00", json!({ "observedAt": clock("2026-11-24 09:00") }));
    assert_eq!(crate::city::offer(&pool, "feedback", &[early]).await[0].status.as_str(), "REJECTED");
    assert_eq!(client.get("requests/EARLY.json").await.0, 404);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_report_is_checked_and_answered_with_an_id(pool: PgPool) {
    found(&pool).await;
    let client = Client::new(&pool);
    let good = "service_code=FLOODING&lat=21.0345678&long=105.8191234&description=Ng%E1%BA%ADp+5%2B+cm&attribute[depth]=KNEE&first_name=Th%E1%BB%8B&last_name=Nguy%E1%BB%85n&phone=0900&media_url=https%3A%2F%2Fexample.org%2F1.jpg&address_string=S%E1%BB%91+5";
    let (status, body) = client.post(&intake(), "requests.json", good).await;
    assert_eq!(status, 201, "{body}");
    let request = &body[0];
    assert!(request.get("token").is_none(), "an id or a token, never both");
    let id = request["service_request_id"].as_str().expect("an id").to_owned();
    let (_, found) = client.get(&format!("requests/{id}.json")).await;
    assert_eq!(
        (&found[0]["description"], &found[0]["lat"], &found[0]["media_url"]),
        (&json!("Ngập 5+ cm"), &json!(21.035), &json!("https://example.org/1.jpg"))
    );
    let (name, exact): (String, f64) =
        sqlx::query_as("SELECT name, exact_lat FROM feedback.sender").fetch_one(&pool).await.expect("a sender");
    assert_eq!((name.as_str(), exact), ("Nguyễn Thị", 21.034_567_8));
    let token: String =
        sqlx::query_scalar("SELECT id::text FROM feedback.feedback").fetch_one(&pool).await.expect("an id");
    assert_eq!(client.get(&format!("tokens/{token}.json")).await.1[0]["service_request_id"], json!(id));
    assert_eq!(client.get("tokens/unknown.json").await.0, 404);
    // Systems that push for a source report too; others do not.
    let key = Principal { source: Some("app".to_owned()), ..person("app", &[], None, None) };
    assert_eq!(client.post(&key, "requests.json", good).await.0, 201);
    for who in [Principal::default(), person("lead", &[Role::Lead], Some("SXD"), None)] {
        let (status, code, text) = error(client.post(&who, "requests.json", good).await);
        assert_eq!((status, code.as_str()), (403, "403"), "{text}");
    }
    for (form, status, named) in [
        ("lat=21&long=105", 400, "service_code"),
        ("service_code=NONE&lat=21&long=105", 404, "service_code"),
        ("service_code=NOISE&description=x", 400, "lat and long, address_string, or address_id"),
        ("service_code=NOISE&lat=21", 400, "lat and long"),
        ("service_code=NOISE&lat=x&long=105", 400, "lat"),
        ("service_code=NOISE&address_id=99999", 400, "address_id"),
        ("service_code=NOISE&address_string=x&description=%3Cb%3Ex%3C%2Fb%3E", 400, "HTML"),
        ("service_code=FLOODING&address_string=x", 400, "depth"),
        ("service_code=FLOODING&address_string=x&attribute[depth]=SEA", 400, "ANKLE"),
        ("service_code=FLOODING&address_string=x&attribute[depth]=KNEE&attribute[depth][]=ANKLE", 400, "depth"),
        ("service_code=NOISE&address_string=x&media_url=x", 400, "media_url"),
    ] {
        let (found, code, text) = error(client.post(&intake(), "requests.json", form).await);
        assert_eq!((found, code), (status, status.to_string()), "{form}");
        assert!(text.contains(named), "{form}: {text}");
    }
    let long = format!("service_code=NOISE&address_string=x&description={}", "x".repeat(4001));
    assert_eq!(client.post(&intake(), "requests.json", &long).await.0, 400);
    // Several values of one attribute.
    let several = "service_code=ROAD&address_id=00004&attribute[parts][]=LANE&attribute[parts][]=SIGN";
    let (status, body) = client.post(&intake(), "requests.json", several).await;
    assert_eq!(status, 201, "{body}");
    let stored: Vec<String> =
        sqlx::query_scalar("SELECT unnest(attributes) FROM feedback.feedback WHERE category_code = 'ROAD' ORDER BY 1")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(stored, ["parts=LANE", "parts=SIGN"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn updates_go_both_ways_and_a_repeated_one_is_stored_once(pool: PgPool) {
    some(&pool).await;
    let client = Client::new(&pool);
    let (_, updates) = client.get("servicerequestupdates.json?service_request_id=DONE").await;
    let told: Vec<(&str, &str)> = updates
        .as_array()
        .expect("updates")
        .iter()
        .map(|update| {
            (update["status"].as_str().unwrap_or_default(), update["updated_datetime"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("OPEN", "2026-11-10T03:00:00Z"),
            ("OPEN", "2026-11-11T02:00:00Z"),
            ("CLOSED", "2026-11-12T08:30:00Z"),
            ("CLOSED", "2026-11-13T02:00:00Z")
        ]
    );
    assert_eq!(updates[2]["description"], "Đã xử lý");
    let (_, some) =
        client.get("servicerequestupdates.json?start_date=2026-11-12T00:00:00Z&end_date=2026-11-12T23:00:00Z").await;
    assert_eq!(some.as_array().map(Vec::len), Some(1));
    let sent = "service_request_id=OPEN&update_id=77&description=V%E1%BA%ABn+c%C3%B2n+r%C3%A1c&status=OPEN&updated_datetime=2026-11-26T08:00:00%2B07:00";
    for _ in 0..3 {
        let (status, body) = client.post(&intake(), "servicerequestupdates.json", sent).await;
        assert_eq!((status, &body[0]["update_id"]), (201, &json!("77")), "{body}");
    }
    let (_, updates) = client.get("servicerequestupdates.json?service_request_id=OPEN").await;
    assert_eq!(updates.as_array().map(Vec::len), Some(1), "{updates}");
    assert_eq!(
        (&updates[0]["description"], &updates[0]["update_id"], &updates[0]["updated_datetime"]),
        (&json!("Vẫn còn rác"), &json!("77"), &json!("2026-11-26T01:00:00Z"))
    );
    // The case was changed since; the same update is still the same, another content is not, and another client has its own ids.
    give(
        &pool,
        "feedback",
        &[case("OPEN", "2026-11-20 09:00", json!({ "observedAt": clock("2026-11-26 10:00"), "level": "URGENT" }))],
    )
    .await;
    crate::city::run(&pool, "DELETE FROM platform.idempotency_key").await;
    assert_eq!(client.post(&intake(), "servicerequestupdates.json", sent).await.0, 201);
    let other = person("other", &[Role::Ioc], None, None);
    assert_eq!(
        client.post(&other, "servicerequestupdates.json", &sent.replace("OPEN&updated", "open&updated")).await.0,
        201
    );
    let (_, updates) = client.get("servicerequestupdates.json?service_request_id=OPEN").await;
    assert_eq!(updates.as_array().map(Vec::len), Some(2), "{updates}");
    let base = "service_request_id=OPEN&update_id=78&description=x";
    for (form, named) in [
        (sent.replace("V%E1%BA%ABn", "x"), "update_id"),
        (sent.replace("T08", "T07"), "update_id"),
        (format!("{base}&status=BOGUS"), "status"),
        (format!("{base}&status=FIXED"), "status"),
        (format!("{base}&status=CLOSED"), "status"),
        (format!("{base}&updated_datetime=2026-11-27T02:00:01Z"), "updated_datetime"),
        (format!("{base}&updated_datetime=2026-11-20T01:59:59Z"), "updated_datetime"),
        (format!("{base}&updated_datetime=2026-11-26"), "updated_datetime"),
        (base.replace("=x", "=%3Cb%3Ex%3C%2Fb%3E"), "description"),
        (base.replace("=78", &format!("={}", "7".repeat(101))), "update_id"),
        (format!("{base}&update_id=79"), "update_id"),
    ] {
        let (status, _, text) = error(client.post(&intake(), "servicerequestupdates.json", &form).await);
        assert!(status == 400 && text.starts_with(named) && text.contains("accepted: "), "{form}: {status} {text}");
    }
    let xml = client.send(&intake(), Method::POST, "servicerequestupdates.xml", &format!("{base}&status=BOGUS")).await;
    assert!(xml.body.contains("<errors><error><code>400</code><description>status "), "{}", xml.body);
    let (_, updates) = client.get("servicerequestupdates.json?service_request_id=OPEN").await;
    assert_eq!(updates.as_array().map(Vec::len), Some(2), "what was refused is not stored: {updates}");
    // Two at the same time are one.
    let (who, last) = (intake(), format!("{base}&updated_datetime=2026-11-26T03:00:00Z"));
    let both = (0..2).map(|_| client.post(&who, "servicerequestupdates.json", &last));
    assert!(futures::future::join_all(both).await.iter().all(|(status, _)| *status == 201));
    // Page by page, the earliest first.
    let mut pages = Vec::new();
    for page in 1..=4 {
        let address = format!("servicerequestupdates.json?service_request_id=OPEN&page_size=1&page={page}");
        let (_, updates) = client.get(&address).await;
        pages.extend(updates.as_array().expect("updates").iter().map(|update| update["update_id"].clone()));
    }
    assert_eq!(pages, ["77", "77", "78"]);
    assert_eq!(error(client.get("servicerequestupdates.json?page=0").await).0, 400);
    assert_eq!(error(client.get("servicerequestupdates.json?page_size=1001").await).0, 400);
    assert_eq!(error(client.post(&Principal::default(), "servicerequestupdates.json", sent).await).0, 403);
    assert_eq!(
        error(
            client
                .post(&intake(), "servicerequestupdates.json", "service_request_id=NONE&update_id=1&description=x")
                .await
        )
        .0,
        404
    );
    assert_eq!(error(client.post(&intake(), "servicerequestupdates.json", "update_id=1").await).0, 400);
    let hidden = "service_request_id=HIDDEN&update_id=1&description=x";
    assert_eq!(error(client.post(&intake(), "servicerequestupdates.json", hidden).await).0, 404);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_thousand_reports_of_ten_clients_are_each_stored_once(pool: PgPool) {
    found(&pool).await;
    let client = Client::new(&pool);
    let mut acknowledged = Vec::new();
    for round in 0..100 {
        let posts = (0..10).map(|number| {
            let (client, body) = (
                &client,
                format!(
                    "service_code=NOISE&lat=21.03&long=105.82&description=Ti%E1%BA%BFng+%E1%BB%93n+{round}-{number}"
                ),
            );
            async move { client.post(&intake(), "requests.json", &body).await }
        });
        for (status, body) in futures::future::join_all(posts).await {
            assert_eq!(status, 201, "{body}");
            acknowledged.push(body[0]["service_request_id"].as_str().expect("an id").to_owned());
        }
    }
    acknowledged.sort();
    acknowledged.dedup();
    let stored: Vec<String> = sqlx::query_scalar("SELECT code FROM feedback.feedback ORDER BY code COLLATE \"C\"")
        .fetch_all(&pool)
        .await
        .expect("codes");
    assert_eq!(acknowledged, stored);
    assert_eq!(stored.len(), 1000);
    // The cap is one thousand, as the guide says.
    assert_eq!(client.ids("").await.len(), 1000);
}

#[test]
fn the_key_is_in_the_query_or_in_the_form() {
    assert_eq!(api_key("api_key=abc", b"").as_deref(), Some("abc"));
    assert_eq!(api_key("", b"service_code=1&api_key=a%2Bb").as_deref(), Some("a+b"));
    assert_eq!(api_key("api_key=", b"x=1"), None);
}
