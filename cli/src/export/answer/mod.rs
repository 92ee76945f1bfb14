//! `GET /v1/export`: the answer of a trusted operation as CSV or as a workbook.
//!
//! - [`asked`] reads the parameters, [`parts`] finds the tables of the operation, [`pages`] reads them with [`rows`];
//! - [`file`] writes the file with its [`words`], [`trail`] the entry of the audit trail, [`refusal`] what went wrong.
//!
//! The operation is executed by the gateway as any request of the caller, so who may see what, limits and cost are those of
//! GraphQL. The file is whole and recorded before its first byte is sent.

mod asked;
mod file;
mod pages;
mod parts;
mod refusal;
mod rows;
#[cfg(test)]
mod tests;
mod trail;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gateway::Gateway;
use gateway::document::Outline;
use gateway::server::OperationCost;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue};
use schema::clock::{CityTime, Clock, SystemClock};
use schema::problem::ProblemCode;
use service_kit::{Authenticator, Principal, Problem};
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::asked::{Asked, Format, PARAMETERS};
use self::file::{About, disposition};
use self::pages::{Read, Table};
use self::parts::Part;
use self::refusal::Refusal;
use self::trail::Record;
pub use self::trail::{SERVICE, Trail, router as trail_router};

/// The most exports at the same time: each has its tables in memory. Others wait.
const AT_ONCE: usize = 4;

/// Time for an export. The signed principal of the caller is valid for a minute.
const TIMEOUT: Duration = Duration::from_secs(50);

/// Header with the id of the request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What exports need.
pub struct Exports {
    gateway: Arc<Gateway>,
    trail: Trail,
    passports: Authenticator,
    city: CityTime,
    turns: Semaphore,
}

/// The route in the process of the gateway.
pub fn router(gateway: Arc<Gateway>, trail: Trail, passports: Authenticator, city: CityTime) -> Router {
    let exports = Exports { gateway, trail, passports, city, turns: Semaphore::new(AT_ONCE) };
    Router::new().route(super::PATH, get(export)).with_state(Arc::new(exports))
}

/// A file with its headers.
struct File {
    headers: HeaderMap,
    bytes: Vec<u8>,
}

async fn export(
    State(exports): State<Arc<Exports>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    mut headers: HeaderMap,
) -> Response {
    let request_id = identified(&mut headers);
    let spent = AtomicU64::new(0);
    let outcome = tokio::time::timeout(TIMEOUT, exports.file(query, &headers, &request_id, &spent)).await;
    let outcome = outcome.unwrap_or_else(|_| {
        let message = format!("the export was not finished within {} s; ask for less", TIMEOUT.as_secs());
        Err(Problem::new(ProblemCode::Timeout, message).into())
    });
    let mut response = match outcome {
        Ok(File { headers, bytes }) => (headers, Body::from(bytes)).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response.extensions_mut().insert(OperationCost(spent.load(Ordering::Relaxed)));
    response
}

/// The id of a request. It is made here if the client gives none that is acceptable.
fn identified(headers: &mut HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    if let Some(id) = given.filter(|id| (1..=128).contains(&id.len())) {
        return id.to_owned();
    }
    let id = Uuid::now_v7().to_string();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    id
}

impl Exports {
    async fn file(
        &self,
        query: Result<Query<Vec<(String, String)>>, QueryRejection>,
        headers: &HeaderMap,
        request_id: &str,
        spent: &AtomicU64,
    ) -> Result<File, Refusal> {
        let now = SystemClock.now();
        let principal = self.passports.authenticate(headers)?;
        let Query(parameters) = query
            .map_err(|rejection| Problem::validation("query", format!("{}; {PARAMETERS}", rejection.body_text())))?;
        let mut asked = asked::read(parameters)?;
        let _turn = self.turns.acquire().await.map_err(Problem::internal)?;
        let read = Read { gateway: &self.gateway, asked: &asked, headers, spent };
        let outline = self.gateway.engine().outline(&read.request(&asked.variables)?).await;
        let outline = outline.map_err(|errors| Refusal::of_request(&errors))?;
        declared(&asked, &outline)?;
        let parts = chosen(&asked, &outline)?;
        // The file says which table it has when the operation has others.
        let named = (parts.len() == 1 && parts::parts(&outline).len() > 1).then(|| parts[0].name.clone());
        let tables = read.tables(parts, &outline).await?;
        something(&tables)?;
        asked.part = named;
        let city = self.city;
        let written = Written { asked, outline, principal, request_id: request_id.to_owned(), tables, city, now };
        let (file, record) = tokio::task::spawn_blocking(move || written.file()).await.map_err(Problem::internal)??;
        self.trail.write(&record).await?;
        Ok(file)
    }
}

/// Refuses a variable that the operation does not declare: GraphQL ignores it, and the file would have the default in its place.
fn declared(asked: &Asked, outline: &Outline) -> Result<(), Problem> {
    let is_declared = |name: &String| outline.variables.iter().any(|(declared, _)| declared == name);
    let Some(unknown) = asked.variables.keys().find(|name| !is_declared(name)) else { return Ok(()) };
    let declared: Vec<&str> = outline.variables.iter().map(|(name, _)| name.as_str()).collect();
    let accepted = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    let message = format!("{unknown:?} is no variable of the operation; accepted: {accepted}");
    Err(Problem::validation("variables", message))
}

/// Refuses a file of objects that are all null: it would look like a complete file about something that exists.
fn something(tables: &[Table]) -> Result<(), Problem> {
    if !tables.iter().all(|table| table.is_null) {
        return Ok(());
    }
    let names: Vec<&str> = tables.iter().map(|table| table.part.name.as_str()).collect();
    Err(Problem {
        path: Some("variables".to_owned()),
        ..Problem::not_found(format!("{}: there is none with these variables, or you may not see it", names.join(", ")))
    })
}

/// The tables that are asked for: of a CSV one, of a workbook one or all.
fn chosen(asked: &Asked, outline: &Outline) -> Result<Vec<Part>, Problem> {
    if !outline.is_query {
        let message = format!("documentId {:?} names a mutation; accepted: a query", asked.document);
        return Err(Problem::validation("documentId", message));
    }
    let mut parts = parts::parts(outline);
    let names = parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = &asked.part {
        parts.retain(|part| part.name == *name);
        if parts.is_empty() {
            return Err(Problem::validation("part", format!("part is {name:?}; accepted: {names}")));
        }
    } else if asked.format == Format::Csv && parts.len() > 1 {
        // One list among single objects is what the operation is about.
        if parts.iter().filter(|part| part.is_list).count() != 1 {
            let message = format!("a CSV has one table and this operation has several; accepted: {names}");
            return Err(Problem::validation("part", message));
        }
        parts.retain(|part| part.is_list);
    }
    if parts.is_empty() {
        let message = format!("documentId {:?} asks for no table; accepted: an operation with fields", asked.document);
        return Err(Problem::validation("documentId", message));
    }
    Ok(parts)
}

/// An export that was read.
struct Written {
    asked: Asked,
    outline: Outline,
    principal: Principal,
    request_id: String,
    tables: Vec<Table>,
    city: CityTime,
    now: chrono::DateTime<chrono::Utc>,
}

impl Written {
    /// The file and its entry in the audit trail.
    fn file(self) -> Result<(File, Record), Problem> {
        let Self { asked, outline, principal, request_id, mut tables, city, now } = self;
        let about = About {
            asked: &asked,
            outline: &outline,
            principal: &principal,
            request_id: &request_id,
            now,
            today: city.today(now),
            zone: city.tz,
        };
        let count: usize = tables.iter().map(|table| table.rows.len()).sum();
        let headers = headers(&about, &tables, count)?;
        let record = Record {
            subject: principal.subject.clone(),
            what: what(&about, &tables),
            request_id: Some(request_id.clone()),
        };
        let bytes = about.write(&mut tables)?;
        Ok((File { headers, bytes }, record))
    }
}

fn headers(about: &About<'_>, tables: &[Table], count: usize) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, text: &str| {
        let value = HeaderValue::from_str(text).map_err(Problem::internal)?;
        headers.insert(name, value);
        Ok::<_, Problem>(())
    };
    let format = about.asked.format;
    put(CONTENT_TYPE, format.media_type())?;
    put(CONTENT_DISPOSITION, &disposition(&about.names(tables), format))?;
    // What one caller sees is not for another.
    put(CACHE_CONTROL, "no-store")?;
    put(X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    put(HeaderName::from_static("export-as-of"), &about.as_of_all(tables))?;
    put(HeaderName::from_static("export-rows"), &count.to_string())?;
    let nulls: Vec<&str> = tables.iter().filter(|table| table.is_null).map(|table| table.part.name.as_str()).collect();
    if !nulls.is_empty() {
        put(HeaderName::from_static("export-null"), &nulls.join(", "))?;
    }
    let complete = match tables.iter().map(|table| table.is_complete).min_by_key(|complete| match complete {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }) {
        Some(Some(true)) => "true",
        Some(Some(false)) => "false",
        _ => "unknown",
    };
    put(HeaderName::from_static("export-complete"), complete)?;
    if let [table] = tables {
        if let Some(total) = table.total {
            put(HeaderName::from_static("export-total-count"), &total.to_string())?;
        }
        for (field, name) in [("servedBy", "export-served-by"), ("partial", "export-partial")] {
            let datum = table.freshness.iter().find(|(known, _)| known == field).map(|(_, datum)| datum);
            match datum {
                Some(tabular::Datum::Text(text)) => put(HeaderName::from_static(name), text)?,
                Some(tabular::Datum::Boolean(value)) => put(HeaderName::from_static(name), &value.to_string())?,
                _ => {}
            }
        }
    }
    Ok(headers)
}

/// What was exported, for the audit trail: document, format, tables with their rows, variables.
fn what(about: &About<'_>, tables: &[Table]) -> String {
    let as_of = |table: &Table| about.as_of(table).unwrap_or_else(|| file::SEVERAL.to_owned());
    let table = |table: &Table| format!("{} {} rows as of {}", table.part.name, table.rows.len(), as_of(table));
    let listed: Vec<String> = tables.iter().map(table).collect();
    let variables = serde_json::Value::Object(about.asked.variables.clone());
    let (document, format) = (&about.asked.document, about.asked.format.as_str());
    format!("document {document}, format {format}, {}, variables {variables}", listed.join(", "))
}
