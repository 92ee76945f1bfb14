//! Measures of a service as an SQL function (`published_measures`), for services that combine measures of several
//! services. The function is built from the same declarations as the GraphQL fields.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgPool};

use super::measure::Dimension;
use crate::measures::{MeasureSet, columns};
use crate::problem::Problem;

/// Stocks are taken at the end of the period or at `as_of`, whichever comes first; flows as of `as_of`.
const SPANS: &str = "(SELECT 0 AS span, $2 AS first_day, $3 AS end_day, day.as_of, day.as_of = least($4, $3 - 1) AS stocks, \
    day.as_of = $4 AS flows, (SELECT platform.moment(day.as_of)) AS at FROM (SELECT least($4, $3 - 1) AS as_of UNION SELECT $4) AS day) AS s";

/// Returns the statements that define `name(dimension, first_day, end_day, as_of)`, such as `tasks.published_measures`.
///
/// The function returns a row for each value of the dimension, and a column for each term of each measure. A single
/// number has one column (`at_risk`), a quotient has two (`on_time_part`, `on_time_whole`), so that rows can be added.
pub fn measures<S: MeasureSet>(name: &str, dimensions: &[(String, Dimension)]) -> String {
    let (names, terms): (Vec<String>, Vec<String>) =
        columns(S::MEASURES).into_iter().map(|(name, term)| (name, term.sql("f.stocks", "f.flows"))).unzip();
    let facts = S::ROWS
        .replace("{spans}", SPANS)
        .replace("{facts}", &format!("{SPANS} JOIN {} AS d ON d.from_day <= s.as_of AND s.as_of < d.to_day", S::TABLE));
    let mut cases = String::new();
    for (dimension, Dimension { join, key, .. }) in dimensions {
        let terms = terms.join("::numeric, ");
        let _ = writeln!(
            cases,
            "WHEN '{dimension}' THEN RETURN QUERY SELECT {key}::text, {terms}::numeric FROM ({facts} OFFSET 0) AS f {join} \
             WHERE {current} AND {key} IS NOT NULL GROUP BY 1;",
            current = S::CURRENT
        );
    }
    format!(
        "DROP FUNCTION IF EXISTS {name};
         CREATE FUNCTION {name}(dimension text, first_day date, end_day date, as_of date)
         RETURNS TABLE (key text, {} numeric) LANGUAGE plpgsql STABLE AS $function$
         #variable_conflict use_column
         BEGIN CASE dimension {cases} END CASE; END $function$",
        names.join(" numeric, ")
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
