//! Published cases as service requests.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::fault::Faults;
use super::format::Node;
use super::{Call, services};
use crate::filter::NearInput;
use crate::store::grid::Near;
use crate::store::open311::{self as store, Found, Page, Row};

/// Maximum number of service requests in one answer.
const MAX_ROWS: i64 = 1000;
/// Longest time between two bounds, and that of an answer without bounds.
const SPAN_DAYS: i64 = 90;

/// Parameters of the list.
pub(super) const PARAMETERS: &[&str] = &[
    "service_request_id",
    "service_code",
    "status",
    "start_date",
    "end_date",
    "updated_after",
    "updated_before",
    "lat",
    "long",
    "radius",
    "page",
    "page_size",
    "extensions",
];

/// Name of a list of this interface, for messages.
pub(super) fn agency(list: &str) -> String {
    format!("GET {list}")
}

/// A time as clients read it: with its offset.
pub(super) fn time(at: DateTime<Utc>) -> Node {
    Node::text(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Bounds of times: both, or as many days as the standard has from the one that is given; by default the last ones.
pub(super) fn bounds(call: &Call<'_>) -> Result<(DateTime<Utc>, DateTime<Utc>), Faults> {
    let span = TimeDelta::days(SPAN_DAYS);
    let (start, end) = (call.parameters.time("start_date")?, call.parameters.time("end_date")?);
    let (first, last) = match (start, end) {
        (Some(start), Some(end)) => (start, end),
        (Some(start), None) => (start, start + span),
        (None, Some(end)) => (end - span, end),
        (None, None) => (call.scope.now - span, call.scope.now),
    };
    if last < first {
        return Err(Faults::bad("end_date is before start_date; accepted: the same time or a later one"));
    }
    if last - first > span {
        return Err(Faults::bad(format!("the time between start_date and end_date is longer than {SPAN_DAYS} days")));
    }
    Ok((first, last))
}

/// The page that is asked for.
pub(super) fn page(call: &Call<'_>) -> Result<Page, Faults> {
    let limit = call.parameters.number("page_size", 1..=MAX_ROWS)?.unwrap_or(MAX_ROWS);
    Ok(Page { limit, offset: (call.parameters.number("page", 1..=1_000_000)?.unwrap_or(1) - 1) * limit })
}

/// The circle that is asked for.
fn near(call: &Call<'_>) -> Result<Option<Near>, Faults> {
    let texts = ["lat", "long", "radius"].map(|name| (name, call.parameters.text(name)));
    if texts.iter().all(|(_, text)| text.is_none()) {
        return Ok(None);
    }
    let mut numbers = [0.0; 3];
    for (number, (name, text)) in numbers.iter_mut().zip(texts) {
        let Some(text) = text else {
            return Err(Faults::bad(format!("{name} is missing; accepted: lat, long and radius together, or none")));
        };
        let is_number = text.parse().ok().filter(|number: &f64| number.is_finite());
        *number = is_number
            .ok_or_else(|| Faults::bad(format!("{name} {text:?}; accepted: degrees, and for radius metres")))?;
    }
    let [lat, lon, radius_m] = numbers;
    let circle = Near::checked(&NearInput { lat, lon, radius_m }, "");
    circle.map(Some).map_err(|problem| {
        let name = match problem.path.as_deref() {
            Some(".lat") => "lat",
            Some(".lon") => "long",
            _ => "radius",
        };
        Faults::bad(format!("{name} {}", problem.message))
    })
}

/// Whether the extended attributes are asked for.
fn is_extended(call: &Call<'_>) -> Result<bool, Faults> {
    match call.parameters.text("extensions") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Faults::bad(format!("extensions {other:?}; accepted: true or false"))),
    }
}

/// `GET requests`
pub(super) async fn list(call: &Call<'_>) -> Result<Node, Faults> {
    let parameters = &call.parameters;
    let is_extended = is_extended(call)?;
    if let Some(codes) = parameters.list("service_request_id") {
        if codes.len() > 1000 {
            return Err(Faults::bad("service_request_id has more than 1000 ids"));
        }
        let rows = by_codes(call, &codes).await?;
        return Ok(answer(&rows, is_extended));
    }
    let mut asked = Found { page: page(call)?, near: near(call)?, ..Found::default() };
    if let Some(codes) = parameters.list("service_code") {
        // One that is unknown or hidden is an error; otherwise the answer would look like all services.
        for code in &codes {
            services::require(call, code).await?;
        }
        asked.categories = Some(codes);
    }
    asked.open = match parameters.text("status") {
        None | Some("open,closed" | "closed,open") => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(other) => return Err(Faults::bad(format!("status {other:?}; accepted: open, closed"))),
    };
    asked.updated = (parameters.time("updated_after")?, parameters.time("updated_before")?);
    let is_bounded = parameters.text("start_date").is_some() || parameters.text("end_date").is_some();
    if is_bounded || asked.updated == (None, None) {
        asked.submitted = Some(bounds(call)?);
    }
    loop {
        match store::list(&call.reader, &asked).await {
            Ok(rows) => return Ok(answer(&rows, is_extended)),
            Err(problem) => call.recover(problem).await?,
        }
    }
}

async fn by_codes(call: &Call<'_>, codes: &[String]) -> Result<Vec<Row>, Faults> {
    loop {
        match store::by_codes(&call.reader, codes).await {
            Ok(rows) => return Ok(rows),
            Err(problem) => call.recover(problem).await?,
        }
    }
}

/// `GET requests/{id}`
pub(super) async fn single(call: &Call<'_>, id: &str) -> Result<Node, Faults> {
    let is_extended = is_extended(call)?;
    let codes = [id.to_owned()];
    let rows = by_codes(call, &codes).await?;
    if rows.is_empty() {
        return Err(Faults::absent(format!("there is no published service request {id:?}")));
    }
    Ok(answer(&rows, is_extended))
}

/// `GET tokens/{token}`: the platform answers ids at once, so a token is the platform's own id of a case.
pub(super) async fn token(call: &Call<'_>, token: &str) -> Result<Node, Faults> {
    let found = match token.parse() {
        Ok(id) => store::code_of(&call.reader, id).await?,
        Err(_) => None,
    };
    let code = found.ok_or_else(|| Faults::absent(format!("the token {token:?} is unknown")))?;
    let request = Node::Object(vec![("service_request_id", Node::text(code)), ("token", Node::text(token))]);
    Ok(Node::root("service_requests", "request", vec![request]))
}

fn answer(rows: &[Row], is_extended: bool) -> Node {
    Node::root("service_requests", "request", rows.iter().map(|row| request(row, is_extended)).collect())
}

fn request(row: &Row, is_extended: bool) -> Node {
    let optional = |text: &Option<String>| Node::Text(text.clone());
    let mut fields = vec![
        ("service_request_id", Node::text(&row.code)),
        ("status", Node::text(if row.is_open { "open" } else { "closed" })),
        ("status_notes", optional(&row.notes)),
        ("service_name", Node::text(&row.service_name)),
        ("service_code", Node::text(&row.service_code)),
        ("description", Node::text(&row.description)),
        ("agency_responsible", optional(&row.agency)),
        ("service_notice", Node::Text(None)),
        ("requested_datetime", time(row.requested_at)),
        ("updated_datetime", time(row.updated_at)),
        ("expected_datetime", row.expected_at.map_or(Node::Text(None), time)),
        ("address", Node::Text(None)),
        ("address_id", optional(&row.area_code)),
        ("zipcode", Node::Text(None)),
        ("lat", Node::degrees(row.lat)),
        ("long", Node::degrees(row.lon)),
        ("media_url", optional(&row.media_url)),
    ];
    if is_extended {
        let attribute = |answer: &String| {
            let (code, value) = answer.split_once('=').unwrap_or((answer, ""));
            Node::Object(vec![("code", Node::text(code)), ("value", Node::text(value))])
        };
        let extended = vec![
            ("status", Node::text(row.status.to_lowercase())),
            ("level", Node::text(row.level.to_lowercase())),
            ("channel", Node::text(row.channel.to_lowercase())),
            ("primary_service_request_id", optional(&row.primary_code)),
            ("attributes", Node::List("attribute", row.attributes.iter().map(attribute).collect())),
        ];
        fields.push(("extended_attributes", Node::Object(extended)));
    }
    Node::Object(fields)
}
