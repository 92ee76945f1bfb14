//! The entry of an export in the audit trail: written by this process, or by the service that has the trail.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::uri::Uri;
use http::{HeaderMap, Request, StatusCode};
use schema::clock::{Clock, SystemClock};
use schema::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use service_kit::store::audit::{self, Entry};
use service_kit::vocabulary::AuditAction;
use service_kit::{Authenticator, Database, Principal, Problem, ServiceContext};

use super::super::failure;
use crate::forward::Forwarder;
use crate::services::Service;

/// Name of the service that has the audit trail.
pub const SERVICE: &str = "platform";

/// Path in that service. The gateway passes nothing on to it.
const PATH: &str = "/internal/exports";

/// Name of an export in the audit trail.
const OPERATION: &str = "exportDocument";

/// How long a notice of the gateway is valid.
const NOTICE: Duration = Duration::from_mins(1);

/// An export that is to be recorded.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The caller; `None` for a visitor.
    pub subject: Option<String>,
    /// What was exported.
    pub what: String,
    /// Id of the request.
    pub request_id: Option<String>,
}

/// Where entries are written.
#[derive(Clone)]
pub enum Trail {
    /// The database of this process.
    Here(Database),
    /// The service that has the trail.
    There(Box<Remote>),
}

/// How the gateway reaches a service.
#[derive(Clone)]
pub struct Remote {
    forwarder: Forwarder,
    base: Uri,
    notices: Authenticator,
}

impl Trail {
    /// The trail of the service that has it. `urls` gives the address of each.
    ///
    /// # Errors
    /// When no connection can be made.
    pub fn remote(urls: impl Fn(&Service) -> Uri, passports: &Authenticator) -> anyhow::Result<Self> {
        let service = Service::named(SERVICE).ok_or_else(|| anyhow::anyhow!("there is no service {SERVICE}"))?;
        let remote = Remote { forwarder: Forwarder::new()?, base: urls(service), notices: passports.of_notices() };
        Ok(Self::There(Box::new(remote)))
    }

    /// Writes the entry of an export.
    ///
    /// # Errors
    /// When it is not in the trail; then nothing may be sent.
    pub async fn write(&self, record: &Record) -> Result<(), Problem> {
        match self {
            Self::Here(database) => write(database, record).await,
            Self::There(remote) => {
                let Remote { forwarder, base, notices } = &**remote;
                let request = notice(notices, record, SystemClock.now())?;
                let answer = forwarder.send(base, request, "the audit trail cannot be reached").await;
                if answer.status() == StatusCode::NO_CONTENT { Ok(()) } else { Err(unwritten(answer.status())) }
            }
        }
    }
}

fn unwritten(status: StatusCode) -> Problem {
    tracing::error!(%status, "an export is not in the audit trail");
    Problem::new(
        ProblemCode::SubgraphUnavailable,
        "the export cannot be written into the audit trail, so it is not sent; try again shortly",
    )
}

fn notice(notices: &Authenticator, record: &Record, now: DateTime<Utc>) -> Result<Request<Body>, Problem> {
    let gateway = Principal { subject: Some("gateway".to_owned()), ..Principal::default() };
    let token = notices.issue(&gateway, now, NOTICE)?;
    let body = serde_json::to_vec(record).map_err(Problem::internal)?;
    Request::post(PATH)
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .map_err(Problem::internal)
}

async fn write(database: &Database, record: &Record) -> Result<(), Problem> {
    let entry = Entry {
        operation: OPERATION,
        subject: record.subject.as_deref(),
        reason: Some(&record.what),
        request_id: record.request_id.as_deref(),
        ..Entry::default()
    };
    Ok(audit::add_alone(database.pool(), AuditAction::Export, &[entry]).await?)
}

/// The route in the process of the service that has the trail.
pub fn router(context: &ServiceContext) -> Router {
    Router::new().route(PATH, post(recorded)).with_state((context.database.clone(), context.authenticator.of_notices()))
}

async fn recorded(
    State((database, notices)): State<(Database, Authenticator)>,
    headers: HeaderMap,
    record: Result<axum::Json<Record>, JsonRejection>,
) -> Response {
    let written = async {
        // Without a credential there is no subject.
        notices.authenticate(&headers)?.subject()?;
        let axum::Json(record) = record.map_err(|rejection| Problem::validation("body", rejection.body_text()))?;
        write(&database, &record).await
    };
    match written.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => failure(&problem),
    }
}
