//! Measures of a service as an SQL function (`published_measures`), for services that combine measures of several
//! services. The function is built from the same declarations as the GraphQL fields.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgPool};

use super::measure::Dimension;
use super::reading::{READ_ALONE, SEVERAL};
use crate::measures::{FactMeasures, Term, columns};
use crate::problem::Problem;

/// Value of the dimension `CITY`: all rows together.
pub const CITY: &str = "CITY";

/// A single reading `s`, written as constants, so that the planner evaluates expressions of the day once and knows how many facts it
/// has.
const ONE: &str = "format('(SELECT %s AS span, %L::date AS first_day, %L::date AS end_day, %L::date AS as_of, %L::date AS known_on, \
    %L::boolean AS stocks, %L::boolean AS flows, %L::timestamptz AS at) AS s', \
    s.span, s.first_day, s.end_day, s.as_of, s.known_on, s.stocks, s.flows, s.at)";

/// The facts of a single reading.
const FACTS_OF_ONE: &str = "JOIN {table} AS d ON d.from_day <= s.as_of AND s.as_of < d.to_day";

/// More readings `s`.
const MANY: &str =
    "unnest($2, $3, $4, $5, $6, $7, $8, $9) AS s(span, first_day, end_day, as_of, known_on, stocks, flows, at)";

/// The facts of more readings, in the order of their days: one pass over all facts finds the readings of each by binary search.
const FACTS_OF_MANY: &str = "{table} AS d \
    CROSS JOIN LATERAL generate_series(width_bucket(d.from_day - 1, $5) + 1, width_bucket(d.to_day - 1, $5)) AS place \
    CROSS JOIN LATERAL (SELECT ($2)[place] AS span, ($3)[place] AS first_day, ($4)[place] AS end_day, ($5)[place] AS as_of, \
        ($6)[place] AS known_on, ($7)[place] AS stocks, ($8)[place] AS flows, ($9)[place] AS at) AS s";

/// Returns the statements that define two functions.
///
/// `name(dimension, codes, first_day, end_day, known_on, everything, asked)`, such as `tasks.published_measures`, returns a row for
/// each span (the arrays of days have an element for each) and value of the dimension, of those in `codes` (NULL for all), with the
/// asked terms in their order. A single number has one term (`at_risk`), a quotient has two (`on_time_part`, `on_time_whole`), so that
/// rows can be added. Stocks are taken at the end of each span or at its `known_on`, whichever comes first; flows as of its
/// `known_on`. For a caller who does not see `everything`, values of samples that are too small are negative, and `persons` counts
/// the persons whose data the group shows ([`crate::stats::hidden_groups`]).
///
/// `name_source()` returns the number of rows that are read for a span, and the kinds of pushed records that feed them.
pub fn measures<S: FactMeasures>(name: &str, dimensions: &[(String, Dimension)]) -> String {
    let persons = S::PERSONS.map_or_else(|| "NULL".to_owned(), |term| term.sql("f.stocks", "f.flows"));
    let city = (CITY.to_owned(), Dimension { field: "city", join: "", key: "'CITY'", several: false });
    let (mut cases, mut narrow) = (String::new(), String::new());
    for (dimension, Dimension { join, key, .. }) in dimensions.iter().chain([&city]) {
        if let Some(condition) = of_codes::<S>(dimension, join, key) {
            let _ = writeln!(narrow, "WHEN '{dimension}' THEN $sql$ AND {condition}$sql$");
        }
        let _ = writeln!(
            cases,
            "WHEN '{dimension}' THEN $sql$SELECT f.span, {key}::text, {{persons}}::bigint, max(f.observed_at), ARRAY[{{terms}}]::numeric[] \
             FROM ({{rows}}) AS f {join} WHERE {current} AND {key} IS NOT NULL AND ($1 IS NULL OR {key}::text = ANY ($1)) GROUP BY 1, 2$sql$",
            current = S::CURRENT
        );
    }
    let value = |(name, term): (String, Term)| {
        let every = term.sql("f.stocks", "f.flows");
        let public = if S::PERSONS.is_some() { term.public_sql("f.stocks", "f.flows") } else { every.clone() };
        format!("('{name}', $sql${every}$sql$, $sql${public}$sql$, {})", term.is_flow())
    };
    let values: Vec<String> = columns(S::MEASURES).into_iter().map(value).collect();
    let facts = |text: &str| text.replace("{table}", S::TABLE);
    format!(
        "DROP FUNCTION IF EXISTS {name};
         CREATE FUNCTION {name}(dimension text, codes text[], first_day date[], end_day date[], known_on date[], everything boolean, asked text[])
         RETURNS TABLE (span integer, key text, persons bigint, observed_at timestamptz, terms numeric[]) LANGUAGE plpgsql STABLE AS $function$
         #variable_conflict use_variable
         DECLARE
             query text := CASE dimension {cases} END;
             rows  text := $sql${rows}$sql$ || CASE WHEN codes IS NULL THEN '' ELSE CASE dimension {narrow} ELSE '' END END;
             list  text;
             flows boolean;
             stocks boolean;
             known bigint;
             r     record;
         BEGIN
             SELECT string_agg(CASE WHEN everything THEN t.every ELSE t.public END, ', ' ORDER BY a.place), bool_or(t.flow), bool_or(NOT t.flow), count(*)
             INTO list, flows, stocks, known
             FROM unnest(asked) WITH ORDINALITY AS a(name, place) JOIN (VALUES {values}) AS t(name, every, public, flow) ON t.name = a.name;
             IF query IS NULL OR known IS DISTINCT FROM cardinality(asked) THEN
                 RAISE EXCEPTION '{name} has no dimension % or not all of the terms %', dimension, asked;
             END IF;
             SELECT array_agg(s.span ORDER BY s.as_of) AS span, array_agg(s.first_day ORDER BY s.as_of) AS first_day,
                    array_agg(s.end_day ORDER BY s.as_of) AS end_day, array_agg(s.as_of ORDER BY s.as_of) AS as_of,
                    array_agg(s.known_on ORDER BY s.as_of) AS known_on, array_agg(s.stocks ORDER BY s.as_of) AS stocks, array_agg(s.flows ORDER BY s.as_of) AS flows,
                    array_agg(platform.moment(s.as_of) ORDER BY s.as_of) AS at
             INTO r
             FROM (SELECT asked.place::integer - 1 AS span, asked.first_day, asked.end_day, day.as_of, asked.known_on,
                          -- Persons are counted as a stock, also when only flows are asked for.
                          bool_or(day.stocks) OR NOT stocks AS stocks, bool_or(day.flows) OR NOT flows AS flows
                   FROM unnest(first_day, end_day, known_on) WITH ORDINALITY AS asked(first_day, end_day, known_on, place)
                   CROSS JOIN LATERAL (VALUES (least(asked.known_on, asked.end_day - 1), true, false), (asked.known_on, false, true)) AS day(as_of, stocks, flows)
                   WHERE day.stocks AND stocks OR day.flows AND flows GROUP BY 1, 2, 3, 4, 5) AS s;
             IF cardinality(r.span) <= {READ_ALONE} THEN
                 rows := regexp_replace(rows, '{{{SEVERAL}[^}}]*}}', '', 'g');
                 SELECT string_agg('(' || replace(replace(rows, '{{facts}}', s.reading || $sql$ {one}$sql$), '{{spans}}', s.reading) || ' OFFSET 0)', ' UNION ALL ')
                 INTO rows
                 FROM (SELECT {ONE} AS reading FROM unnest(r.span, r.first_day, r.end_day, r.as_of, r.known_on, r.stocks, r.flows, r.at)
                       AS s(span, first_day, end_day, as_of, known_on, stocks, flows, at)) AS s;
             ELSE
                 rows := regexp_replace(rows, '{{{SEVERAL}([^}}]*)}}', '\\1', 'g');
                 rows := '(' || replace(replace(rows, '{{facts}}', $sql${many}$sql$), '{{spans}}', $sql${MANY}$sql$) || ' OFFSET 0)';
             END IF;
             query := replace(query, '{{rows}}', rows);
             query := replace(replace(query, '{{persons}}', CASE WHEN everything THEN 'NULL' ELSE $sql${persons}$sql$ END), '{{terms}}', list);
             RETURN QUERY EXECUTE query USING codes, r.span, r.first_day, r.end_day, r.as_of, r.known_on, r.stocks, r.flows, r.at;
         END $function$;
         DROP FUNCTION IF EXISTS {name}_source;
         CREATE FUNCTION {name}_source() RETURNS TABLE (rows bigint, kinds text[]) LANGUAGE sql STABLE
         BEGIN ATOMIC SELECT greatest(reltuples, 1)::bigint, ARRAY['{kinds}'] FROM pg_class WHERE oid = '{present}'::regclass; END",
        rows = S::ROWS,
        values = values.join(", "),
        one = facts(FACTS_OF_ONE),
        many = facts(FACTS_OF_MANY),
        kinds = S::FED_BY.join("', '"),
        present = S::PRESENT
    )
}

/// Condition on the rows of records that have one of the codes `$1`, so that only their facts are read; `None` when the key is found by
/// a join that the rows do not have.
fn of_codes<S: FactMeasures>(dimension: &str, join: &str, key: &str) -> Option<String> {
    if join.is_empty() {
        return Some(format!("{key}::text = ANY ($1)"));
    }
    if let Some((_, condition)) = S::FOUND_BY.iter().find(|(of, _)| *of == dimension) {
        return Some((*condition).to_owned());
    }
    let (table, record) = S::CODES.filter(|(table, _)| join.starts_with(&format!("LEFT JOIN {table} ")))?;
    Some(format!(
        "d.{record} IN (SELECT c.{record} FROM {table} AS c WHERE c.dimension = '{dimension}' AND c.code = ANY ($1))"
    ))
}

/// Creates the functions that a service publishes, in one transaction.
///
/// # Errors
/// The problem that the database returns.
pub async fn publish(pool: &PgPool, statements: String) -> Result<(), Problem> {
    let mut transaction = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('platform.publish', 0))")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}
