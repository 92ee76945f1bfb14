//! The one request of a document.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Limited};
use serde_json::json;

use super::answer::Answer;
use super::stock::Stock;
use crate::client::{Client, Failure};
use crate::operations;

/// Name of the stored operation.
pub const OPERATION: &str = "documents/briefing";

/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Time after which the platform is given up; it ends a request earlier by itself.
const PATIENCE: Duration = Duration::from_mins(2);

/// Asks the platform what was at a period, seen from now.
///
/// # Errors
/// When there is no answer, a refusal, or an answer that is none to this operation.
pub async fn ask(client: &Client, stock: &Stock, now: DateTime<Utc>) -> Result<Answer> {
    let query = operations::text(&format!("{OPERATION}.graphql")).context("the operation is missing")?;
    let document = json!({ "query": query, "variables": stock.variables(now) }).to_string();
    let asked = async {
        let body = client.post_json("/graphql", document).await?.into_body();
        let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
        let broken = |error: Box<dyn std::error::Error + Send + Sync>| {
            Failure::Local(anyhow!(error).context("the answer broke off"))
        };
        Ok(body.map_err(broken)?.to_bytes())
    };
    let bytes = tokio::time::timeout(PATIENCE, asked)
        .await
        .map_err(|_| anyhow!("no answer within {} minutes", PATIENCE.as_secs() / 60))?
        .map_err(said)?;
    Answer::read(&bytes)
}

/// Why there is no answer, and what may help.
fn said(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Passing { reason, .. } => {
            anyhow!("{reason}; --url (IOC_URL) is the address of a running platform: ask again when it answers")
        }
        failure => anyhow!("{failure}"),
    }
}
