//! Who sees what, over HTTP, on the sample: roles × kinds of records × operations. The expectations are written from the rules of
//! the domain and counted by plain SQL over base tables, with the rights of the database's owner.
//!
//! - `surface`: every field at the root, every way out of public data, every mutation and every route has a rule. Begin here;
//! - this module with `records`: rows and aggregates of each kind of records;
//! - `personal`: names, amounts and senders; `mutations`: who writes what; `insights`: what is derived of several services;
//! - `public`: reference data, records of the platform, briefings; `routes`: pushes, receipts, exports, Open311.

mod insights;
mod mutations;
mod personal;
mod public;
mod records;
mod routes;
mod surface;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use e2e::{Answer, Process, SECRET, credential};
use serde_json::{Map, Value, json};
use service_kit::{Principal, Role};
use sqlx::{AssertSqlSafe, PgPool};

use crate::hanoi::hanoi;
use records::{FEEDBACK, OBSERVATIONS, PARCELS, PROJECTS, Records, TARGETS, TASKS};

/// Which rows of a kind a caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    Nothing,
    Own,
    Everything,
}

use Sees::{Everything, Nothing, Own};

/// The kinds, in the order of [`Caller::sees`].
const KINDS: [&Records; 6] = [&TASKS, &PROJECTS, &PARCELS, &TARGETS, &OBSERVATIONS, &FEEDBACK];

struct Caller {
    principal: Principal,
    sees: [Sees; 6],
}

impl Caller {
    fn new(name: &str, role: Option<Role>, sees: [Sees; 6]) -> Self {
        let subject = Some(name.to_owned());
        Self { principal: Principal { subject, roles: role.into_iter().collect(), ..Principal::default() }, sees }
    }

    /// Who sees all rows, and no personal data.
    fn operator() -> Self {
        Self::new("operator", Some(Role::Ioc), [Everything; 6])
    }

    fn of(mut self, organization: &str) -> Self {
        self.principal.organization = Some(organization.to_owned());
        self
    }

    fn at(mut self, position: &str) -> Self {
        self.principal.position = Some(position.to_owned());
        self
    }

    fn inside(mut self, areas: &[&str]) -> Self {
        self.principal.areas = areas.iter().map(|area| (*area).to_owned()).collect();
        self
    }

    /// Nobody, and everybody that a city has.
    fn all() -> Vec<Self> {
        let visitor = Self { principal: Principal::default(), sees: [Nothing; 6] };
        vec![
            visitor,
            Self::new("a person without a role", None, [Nothing; 6]).of("SYT").inside(&["00328"]),
            Self::new("an auditor", Some(Role::Auditor), [Nothing; 6]).of("SYT"),
            Self::new("a ward", Some(Role::Ward), [Own; 6]).inside(&["00328"]),
            Self::new("two wards", Some(Role::Ward), [Own; 6]).inside(&["00091", "00613"]),
            Self::new("a department", Some(Role::Department), [Own; 6]).of("SXD"),
            Self::new("another department", Some(Role::Department), [Own; 6]).of("SYT"),
            Self::new("what is above them", Some(Role::Department), [Own; 6]).of("UBND"),
            Self::new("a lead", Some(Role::Lead), [Own; 6]).of("SNNMT"),
            Self::new("a director", Some(Role::Lead), [Own; 6]).at("SXD-TT"),
            // Whoever handles cases: parcels and feedback, and nothing else.
            Self::new("a handler", Some(Role::Handler), [Nothing, Nothing, Own, Nothing, Nothing, Own]).of("SXD"),
            Self::new("the operations center", Some(Role::Ioc), [Everything; 6]),
            Self::new("an issuer", Some(Role::Issuer), [Everything; 6]),
            Self::new("an inspector", Some(Role::Inspector), [Everything; 6]),
            Self::new("an administrator", Some(Role::Admin), [Everything; 6]),
        ]
    }

    fn name(&self) -> &str {
        self.principal.subject.as_deref().unwrap_or("a visitor")
    }

    /// How it is told that it may not.
    fn refusal(&self) -> &'static str {
        if self.principal.subject.is_none() { "UNAUTHENTICATED" } else { "FORBIDDEN" }
    }
}

/// The running platform with its database.
struct Platform {
    gateway: Process,
    pool: PgPool,
}

impl Platform {
    async fn ask(&self, caller: &Caller, document: &str) -> Result<Answer> {
        let credential = caller.principal.subject.as_ref().map(|_| credential(SECRET, &caller.principal));
        self.gateway.ask(document, Value::Null, credential.as_deref()).await
    }

    /// Keys of the rows that a caller sees and that satisfy a condition.
    async fn expected(
        &self,
        caller: &Caller,
        (records, right): (&Records, Sees),
        condition: &str,
    ) -> Result<BTreeSet<String>> {
        let (rows, key) = records.rows;
        let seen = match right {
            Everything => "true",
            Own => records.own,
            Nothing => "false",
        };
        // A parameter without a use has no type, so each is used.
        let sql = format!(
            "SELECT {key} FROM {rows} AND ({seen}) AND ({condition}) AND $1::text[] IS NOT NULL AND $2::text[] IS NOT NULL AND $3::text[] IS NOT NULL"
        );
        let organizations: Vec<String> = sqlx::query_scalar(
            "WITH RECURSIVE below AS (
                 SELECT code FROM directory.organization WHERE code = $1
                 UNION SELECT o.code FROM directory.organization AS o JOIN below AS b ON o.parent_code = b.code)
             SELECT code FROM below",
        )
        .bind(&caller.principal.organization)
        .fetch_all(&self.pool)
        .await?;
        let positions: Vec<String> = caller.principal.position.iter().cloned().collect();
        let keys: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(organizations)
            .bind(positions)
            .bind(&caller.principal.areas)
            .fetch_all(&self.pool)
            .await?;
        Ok(keys.into_iter().collect())
    }
}

fn keys(connection: &Value, key: &str) -> BTreeSet<String> {
    let edges = connection["edges"].as_array().map(Vec::as_slice).unwrap_or_default();
    edges.iter().filter_map(|edge| edge["node"][key].as_str().map(str::to_owned)).collect()
}

/// Code of each error.
fn codes(answer: &Answer) -> BTreeSet<String> {
    answer.problems().iter().filter_map(|problem| Some(problem.split_once(" at ")?.0.to_owned())).collect()
}

#[sqlx::test(migrations = false)]
async fn each_caller_sees_over_http_what_the_domain_allows_and_nothing_else(pool: PgPool) -> Result<()> {
    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let folder = data.path().to_string_lossy().into_owned();
    let documents = data.path().join("documents.json").to_string_lossy().into_owned();
    std::fs::write(&documents, routes::DOCUMENTS)?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &folder, "--trusted-documents", &documents];
    let gateway = Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await?;
    let platform = Platform { gateway, pool: PgPool::connect(&url).await? };
    let operator = Caller::operator();
    for (place, records) in KINDS.iter().enumerate() {
        let all = platform.expected(&operator, (records, Everything), "true").await?;
        let few: Vec<&String> = all.iter().step_by(all.len().div_ceil(12)).collect();
        let mut own = 0;
        for caller in Caller::all() {
            let seen = platform.expected(&caller, (records, caller.sees[place]), "true").await?;
            own += usize::from(!seen.is_empty() && seen.len() < all.len());
            lists(&platform, &caller, (records, caller.sees[place]), &seen).await?;
            objects(&platform, &caller, records, &few, &seen).await?;
            aggregates(&platform, &operator, &caller, (records, caller.sees[place])).await?;
            verbs(&platform, &caller, records, &few, &seen).await?;
        }
        assert!(own >= 5, "{}: the sample tells {own} callers apart", records.list);
    }
    public::check(&platform).await?;
    insights::check(&platform).await?;
    personal::check(&platform).await?;
    mutations::check(&platform).await?;
    routes::check(&platform).await?;
    Ok(())
}

/// Totals, pages in every order and behind a foreign cursor, filters, and lists below an entity.
async fn lists(
    platform: &Platform,
    caller: &Caller,
    (records, right): (&Records, Sees),
    seen: &BTreeSet<String>,
) -> Result<()> {
    let Records { list, key, .. } = records;
    let who = format!("{} {list}", caller.name());
    let mut fields = vec![format!("whole: {list}(first: 50) {{ totalCount edges {{ node {{ {key} }} }} }}")];
    for (place, order) in records.orders.iter().enumerate() {
        for direction in ["ASC", "DESC"] {
            fields.push(format!(
                "o{place}{direction}: {list}(first: 20, orderBy: [{{ field: {order}, direction: {direction} }}]) {{ edges {{ node {{ {key} }} }} }}"
            ));
        }
    }
    for (place, (filter, _)) in records.filters.iter().enumerate() {
        fields.push(format!(
            "f{place}: {list}(first: 20, filter: {{ {filter} }}) {{ totalCount edges {{ node {{ {key} }} }} }}"
        ));
    }
    for (place, (parent, _)) in records.below.iter().enumerate() {
        fields
            .push(format!("b{place}: {parent} {{ {list}(first: 20) {{ totalCount edges {{ node {{ {key} }} }} }} }}"));
    }
    let answer = platform.ask(caller, &format!("{{ {} }}", fields.join(" "))).await?;
    if right == Nothing {
        // An empty list would look like the truth.
        assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{who}: {}", answer.text);
        let data = answer.json()["data"].take();
        let shown = data.as_object().into_iter().flatten().filter(|(_, value)| !value[*list].is_null());
        assert_eq!(shown.count(), 0, "{who}: {data}");
        return Ok(());
    }
    assert!(answer.problems().is_empty(), "{who}: {:?} {}", answer.problems(), answer.json()["errors"]);
    let data = answer.data();
    assert_eq!(data["whole"]["totalCount"], seen.len(), "{who}");
    assert_eq!(keys(&data["whole"], key).len(), seen.len().min(50), "{who}");
    for (alias, list) in data.as_object().context("an object")? {
        let shown = keys(list, key);
        assert!(shown.is_subset(seen), "{who} {alias}: {:?}", shown.difference(seen).collect::<Vec<_>>());
        if alias.starts_with('o') {
            assert_eq!(shown.len(), seen.len().min(20), "{who} {alias}");
        }
    }
    for (place, (filter, condition)) in records.filters.iter().enumerate() {
        let expected = platform.expected(caller, (records, right), condition).await?;
        assert_eq!(data[format!("f{place}")]["totalCount"], expected.len(), "{who} {filter}");
    }
    for (place, (parent, condition)) in records.below.iter().enumerate() {
        let expected = platform.expected(caller, (records, right), condition).await?;
        let below = &data[format!("b{place}")][*list];
        assert_eq!(below["totalCount"], expected.len(), "{who} {parent}");
        assert!(keys(below, key).is_subset(&expected), "{who} {parent}");
    }
    Ok(())
}

/// Single rows: what is not seen is null, as what does not exist.
async fn objects(
    platform: &Platform,
    caller: &Caller,
    records: &Records,
    few: &[&String],
    seen: &BTreeSet<String>,
) -> Result<()> {
    let ((one, argument), key) = (records.one, records.key);
    let fields: Vec<String> =
        (0..).zip(few).map(|(place, id)| format!("o{place}: {one}({argument}: \"{id}\") {{ {key} }}")).collect();
    let answer = platform.ask(caller, &format!("{{ {} }}", fields.join(" "))).await?;
    let allowed = [BTreeSet::new(), BTreeSet::from([caller.refusal().to_owned()])];
    assert!(allowed.contains(&codes(&answer)), "{} {one}: {}", caller.name(), answer.text);
    let data = answer.json()["data"].take();
    for (place, id) in few.iter().enumerate() {
        let node = &data[format!("o{place}")];
        assert_eq!(node[key] == json!(id), seen.contains(*id), "{} {one} {id}: {}", caller.name(), answer.text);
    }
    Ok(())
}

/// Public aggregates are the same for everybody, but for what tells of fewer than five persons; others need the right to all rows.
async fn aggregates(
    platform: &Platform,
    operator: &Caller,
    caller: &Caller,
    (records, right): (&Records, Sees),
) -> Result<()> {
    let (field, of_persons) = records.aggregate;
    let document = format!("{{ stats: {field} }}");
    let whole = platform.ask(operator, &document).await?.data()["stats"].take();
    let own = platform.ask(caller, &document).await?.data()["stats"].take();
    if right == Everything || !of_persons {
        assert_eq!(own, whole, "{}", caller.name());
    } else {
        let rows = |stats: &Value| stats["rows"].as_array().cloned().unwrap_or_default();
        let (own, whole) = (rows(&own), rows(&whole));
        assert!(own.len() < whole.len() && !own.is_empty(), "{}: {} of {}", caller.name(), own.len(), whole.len());
        for row in &own {
            assert!(whole.contains(row), "{}: {row}", caller.name());
            let parties = &row["measures"]["parties"];
            assert!(parties.is_null() || parties.as_i64() >= Some(5), "{}: {row}", caller.name());
        }
    }
    for (field, path) in records.closed {
        let answer = platform.ask(caller, &format!("{{ {field} }}")).await?;
        let expected: &[String] = if right == Everything { &[] } else { &[format!("{} at {path}", caller.refusal())] };
        assert_eq!(answer.problems(), expected, "{} {field}", caller.name());
    }
    Ok(())
}

/// A verb on a row that one does not see says the same as one on a row that does not exist, and changes nothing.
async fn verbs(
    platform: &Platform,
    caller: &Caller,
    records: &Records,
    few: &[&String],
    seen: &BTreeSet<String>,
) -> Result<()> {
    let Some(hidden) = few.iter().find(|key| !seen.contains(**key)) else { return Ok(()) };
    let (rows, key) = records.rows;
    let sql = format!("SELECT t.id::text, t.version FROM {rows} AND {key} = $1");
    let row = || sqlx::query_as(AssertSqlSafe(sql.clone())).bind(hidden).fetch_one(&platform.pool);
    let before: (String, i32) = row().await?;
    let mut said = Vec::new();
    for id in [&before.0, "00000000-0000-4000-8000-000000000000"] {
        let (verb, input) = records.verb;
        let document = format!(
            "mutation {{ {verb}(input: {{ id: \"{id}\" expectedVersion: {} {input} }}) {{ __typename }} }}",
            before.1
        );
        let mut errors = platform.ask(caller, &document).await?.json()["errors"].take();
        for error in errors.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            Map::remove(error, "locations");
        }
        said.push(errors.to_string().replace(id, "ID"));
    }
    assert_eq!(said[0], said[1], "{} {}", caller.name(), records.list);
    assert!(["NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"].iter().any(|code| said[0].contains(code)), "{}", said[0]);
    let after: (String, i32) = row().await?;
    assert_eq!(after, before, "{} {}", caller.name(), records.list);
    Ok(())
}
