//! Personal data: parties' names and amounts, and who sent a case. Only who handles the case reads it, for a stated purpose, and each
//! reading is in the audit trail first. The organization that is complained about never learns who complained.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;
use service_kit::Role;
use sqlx::{AssertSqlSafe, PgPool};

use super::{Caller, Platform, keys};
use crate::matrix::surface::fields;

const PURPOSE: &str = "Đối chiếu hồ sơ của vụ việc";

/// Personal data on rows: how it is read, and which rows there are.
struct Personal {
    /// The list of what it is on, with the key of a row.
    list: (&'static str, &'static str),
    /// Selection below a row that reads it; `PURPOSE` stands for the purpose.
    field: &'static str,
    /// Rows `t` with personal data and their key; `$1` are organizations, `$2` areas of a handler.
    rows: &'static str,
    /// Those that a handler of the organizations or areas reads.
    own: &'static str,
    /// Texts that are personal.
    secrets: &'static str,
}

const PARTIES: Personal = Personal {
    list: ("parcelCases", "id"),
    field: "rights { party { code identity(purpose: \"PURPOSE\") { name phone identityNumber address } } plans { amounts(purpose: \"PURPOSE\") { amount settled surcharge } } }",
    rows: "SELECT DISTINCT c.id::text FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code JOIN projects.project AS p ON p.code = s.project_code
           JOIN projects.parcel_right AS r ON r.parcel_id = c.id AND r.deleted_at IS NULL JOIN projects.party_identity AS i ON i.party_code = r.party_code
           WHERE c.deleted_at IS NULL AND $1::text[] IS NOT NULL AND $2::text[] IS NOT NULL",
    own: "p.owner_organization_code = ANY ($1) OR s.area_code = ANY ($2)",
    secrets: "SELECT unnest(ARRAY[name, identity_number]) FROM projects.party_identity",
};

const SENDERS: Personal = Personal {
    list: ("feedbacks", "id"),
    field: "senderIdentity(purpose: \"PURPOSE\") { name phone email identityNumber address exactPoint { lat lon } } moderations(purpose: \"PURPOSE\") { originalText }",
    rows: "SELECT f.id::text FROM feedback.feedback AS f JOIN feedback.sender AS s ON s.feedback_id = f.id
           WHERE f.deleted_at IS NULL AND NOT f.is_anonymous AND $1::text[] IS NOT NULL AND $2::text[] IS NOT NULL",
    // Who asked not to be named is not, and neither is who complains about the organization that has the case, about one above or below it.
    own: "f.lead_organization_code = ANY ($1) AND (f.about_organization_code IS NULL OR f.about_organization_code <> ALL ($1))",
    secrets: "SELECT unnest(ARRAY[name, phone, exact_lat::text]) FROM feedback.sender",
};

/// Who handles cases, of which organization and in which areas. A handler's areas are those of land clearance.
fn handlers() -> Vec<(Caller, &'static [&'static str], &'static [&'static str])> {
    let handler = |name: &str| Caller::new(name, Some(Role::Handler), [super::Sees::Nothing; 6]);
    vec![
        (handler("a handler of SXD").of("SXD"), &["SXD"], &[]),
        (handler("a handler of SNNMT").of("SNNMT"), &["SNNMT"], &[]),
        (handler("a handler of an area").inside(&["00328"]), &[], &["00328"]),
        (handler("a handler of a department without a case").of("TTRA"), &["TTRA"], &[]),
    ]
}

pub async fn check(platform: &Platform) -> Result<()> {
    for personal in [&PARTIES, &SENDERS] {
        let secrets: Vec<Option<String>> = sqlx::query_scalar(personal.secrets).fetch_all(&platform.pool).await?;
        let secrets: Vec<String> = secrets.into_iter().flatten().collect();
        assert!(secrets.len() > 500, "{}", secrets.len());
        closed(platform, personal, &secrets).await?;
        for (handler, organizations, areas) in handlers() {
            opened(platform, personal, &handler, (organizations, areas)).await?;
        }
        unsearchable(platform, personal, &secrets).await?;
    }
    Ok(())
}

fn shows(answer: &str, secrets: &[String]) -> Option<String> {
    secrets.iter().find(|secret| secret.chars().count() > 5 && answer.contains(&format!("\"{secret}\""))).cloned()
}

async fn readings(pool: &PgPool) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM platform.audit_entry WHERE action = 'READ'").fetch_one(pool).await?)
}

/// Nobody but a handler reads it, with any purpose or none. The rest of the rows is read as before.
async fn closed(platform: &Platform, personal: &Personal, secrets: &[String]) -> Result<()> {
    let (list, key) = personal.list;
    let before = readings(&platform.pool).await?;
    for caller in Caller::all() {
        if caller.principal.has(Role::Handler) || caller.principal.roles.contains(&Role::Admin) {
            continue;
        }
        for purpose in [PURPOSE, ""] {
            let field = personal.field.replace("PURPOSE", purpose);
            let document = format!("{{ {list}(first: 15) {{ edges {{ node {{ {key} {field} }} }} }} }}");
            let answer = platform.ask(&caller, &document).await?;
            assert_eq!(shows(&answer.text, secrets), None, "{} {list}", caller.name());
            let problems = answer.problems();
            let refused = format!("{} at ", caller.refusal());
            let rows = answer.json()["data"][list]["edges"].as_array().map_or(0, Vec::len);
            let is_told = !problems.is_empty() && problems.iter().all(|problem| problem.starts_with(&refused));
            // Who sees no row, or rows without a party, has nothing to be refused.
            assert!(is_told || rows < 15 && problems.is_empty(), "{} {list}: {problems:?}", caller.name());
        }
        // Without the argument there is no way to ask.
        let bare = personal.field.replace("(purpose: \"PURPOSE\")", "");
        let answer =
            platform.ask(&caller, &format!("{{ {list}(first: 1) {{ edges {{ node {{ {bare} }} }} }} }}")).await?;
        assert!(answer.json()["data"].is_null(), "{}", answer.text);
    }
    assert_eq!(readings(&platform.pool).await?, before, "a refused reading is none");
    Ok(())
}

/// A handler reads that of its cases for a purpose, and of no others.
async fn opened(
    platform: &Platform,
    personal: &Personal,
    handler: &Caller,
    (organizations, areas): (&[&str], &[&str]),
) -> Result<()> {
    let (list, key) = personal.list;
    let sql = format!("{} AND ({})", personal.rows, personal.own);
    let below = "WITH RECURSIVE below AS (SELECT code FROM directory.organization WHERE code = ANY ($1)
                 UNION SELECT o.code FROM directory.organization AS o JOIN below AS b ON o.parent_code = b.code) SELECT code FROM below";
    let organizations: Vec<String> = sqlx::query_scalar(below).bind(organizations).fetch_all(&platform.pool).await?;
    let own: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(&organizations).bind(areas).fetch_all(&platform.pool).await?;
    let own: BTreeSet<String> = own.into_iter().collect();
    let everything: Vec<String> =
        sqlx::query_scalar(personal.rows).bind(&organizations).bind(areas).fetch_all(&platform.pool).await?;
    // Some of its own and some of others, by id.
    let few: Vec<&String> =
        own.iter().take(6).chain(everything.iter().filter(|id| !own.contains(*id)).take(6)).collect();
    let one = list.trim_end_matches('s');
    for purpose in ["x", PURPOSE] {
        let field = personal.field.replace("PURPOSE", purpose);
        let fields: Vec<String> =
            (0..).zip(&few).map(|(place, id)| format!("o{place}: {one}(id: \"{id}\") {{ {key} {field} }}")).collect();
        let before = readings(&platform.pool).await?;
        let answer = platform.ask(handler, &format!("{{ {} }}", fields.join(" "))).await?;
        let data = answer.json()["data"].take();
        let read = (0..).zip(&few).filter(|(place, _)| has_personal(&data[format!("o{place}")]));
        let read: BTreeSet<String> = read.map(|(_, id)| (*id).clone()).collect();
        let who = format!("{} {list} {purpose}", handler.name());
        if purpose == PURPOSE {
            let expected: BTreeSet<String> =
                few.iter().filter(|id| own.contains(**id)).map(|id| (*id).clone()).collect();
            assert_eq!(read, expected, "{who}: {}", answer.text);
            let seen = data.as_object().context("an object")?.values().any(|node| !node.is_null());
            assert_eq!(readings(&platform.pool).await? > before, seen, "{who}");
        } else {
            assert!(read.is_empty(), "{who}: {}", answer.text);
            assert_eq!(readings(&platform.pool).await?, before, "{who}");
        }
    }
    let listed = platform.ask(handler, &format!("{{ {list}(first: 50) {{ edges {{ node {{ {key} }} }} }} }}")).await?;
    assert!(own.len() < 50 || !keys(&listed.json()["data"][list], key).is_empty(), "{}", handler.name());
    Ok(())
}

/// Whether a row of an answer has the personal data of somebody.
fn has_personal(node: &Value) -> bool {
    let rights = node["rights"].as_array().map(Vec::as_slice).unwrap_or_default();
    let named = rights.iter().any(|right| !right["party"]["identity"].is_null());
    named || !node["senderIdentity"].is_null()
}

/// No search finds a row by it, for anybody: not by who may read it either.
async fn unsearchable(platform: &Platform, personal: &Personal, secrets: &[String]) -> Result<()> {
    let secret = secrets.first().context("a secret")?;
    let mut handlers: Vec<Caller> = handlers().into_iter().map(|(handler, ..)| handler).collect();
    handlers.push(Caller::operator());
    for caller in &handlers {
        // Feedback alone has a search over texts; its words are never those of the sender.
        if personal.list.0 == "feedbacks" {
            let document =
                format!("{{ feedbacks(filter: {{ search: {} }}) {{ totalCount }} }}", Value::from(secret.as_str()));
            let answer = platform.ask(caller, &document).await?;
            let found = answer.json()["data"]["feedbacks"]["totalCount"].take();
            assert!(found == 0 || found.is_null() && !answer.problems().is_empty(), "{} {secret}", caller.name());
        }
    }
    Ok(())
}

/// Types that are personal data as a whole.
const TYPES: &[&str] = &["PartyIdentity", "PlanAmount", "FeedbackSender", "FeedbackModeration"];

/// Words that name personal data, in the schema and in the database.
const WORDS: &[&str] = &[
    "phone",
    "email",
    "identityNumber",
    "address",
    "exactPoint",
    "exactLat",
    "exactLon",
    "originalText",
    "surcharge",
    "birthDate",
    "fullName",
    "bankAccount",
];

const SUPERGRAPH: &str = include_str!("../../../../schema/supergraph.graphql");

fn types_of(kind: &str) -> impl Iterator<Item = &'static str> {
    let head = format!("{kind} ");
    SUPERGRAPH
        .lines()
        .filter_map(move |line| line.strip_prefix(&head))
        .filter_map(|rest| rest.split([' ', '\n']).next())
}

/// The body of a type, without descriptions.
fn body(kind: &str, of: &str) -> String {
    let start = SUPERGRAPH.find(&format!("\n{kind} {of}")).map_or(0, |place| place + 1);
    let body = SUPERGRAPH[start..].split_once("{\n").map_or("", |(_, rest)| rest);
    let body = body.split_once("\n}").map_or(body, |(body, _)| body);
    body.split("\"\"\"").step_by(2).collect()
}

#[test]
fn personal_data_is_reached_only_for_a_purpose_and_is_in_no_filter_order_or_group() {
    let mut reached = 0;
    let mut named = Vec::new();
    for of in types_of("type") {
        for (name, returned) in fields(of) {
            if WORDS.contains(&name) && !TYPES.contains(&of) {
                named.push(format!("{of}.{name}"));
            }
            if TYPES.contains(&returned) {
                reached += 1;
                let whole = body("type", of);
                let line = whole.lines().find(|line| line.trim_start().starts_with(&format!("{name}(")));
                let rest = line.and_then(|line| whole.split_once(line)).map_or("", |(_, rest)| rest);
                let asked = line.is_some_and(|line| line.contains("purpose: String!"))
                    || line.is_some_and(|line| line.trim_end().ends_with('(')) && rest.contains("purpose: String!");
                assert!(asked, "{of}.{name} is read without a purpose");
            }
        }
    }
    assert!(named.is_empty(), "personal data is in a type of its own: {named:?}");
    assert_eq!(reached, 4, "each personal type is reached from one field");
    for (kind, ending) in [
        ("input", "Filter"),
        ("input", "Having"),
        ("input", "Order"),
        ("enum", "OrderField"),
        ("enum", "Dimension"),
        ("enum", "Measure"),
    ] {
        for of in types_of(kind).filter(|of| of.ends_with(ending)) {
            let body = body(kind, of).to_lowercase().replace('_', "");
            for word in WORDS {
                let named = body.lines().any(|line| {
                    line.trim().split(|c: char| !c.is_ascii_alphanumeric()).next() == Some(&word.to_lowercase())
                });
                assert!(!named, "{of} has {word}");
            }
        }
    }
}

/// Tables with a column of such a name; each is read with the rights of who handles the case.
const TABLES: &[(&str, &str)] = &[
    ("feedback.moderation", "feedback_id = ANY (ARRAY( SELECT feedback.reveals() AS reveals))"),
    ("feedback.sender", "feedback_id = ANY (ARRAY( SELECT feedback.reveals() AS reveals))"),
    ("projects.party_identity", "party_code IN ( SELECT parcel_right.party_code FROM projects.parcel_right)"),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_column_of_personal_data_is_in_a_table_of_its_own_that_a_handler_reads(pool: PgPool) -> Result<()> {
    let snake = |word: &&str| {
        let letters =
            word.chars().flat_map(|c| if c.is_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] });
        letters.collect::<String>()
    };
    let words: Vec<String> = WORDS.iter().map(snake).collect();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT c.table_schema || '.' || c.table_name FROM information_schema.columns AS c
         JOIN information_schema.tables AS t USING (table_schema, table_name)
         WHERE c.column_name = ANY ($1) AND c.table_schema NOT IN ('pg_catalog', 'information_schema') AND t.table_type = 'BASE TABLE' ORDER BY 1",
    )
    .bind(&words)
    .fetch_all(&pool)
    .await?;
    let known: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
    assert_eq!(tables, known, "a table with personal data is named in TABLES with its policy");
    // What is pushed into such a column is declared so. Amounts of compensation are in a table that others read too.
    let amounts = ["projects.compensation_plan", "projects.payment"];
    for kind in cli::services::SERVICES.iter().flat_map(|service| service.pushed) {
        for field in kind.fields {
            let is_named = words.iter().any(|word| word == field.column) || field.column == "name";
            let is_amount = amounts.contains(&kind.table) && field.column == "amount";
            let is_personal = known.contains(&kind.table) && is_named || is_amount;
            assert_eq!(field.personal, is_personal, "{} of {}", field.field.name, kind.name);
        }
    }
    for (table, expected) in TABLES {
        let policy: String = sqlx::query_scalar(
            "SELECT regexp_replace(pg_get_expr(polqual, polrelid), '\\s+', ' ', 'g') FROM pg_policy WHERE polrelid = $1::regclass AND polname = 'scoped'",
        )
        .bind(table)
        .fetch_one(&pool)
        .await?;
        assert_eq!(policy.trim_matches(['(', ')']), expected.trim_matches(['(', ')']), "{table}");
        // What the columns were before is for nobody.
        let log: Option<String> = sqlx::query_scalar(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = to_regclass($1 || '_event') AND polname = 'scoped'",
        )
        .bind(table)
        .fetch_optional(&pool)
        .await?;
        assert!(log.is_none_or(|log| log == "false"), "{table}_event");
    }
    Ok(())
}
