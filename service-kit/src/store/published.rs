//! Measures of a service as an SQL function (`published_measures`), for services that combine measures of several
//! services. The function is built from the same declarations as the GraphQL fields.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgPool};

use super::measure::Dimension;
use crate::measures::{FactMeasures, Term, columns};
use crate::problem::Problem;

/// Stocks are taken at the end of each span or at its `as_of`, whichever comes first; flows as of its `as_of`.
const SPANS: &str = "(SELECT asked.place::integer - 1 AS span, asked.first_day, asked.end_day, day.as_of, \
    day.as_of = least(asked.known_on, asked.end_day - 1) AS stocks, day.as_of = asked.known_on AS flows, platform.moment(day.as_of) AS at \
    FROM unnest($3, $4, $5) WITH ORDINALITY AS asked(first_day, end_day, known_on, place) \
    CROSS JOIN LATERAL (SELECT least(asked.known_on, asked.end_day - 1) AS as_of UNION SELECT asked.known_on) AS day) AS s";

/// Value of the dimension `CITY`: all rows together.
pub const CITY: &str = "CITY";

/// Returns the statements that define `name(dimension, codes, first_day, end_day, as_of, everything)`, such as
/// `tasks.published_measures`, and `name_source()`: the number of rows that it reads, and the kinds of pushed records that
/// feed it.
///
/// The function returns a row for each span (the arrays have an element for each) and value of the dimension, of those in `codes`
/// (NULL for all), and a column for each term of each measure. A single
/// number has one column (`at_risk`), a quotient has two (`on_time_part`, `on_time_whole`), so that rows can be added.
/// For a caller who does not see `everything`, values of samples that are too small are negative, and `persons` counts the
/// persons whose data the group shows ([`crate::stats::hidden_groups`]).
pub fn measures<S: FactMeasures>(name: &str, dimensions: &[(String, Dimension)]) -> String {
    let columns = columns(S::MEASURES);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let facts = S::ROWS
        .replace("{spans}", SPANS)
        .replace("{facts}", &format!("{SPANS} JOIN {} AS d ON d.from_day <= s.as_of AND s.as_of < d.to_day", S::TABLE));
    let list = |sql: fn(Term, &str, &str) -> String| {
        let terms: Vec<String> = columns.iter().map(|(_, term)| sql(*term, "f.stocks", "f.flows")).collect();
        terms.join("::numeric, ")
    };
    let (every, public) = (list(Term::sql), list(Term::public_sql));
    let persons = S::PERSONS.map_or_else(|| "NULL".to_owned(), |term| term.sql("f.stocks", "f.flows"));
    let city = (CITY.to_owned(), Dimension { field: "city", join: "", key: "'CITY'", several: false });
    let mut cases = String::new();
    for (dimension, Dimension { join, key, .. }) in dimensions.iter().chain([&city]) {
        let query = |persons: &str, terms: &str| {
            format!(
                "RETURN QUERY SELECT f.span, {key}::text, {persons}::bigint, max(f.observed_at), {terms}::numeric FROM ({facts} OFFSET 0) AS f {join} \
                 WHERE {current} AND {key} IS NOT NULL AND ($2 IS NULL OR {key}::text = ANY ($2)) GROUP BY 1, 2;",
                current = S::CURRENT
            )
        };
        let _ = writeln!(
            cases,
            "WHEN '{dimension}' THEN IF everything THEN {} ELSE {} END IF;",
            query("NULL", &every),
            query(&persons, &public)
        );
    }
    format!(
        "DROP FUNCTION IF EXISTS {name};
         CREATE FUNCTION {name}(dimension text, codes text[], first_day date[], end_day date[], as_of date[], everything boolean)
         RETURNS TABLE (span integer, key text, persons bigint, observed_at timestamptz, {} numeric) LANGUAGE plpgsql STABLE AS $function$
         #variable_conflict use_column
         BEGIN CASE dimension {cases} END CASE; END $function$;
         DROP FUNCTION IF EXISTS {name}_source;
         CREATE FUNCTION {name}_source() RETURNS TABLE (rows bigint, kinds text[]) LANGUAGE sql STABLE
         BEGIN ATOMIC SELECT greatest(reltuples, 1)::bigint, ARRAY['{kinds}'] FROM pg_class WHERE oid = '{present}'::regclass; END",
        names.join(" numeric, "),
        kinds = S::FED_BY.join("', '"),
        present = S::PRESENT
    )
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
