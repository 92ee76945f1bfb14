//! Tables of operations over the platform's schema, and their files.

use gateway::{Gateway, GraphQlRequest};
use serde_json::{Value, json};
use service_kit::Role;
use tabular::Datum;

use super::parts::{Kind, parts};
use super::rows::row;
use super::words::Language;
use super::*;
use crate::services::{SERVICES, platform_gateway, supergraph};

fn gateway() -> Gateway {
    let builder = Gateway::builder(supergraph().expect("composed")).config(platform_gateway());
    let urls = SERVICES.iter().map(|service| service.name);
    urls.fold(builder, |builder, name| builder.url(name, "http://subgraph.invalid/graphql")).build().expect("built")
}

async fn outlined(query: &str, variables: Value) -> Outline {
    let request = GraphQlRequest::new(query).with_variables(&variables).expect("JSON");
    gateway().engine().outline(&request).await.expect("a valid operation")
}

fn asked(format: Format, part: Option<&str>) -> Asked {
    Asked {
        document: "stored".to_owned(),
        operation: None,
        variables: serde_json::Map::new(),
        format,
        part: part.map(str::to_owned),
        language: Language::English,
    }
}

/// What a file says about an export at an instant.
fn about<'a>(now: &str, asked: &'a Asked, outline: &'a Outline, principal: &'a Principal) -> About<'a> {
    let now = now.parse().expect("an instant");
    let city = CityTime::default();
    About { asked, outline, principal, request_id: "r", now, today: city.today(now), zone: city.tz }
}

/// Names of the tables with the names of their columns.
fn listed(outline: &Outline) -> Vec<(String, String)> {
    let names = |part: Part| part.columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(" ");
    parts(outline).into_iter().map(|part| (part.name.clone(), names(part))).collect()
}

fn pair((name, columns): (&str, &str)) -> (String, String) {
    (name.to_owned(), columns.to_owned())
}

#[tokio::test]
async fn an_operation_has_a_table_for_each_list_and_measures() {
    let outline = outlined(
        "query($year: Period = \"2026\", $day: Date) {
            __typename
            areas { totalCount }
            list: tasks(first: 2, asOf: $day) {
                totalCount
                edges { cursor node { ...Named lead { name } programmes { code parent { title } } } }
            }
            taskStats(period: $year, groupBy: [AXIS], asOf: \"2026-09-30\") {
                rows { axis measures { total onTime { value } atRiskReasons { reason tasks } } }
                totals { total }
                freshness { asOf servedBy partial }
            }
            sums: taskStats(period: $year) { totals { overdue } }
            area(code: \"00004\") { name tasks(first: 1) { totalCount pageInfo { hasNextPage } edges { node { code } } } }
            bottlenecks { code }
        }
        fragment Named on Task { code title currentDue }",
        json!({ "day": "2026-06-30" }),
    )
    .await;
    let expected = [
        ("areas", "totalCount"),
        ("list", "code title currentDue lead.name programmes.code programmes.parent.title"),
        (
            "taskStats",
            "axis measures.total measures.onTime.value measures.atRiskReasons.reason measures.atRiskReasons.tasks",
        ),
        ("taskStats.totals", "total"),
        ("sums", "overdue"),
        ("area", "name tasks.totalCount tasks.code"),
        ("bottlenecks", "code"),
    ];
    assert_eq!(listed(&outline), expected.map(pair));
    let parts = parts(&outline);
    let dates: Vec<_> = parts.iter().map(|part| part.as_of.as_deref()).collect();
    let (june, september) = (Some("2026-06-30"), Some("2026-09-30"));
    assert_eq!(dates, [None, june, september, september, None, None, None]);
    let kinds: Vec<Kind> = parts[2].columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Kind::Text, Kind::Number, Kind::Number, Kind::Text, Kind::Text]);
    assert_eq!(parts[1].columns[2].kind, Kind::Date);
    assert_eq!(outline.variables[0], ("year".to_owned(), Some("\"2026\"".to_owned())));

    let names = |part: Option<&str>, format| {
        chosen(&asked(format, part), &outline).map(|parts| parts.into_iter().map(|part| part.name).collect::<Vec<_>>())
    };
    assert_eq!(names(Some("taskStats.totals"), Format::Csv).expect("a table"), ["taskStats.totals"]);
    assert_eq!(names(None, Format::Xlsx).expect("all").len(), 7);
    for (part, format) in [(Some("tasks"), Format::Csv), (None, Format::Csv), (Some("areas "), Format::Xlsx)] {
        let problem = names(part, format).expect_err("refused");
        assert_eq!(problem.path.as_deref(), Some("part"));
        let accepted = "accepted: areas, list, taskStats, taskStats.totals, sums, area, bottlenecks";
        assert!(problem.message.ends_with(accepted), "{}", problem.message);
    }
}

#[tokio::test]
async fn a_csv_takes_the_only_list_and_no_table_of_a_mutation() {
    let stats = "{ areas { totalCount } taskStats(period: \"2026\") { totals { total } rows { bucket } } }";
    let found = chosen(&asked(Format::Csv, None), &outlined(stats, json!({})).await).expect("a list");
    assert_eq!(found[0].name, "taskStats");
    for (query, path) in [
        ("mutation { startTask(input: { id: \"1\", expectedVersion: 1 }) { task { code } } }", "documentId"),
        ("{ __typename }", "documentId"),
    ] {
        let problem = chosen(&asked(Format::Csv, None), &outlined(query, json!({})).await).expect_err("refused");
        assert_eq!(problem.path.as_deref(), Some(path), "{}", problem.message);
    }
}

#[tokio::test]
async fn a_list_is_followed_if_its_own_variable_moves_it() {
    let page = "pageInfo { hasNextPage endCursor } edges { node { code } }";
    for (query, variables) in [
        (format!("query($a: String) {{ tasks(after: $a) {{ {page} }} }}"), vec![Some("a")]),
        (
            format!("query($a: String) {{ tasks(after: $a) {{ {page} }} areas(after: $a) {{ {page} }} }}"),
            vec![None, None],
        ),
        (
            format!("query($a: String, $b: String) {{ tasks(after: $a) {{ {page} }} areas(after: $b) {{ {page} }} }}"),
            vec![Some("a"), Some("b")],
        ),
        (format!("{{ tasks(after: \"x\") {{ {page} }} }}"), vec![None]),
        (
            "query($a: String) { tasks(after: $a) { pageInfo { hasNextPage } edges { node { code } } } }".into(),
            vec![None],
        ),
    ] {
        let found = parts(&outlined(&query, json!({})).await);
        let next = found.iter().map(|part| Some(part.paging.as_ref()?.next.as_ref()?.1.as_str()));
        assert_eq!(next.collect::<Vec<_>>(), variables, "{query}");
    }
}

#[tokio::test]
async fn a_row_has_typed_values_and_joined_lists() {
    let query = "{ tasks { nodes { code progress currentDue accountable { title } programmes { code parent { title } }
        lead { projects(first: 2) { totalCount edges { node { code totalInvestment areas { name } } } } } } } }";
    let outline = outlined(query, json!({})).await;
    let part = &parts(&outline)[0];
    let item = json!({
        "code": "00042", "progress": 40, "currentDue": "2026-09-30", "accountable": null,
        "programmes": [{ "code": "A", "parent": null }, { "code": "B", "parent": { "title": "=Nghị quyết" } }],
        "lead": { "projects": { "totalCount": 7, "edges": [
            { "node": { "code": "P1", "totalInvestment": "1500000000", "areas": [{ "name": "Ba Đình" }, { "name": "Hoàn Kiếm" }] } },
            { "node": { "code": "P2", "totalInvestment": null, "areas": [] } },
        ] } },
    });
    let text = |text: &str| Datum::Text(text.to_owned());
    let expected = vec![
        text("00042"),
        Datum::Number("40".to_owned()),
        Datum::Date("2026-09-30".to_owned()),
        Datum::Empty,
        text("A; B"),
        text("; =Nghị quyết"),
        Datum::Number("7".to_owned()),
        text("P1; P2"),
        text("1500000000; "),
        text("Ba Đình, Hoàn Kiếm; "),
    ];
    assert_eq!(row(&part.columns, &item), expected);
    let nothing = json!({ "programmes": [], "lead": { "projects": null } });
    assert!(row(&part.columns, &nothing).iter().all(|datum| *datum == Datum::Empty));
    assert_eq!(row(&part.columns, &Value::Null).len(), part.columns.len());
}

#[tokio::test]
async fn a_trend_has_a_row_for_each_point_and_no_number_is_there_twice() {
    let query = "{ trend(by: BOTTLENECK, code: [\"FLOODING\"], period: \"2026\", grain: MONTH) { code points { bucket measures { tasks { total } } } } }";
    let part = &parts(&outlined(query, json!({})).await)[0];
    let names: Vec<&str> = part.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["code", "points.bucket", "points.measures.tasks.total"]);
    let point = |bucket: &str, total: i32| json!({ "bucket": bucket, "measures": { "tasks": { "total": total } } });
    let (code, month) = (|| Datum::Text("FLOODING".to_owned()), |text: &str| Datum::Text(text.to_owned()));
    let total = |text: &str| Datum::Number(text.to_owned());
    let item = json!({ "code": "FLOODING", "points": [point("2026-01", 3), point("2026-02", 0)] });
    assert_eq!(part.rows_of(&item), [[code(), month("2026-01"), total("3")], [code(), month("2026-02"), total("0")]]);
    let empty = json!({ "code": "FLOODING", "points": [] });
    assert_eq!(part.rows_of(&empty), [[code(), Datum::Empty, Datum::Empty]]);
    // The number of a source would be repeated beside each of its figures.
    let query = "{ sources { code parked figures { dataset } } }";
    let part = &parts(&outlined(query, json!({})).await)[0];
    let item = json!({ "code": "a", "parked": 2, "figures": [{ "dataset": "x" }, { "dataset": "y" }] });
    assert_eq!(part.rows_of(&item), [[Datum::Text("a".to_owned()), total("2"), Datum::Text("x; y".to_owned())]]);
}

#[tokio::test]
async fn a_file_is_named_after_its_operation_its_date_and_what_is_missing() {
    let outline = outlined("{ tasks(first: 1, asOf: \"2026-09-30\") { totalCount nodes { code } } }", json!({})).await;
    let part = parts(&outline).remove(0);
    let principal = Principal {
        subject: Some("an".to_owned()),
        roles: vec![Role::Ward],
        areas: vec!["00004".to_owned()],
        ..Principal::default()
    };
    let mut asked = asked(Format::Csv, Some("tasks"));
    asked.document = "a/b\"ệ".to_owned();
    let about = about("2026-11-21T18:00:00Z", &asked, &outline, &principal);
    let mut table = Table::of(part, vec![vec![Datum::Text("x".to_owned())]], Some(230));
    let names = about.names(std::slice::from_ref(&table));
    assert_eq!(names.0, "a-b---tasks-as-of-2026-09-30-1-of-230-rows");
    assert_eq!(
        disposition(&names, Format::Csv),
        "attachment; filename=\"a-b---tasks-as-of-2026-09-30-1-of-230-rows.csv\"; \
         filename*=UTF-8''a-b-%E1%BB%87%2C%20tasks%2C%20as%20of%202026-09-30%2C%201%20of%20230%20rows.csv"
    );
    table.part.as_of = None;
    // It is the next day in Hanoi already.
    assert_eq!(about.as_of(&table).as_deref(), Some("2026-11-22"));
    table.freshness = vec![("asOf".to_owned(), Datum::Date("2026-08-31".to_owned()))];
    assert_eq!(about.as_of(&table).as_deref(), Some("2026-08-31"));
    let what = what(&about, std::slice::from_ref(&table));
    assert_eq!(what, "document a/b\"ệ, format csv, tasks 1 rows as of 2026-08-31, variables {}");
}

#[tokio::test]
async fn the_date_of_an_object_is_that_of_its_figures_if_they_have_one() {
    let principal = Principal::default();
    let asked = asked(Format::Csv, None);
    let total = "{ total }";
    for (fields, expected, file) in [
        // One ward: the arguments are one level below `area`.
        (
            format!(
                "a: taskMeasures(period: \"2026\", asOf: $day) {total} b: taskMeasures(period: \"2025\", asOf: $day) {total}"
            ),
            Some("2026-09-30"),
            "2026-09-30",
        ),
        (
            format!(
                "a: taskMeasures(period: \"2026\", asOf: $day) {total} b: taskMeasures(period: \"2026\", asOf: \"2026-06-30\") {total}"
            ),
            None,
            "several-days",
        ),
        // The second is as of today.
        (
            format!("a: taskMeasures(period: \"2026\", asOf: $day) {total} b: taskMeasures(period: \"2026\") {total}"),
            None,
            "several-days",
        ),
        (format!("name a: taskMeasures(period: \"2026\") {total}"), Some("2026-11-21"), "2026-11-21"),
        ("name".to_owned(), Some("2026-11-21"), "2026-11-21"),
        // A field of a task is read as of the day of the task.
        ("tasks(asOf: $day, first: 1) { nodes { code isOverdue } }".to_owned(), Some("2026-09-30"), "2026-09-30"),
    ] {
        let query = format!(
            "query($day: Date = \"2026-09-30\") {{ area(code: \"00004\") {{ code {fields} }} x: areas(first: 1) {{ nodes {{ tasks(asOf: $day) {{ totalCount }} }} }} }}"
        );
        let outline = outlined(&query, json!({})).await;
        let part = parts(&outline).remove(0);
        let about = about("2026-11-21T03:00:00Z", &asked, &outline, &principal);
        let table = Table::of(part, Vec::new(), None);
        assert_eq!(about.as_of(&table).as_deref(), expected, "{fields}");
        assert_eq!(about.names(std::slice::from_ref(&table)).0, format!("stored-as-of-{file}"), "{fields}");
    }
}

#[tokio::test]
async fn a_variable_that_is_not_declared_and_objects_that_are_null_are_refused() {
    let outline = outlined(
        "query($ward: ID = \"00004\", $day: Date) { area(code: $ward) { name tasks(asOf: $day) { totalCount } } }",
        json!({}),
    )
    .await;
    let mut asked = asked(Format::Csv, None);
    asked.variables = [("ward".to_owned(), json!("00007"))].into_iter().collect();
    declared(&asked, &outline).expect("declared");
    asked.variables = [("Ward".to_owned(), json!("00007"))].into_iter().collect();
    let problem = declared(&asked, &outline).expect_err("refused");
    assert_eq!(
        (problem.path.as_deref(), problem.message.as_str()),
        (Some("variables"), "\"Ward\" is no variable of the operation; accepted: ward, day")
    );

    let mut table = Table::of(parts(&outline).remove(0), Vec::new(), None);
    something(std::slice::from_ref(&table)).expect("a table without rows");
    table.is_null = true;
    let problem = something(std::slice::from_ref(&table)).expect_err("refused");
    assert_eq!((problem.code, problem.path.as_deref()), (ProblemCode::NotFound, Some("variables")));
    assert!(problem.message.starts_with("area: there is none"), "{}", problem.message);
}
