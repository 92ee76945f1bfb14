//! Check and repair of the stored facts.

use service_kit::Problem;
use service_kit::store::role;
use sqlx::PgPool;

/// Number of records whose facts one transaction of [`recompute`] computes.
const STEP: usize = 500;

/// Brings the facts up to date with the rules in force, in short transactions.
///
/// # Errors
/// The problem of a statement. What is done stays done.
pub async fn refresh(pool: &PgPool) -> Result<(), Problem> {
    loop {
        let mut transaction = role::begin(pool).await?;
        let more = sqlx::query_scalar!(
            r#"SELECT projects.money_refresh_facts() OR projects.parcel_refresh_facts() AS "more!""#
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if !more {
            return Ok(());
        }
    }
}

/// Computes the facts of all projects and parcels anew, in short transactions, and returns the number of rows that differed
/// from the stored ones. With `keep` they are corrected, otherwise nothing changes. `progress` gets the number of records that
/// are done, and of all.
///
/// # Errors
/// The problem of a statement.
pub async fn recompute(pool: &PgPool, keep: bool, mut progress: impl FnMut(u64, u64)) -> Result<i64, Problem> {
    // As every reader does after a change of a rule.
    refresh(pool).await?;
    let projects = sqlx::query_scalar!("SELECT id FROM projects.project ORDER BY id").fetch_all(pool).await?;
    let parcels = sqlx::query_scalar!("SELECT id FROM projects.parcel_case ORDER BY id").fetch_all(pool).await?;
    let (mut done, mut differ) = (0, 0);
    let all = (projects.len() + parcels.len()) as u64;
    for (ids, of_parcels) in [(&projects, false), (&parcels, true)] {
        for step in ids.chunks(STEP) {
            let mut transaction = role::begin(pool).await?;
            differ += sqlx::query_scalar!(
                r#"SELECT CASE WHEN $2 THEN projects.derive_parcels($1) ELSE projects.derive($1) + projects.derive_money($1) END AS "differ!""#,
                step,
                of_parcels
            )
            .fetch_one(&mut *transaction)
            .await?;
            if keep {
                transaction.commit().await?;
            } else {
                transaction.rollback().await?;
            }
            done += step.len() as u64;
            progress(done, all);
        }
    }
    Ok(differ)
}
