//! What can be read: kinds, templates, schemas, receipts.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures::stream;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tabular::{FailedRow, Form, Format, Raw, Words, failed_rows, json_schema, template_csv, template_xlsx};
use uuid::Uuid;

use super::query::{Parameters, Parsed, not_accepted, refused};
use super::respond::{Language, failure, stored, summary};
use super::{PushRoutes, Routes, text};
use crate::principal::{Principal, Role};
use crate::problem::Problem;
use crate::push::receipts::By;
use crate::push::source::source_of;
use crate::push::{PushKind, receipts};
use crate::store::push::receipt::{self, Filter, Parts, Receipt, STATES};
use crate::store::role;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Number of receipts of a list, unless the caller asks for another.
const NEWEST: usize = 50;
/// Most receipts of a list.
const MOST_RECEIPTS: usize = 500;

/// Most failed rows of one file.
const MOST_FAILED: i64 = 1_000_000;

/// `GET /v1/push`
pub async fn kinds(State(routes): Routes, headers: HeaderMap) -> Response {
    let principal = routes.authenticator.authenticate(&headers).unwrap_or_default();
    let kinds: Vec<Value> = routes.kinds().map(|(service, kind)| described(service, kind)).collect();
    let mut answer = json!({ "kinds": kinds });
    // Without a source of its own a credential may speak for several, and names one.
    if let Some(source) = principal.source {
        answer["sources"] = json!([source]);
    }
    axum::Json(answer).into_response()
}

/// A kind as JSON.
pub fn described(service: &str, kind: &PushKind) -> Value {
    let fields: Vec<Value> = kind
        .file_fields()
        .iter()
        .map(|field| {
            json!({
                "name": field.name, "header": field.header, "title": field.title, "required": field.required, "form": form(field.form),
                "description": { "en": field.description.0, "vi": field.description.1 }, "example": field.example,
            })
        })
        .collect();
    let name = kind.name;
    json!({
        "kind": name, "service": service, "name": { "en": kind.label.0, "vi": kind.label.1 },
        "description": { "en": kind.description.0, "vi": kind.description.1 }, "mutation": kind.mutation, "fields": fields,
        "template": { "xlsx": format!("/v1/push/{name}/template.xlsx"), "csv": format!("/v1/push/{name}/template.csv") },
        "schema": format!("/v1/push/{name}/schema"),
    })
}

fn form(form: Form) -> Value {
    match form {
        Form::Text(max) => json!({ "type": "Text", "max": max }),
        Form::Digits(width) => json!({ "type": "Digits", "width": width }),
        Form::Integer(min, max) => json!({ "type": "Integer", "min": min, "max": max }),
        Form::Decimal(min, max) => json!({ "type": "Decimal", "min": min, "max": max }),
        Form::Boolean => json!({ "type": "Boolean" }),
        Form::Date => json!({ "type": "Date" }),
        Form::DateTime => json!({ "type": "DateTime" }),
        Form::Choice(values) => {
            let values: Vec<Value> =
                values.iter().map(|(value, label)| json!({ "value": value, "vi": label })).collect();
            json!({ "type": "Choice", "values": values })
        }
        Form::Texts(max) => json!({ "type": "Texts", "max": max }),
    }
}

/// `GET /v1/push/{kind}/template.csv`, `…/template.xlsx`, `…/schema`
pub async fn file(State(routes): Routes, Path((kind, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let language = Language::of(&headers);
    let kind = match routes.find(&kind) {
        Ok((_, kind)) => kind,
        Err(problem) => return failure(&problem, language),
    };
    let fields = kind.file_fields();
    match file.as_str() {
        "schema" => ([(CONTENT_TYPE, "application/schema+json")], json_schema(&fields).to_string()).into_response(),
        "template.csv" => {
            let example = vec![fields.iter().map(|field| field.example.to_owned()).collect()];
            download("text/csv; charset=utf-8", &format!("{}.csv", kind.name), template_csv(&fields, &example))
        }
        "template.xlsx" => match template_xlsx(kind.label.1, &fields) {
            Ok(workbook) => download(XLSX, &format!("{}.xlsx", kind.name), workbook),
            Err(error) => failure(&Problem::internal(error), language),
        },
        other => failure(&no_such(other, "template.csv, template.xlsx, schema"), language),
    }
}

fn download(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// What an address ends in, if nothing is there.
fn no_such(found: &str, accepted: &str) -> Problem {
    Problem::not_found(format!("there is no {found:?}; accepted: {accepted}"))
        .in_vietnamese(format!("không có {found:?}; chấp nhận: {accepted}"))
}

/// Parameters of the list of receipts, as in `?state=FAILED&first=20`.
const LISTED: [&str; 5] = ["source", "kind", "state", "first", "after"];

/// Which receipts of the source are asked for.
fn filter(asked: &Parameters, routes: &PushRoutes, source: Option<String>) -> Result<Filter, Problem> {
    let kinds: Vec<&str> = routes.all_kinds.iter().map(|kind| kind.name).collect();
    for (name, accepted) in [("kind", &kinds[..]), ("state", &STATES)] {
        if let Some(found) = asked.text(name).filter(|found| !accepted.contains(found)) {
            return Err(not_accepted(name, found, &accepted.join(", ")));
        }
    }
    let text = |name| asked.text(name).map(str::to_owned);
    Ok(Filter { source, kind: text("kind"), state: text("state"), after: None })
}

/// The receipt after which those of the answer come. One of another source is as one that does not exist.
async fn after(
    asked: &Parameters,
    db: &mut PgConnection,
    source: Option<&str>,
) -> Result<Option<(DateTime<Utc>, Uuid)>, Problem> {
    let Some(text) = asked.text("after") else { return Ok(None) };
    let found = match Uuid::parse_str(text) {
        Ok(id) => receipt::find(db, id).await?,
        Err(_) => None,
    };
    let found = found.filter(|receipt| source.is_none_or(|source| receipt.source == source));
    let unknown = || {
        let accepted = Words::new("the `next` of an earlier answer", "`next` của câu trả lời trước");
        refused("after", text, &accepted)
    };
    found.map(|receipt| Some((receipt.received_at, receipt.id))).ok_or_else(unknown)
}

/// `GET /v1/push/receipts`
pub async fn receipts(State(routes): Routes, query: Parsed, headers: HeaderMap) -> Response {
    let language = Language::of(&headers);
    let newest = async {
        let principal = routes.authenticator.authenticate(&headers)?;
        let asked = Parameters::read(query, &LISTED)?;
        let pusher = routes.any()?;
        let source = match (asked.text("source"), principal.roles.contains(&Role::Admin)) {
            (None, true) => None,
            (named, _) => Some(source_of(pusher.database(), &principal, named, None).await?),
        };
        let most = asked.number("first", 1..=MOST_RECEIPTS)?.unwrap_or(NEWEST);
        let mut filter = filter(&asked, &routes, source)?;
        let mut transaction = role::begin(pusher.database().pool()).await?;
        filter.after = after(&asked, &mut transaction, filter.source.as_deref()).await?;
        // One more than asked for shows whether others follow.
        let mut found =
            receipt::newest(&mut *transaction, &filter, i64::try_from(most + 1).unwrap_or(i64::MAX)).await?;
        let next = if found.len() > most { found.get(most - 1).map(|last| last.id) } else { None };
        found.truncate(most);
        Ok::<_, Problem>((found, next))
    };
    match newest.await {
        Ok((found, next)) => {
            let found: Vec<Value> = found.iter().map(|receipt| summary(receipt, language)).collect();
            axum::Json(json!({ "receipts": found, "next": next })).into_response()
        }
        Err(problem) => failure(&problem, language),
    }
}

/// The receipt with an id, if the caller pushes for its source.
async fn visible(routes: &PushRoutes, principal: &Principal, id: &str) -> Result<Receipt, Problem> {
    receipts::visible(routes.any()?.database(), principal, id).await
}

/// `GET /v1/push/receipts/{id}`
pub async fn receipt(State(routes): Routes, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let found = async { visible(&routes, &routes.authenticator.authenticate(&headers)?, &id).await };
    match found.await {
        Ok(found) => axum::Json(summary(&found, Language::of(&headers))).into_response(),
        Err(problem) => failure(&problem, Language::of(&headers)),
    }
}

/// `GET /v1/push/receipts/{id}/results`, `…/payload`, `…/failed.csv`, `…/failed.ndjson`, `…/failed.xlsx`
pub async fn part(
    State(routes): Routes,
    Path((id, part)): Path<(String, String)>,
    query: Parsed,
    headers: HeaderMap,
) -> Response {
    let read = async {
        // What personal data is needed for.
        let stated = Parameters::read(query, &["purpose"])?;
        read_part(&routes, &id, (&part, stated.text("purpose")), &headers).await
    };
    read.await.unwrap_or_else(|problem| failure(&problem, Language::of(&headers)))
}

async fn read_part(
    routes: &PushRoutes,
    id: &str,
    (part, purpose): (&str, Option<&str>),
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let principal = routes.authenticator.authenticate(headers)?;
    let pusher = routes.any()?.clone();
    // A key of other kinds sees that there is a receipt, not what is in it.
    let found = receipts::own(pusher.database(), &principal, id).await?;
    let kind = routes.all_kinds.iter().find(|kind| kind.name == found.kind);
    // Of a kind that is gone nobody knows what its rows have.
    let is_personal = kind.is_none_or(|kind| kind.is_personal());
    if let (Some(at), true) = (found.body_deleted_at, part != "results") {
        let message =
            format!("the cells of this push were forgotten at {at}; its results and the hash of its body are kept");
        return Err(Problem::not_found(message).in_vietnamese(format!(
            "các ô của lần gửi này đã được xóa lúc {at}; kết quả và mã băm của nội dung vẫn được giữ"
        )));
    }
    let has_rows = ["payload", "failed.csv", "failed.ndjson", "failed.xlsx"].contains(&part);
    if has_rows {
        let by = By { subject: principal.subject()?, request_id: text(headers, "x-request-id") };
        receipts::read_rows(pusher.database(), &principal, (&found, is_personal), purpose, by).await?;
    }
    let (format, media_type) = match part {
        "results" => return Ok(stored(pusher, &found, Language::of(headers))),
        "payload" => {
            let id = found.id;
            let parts = stream::unfold(Some((pusher, 0)), move |state| async move {
                let (pusher, part) = state?;
                match pusher.stored_part(id, Parts::Payload, part).await {
                    Ok(Some(bytes)) => Some((Ok(Bytes::from(bytes)), Some((pusher, part + 1)))),
                    Ok(None) => None,
                    Err(problem) => Some((Err(std::io::Error::other(problem.message)), None)),
                }
            });
            let name = format!("attachment; filename=\"{id}.{}\"", found.format.to_lowercase());
            let headers = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, name)];
            return Ok((headers, Body::from_stream(parts)).into_response());
        }
        "failed.csv" => (Format::Csv, "text/csv; charset=utf-8"),
        "failed.ndjson" => (Format::Ndjson, "application/x-ndjson"),
        "failed.xlsx" => (Format::Xlsx, XLSX),
        other => return Err(no_such(other, "results, payload, failed.csv, failed.ndjson, failed.xlsx")),
    };
    let mut transaction = role::begin(pusher.database().pool()).await?;
    let rows = receipt::failed(&mut transaction, found.id, 0, MOST_FAILED).await?;
    drop(transaction);
    let sent: Vec<Raw> = rows
        .iter()
        .map(|row| serde_json::from_value(row.raw.clone()).unwrap_or_else(|_| Raw::Line(row.raw.to_string())))
        .collect();
    let failed: Vec<FailedRow<'_>> = rows
        .iter()
        .zip(&sent)
        .map(|(row, raw)| FailedRow { raw, reasons: row.errors.iter().map(sentence).collect() })
        .collect();
    let fields = kind.map(|kind| kind.file_fields()).unwrap_or_default();
    let bytes = failed_rows(format, &fields, &failed).map_err(Problem::internal)?;
    Ok(download(media_type, &format!("{}-failed.{}", found.kind, part.rsplit('.').next().unwrap_or("csv")), bytes))
}

fn sentence(error: &crate::push::RowError) -> Words {
    if error.path.is_empty() {
        return Words::new(error.en.clone(), error.vi.clone());
    }
    Words::new(format!("{}: {}", error.path, error.en), format!("{}: {}", error.path, error.vi))
}
