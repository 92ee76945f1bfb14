//! Lists: filters, order, pages, and what they cost.

use std::fmt::Write;

use serde_json::{Value, json};
use service_kit::testing::count_statements;
use sqlx::PgPool;

use super::city::{NOW, ask_at, data, found, issuer, problem, run, task};

fn codes(connection: &Value) -> Vec<&str> {
    connection["edges"].as_array().expect("edges").iter().filter_map(|edge| edge["node"]["code"].as_str()).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn filters_find_what_they_name(pool: PgPool) {
    found(&pool).await;
    run(
        &pool,
        "INSERT INTO projects.project (id, source, external_id, code, name, recorded_by, observed_at)
         VALUES (gen_random_uuid(), 'test', 'DA', 'DA', 'Dự án', 'test', now());
         INSERT INTO kpis.indicator (source, external_id, code, name, unit, direction, nature, frequency, recorded_by, observed_at)
         VALUES ('test', 'CT', 'CT', 'Chỉ tiêu', '%', 'HIGHER', 'RATE', 'MONTH', 'test', now())",
    )
    .await;
    task(
        &pool,
        "A",
        "IN_PROGRESS",
        &[("title", "'Giải phóng mặt bằng'"), ("area_codes", "'{00004}'"), ("programme_codes", "'{NQ}'")],
    )
    .await;
    task(
        &pool,
        "B",
        "BLOCKED",
        &[
            ("title", "'Chống ngập 100%'"),
            ("project_codes", "'{DA}'"),
            ("indicator_codes", "'{CT}'"),
            ("bottleneck_codes", "'{FLOODING}'"),
            ("lead_organization_code", "'TU'"),
            ("group_code", "'N1'"),
        ],
    )
    .await;
    task(
        &pool,
        "C",
        "ASSIGNED",
        &[
            ("accountable_position_code", "'GD-SXD'"),
            ("coordinating_organization_codes", "'{SYT}'"),
            ("priority", "'URGENT'"),
        ],
    )
    .await;
    for (filter, expected) in [
        ("search: \"giai phong MAT bang\"", vec!["A"]),
        ("search: \"100%\"", vec!["B"]),
        ("search: \"bang, giai\"", vec!["A"]),
        ("search: \"%\"", vec!["A", "B", "C"]),
        ("axis: [PARTY]", vec!["B"]),
        ("level: [DEPARTMENT]", vec!["A", "C"]),
        ("area: [\"00004\"]", vec!["A"]),
        ("programme: [\"NQ\"]", vec!["A"]),
        ("bottleneck: [\"FLOODING\", \"POLLUTION\"]", vec!["B"]),
        ("group: [\"N1\"]", vec!["B"]),
        ("project: [\"DA\"]", vec!["B"]),
        ("without: [PROJECT]", vec!["A", "C"]),
        ("indicator: [\"CT\"]", vec!["B"]),
        ("without: [INDICATOR]", vec!["A", "C"]),
        ("official: [\"O2\"]", vec!["C"]),
        ("official: [\"O1\"]", vec![]),
        ("coordinating: [\"SYT\"]", vec!["C"]),
        ("status: [ASSIGNED, BLOCKED]", vec!["B", "C"]),
        ("priority: [URGENT]", vec!["C"]),
        ("open: true, organization: [\"SXD\"]", vec!["A", "C"]),
        ("dueOn: {from: \"2026-07-01\"}", vec![]),
        ("clarityAtMost: 1", vec!["A", "B"]),
        ("status: []", vec![]),
    ] {
        let query = format!(
            "{{ tasks(filter: {{{filter}}}, orderBy: [{{field: CODE}}]) {{ totalCount edges {{ node {{ code }} }} }} }}"
        );
        let answer = data(&pool, &query).await;
        assert_eq!(codes(&answer["tasks"]), expected, "{filter}");
        assert_eq!(answer["tasks"]["totalCount"], expected.len(), "{filter}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn pages_follow_each_other_without_gap_or_repetition(pool: PgPool) {
    found(&pool).await;
    for number in 0..7 {
        // Two without a due date, and ties among the rest.
        let due = if number < 2 { "NULL".to_owned() } else { format!("'2026-06-0{}'", 1 + number % 2) };
        task(
            &pool,
            &format!("T{number}"),
            "IN_PROGRESS",
            &[("current_due", &due), ("baseline_due", &due), ("area_codes", "'{00004}'")],
        )
        .await;
    }
    for order in [
        "{field: DUE_ON}",
        "{field: DUE_ON, direction: DESC}",
        "{field: PRIORITY}, {field: TITLE, direction: DESC}",
        "{field: OBSERVED_AT}",
        "{field: PROGRESS}",
    ] {
        for parent in ["", "area"] {
            let mut seen: Vec<String> = Vec::new();
            let mut after = String::new();
            loop {
                let list = format!(
                    "tasks(first: 3, orderBy: [{order}]{after}) {{ edges {{ node {{ code }} }} pageInfo {{ hasNextPage endCursor }} }}"
                );
                let answer = if parent.is_empty() {
                    data(&pool, &format!("{{ {list} }}")).await["tasks"].take()
                } else {
                    let entity = "{ __typename: \"Area\", code: \"00004\" }";
                    data(&pool, &format!("{{ _entities(representations: [{entity}]) {{ ... on Area {{ {list} }} }} }}"))
                        .await["_entities"][0]["tasks"]
                        .take()
                };
                seen.extend(codes(&answer).into_iter().map(str::to_owned));
                if answer["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = format!(", after: {}", answer["pageInfo"]["endCursor"]);
            }
            let mut distinct = seen.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!((seen.len(), distinct.len()), (7, 7), "{order} {parent}: {seen:?}");
            if order.contains("DUE_ON") {
                assert!(seen[5..].iter().all(|code| code == "T0" || code == "T1"), "without a due date last: {seen:?}");
            }
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn entities_show_their_tasks_and_measures(pool: PgPool) {
    found(&pool).await;
    let both =
        [("area_codes", "'{00004,00235}'"), ("programme_codes", "'{NQ}'"), ("accountable_position_code", "'GD-SXD'")];
    task(&pool, "A", "IN_PROGRESS", &both).await;
    task(&pool, "B", "BLOCKED", &[("area_codes", "'{00235}'"), ("lead_organization_code", "'TU'")]).await;
    let fields =
        "tasks(first: 5) { totalCount edges { node { code } } } taskMeasures(period: \"2026\") { total atRisk }";
    let query = format!(
        "{{ _entities(representations: [{{ __typename: \"Area\", code: \"00004\" }}, {{ __typename: \"Area\", code: \"00235\" }},
            {{ __typename: \"Programme\", code: \"NQ\" }}, {{ __typename: \"Organization\", code: \"TU\" }},
            {{ __typename: \"Official\", code: \"O2\" }}, {{ __typename: \"Official\", code: \"O1\" }}]) {{
            ... on Area {{ {fields} }} ... on Programme {{ {fields} }} ... on Organization {{ {fields} }} ... on Official {{ {fields} }} }} }}"
    );
    let answer = data(&pool, &query).await;
    let expected = [vec!["A"], vec!["A", "B"], vec!["A"], vec!["B"], vec!["A"], vec![]];
    for (entity, expected) in answer["_entities"].as_array().expect("entities").iter().zip(expected) {
        let mut found = codes(&entity["tasks"]);
        found.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(entity["tasks"]["totalCount"], expected.len());
        assert_eq!(entity["taskMeasures"]["total"], expected.len());
    }
}

/// A zero would be read as that of the whole city.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_area_that_is_divided_has_measures_only_of_tasks_that_name_it(pool: PgPool) {
    found(&pool).await;
    run(&pool, "INSERT INTO directory.area (code, name, kind, parent_code, source, observed_at) VALUES ('01', 'Hà Nội', 'CITY', NULL, 'test', now()), ('00999', 'Xã', 'COMMUNE', '01', 'test', now())".to_owned()).await;
    task(&pool, "A", "IN_PROGRESS", &[("area_codes", "'{00235}'")]).await;
    let query = "{ _entities(representations: [{ __typename: \"Area\", code: \"01\" }, { __typename: \"Area\", code: \"00999\" }, { __typename: \"Area\", code: \"00235\" }]) { \
        ... on Area { taskMeasures(period: \"2026\") { total } } } }";
    let measured = async || data(&pool, query).await["_entities"].clone();
    let total = |total: i32| json!({ "taskMeasures": { "total": total } });
    assert_eq!(measured().await, json!([{ "taskMeasures": null }, total(0), total(1)]));
    task(&pool, "B", "IN_PROGRESS", &[("area_codes", "'{01}'")]).await;
    assert_eq!(measured().await, json!([total(1), total(0), total(1)]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_page_of_areas_costs_the_same_statements_whatever_its_length(pool: PgPool) {
    found(&pool).await;
    run(&pool, "INSERT INTO directory.area (code, name, kind, source, observed_at) SELECT (10000 + n)::text, 'Xã', 'COMMUNE', 'test', now() FROM generate_series(1, 500) AS n".to_owned()).await;
    for number in 0..20 {
        task(
            &pool,
            &format!("T{number}"),
            "IN_PROGRESS",
            &[("area_codes", &format!("'{{{},{}}}'", 10001 + number, 10002 + number))],
        )
        .await;
    }
    // The first read of facts compares the rules that the migrations brought.
    data(&pool, "{ tasks { totalCount } }").await;
    let mut counts = Vec::new();
    for areas in [1, 10, 126, 500] {
        let mut entities = String::new();
        for area in 0..areas {
            write!(entities, "{{ __typename: \"Area\", code: \"{}\" }}", 10001 + area).expect("written");
        }
        let query = format!(
            "{{ _entities(representations: [{entities}]) {{ ... on Area {{ code
                taskMeasures(period: \"2026\") {{ total overdue atRisk onTime {{ value }} }}
                tasks(first: 5, filter: {{programme: []}}) {{ totalCount }}
                late: tasks(first: 2, filter: {{organization: [\"SXD\"]}}) {{ totalCount edges {{ node {{ code lead {{ code }}
                    atRiskReasons milestones {{ title }} blockers {{ kind }} relations {{ kind to {{ code }} }}
                    then: isOverdue(asOf: \"2026-02-01\") }} }} }} }} }} }}"
        );
        let (answer, statements) = count_statements(data(&pool, &query)).await;
        assert_eq!(answer["_entities"].as_array().map(Vec::len), Some(areas));
        assert_eq!(answer["_entities"][0]["late"]["totalCount"], 1, "{answer}");
        counts.push(statements);
    }
    // The tasks of a single area are counted with each of its two pages. Some of the many areas have no task: whether such an area is
    // divided is asked for all of them at once.
    let one = counts[0];
    assert!(one > 0);
    assert_eq!(counts, [one, one + 2, one + 3, one + 3]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn one_area_has_the_totals_and_pages_that_it_has_among_others(pool: PgPool) {
    found(&pool).await;
    for (code, areas) in [("A", "{00235}"), ("B", "{00235,00364}"), ("C", "{00235}"), ("D", "{00364}")] {
        task(&pool, code, "IN_PROGRESS", &[("area_codes", &format!("'{areas}'"))]).await;
    }
    let of = async |codes: &[&str], after: &str| {
        let mut areas = String::new();
        for code in codes {
            write!(areas, "{{ __typename: \"Area\", code: \"{code}\" }}").expect("written");
        }
        let list = format!(
            "tasks(first: 2, {after} orderBy: [{{ field: CODE, direction: DESC }}]) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ code }} }} }}"
        );
        let query = format!("{{ _entities(representations: [{areas}]) {{ ... on Area {{ {list} }} }} }}");
        data(&pool, &query).await["_entities"].as_array().cloned().unwrap_or_default()
    };
    let codes = |area: &Value| {
        let edges = area["tasks"]["edges"].as_array().cloned().unwrap_or_default();
        edges.iter().filter_map(|edge| edge["node"]["code"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let among = of(&["00235", "00364", "00235-none"], "").await;
    let alone = of(&["00235"], "").await;
    assert_eq!(alone[0], among[0]);
    assert_eq!((codes(&alone[0]), &alone[0]["tasks"]["totalCount"]), (vec!["C".to_owned(), "B".to_owned()], &json!(3)));
    assert_eq!((codes(&among[1]), &among[1]["tasks"]["totalCount"]), (vec!["D".to_owned(), "B".to_owned()], &json!(2)));
    assert_eq!(of(&["00235-none"], "").await[0], among[2]);
    assert_eq!(among[2]["tasks"]["totalCount"], 0);
    // The page after it counts the same tasks.
    let after = format!("after: {},", alone[0]["tasks"]["pageInfo"]["endCursor"]);
    let next = of(&["00235"], &after).await;
    assert_eq!((codes(&next[0]), &next[0]["tasks"]["totalCount"]), (vec!["A".to_owned()], &json!(3)));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_total_of_a_day_has_the_tasks_that_were_known_on_it(pool: PgPool) {
    found(&pool).await;
    for (code, day) in [("A", "2026-01-10"), ("B", "2026-02-10"), ("C", "2026-02-10"), ("D", "2026-03-14")] {
        task(&pool, code, "IN_PROGRESS", &[("observed_at", &format!("'{day}T05:00:00Z'"))]).await;
    }
    run(&pool, "UPDATE tasks.task SET deleted_at = '2026-03-01T05:00:00Z', version = version + 1, observed_at = '2026-03-01T05:00:00Z' WHERE code = 'C'").await;
    for (day, known) in [
        ("2026-01-09", vec![]),
        ("2026-01-10", vec!["A"]),
        ("2026-02-09", vec!["A"]),
        ("2026-02-10", vec!["A", "B", "C"]),
        ("2026-03-01", vec!["A", "B"]),
        ("2026-03-13", vec!["A", "B"]),
        ("2026-03-15", vec!["A", "B", "D"]),
    ] {
        let list = |filter: &str| {
            format!(
                "tasks(asOf: \"{day}\", {filter} orderBy: [{{ field: CODE }}]) {{ totalCount edges {{ node {{ code }} }} }}"
            )
        };
        let query = format!("{{ all: {} filtered: {} }}", list(""), list("filter: { organization: [\"SXD\"] },"));
        let answer = data(&pool, &query).await;
        for name in ["all", "filtered"] {
            assert_eq!(codes(&answer[name]), known, "{name} {day}");
            assert_eq!(answer[name]["totalCount"], known.len(), "{name} {day}");
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_area_lists_in_every_order_what_concerned_it_on_the_day(pool: PgPool) {
    found(&pool).await;
    for (code, title, day, areas) in [
        ("A", "'Đường'", "2026-01-10", "{00235}"),
        ("B", "'Cống'", "2026-01-10", "{00364}"),
        ("C", "'Chợ'", "2026-01-20", "{00235,00364}"),
        ("D", "'Trường'", "2026-03-14", "{00235}"),
        ("E", "'Hồ'", "2026-01-10", "{00235}"),
    ] {
        let columns = [
            ("title", title),
            ("area_codes", &format!("'{areas}'")),
            ("observed_at", &format!("'{day}T05:00:00Z'")),
            ("progress", if code == "C" { "70" } else { "10" }),
            ("current_due", if code == "A" { "'2026-12-31'" } else { "'2026-06-30'" }),
            ("priority", if code == "E" { "'URGENT'" } else { "'NORMAL'" }),
        ];
        task(&pool, code, "IN_PROGRESS", &columns).await;
    }
    let change = async |code: &str, day: &str, set: &str| {
        let sql = format!(
            "UPDATE tasks.task SET {set}, version = version + 1, observed_at = '{day}T05:00:00Z' WHERE code = '{code}'"
        );
        run(&pool, &sql).await;
    };
    change("B", "2026-02-01", "area_codes = '{00235}'").await;
    change("A", "2026-02-10", "area_codes = '{00364}'").await;
    change("C", "2026-02-20", "title = 'An toàn', progress = 80").await;
    change("E", "2026-03-01", "deleted_at = '2026-03-01T05:00:00Z'").await;
    let expected = [
        ("2026-01-09", vec![]),
        ("2026-01-10", vec!["A", "E"]),
        ("2026-01-31", vec!["A", "C", "E"]),
        ("2026-02-01", vec!["A", "B", "C", "E"]),
        ("2026-02-10", vec!["B", "C", "E"]),
        ("2026-03-01", vec!["B", "C"]),
        ("2026-03-13", vec!["B", "C"]),
        ("2026-03-15", vec!["B", "C", "D"]),
    ];
    for (day, known) in expected {
        for field in ["CODE", "TITLE", "DUE_ON", "START_ON", "PRIORITY", "PROGRESS", "OBSERVED_AT"] {
            for direction in ["ASC", "DESC"] {
                let order = format!("asOf: \"{day}\", orderBy: [{{ field: {field}, direction: {direction} }}]");
                let list = "{ totalCount pageInfo { hasNextPage } edges { node { code } } }";
                // A second condition, which every task meets, is not read from the tasks of the area.
                let (one, more) = ("filter: { area: [\"00235\"] }", "filter: { area: [\"00235\"], clarityAtLeast: 0 }");
                let query = format!(
                    "{{ _entities(representations: [{{ __typename: \"Area\", code: \"00235\" }}]) {{ ... on Area {{
                            all: tasks({order}) {list} two: tasks(first: 2, {order}) {list} }} }}
                        all: tasks({order}, {one}) {list} two: tasks(first: 2, {order}, {one}) {list}
                        allMore: tasks({order}, {more}) {list} twoMore: tasks(first: 2, {order}, {more}) {list} }}"
                );
                let answer = data(&pool, &query).await;
                let area = &answer["_entities"][0];
                for (all, two) in [("all", "two"), ("allMore", "twoMore")] {
                    assert_eq!((&area["all"], &area["two"]), (&answer[all], &answer[two]), "{day} {field} {direction}");
                }
                assert_eq!(area["all"]["totalCount"], known.len(), "{day}");
                let mut listed = codes(&area["all"]);
                if direction == "DESC" {
                    listed.reverse();
                }
                if field != "CODE" {
                    listed.sort_unstable();
                }
                assert_eq!(listed, known, "{day} {field} {direction}");
            }
        }
    }
    // What follows the first page, and the present title.
    let of = async |arguments: &str| {
        let query = format!(
            "{{ _entities(representations: [{{ __typename: \"Area\", code: \"00235\" }}]) {{ ... on Area {{
                 tasks({arguments} orderBy: [{{ field: TITLE }}]) {{ pageInfo {{ endCursor }} edges {{ node {{ code }} }} }} }} }} }}"
        );
        data(&pool, &query).await["_entities"][0]["tasks"].take()
    };
    let first = of("first: 2,").await;
    assert_eq!(codes(&first), ["C", "B"]);
    assert_eq!(codes(&of(&format!("after: {},", first["pageInfo"]["endCursor"])).await), ["D"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_hidden_task_is_in_no_list_and_no_measure(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[("deleted_at", "'2026-03-01'")]).await;
    let answer = data(&pool, &format!("{{ task(id: \"{id}\") {{ code }} tasks {{ totalCount }} taskStats(period: \"2026\") {{ totals {{ total }} }} }}")).await;
    assert_eq!(
        answer,
        json!({ "task": null, "tasks": { "totalCount": 0 }, "taskStats": { "totals": { "total": 0 } } })
    );
}

/// A zero or an empty answer for a mistake would be read as a figure.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_nothing_can_satisfy_is_refused(pool: PgPool) {
    found(&pool).await;
    for (document, path) in [
        ("{ taskStats(period: \"2026\", filter: { status: [DRAFT] }) { totals { total } } }", "filter.status"),
        ("{ tasks(filter: { clarityAtLeast: 4, clarityAtMost: 3 }) { totalCount } }", "filter.clarityAtLeast"),
        (
            "{ taskStats(period: \"2026\", groupBy: [AXIS], having: [{ measure: TOTAL }]) { rows { axis } } }",
            "having.0",
        ),
        (
            "{ taskStats(period: \"2026\", groupBy: [AXIS], having: [{ measure: TOTAL, gt: 0 }, { measure: OVERDUE, gt: 5, lt: 3 }]) { rows { axis } } }",
            "having.1",
        ),
    ] {
        let refused = ask_at(&pool, NOW, &issuer(), document, Value::Null).await;
        assert_eq!(problem(&refused), ("VALIDATION".into(), path.into()), "{document}");
    }
    let both = data(&pool, "{ tasks(filter: { clarityAtLeast: 3, clarityAtMost: 3 }) { totalCount } }").await;
    assert_eq!(both["tasks"]["totalCount"], 0);
}
