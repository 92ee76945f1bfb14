//! HTTP of pushes: files in, results out as NDJSON; kinds, templates and receipts.

mod body;
mod query;
mod read;
mod respond;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use schema::problem::ProblemCode;
use serde_json::{Value, json};

use super::engine::{Begin, Begun, Options, Pusher};
use super::intake::Intake;
use super::kind::PushKind;
use super::receipts::{self, By};
use super::replace::{Replace, Scope};
use super::source::source_of;
use crate::principal::Authenticator;
use crate::problem::Problem;
use crate::store::push::receipt;
use query::{Parameters, Parsed, not_accepted};
pub use read::described;
pub use respond::{Language, failure};

/// What the routes need.
#[derive(Clone)]
pub struct PushRoutes {
    /// Each service with its pusher.
    pub services: Vec<(&'static str, Pusher)>,
    /// Verifies the signed principals of the gateway.
    pub authenticator: Authenticator,
    /// How files are read.
    pub intake: Intake,
    /// Kinds of all services, whose receipts each process reads.
    pub all_kinds: Vec<&'static PushKind>,
}

/// The routes of pushes.
pub fn router(routes: PushRoutes) -> Router {
    Router::new()
        .route("/v1/push", get(read::kinds))
        .route("/v1/push/receipts", get(read::receipts))
        .route("/v1/push/receipts/{id}", get(read::receipt))
        .route("/v1/push/receipts/{id}/{part}", get(read::part).post(act))
        .route("/v1/push/{kind}", post(push))
        .route("/v1/push/{kind}/{file}", get(read::file))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(routes))
}

type Routes = State<Arc<PushRoutes>>;

impl PushRoutes {
    fn find(&self, kind: &str) -> Result<(&Pusher, &'static PushKind), Problem> {
        let found = self.services.iter().find_map(|(_, pusher)| Some((pusher, pusher.kind(kind)?)));
        found.ok_or_else(|| {
            let kinds: Vec<&str> = self.kinds().map(|(_, kind)| kind.name).collect();
            let kinds = kinds.join(", ");
            Problem::not_found(format!("there is no kind {kind:?}; accepted: {kinds}"))
                .in_vietnamese(format!("không có loại dữ liệu {kind:?}; chấp nhận: {kinds}"))
        })
    }

    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static PushKind)> {
        self.services.iter().flat_map(|(service, pusher)| pusher.kinds().iter().map(|kind| (*service, *kind)))
    }

    /// Any pusher: the receipts of all are in one place.
    fn any(&self) -> Result<&Pusher, Problem> {
        let first = self.services.first().map(|(_, pusher)| pusher);
        first.ok_or_else(|| {
            Problem::not_found("this process has no kinds of records")
                .in_vietnamese("tiến trình này không nhận loại dữ liệu nào")
        })
    }
}

/// Parameters of a push, as in `?source=bar&dryRun=true`.
const PARAMETERS: [&str; 7] = ["source", "dryRun", "atomic", "mode", "scope", "mayRemove", "charset"];

fn options(stated: &Parameters, kind: &PushKind) -> Result<Options, Problem> {
    let may_remove = stated.number("mayRemove", 0..=usize::MAX)?;
    let scope = stated.text("scope");
    let replace = match stated.text("mode") {
        None | Some("upsert") if scope.is_none() && may_remove.is_none() => None,
        Some("replace") => {
            let scope = scope.map(|scope| Scope::read(kind, scope)).transpose()?;
            Some(Replace { scope, may_remove })
        }
        None | Some("upsert") => {
            return Err(Problem::validation("mode", "scope and mayRemove go with mode=replace")
                .in_vietnamese("scope và mayRemove chỉ dùng với mode=replace"));
        }
        Some(other) => return Err(not_accepted("mode", other, "upsert, replace")),
    };
    Ok(Options { dry_run: stated.flag("dryRun")?, atomic: stated.flag("atomic")?, replace })
}

async fn push(
    State(routes): Routes,
    Path(kind): Path<String>,
    query: Parsed,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let language = Language::of(&headers);
    match begin(&routes, &kind, query, &headers).await {
        Ok(Started::New { session, reading, pusher }) => {
            let run = respond::Run { pusher, session, reading, language };
            if respond::prefers_async(&headers) { run.in_background(body) } else { run.streamed(body).await }
        }
        Ok(Started::Earlier { pusher, receipt }) => respond::replay(pusher, receipt, body, language).await,
        Err(problem) => {
            body::drain(body).await;
            failure(&problem, language)
        }
    }
}

enum Started {
    New { pusher: Pusher, session: Box<super::engine::Session>, reading: tabular::Reading },
    Earlier { pusher: Pusher, receipt: Box<receipt::Receipt> },
}

async fn begin(routes: &PushRoutes, kind: &str, query: Parsed, headers: &HeaderMap) -> Result<Started, Problem> {
    let principal = routes.authenticator.authenticate(headers)?;
    let subject = principal.subject()?;
    let (pusher, kind) = routes.find(kind)?;
    let parameters = Parameters::read(query, &PARAMETERS)?;
    let source = source_of(pusher.database(), &principal, parameters.text("source"), Some(kind.name)).await?;
    let options = options(&parameters, kind)?;
    if options.dry_run && respond::prefers_async(headers) {
        return Err(Problem::validation(
            "Prefer",
            "a dry run leaves no receipt to look up; accepted: a dry run without respond-async",
        )
        .in_vietnamese("lần chạy thử không có biên nhận để tra cứu; cần: chạy thử không kèm respond-async"));
    }
    let (format, layout, reading) = body::reading(headers, &routes.intake, kind, parameters.text("charset"))?;
    let key = text(headers, "idempotency-key");
    if key.is_some_and(|key| key.is_empty() || key.len() > 200) {
        return Err(Problem::validation(
            "Idempotency-Key",
            "the key has no or more than 200 characters; accepted: 1 to 200",
        )
        .in_vietnamese("khóa trống hoặc dài quá 200 ký tự; chấp nhận: 1 đến 200"));
    }
    let file_name = text(headers, "content-disposition").and_then(body::file_name);
    let begin = Begin {
        kind,
        layout,
        source: &source,
        subject,
        format,
        options,
        idempotency_key: key,
        request_id: text(headers, "x-request-id"),
        file_name: file_name.as_deref(),
    };
    Ok(match pusher.begin(begin).await? {
        Begun::New(session) => Started::New { pusher: pusher.clone(), session, reading },
        Begun::Earlier(receipt) => Started::Earlier { pusher: pusher.clone(), receipt },
    })
}

/// `POST /v1/push/receipts/{id}/retry`, `…/discard`, `…/undo`.
async fn act(State(routes): Routes, Path((id, action)): Path<(String, String)>, headers: HeaderMap) -> Response {
    match acted(&routes, &id, &action, &headers).await {
        Ok(summary) => axum::Json(summary).into_response(),
        Err(problem) => failure(&problem, Language::of(&headers)),
    }
}

async fn acted(routes: &PushRoutes, id: &str, action: &str, headers: &HeaderMap) -> Result<Value, Problem> {
    let principal = routes.authenticator.authenticate(headers)?;
    let found = receipts::own(routes.any()?.database(), &principal, id).await?;
    let (pusher, kind) = routes.find(&found.kind)?;
    let by = By { subject: principal.subject()?, request_id: text(headers, "x-request-id") };
    match action {
        "retry" => {
            let rows = receipts::retry(pusher.database(), &found, by).await?;
            pusher.resume().await?;
            Ok(json!({ "receipt": found.id, "retried": rows }))
        }
        "discard" => {
            let rows = receipts::discard(pusher.database(), &found, by).await?;
            Ok(json!({ "receipt": found.id, "discarded": rows }))
        }
        "undo" => {
            let records = pusher.undo(kind, &found, by).await?;
            Ok(json!({ "receipt": found.id, "state": "UNDONE", "records": records }))
        }
        other => Err(Problem::not_found(format!("there is no action {other:?}; accepted: retry, discard, undo"))
            .in_vietnamese(format!("không có thao tác {other:?}; chấp nhận: retry, discard, undo"))),
    }
}

/// The status of an answer with a problem: whether it is the caller's.
pub fn status(problem: &Problem) -> StatusCode {
    match problem.code {
        ProblemCode::Validation => StatusCode::BAD_REQUEST,
        ProblemCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ProblemCode::Forbidden => StatusCode::FORBIDDEN,
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::Conflict | ProblemCode::StaleVersion => StatusCode::CONFLICT,
        ProblemCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::Timeout | ProblemCode::SubgraphUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The text of a header.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
