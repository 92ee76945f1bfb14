//! One attempt to push a file: the body is sent while the answer is read.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;

use super::answer::{Answer, Unusable};
use super::traffic::Traffic;
use super::upload::{self, Upload};
use crate::client::{Client, Failure};

/// A connection on which nothing moves for so long is given up. The server may work on an atomic push meanwhile.
const PATIENCE: Duration = Duration::from_mins(10);

/// Sends a file and reads the answer, which then has a summary.
///
/// # Errors
/// When the answer has no summary.
pub async fn attempt(
    client: &Client,
    upload: &Upload<'_>,
    answer: &mut Answer,
    traffic: &Arc<Traffic>,
) -> Result<(), Failure> {
    let outcome = tokio::select! {
        outcome = talk(client, upload, answer, traffic) => outcome,
        () = traffic.stalled(PATIENCE) => {
            let reason = format!("nothing was sent or answered for {} minutes", PATIENCE.as_secs() / 60);
            Err(Failure::Passing { reason, wait: None })
        }
    };
    // A file that cannot be read looks like a broken connection to the client.
    match traffic.fault() {
        Some(fault) => {
            Err(Failure::Local(anyhow::Error::from(fault).context(format!("cannot read {}", upload.input.name))))
        }
        None => outcome,
    }
}

async fn talk(
    client: &Client,
    upload: &Upload<'_>,
    answer: &mut Answer,
    traffic: &Arc<Traffic>,
) -> Result<(), Failure> {
    let broken = |reason: String| Failure::Passing { reason, wait: None };
    let mut body = upload::send(client, upload, traffic).await?.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(format!("the answer broke off: {:#}", anyhow::Error::from(error))))?;
        if let Some(bytes) = frame.data_ref() {
            answer.take(bytes).map_err(unusable)?;
            traffic.answered(answer.rows);
        }
    }
    answer.end().map_err(unusable)?;
    match answer.summary {
        Some(_) => Ok(()),
        None => Err(broken(format!("the answer ended after {} rows without its summary", answer.rows))),
    }
}

fn unusable(unusable: Unusable) -> Failure {
    Failure::Local(match unusable {
        Unusable::Line(line) => anyhow::anyhow!("the answer is not one of a push: {line}; check --url"),
        Unusable::Write(error) => anyhow::Error::from(error).context("cannot write the failed rows"),
    })
}
