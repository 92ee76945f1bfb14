//! The database role that a transaction takes, as SQL.

use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, QueryBuilder, Transaction};
use uuid::Uuid;

use crate::access::{Kind, Sight};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::record::Record;

const WRITER: &str = "SET LOCAL ROLE ioc_writer";

/// Begins a transaction that writes.
///
/// # Errors
/// The error of the database.
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    pool.begin_with(AssertSqlSafe(format!("BEGIN; {WRITER}"))).await
}

/// Sets role and scope of a transaction that reads.
pub(crate) fn reading(sight: &Sight) -> String {
    match sight {
        Sight::All => "SET LOCAL ROLE ioc_reader".to_owned(),
        Sight::Scope(scope) => format!(
            "SET LOCAL ROLE ioc_scoped; SELECT set_config('ioc.organizations', {}, true), set_config('ioc.positions', {}, true), \
             set_config('ioc.areas', {}, true)",
            array(&scope.organizations),
            array(&scope.positions),
            array(&scope.areas)
        ),
    }
}

/// Text of an array of texts, as an SQL literal.
fn array(texts: &[String]) -> String {
    let escaped = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let texts = texts.iter().map(escaped).collect::<Vec<_>>().join(",");
    // The setting `standard_conforming_strings` is on, so a backslash has no meaning in the literal.
    format!("'{{{}}}'", texts.replace('\'', "''"))
}

/// Whether the caller sees the row with an id, within a transaction that writes.
///
/// # Errors
/// The problem of the statement.
pub(crate) async fn sees<R: Record>(db: &mut PgConnection, principal: &Principal, id: Uuid) -> Result<bool, Problem> {
    let kind: &Kind = R::KIND;
    let sight = kind.sight(principal);
    if sight == Sight::All {
        return Ok(true);
    }
    sqlx::raw_sql(AssertSqlSafe(reading(&sight))).execute(&mut *db).await?;
    let mut sql = QueryBuilder::<Postgres>::new("SELECT EXISTS (SELECT FROM ");
    sql.push(R::TABLE).push(" WHERE id = ").push_bind(id).push(")");
    let found: bool = sql.build_query_scalar().fetch_one(&mut *db).await?;
    sqlx::raw_sql(WRITER).execute(db).await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Scope;

    #[test]
    fn a_code_cannot_leave_its_literal() {
        let scope = Scope { organizations: vec!["A'); DROP".into(), "B\"\\,C".into()], ..Scope::default() };
        let sql = reading(&Sight::Scope(scope));
        assert!(sql.contains(r#"set_config('ioc.organizations', '{"A''); DROP","B\"\\,C"}', true)"#), "{sql}");
        assert!(sql.contains("set_config('ioc.areas', '{}', true)"), "{sql}");
    }
}
