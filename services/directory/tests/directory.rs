//! The directory against a database of its own: trees, dates, search, paging, constraints.

use http::HeaderMap;
use serde_json::{Value, json};
use service_kit::testing::{context, count_statements};
use sqlx::PgPool;

const NOW: &str = "2026-03-15T02:00:00Z";

/// A small city: two wards and a commune, a tree of organizations, one post with a hand-over, two programmes.
const CITY: &str = "
INSERT INTO directory.area (code, name, short_name, kind, parent_code, lat, lon, area_km2, source, observed_at) VALUES
    ('01', 'Thành phố Hà Nội', 'Hà Nội', 'CITY', NULL, NULL, NULL, NULL, 'test', now()),
    ('00004', 'Phường Ba Đình', 'Ba Đình', 'WARD', '01', 21.0386, 105.838, 2.97, 'test', now()),
    ('00235', 'Phường Đống Đa', 'Đống Đa', 'WARD', '01', 21.01, 105.82, 2.08, 'test', now()),
    ('00376', 'Xã Sóc Sơn', 'Sóc Sơn', 'COMMUNE', '01', NULL, NULL, NULL, 'test', now());
INSERT INTO directory.area_succession VALUES
    ('00001', 'Phường Phúc Xá', '00004', NULL, '2025-07-01', 'test'),
    ('00006', 'Phường Vĩnh Phúc', '00004', 0.4, '2025-07-01', 'test');
INSERT INTO directory.organization (code, name, axis, level, parent_code, area_code, source, observed_at) VALUES
    ('UBND', 'Ủy ban nhân dân thành phố Hà Nội', 'COMMITTEE', 'CITY', NULL, NULL, 'test', now()),
    ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', NULL, 'test', now()),
    ('UBND-00004', 'Ủy ban nhân dân phường Ba Đình', 'COMMITTEE', 'COMMUNE', 'UBND', '00004', 'test', now()),
    ('TU', 'Thành ủy Hà Nội', 'PARTY', 'CITY', NULL, NULL, 'test', now());
INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
    ('GD-SXD', 'Giám đốc Sở Xây dựng', 'SXD', 'test', now());
INSERT INTO directory.official (code, display_name, source, observed_at) VALUES
    ('O1', 'Giám đốc Sở Xây dựng (đến 28/2/2026)', 'test', now()),
    ('O2', 'Giám đốc Sở Xây dựng (từ 10/3/2026)', 'test', now());
INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at) VALUES
    (gen_random_uuid(), 'O1', 'GD-SXD', '2025-07-01', '2026-03-01', 'test', now()),
    (gen_random_uuid(), 'O2', 'GD-SXD', '2026-03-10', NULL, 'test', now());
INSERT INTO directory.programme (code, title, kind, parent_code, supersedes_code, source, observed_at) VALUES
    ('NQ', 'Nghị quyết Đại hội', 'RESOLUTION', NULL, NULL, 'test', now()),
    ('CT01', 'Chương trình số 01', 'ACTION_PROGRAMME', 'NQ', NULL, 'test', now()),
    ('CTHĐ', 'Chương trình hành động', 'ACTION_PROGRAMME', 'NQ', 'CT01', 'test', now());
";

async fn city(pool: &PgPool) {
    sqlx::raw_sql(CITY).execute(pool).await.expect("the test city");
}

async fn ask(pool: &PgPool, query: &str) -> Value {
    let subgraph = directory::subgraph(context(pool.clone(), NOW));
    let response = subgraph
        .execute(&HeaderMap::default(), async_graphql::Request::new(query))
        .await;
    serde_json::to_value(response).expect("JSON")
}

async fn data(pool: &PgPool, query: &str) -> Value {
    let mut answer = ask(pool, query).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].take()
}

/// Code and path of the only error.
async fn problem(pool: &PgPool, query: &str) -> (String, String) {
    let answer = ask(pool, query).await;
    let errors = answer["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no error in {answer}"));
    assert_eq!(errors.len(), 1, "{answer}");
    let text = |name: &str| errors[0]["extensions"][name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("path"))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn organizations_form_a_tree_that_can_be_walked_both_ways(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ organization(code: \"UBND\") { parent { code } children { code parent { code } area { name } } }
           organizations(filter: {under: \"UBND\"}) { totalCount edges { node { code } } } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "organization": { "parent": null, "children": [
                { "code": "SXD", "parent": { "code": "UBND" }, "area": null },
                { "code": "UBND-00004", "parent": { "code": "UBND" }, "area": { "name": "Phường Ba Đình" } } ] },
            "organizations": { "totalCount": 3, "edges": [
                { "node": { "code": "SXD" } }, { "node": { "code": "UBND" } }, { "node": { "code": "UBND-00004" } } ] },
        })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_tree_refuses_to_become_a_cycle(pool: PgPool) {
    city(&pool).await;
    let cycle = sqlx::query("UPDATE directory.organization SET parent_code = 'SXD' WHERE code = 'UBND'")
        .execute(&pool)
        .await;
    let error = cycle
        .expect_err("refused")
        .into_database_error()
        .expect("by the database");
    assert_eq!(error.constraint(), Some("organization_acyclic"));
    let cycle = sqlx::query("UPDATE directory.programme SET parent_code = 'CT01' WHERE code = 'NQ'")
        .execute(&pool)
        .await;
    assert!(cycle.is_err());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_position_resolves_to_its_holder_on_a_date_and_to_nobody_while_vacant(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ position(code: \"GD-SXD\") { title today: holder { code } last: holder(asOf: \"2026-02-28\") { code }
             vacant: holder(asOf: \"2026-03-01\") { code } first: holder(asOf: \"2026-03-10\") { code }
             organization { code } } }",
    )
    .await;
    assert_eq!(
        answer["position"],
        json!({ "title": "Giám đốc Sở Xây dựng", "today": { "code": "O2" }, "last": { "code": "O1" }, "vacant": null,
                "first": { "code": "O2" }, "organization": { "code": "SXD" } })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn two_appointments_to_one_position_never_overlap(pool: PgPool) {
    city(&pool).await;
    let insert = |from: &'static str| {
        sqlx::query(
            "INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at)
             VALUES (gen_random_uuid(), 'O1', 'GD-SXD', $1::date, '2026-03-10', 'test', now())",
        )
        .bind(from)
        .execute(&pool)
    };
    assert!(
        insert("2026-02-28").await.is_err(),
        "overlaps the first appointment by one day"
    );
    assert!(insert("2026-03-01").await.is_ok(), "fills the gap exactly");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn search_ignores_accents_case_and_punctuation(pool: PgPool) {
    city(&pool).await;
    let names =
        |text: &str| format!("{{ areas(filter: {{search: {text:?}}}) {{ edges {{ node {{ shortName }} }} }} }}");
    let found = |answer: Value| answer["areas"]["edges"].as_array().map(Vec::len).unwrap_or_default();
    for (text, expected) in [
        ("dong da", 1),
        ("ĐỐNG", 1),
        ("da dong", 1),
        ("phuong", 2),
        ("%", 4),
        ("_", 4),
        ("\\", 4),
        ("dong%da", 1),
        ("ba%dinh%da", 0),
        ("zz", 0),
    ] {
        assert_eq!(found(data(&pool, &names(text)).await), expected, "{text}");
    }
    let (code, path) = problem(&pool, &names(&"a".repeat(201))).await;
    assert_eq!((code.as_str(), path.as_str()), ("VALIDATION", "filter.search"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn pages_join_without_a_gap_in_either_direction(pool: PgPool) {
    city(&pool).await;
    for (order, expected) in [
        ("[]", ["00004", "00235", "00376", "01"]),
        ("[{field: CODE, direction: DESC}]", ["01", "00376", "00235", "00004"]),
        ("[{field: NAME}]", ["00004", "00235", "01", "00376"]),
        (
            "[{field: AREA_KM2, direction: DESC}]",
            ["00376", "01", "00004", "00235"],
        ),
    ] {
        let mut codes: Vec<String> = Vec::new();
        let mut after = "null".to_owned();
        loop {
            let answer = data(
                &pool,
                &format!("{{ areas(first: 1, orderBy: {order}, after: {after}) {{ totalCount edges {{ node {{ code }} }} pageInfo {{ hasNextPage endCursor }} }} }}"),
            )
            .await;
            assert_eq!(answer["areas"]["totalCount"], 4);
            codes.extend(answer["areas"]["edges"][0]["node"]["code"].as_str().map(str::to_owned));
            let info = &answer["areas"]["pageInfo"];
            if info["hasNextPage"] == false {
                break;
            }
            after = info["endCursor"].to_string();
        }
        assert_eq!(codes, expected, "{order}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn wrong_input_names_its_field(pool: PgPool) {
    city(&pool).await;
    for (query, path) in [
        ("{ areas(first: 501) { totalCount } }", "first"),
        ("{ areas(after: \"nonsense!\") { totalCount } }", "after"),
        ("{ workingDays(from: \"2026-02-30\", until: \"2026-03-01\") }", "from"),
        ("{ workingDays(from: \"2026-03-02\", until: \"2026-03-01\") }", "until"),
        ("{ calendar(from: \"2020-01-01\", to: \"2026-03-01\") { day } }", "to"),
        (
            "{ position(code: \"GD-SXD\") { holder(asOf: \"2030-01-01\") { code } } }",
            "asOf",
        ),
    ] {
        assert_eq!(
            problem(&pool, query).await,
            ("VALIDATION".to_owned(), path.to_owned()),
            "{query}"
        );
    }
    let unknown = data(
        &pool,
        "{ area(code: \"99999\") { code } official(code: \"nobody\") { code } }",
    )
    .await;
    assert_eq!(unknown, json!({ "area": null, "official": null }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_calendar_counts_working_days_and_says_when_it_does_not_know(pool: PgPool) {
    // February 2026 has 20 weekdays, five of which are Tết; 10 January 2026 is a swapped Saturday; 2028 is not covered.
    let answer = data(
        &pool,
        "{ february: workingDays(from: \"2026-02-01\", until: \"2026-03-01\")
           empty: workingDays(from: \"2026-02-03\", until: \"2026-02-03\")
           unknown: workingDays(from: \"2027-12-31\", until: \"2028-01-02\")
           calendar(from: \"2026-01-10\", to: \"2026-01-10\") { working name } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({ "february": 15, "empty": 0, "unknown": null, "calendar": [{ "working": true, "name": "Làm bù ngày 2/1" }] })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rule_has_the_value_of_its_date(pool: PgPool) {
    let answer = data(
        &pool,
        "{ before: legalRules(codes: [\"LAND_NOTICE_OTHER\"], asOf: \"2025-12-31\") { value }
           after: legalRules(codes: [\"LAND_NOTICE_OTHER\"], asOf: \"2026-01-01\") { value unit } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({ "before": [{ "value": "180" }], "after": [{ "value": "120", "unit": "days" }] })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn areas_know_what_they_were_made_from_and_programmes_what_replaced_them(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ area(code: \"00004\") { predecessors { fromName share effectiveOn } }
           areaSuccessors(code: \"00006\") { toCode }
           programmes(filter: {inForce: true}) { edges { node { code } } }
           programme(code: \"CT01\") { parent { code } supersededBy { code } } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "area": { "predecessors": [
                { "fromName": "Phường Phúc Xá", "share": null, "effectiveOn": "2025-07-01" },
                { "fromName": "Phường Vĩnh Phúc", "share": "0.4", "effectiveOn": "2025-07-01" } ] },
            "areaSuccessors": [{ "toCode": "00004" }],
            "programmes": { "edges": [{ "node": { "code": "CTHĐ" } }, { "node": { "code": "NQ" } }] },
            "programme": { "parent": { "code": "NQ" }, "supersededBy": [{ "code": "CTHĐ" }] },
        })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_page_costs_the_same_number_of_statements_however_many_rows_it_has(pool: PgPool) {
    city(&pool).await;
    // One statement each for the page, the total, parents, areas, children, their positions and the holders of these.
    // In the order of the list: SXD and TU have nothing below them, UBND brings children, UBND-00004 an area.
    for (first, expected) in [(1, 4), (2, 4), (3, 6), (4, 7)] {
        let query = format!(
            "{{ organizations(first: {first}) {{ totalCount edges {{ node {{ parent {{ name }} area {{ name }} children {{ positions {{ holder {{ displayName }} }} }} }} }} }} }}"
        );
        let (_, statements) = count_statements(data(&pool, &query)).await;
        assert_eq!(statements, expected, "first: {first}");
    }
}
