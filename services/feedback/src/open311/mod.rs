//! Open311 `GeoReport` v2 over HTTP: the standard by which clients report to a city and follow their reports.
//!
//! In reading order: `format` (one tree, written as XML or JSON), `fault` (errors in the requested format), `parameters` (what a
//! client sends), `services`, `requests`, `report` (POST, through the same intake as `createFeedback`), `updates`, `discovery`.
//! The process that serves it turns HTTP into [`Asked`] and [`Reply`].
//!
//! Only published cases are seen here, with their rounded points. Keys are those of the platform.

mod discovery;
mod fault;
mod format;
mod parameters;
mod report;
mod requests;
mod services;
mod updates;

use http::{HeaderMap, Method, StatusCode};
use service_kit::{Budget, Deadline, Principal, Problem, Reader, RequestScope, ServiceContext};

use fault::Faults;
use format::{Format, Node};
use parameters::Parameters;

/// The path under which everything of Open311 is.
pub const PATH: &str = "/open311";

/// The only jurisdiction.
const JURISDICTION: &str = "hanoi";

/// Largest body of a report.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Request of a client.
#[derive(Debug)]
pub struct Asked {
    /// Method.
    pub method: Method,
    /// Path below [`PATH`], as in `/v2/requests.xml`.
    pub path: String,
    /// Query of the address.
    pub query: String,
    /// Body, as a form.
    pub body: Vec<u8>,
    /// Headers, with the signed principal of the gateway.
    pub headers: HeaderMap,
}

/// Answer to a client.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Type of the body.
    pub content_type: &'static str,
    /// Body.
    pub body: String,
}

/// What the endpoints need of a request.
struct Call<'a> {
    context: &'a ServiceContext,
    reader: Reader,
    scope: RequestScope,
    parameters: Parameters,
    headers: &'a HeaderMap,
}

/// The key that a client sends: `api_key` in the query or in the form.
pub fn api_key(query: &str, body: &[u8]) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body));
    pairs.filter(|(name, value)| name == "api_key" && !value.is_empty()).map(|(_, value)| value.into_owned()).next()
}

/// The refusal of a key, in the format that the path asks for.
pub fn refused(path: &str) -> Reply {
    Faults::one(StatusCode::FORBIDDEN, "api_key is unknown, expired or revoked")
        .reply(split(path).1.unwrap_or_default())
}

/// Path without its suffix, and the format that the suffix names.
fn split(path: &str) -> (&str, Option<Format>) {
    match path.rsplit_once('.') {
        Some((path, "xml")) => (path, Some(Format::Xml)),
        Some((path, "json")) => (path, Some(Format::Json)),
        _ => (path, None),
    }
}

/// Answers a request.
pub async fn answer(context: &ServiceContext, asked: &Asked) -> Reply {
    let (path, format) = split(&asked.path);
    let shown = format.unwrap_or_default();
    let outcome = match format {
        Some(_) => resolve(context, asked, path).await,
        None => Err(Faults::one(StatusCode::NOT_FOUND, "the path ends in no format; accepted: .xml or .json")),
    };
    match outcome {
        Ok((status, node)) => Reply { status, content_type: shown.content_type(), body: node.write(shown) },
        Err(faults) => faults.reply(shown),
    }
}

async fn resolve(context: &ServiceContext, asked: &Asked, path: &str) -> Result<(StatusCode, Node), Faults> {
    let principal = context.authenticator.authenticate(&asked.headers)?;
    let is_post = asked.method == Method::POST;
    if !is_post && asked.method != Method::GET {
        return Err(Faults::one(StatusCode::METHOD_NOT_ALLOWED, "accepted: GET and POST"));
    }
    let parameters = Parameters::read(&asked.query, &asked.body)?;
    if let Some(asked) = parameters.text("jurisdiction_id").filter(|asked| *asked != JURISDICTION) {
        let message = format!("jurisdiction_id {asked:?} is unknown; accepted: {JURISDICTION}, or none");
        return Err(Faults::one(StatusCode::NOT_FOUND, message));
    }
    parameters.single()?;
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (is_post, segments.as_slice()) {
        // Clients send more of a report than is kept.
        (true, _) => {}
        (false, ["v2", "requests"]) => parameters.known(requests::PARAMETERS)?,
        (false, ["v2", "requests", _]) => parameters.known(&["extensions"])?,
        (false, ["v2", "servicerequestupdates"]) => parameters.known(updates::PARAMETERS)?,
        (false, _) => parameters.known(&[])?,
    }
    let call = call(context, principal, parameters, &asked.headers);
    let found = match (is_post, segments.as_slice()) {
        (false, ["discovery"] | ["v2", "discovery"]) => Ok(discovery::document(&call)),
        (false, ["v2", "services"]) => services::list(&call).await,
        (false, ["v2", "services", code]) => services::definition(&call, code).await,
        (false, ["v2", "requests"]) => requests::list(&call).await,
        (false, ["v2", "requests", id]) => requests::single(&call, id).await,
        (false, ["v2", "tokens", token]) => requests::token(&call, token).await,
        (false, ["v2", "servicerequestupdates"]) => updates::list(&call).await,
        (true, ["v2", "requests"]) => report::create(&call).await,
        (true, ["v2", "servicerequestupdates"]) => updates::add(&call).await,
        _ => Err(Faults::one(StatusCode::NOT_FOUND, "there is no such resource")),
    };
    call.reader.end().await;
    Ok((if is_post { StatusCode::CREATED } else { StatusCode::OK }, found?))
}

fn call<'a>(
    context: &'a ServiceContext,
    principal: Principal,
    parameters: Parameters,
    headers: &'a HeaderMap,
) -> Call<'a> {
    let budget = Budget::new(Budget::DEFAULT);
    let deadline = Deadline::after(Deadline::DEFAULT);
    let scope = RequestScope::new(principal.clone(), &context.clock, context.city, deadline, budget.clone());
    let request_id = headers.get("x-request-id").and_then(|id| Some(id.to_str().ok()?.to_owned()));
    // What is published is public; every statement leaves out what is not.
    let reader = Reader::new(context.database.clone(), budget, principal).at(scope.now, scope.city).whole();
    Call { context, reader, scope: RequestScope { request_id, ..scope }, parameters, headers }
}

impl Call<'_> {
    /// Brings the facts up to date after a change of a rule, if that is why they were not read.
    async fn recover(&self, problem: Problem) -> Result<(), Faults> {
        if !problem.is_outdated() {
            return Err(problem.into());
        }
        self.reader.end().await;
        Ok(service_kit::store::facts::refresh(self.context.database.pool(), crate::store::FACTS).await?)
    }
}
