//! Lists: search, order, pages, and what they cost.

use serde_json::{Value, json};
use service_kit::testing::count_statements;
use sqlx::PgPool;

use crate::city::{city, data, problem};

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
        ("[{field: AREA_KM2}]", ["00235", "00004", "00376", "01"]),
        ("[{field: AREA_KM2, direction: DESC}]", ["00004", "00235", "00376", "01"]),
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
        ("{ position(code: \"GD-SXD\") { holder(asOf: \"2030-01-01\") { code } } }", "asOf"),
    ] {
        assert_eq!(problem(&pool, query).await, ("VALIDATION".to_owned(), path.to_owned()), "{query}");
    }
    for (query, path) in [
        ("areas(filter: { codes: [\"00004\", \"99999\"] }) { totalCount }", "filter.codes.1"),
        ("areas(filter: { parent: \"1\" }) { totalCount }", "filter.parent"),
        ("organizations(filter: { codes: [\"SXDD\"] }) { totalCount }", "filter.codes.0"),
        ("organizations(filter: { parent: \"ubnd\" }) { totalCount }", "filter.parent"),
        ("organizations(filter: { under: \"UBNDX\" }) { totalCount }", "filter.under"),
        ("organizations(filter: { area: \"4\" }) { totalCount }", "filter.area"),
        ("programmes(filter: { codes: [\"CT1\"] }) { totalCount }", "filter.codes.0"),
        ("programmes(filter: { parent: \"NQ1\" }) { totalCount }", "filter.parent"),
        ("officials(filter: { codes: [\"O3\"] }) { totalCount }", "filter.codes.0"),
        ("officials(filter: { organization: \"GD-SXD\" }) { totalCount }", "filter.organization"),
        ("areaSuccessors(code: \"00002\") { toCode }", "code"),
        ("legalRules(codes: [\"LAND_NOTICE_OTHER\", \"LAND_NOTICE\"]) { code }", "codes.1"),
    ] {
        let refused = problem(&pool, &format!("{{ {query} }}")).await;
        assert_eq!(refused, ("VALIDATION".to_owned(), path.to_owned()), "{query}");
    }
    // A code that is known has an answer, also an empty one: a ward without a ward below, a rule before it was in force.
    let empty = data(
        &pool,
        "{ areas(filter: { parent: \"00004\" }) { totalCount } organizations(filter: { area: \"00235\" }) { totalCount } \
           areaSuccessors(code: \"00004\") { toCode } legalRules(codes: [\"LAND_NOTICE_OTHER\"], asOf: \"1990-01-01\") { code } }",
    )
    .await;
    let nothing = json!({ "totalCount": 0 });
    assert_eq!(empty, json!({ "areas": nothing, "organizations": nothing, "areaSuccessors": [], "legalRules": [] }));
    let unknown = data(&pool, "{ area(code: \"99999\") { code } official(code: \"nobody\") { code } }").await;
    assert_eq!(unknown, json!({ "area": null, "official": null }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_page_costs_the_same_number_of_statements_however_many_rows_it_has(pool: PgPool) {
    city(&pool).await;
    // One statement each for the page, the total, parents, areas, children, their positions and the holders of these.
    // The transaction begins and ends with one statement each.
    // In the order of the list: SXD and TU have nothing below them, UBND brings children, UBND-00004 an area.
    for (first, expected) in [(1, 6), (2, 6), (3, 8), (4, 9)] {
        let query = format!(
            "{{ organizations(first: {first}) {{ totalCount edges {{ node {{ parent {{ name }} area {{ name }} children {{ positions {{ holder {{ displayName }} }} }} }} }} }} }}"
        );
        let (_, statements) = count_statements(data(&pool, &query)).await;
        assert_eq!(statements, expected, "first: {first}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn areas_are_those_of_a_day_or_those_that_are_named(pool: PgPool) {
    city(&pool).await;
    service_kit::testing::run(
        &pool,
        "INSERT INTO directory.area (code, name, kind, valid_from, valid_to, source, observed_at) VALUES
             ('00001', 'Phường cũ', 'WARD', NULL, '2025-07-01', 'test', now()), ('00002', 'Phường mới', 'WARD', '2025-07-01', NULL, 'test', now());",
    )
    .await;
    let all = ["00001", "00002", "00004", "00235", "00376", "01"];
    for (arguments, expected) in [
        ("orderBy: []", &all[1..]),
        ("asOf: \"2025-07-01\"", &all[1..]),
        ("asOf: \"2025-06-30\"", &["00001", "00004", "00235", "00376", "01"][..]),
        ("filter: { search: \"phuong cu\" }", &[][..]),
        ("filter: { codes: [\"00001\", \"00002\"] }", &all[..2]),
    ] {
        let answer =
            data(&pool, &format!("{{ areas({arguments}) {{ totalCount edges {{ node {{ code }} }} }} }}")).await;
        let edges = answer["areas"]["edges"].as_array().expect("edges");
        let codes: Vec<&str> = edges.iter().filter_map(|edge| edge["node"]["code"].as_str()).collect();
        assert_eq!(
            (codes.as_slice(), &answer["areas"]["totalCount"]),
            (expected, &json!(expected.len())),
            "{arguments}"
        );
    }
}
