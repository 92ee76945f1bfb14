//! `servicerequestupdates`, as `FixMyStreet` and others read and send them.

use chrono::Utc;
use service_kit::Problem;
use service_kit::input::Target;
use service_kit::write::write;

use super::Call;
use super::fault::Faults;
use super::format::Node;
use super::requests::{bounds, time};
use crate::store::open311::{self as store, Update};
use crate::workflow::NoteFeedbackInput;

/// Number of times that a note is tried again when somebody changes the case at the same time.
const ATTEMPTS: usize = 5;

/// `GET servicerequestupdates`
pub(super) async fn list(call: &Call<'_>) -> Result<Node, Faults> {
    let bounds = match call.parameters.text("service_request_id") {
        Some(_) if call.parameters.text("start_date").or(call.parameters.text("end_date")).is_none() => {
            (chrono::DateTime::<Utc>::UNIX_EPOCH, call.scope.now)
        }
        _ => bounds(call)?,
    };
    let code = call.parameters.text("service_request_id");
    let rows = store::updates(&call.reader, code, bounds).await?;
    Ok(Node::root("service_request_updates", "request_update", rows.iter().map(update).collect()))
}

fn update(row: &Update) -> Node {
    Node::Object(vec![
        ("update_id", Node::text(&row.id)),
        ("service_request_id", Node::text(&row.code)),
        ("status", Node::text(if row.is_open { "OPEN" } else { "CLOSED" })),
        ("updated_datetime", time(row.at)),
        ("description", Node::Text(row.description.clone())),
        ("media_url", Node::Text(None)),
    ])
}

/// `POST servicerequestupdates`: a public note. A repeated update is stored once.
pub(super) async fn add(call: &Call<'_>) -> Result<Node, Faults> {
    if call.scope.principal.subject.is_none() {
        return Err(Faults::one(http::StatusCode::FORBIDDEN, "api_key is missing; accepted: a key of the platform"));
    }
    let parameters = &call.parameters;
    let mut missing = Vec::new();
    let mut needed = |name: &str| {
        let found = parameters.text(name).map(str::to_owned);
        if found.is_none() {
            missing.push(format!("{name} is missing"));
        }
        found.unwrap_or_default()
    };
    let (code, update_id, note) = (needed("service_request_id"), needed("update_id"), needed("description"));
    Faults::of_request(missing)?;
    parameters.time("updated_datetime")?;
    let key = Some(format!("open311/{code}/{update_id}")).filter(|key| key.chars().count() <= 200);
    let key = key.ok_or_else(|| Faults::bad("update_id is too long; accepted: up to 100 characters"))?;
    for attempt in 1.. {
        let Some((id, version)) = store::version_of(call.context.database.pool(), &code).await? else {
            return Err(Faults::absent(format!("there is no published service request {code:?}")));
        };
        let target =
            Target { id: id.to_string().into(), expected_version: version, idempotency_key: Some(key.clone()) };
        match write(&call.context.database, &call.scope, &NoteFeedbackInput::public(target, note.clone())).await {
            Err(problem) if is_changed(&problem) && attempt < ATTEMPTS => {}
            Err(problem) if is_repeated(&problem) => break,
            outcome => {
                outcome?;
                break;
            }
        }
    }
    let update = Node::Object(vec![("update_id", Node::text(update_id))]);
    Ok(Node::root("service_request_updates", "request_update", vec![update]))
}

/// Somebody has changed the case since its version was read.
fn is_changed(problem: &Problem) -> bool {
    problem.code == schema::problem::ProblemCode::StaleVersion
}

/// The same update came before, when the case had another version.
fn is_repeated(problem: &Problem) -> bool {
    problem.path.as_deref() == Some("input.idempotencyKey")
}
