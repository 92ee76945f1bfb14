//! The audit trail: its sealer, its verification, its export.

use std::time::Duration;

use service_kit::store::role;
use service_kit::{Database, Problem};
use sqlx::PgPool;

use crate::chain::{Heads, hex};
use crate::store::audit::{self, STEP};

/// Time between two looks for new entries.
const INTERVAL: Duration = Duration::from_millis(500);

/// Hash before the first entry.
const ORIGIN: [u8; 32] = [0; 32];

/// Seals new entries, in one process at a time, until the future is dropped.
pub async fn keep_sealed(database: Database, heads: Option<Heads>) {
    loop {
        match seal(database.pool(), heads.as_ref()).await {
            // More may wait.
            Ok(sealed) if sealed >= usize::try_from(STEP).unwrap_or(usize::MAX) => continue,
            Ok(_) => {}
            Err(problem) => tracing::warn!(?problem, "entries of the audit trail are not sealed yet"),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Seals the entries that wait, up to a limit, and returns their number. Signs the new head.
///
/// # Errors
/// The problem of a statement, or of the file. Nothing is sealed then, or the head is signed with the next entries.
pub async fn seal(pool: &PgPool, heads: Option<&Heads>) -> Result<usize, Problem> {
    let mut transaction = role::begin(pool).await?;
    if !audit::is_pending(&mut transaction).await? {
        return Ok(0);
    }
    audit::lock(&mut transaction).await?;
    let (last, mut hash) = audit::last(&mut transaction).await?.unwrap_or_else(|| (0, ORIGIN.to_vec()));
    let entries = audit::take_pending(&mut transaction).await?;
    let mut hashes = Vec::with_capacity(entries.len());
    for entry in &entries {
        hash = entry.hash(&hash);
        hashes.push(hash.clone());
    }
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    audit::seal(&mut transaction, last + 1, &ids, &hashes).await?;
    transaction.commit().await?;
    if let Some(heads) = heads
        && !entries.is_empty()
    {
        heads.append(last + i64::try_from(entries.len()).unwrap_or(i64::MAX), &hash).map_err(Problem::internal)?;
    }
    Ok(entries.len())
}

/// Result of a verification.
#[derive(Debug, Default)]
pub struct Verified {
    /// Number of sealed entries.
    pub sealed: i64,
    /// Number of entries that wait for their seal. They are protected by the rights of the database alone.
    pub waiting: i64,
    /// Number of signed heads that the chain was compared with.
    pub heads: usize,
    /// What is wrong, one sentence each.
    pub faults: Vec<String>,
}

/// Computes the chain anew and compares it with the seals and with the signed heads.
///
/// # Errors
/// The problem of a statement, or of the file of the heads.
pub async fn verify(pool: &PgPool, heads: Option<&Heads>) -> Result<Verified, Problem> {
    let mut found = Verified::default();
    // Before the seals, so that each head is about one of them.
    let mut signed = Vec::new();
    for head in heads.map_or_else(|| Ok(Vec::new()), Heads::read).map_err(Problem::internal)? {
        match head {
            Ok(head) => signed.push(head),
            Err(fault) => found.faults.push(fault),
        }
    }
    found.heads = signed.len();
    signed.sort_by_key(|head| head.sequence);
    let mut signed = signed.into_iter().peekable();
    let (mut sequence, mut before) = (0, ORIGIN.to_vec());
    loop {
        let seals = audit::sealed_after(pool, sequence).await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            for missing in sequence + 1..seal.sequence {
                found.faults.push(format!("seal {missing} is missing: an entry was removed with its seal"));
            }
            sequence = seal.sequence;
            match &seal.text {
                None => found.faults.push(format!("entry {} (seal {sequence}) was removed", seal.entry_id)),
                Some(text) if text.hash(&before) != seal.hash => found.faults.push(format!(
                    "entry {} (seal {sequence}) is not what was sealed there: it was changed, moved or inserted",
                    seal.entry_id
                )),
                Some(_) => {}
            }
            while let Some(head) = signed.next_if(|head| head.sequence <= sequence) {
                if head.sequence == sequence && head.hash != hex(&seal.hash) {
                    found
                        .faults
                        .push(format!("seal {sequence} differs from its signed head: the chain was written anew"));
                }
            }
            before = seal.hash;
            found.sealed += 1;
        }
    }
    found.faults.extend(
        signed.map(|head| {
            format!("the chain ends before the signed head {}: its last entries were removed", head.sequence)
        }),
    );
    let (stray, waiting) = audit::unsealed(pool).await?;
    found.waiting = waiting;
    found.faults.extend(stray.into_iter().map(|id| format!("entry {id} was inserted, and is not in the chain")));
    Ok(found)
}

/// Gives each entry as a line of JSON, in the order of the numbers.
///
/// # Errors
/// The problem of a statement, or of `line`.
pub async fn export(pool: &PgPool, mut line: impl FnMut(String) -> std::io::Result<()>) -> Result<(), Problem> {
    let mut last = 0;
    loop {
        let entries = audit::export_after(pool, last).await?;
        if entries.is_empty() {
            return Ok(());
        }
        for (id, entry) in entries {
            last = id;
            line(entry.to_string()).map_err(Problem::internal)?;
        }
    }
}
