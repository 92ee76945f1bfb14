//! Where feedback comes from: circles and cells, against distances that were computed elsewhere.

use serde_json::{Value, json};
use service_kit::Principal;
use service_kit::testing::operator;
use sqlx::PgPool;

use crate::city::{NOW, at, case, found, give, offer, problem};

/// Points on a line to the east of Hoàn Kiếm, on the parallel of 21.03°: a thousandth of a degree is 103.8 m there.
async fn points(pool: &PgPool) {
    found(pool).await;
    let cases: Vec<Value> = (0..10)
        .map(|place| {
            let lon = format!("{:.3}", 105.850 + 0.001 * f64::from(place));
            let category = if place < 6 { "NOISE" } else { "TREES" };
            case(&format!("P{place}"), "2026-03-02 08:00", json!({ "lat": "21.03", "lon": lon, "category": category }))
        })
        .collect();
    give(pool, "feedback", &cases).await;
    give(pool, "feedback", &[case("NOWHERE", "2026-03-02 08:00", json!({}))]).await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn near_is_a_distance_on_the_sphere(pool: PgPool) {
    points(&pool).await;
    let asked = at(&pool, NOW);
    for (radius, found) in [(1.0, 1), (103.0, 1), (104.0, 2), (415.0, 4), (416.0, 5), (934.0, 9), (935.0, 10)] {
        let document = format!(
            "{{ feedbacks(filter: {{ near: {{ lat: 21.03, lon: 105.85, radiusM: {radius} }} }}) {{ totalCount }} }}"
        );
        assert_eq!(asked.data(&document).await["feedbacks"]["totalCount"], found, "{radius}");
        let document = format!(
            "{{ feedbackStats(period: \"2026\", filter: {{ near: {{ lat: 21.03, lon: 105.85, radiusM: {radius} }} }}) {{ totals {{ received }} }} }}"
        );
        assert_eq!(asked.data(&document).await["feedbackStats"]["totals"]["received"], found, "{radius}");
    }
    for (near, path) in [
        ("lat: 91, lon: 105, radiusM: 10", "filter.near.lat"),
        ("lat: 21, lon: 191, radiusM: 10", "filter.near.lon"),
        ("lat: 21, lon: 105, radiusM: 0", "filter.near.radiusM"),
        ("lat: 21, lon: 105, radiusM: 20001", "filter.near.radiusM"),
    ] {
        let answer = asked
            .ask(&operator(), &format!("{{ feedbacks(filter: {{ near: {{ {near} }} }}) {{ totalCount }} }}"), json!({}))
            .await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), path.into()), "{near}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_grid_counts_every_point_once_and_names_the_hot_spot(pool: PgPool) {
    points(&pool).await;
    let asked = at(&pool, NOW);
    let grid = |size: i32| {
        format!(
            "{{ feedbackGrid(bbox: {{ south: 21.0, west: 105.8495, north: 21.1, east: 105.9 }}, sizeM: {size}) {{ cases open overdue categoryCases category {{ code }} southWest {{ lat lon }} northEast {{ lat lon }} }} }}"
        )
    };
    // A cell of 622.8 m is six thousandths of a degree wide at the middle of the box.
    let cells = asked.data(&grid(623)).await["feedbackGrid"].clone();
    let counts: Vec<Option<i64>> = cells.as_array().expect("cells").iter().map(|cell| cell["cases"].as_i64()).collect();
    assert_eq!(counts, [Some(6), Some(4)]);
    assert_eq!(
        (&cells[0]["category"]["code"], &cells[1]["category"]["code"], &cells[0]["categoryCases"]),
        (&json!("NOISE"), &json!("TREES"), &json!(6))
    );
    for cell in cells.as_array().expect("cells") {
        assert!(
            cell["southWest"]["lat"].as_f64() < Some(21.03) && cell["northEast"]["lat"].as_f64() > Some(21.03),
            "{cell}"
        );
    }
    let whole = asked.data(&grid(50_000)).await["feedbackGrid"].clone();
    assert_eq!(whole[0]["cases"], 10);
    // A visitor sees no cell with fewer than five cases.
    let public = asked.ask(&Principal::default(), &grid(623), json!({})).await["data"]["feedbackGrid"].clone();
    assert_eq!(public.as_array().map(Vec::len), Some(1), "{public}");
    for (argument, path) in [
        ("bbox: { south: 21, west: 105, north: 20, east: 106 }, sizeM: 500", "bbox.north"),
        ("bbox: { south: 21, west: 105, north: 22, east: 104 }, sizeM: 500", "bbox.east"),
        ("bbox: { south: 21, west: 105, north: 22, east: 106 }, sizeM: 50", "sizeM"),
    ] {
        let answer = asked.ask(&operator(), &format!("{{ feedbackGrid({argument}) {{ cases }} }}"), json!({})).await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), path.into()), "{argument}");
    }
}

/// A category in a cell is a group of its own: of five cases the three of the most frequent one are told to who sees all feedback.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_visitor_gets_no_hot_spot_of_fewer_than_five_cases(pool: PgPool) {
    found(&pool).await;
    let cases: Vec<Value> = (0..5)
        .map(|number| {
            let category = if number < 3 { "NOISE" } else { "TREES" };
            let point = json!({ "lat": "21.030", "lon": "105.850", "category": category });
            case(&format!("N-{number}"), "2026-03-02 08:00", point)
        })
        .collect();
    give(&pool, "feedback", &cases).await;
    let asked = at(&pool, NOW);
    let grid = "{ feedbackGrid(bbox: { south: 21.0, west: 105.8, north: 21.1, east: 105.9 }, sizeM: 20000) { cases categoryCases category { code } } }";
    let cells = async |caller: &Principal| asked.ask(caller, grid, json!({})).await["data"]["feedbackGrid"].clone();
    assert_eq!(cells(&operator()).await, json!([{ "cases": 5, "categoryCases": 3, "category": { "code": "NOISE" } }]));
    assert_eq!(cells(&Principal::default()).await, json!([{ "cases": 5, "categoryCases": null, "category": null }]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_exact_point_is_not_accepted_where_everybody_reads(pool: PgPool) {
    found(&pool).await;
    let results =
        offer(&pool, "feedback", &[case("EXACT", "2026-03-02 08:00", json!({ "lat": "21.0345", "lon": "105.819" }))])
            .await;
    assert_eq!(results[0].status, service_kit::push::PushStatus::Rejected);
    assert_eq!(results[0].errors[0].path, "lat");
    assert!(results[0].errors[0].en.contains("feedback-senders"), "{results:?}");
}
