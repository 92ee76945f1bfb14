//! `servicerequestupdates`, as `FixMyStreet` and others read and send them.

use chrono::{DateTime, SubsecRound, Utc};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, text};
use service_kit::write::write;

use super::Call;
use super::fault::Faults;
use super::format::Node;
use super::report::description_faults;
use super::requests::{bounds, page, time};
use crate::store::open311::{self as store, Update, Updated};
use crate::workflow::{self, NoteFeedbackInput};

/// Number of times that a note is tried again when somebody changes the case at the same time.
const ATTEMPTS: usize = 5;
/// Maximum length of the id of an update, in characters.
const UPDATE_ID_CHARS: usize = 100;

/// Parameters of the list.
pub(super) const PARAMETERS: &[&str] = &["service_request_id", "start_date", "end_date", "page", "page_size"];

/// `GET servicerequestupdates`
pub(super) async fn list(call: &Call<'_>) -> Result<Node, Faults> {
    let bounds = match call.parameters.text("service_request_id") {
        Some(_) if call.parameters.text("start_date").or(call.parameters.text("end_date")).is_none() => {
            (DateTime::<Utc>::UNIX_EPOCH, call.scope.now)
        }
        _ => bounds(call)?,
    };
    let code = call.parameters.text("service_request_id");
    let rows = store::updates(&call.reader, code, bounds, page(call)?).await?;
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
    let Some(client) = call.scope.principal.subject.as_deref() else {
        return Err(Faults::one(http::StatusCode::FORBIDDEN, "api_key is missing; accepted: a key of the platform"));
    };
    let sent = Sent::read(call)?;
    let key = Some(format!("open311/{}/{}", sent.code, sent.update_id));
    for attempt in 1.. {
        let case = store::updated(call.context.database.pool(), &sent.code, client, &sent.update_id).await?;
        let Some(case) = case else {
            return Err(Faults::absent(format!("there is no published service request {:?}", sent.code)));
        };
        if sent.is_stored(&case)? {
            break;
        }
        sent.check(&case)?;
        let (id, expected_version) = (case.id.to_string().into(), case.version);
        let target = Target { id, expected_version, idempotency_key: key.clone() };
        let update = workflow::Update { id: sent.update_id.clone(), at: sent.at };
        let note = NoteFeedbackInput::public(target, sent.description.clone(), update);
        match write(&call.context.database, &call.scope, &note).await {
            Err(problem) if (is_changed(&problem) || is_repeated(&problem)) && attempt < ATTEMPTS => {}
            outcome => {
                outcome?;
                break;
            }
        }
    }
    let update = Node::Object(vec![("update_id", Node::text(sent.update_id))]);
    Ok(Node::root("service_request_updates", "request_update", vec![update]))
}

/// Update that a client sends.
struct Sent {
    code: String,
    update_id: String,
    description: String,
    is_open: Option<bool>,
    at: Option<DateTime<Utc>>,
}

impl Sent {
    /// Reads an update, with all that is wrong with it.
    fn read(call: &Call<'_>) -> Result<Self, Faults> {
        let parameters = &call.parameters;
        let mut wrong = Vec::new();
        let mut needed = |name: &str| {
            let found = parameters.text(name).map(str::to_owned);
            if found.is_none() {
                wrong.push(format!("{name} is missing; accepted: a value"));
            }
            found.unwrap_or_default()
        };
        let (code, update_id, description) = (needed("service_request_id"), needed("update_id"), needed("description"));
        if update_id.chars().count() > UPDATE_ID_CHARS {
            wrong.push(format!("update_id is too long; accepted: up to {UPDATE_ID_CHARS} characters"));
        }
        wrong.extend(description_faults(&description));
        let is_open = match parameters.text("status").map(str::to_uppercase).as_deref() {
            None => None,
            Some("OPEN") => Some(true),
            Some("CLOSED") => Some(false),
            Some(other) => {
                wrong.push(format!("status {other:?} is unknown; accepted: OPEN or CLOSED"));
                None
            }
        };
        // The database keeps microseconds.
        let at = parameters.time("updated_datetime")?.map(|at| at.trunc_subsecs(6));
        if at.is_some_and(|at| at > call.scope.now) {
            wrong.push("updated_datetime is in the future; accepted: a time until now".to_owned());
        }
        Faults::of_request(wrong)?;
        // In the form in which it is stored, so that a repetition is the same.
        let description = text(&description, "description", LONG_TEXT_CHARS)?;
        Ok(Self { code, update_id, description, is_open, at })
    }

    /// Whether the client has sent it before. Another content under the same id is refused.
    fn is_stored(&self, case: &Updated) -> Result<bool, Faults> {
        let Some(note) = &case.stored_note else { return Ok(false) };
        let is_same = *note == self.description && self.at.is_none_or(|at| case.stored_at == Some(at));
        if is_same {
            return Ok(true);
        }
        let message = format!(
            "update_id {:?} was sent with another description or updated_datetime; accepted: the same content, or another update_id",
            self.update_id
        );
        Err(Faults::bad(message))
    }

    /// Checks what depends on the case.
    fn check(&self, case: &Updated) -> Result<(), Faults> {
        let mut wrong = Vec::new();
        if self.is_open.is_some_and(|is_open| is_open != case.is_open) {
            let now = if case.is_open { "OPEN" } else { "CLOSED" };
            wrong.push(format!(
                "status: the service request is {now}, which an update does not change; accepted: {now}, or none"
            ));
        }
        if self.at.is_some_and(|at| at < case.submitted_at) {
            let submitted = case.submitted_at.to_rfc3339();
            wrong.push(format!("updated_datetime is before the service request; accepted: a time from {submitted} on"));
        }
        Faults::of_request(wrong)
    }
}

/// Somebody has changed the case since its version was read.
fn is_changed(problem: &Problem) -> bool {
    problem.code == schema::problem::ProblemCode::StaleVersion
}

/// The same update came at the same time, when the case had another version.
fn is_repeated(problem: &Problem) -> bool {
    problem.path.as_deref() == Some("input.idempotencyKey")
}
