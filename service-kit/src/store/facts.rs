//! Upkeep of stored facts, for readers after a change of a rule and for operators. The migrations have the functions
//! (`platform.feeds_facts`, `platform.keep_rules`).

use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::role;
use crate::problem::Problem;

/// Kind of stored facts.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Table of the records, with an `id`.
    pub records: &'static str,
    /// SQL function that derives the facts of some records and returns how many rows differed.
    pub derive: &'static str,
    /// SQL function that brings the facts up to date with the rules in force, if they depend on rules.
    pub refresh: Option<&'static str>,
    /// SQL function that counts anew what is counted of the facts, and returns how many numbers differed.
    pub recount: Option<&'static str>,
}

/// Number of records whose facts one transaction of [`recompute`] computes.
const STEP: usize = 500;

/// Brings the facts up to date with the rules in force, in short transactions.
///
/// # Errors
/// The problem of a statement. What is done stays done.
pub async fn refresh(pool: &PgPool, kinds: &[Facts]) -> Result<(), Problem> {
    for refresh in kinds.iter().filter_map(|kind| kind.refresh) {
        let mut more = true;
        while more {
            let mut transaction = role::begin(pool).await?;
            let sql = AssertSqlSafe(format!("SELECT {refresh}()"));
            more = sqlx::query_scalar(sql).fetch_one(&mut *transaction).await?;
            transaction.commit().await?;
        }
    }
    Ok(())
}

/// Reads facts where no request is repeated: after a write, or for an export. They are brought up to date as often as a rule changes
/// meanwhile.
///
/// # Errors
/// The problem of the read, or of a statement that brings facts up to date.
pub async fn read_current<T, R: Future<Output = Result<T, Problem>> + Send>(
    pool: &PgPool,
    kinds: &[Facts],
    read: impl Fn() -> R + Send + Sync,
) -> Result<T, Problem> {
    loop {
        match Box::pin(read()).await {
            Err(problem) if problem.is_outdated() => Box::pin(refresh(pool, kinds)).await?,
            outcome => return outcome,
        }
    }
}

/// Computes all facts anew, in short transactions, and returns the number of rows that differed from the stored ones. With
/// `keep` they are corrected, otherwise nothing changes. `progress` gets the number of records that are done, and of all.
///
/// # Errors
/// The problem of a statement.
pub async fn recompute(
    pool: &PgPool,
    kinds: &[Facts],
    keep: bool,
    mut progress: impl FnMut(u64, u64),
) -> Result<i64, Problem> {
    // As every reader does after a change of a rule.
    refresh(pool, kinds).await?;
    let mut work = Vec::new();
    for kind in kinds {
        let sql = AssertSqlSafe(format!("SELECT id FROM {} ORDER BY id", kind.records));
        let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(pool).await?;
        work.push((kind, ids));
    }
    let all = work.iter().map(|(_, ids)| ids.len() as u64).sum();
    let (mut done, mut differ) = (0, 0);
    for (kind, ids) in &work {
        for step in ids.chunks(STEP) {
            let mut transaction = role::begin(pool).await?;
            let sql = AssertSqlSafe(format!("SELECT {}($1)", kind.derive));
            differ += sqlx::query_scalar::<_, i64>(sql).bind(step).fetch_one(&mut *transaction).await?;
            if keep {
                transaction.commit().await?;
            } else {
                transaction.rollback().await?;
            }
            done += step.len() as u64;
            progress(done, all);
        }
    }
    for recount in kinds.iter().filter_map(|kind| kind.recount) {
        let mut transaction = role::begin(pool).await?;
        let sql = AssertSqlSafe(format!("SELECT {recount}()"));
        differ += sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *transaction).await?;
        if keep {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
    }
    Ok(differ)
}
