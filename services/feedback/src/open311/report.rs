//! `POST requests`: a report goes through the same intake as `createFeedback`.

use service_kit::write::write;

use super::Call;
use super::fault::Faults;
use super::format::Node;
use super::services;
use crate::model::FeedbackChannel;
use crate::store::open311 as store;
use crate::workflow::{CreateFeedbackInput, SenderInput};

/// Maximum length of a description, in characters.
const DESCRIPTION_CHARS: usize = 4000;

pub(super) async fn create(call: &Call<'_>) -> Result<Node, Faults> {
    // The gateway has verified the key; without one the caller is a visitor.
    if call.scope.principal.subject.is_none() {
        return Err(Faults::one(http::StatusCode::FORBIDDEN, "api_key is missing; accepted: a key of the platform"));
    }
    let parameters = &call.parameters;
    let Some(code) = parameters.text("service_code") else {
        return Err(Faults::bad("service_code is missing; accepted: a code of GET services"));
    };
    let category = services::require(call, code).await?;
    let mut wrong = Vec::new();
    let mut degrees = |name: &str, most: f64| {
        let text = parameters.text(name)?;
        let value = text.parse::<f64>().ok().filter(|value| value.abs() <= most);
        if value.is_none() {
            wrong.push(format!("{name} {text:?}; accepted: degrees from -{most} to {most}"));
        }
        value
    };
    let (lat, lon) = (degrees("lat", 90.0), degrees("long", 180.0));
    let is_placed = parameters.text("lat").is_some() && parameters.text("long").is_some();
    let address = parameters.text("address_string");
    if !is_placed && address.is_none() && parameters.text("address_id").is_none() {
        wrong.push(
            "the place is missing; accepted: lat and long, address_string, or address_id (a code of an area)"
                .to_owned(),
        );
    }
    let description = parameters.text("description").unwrap_or(&category.name).to_owned();
    wrong.extend(description_faults(&description));
    Faults::of_request(wrong)?;
    let text = |name: &str| parameters.text(name).map(str::to_owned);
    let name = [text("last_name"), text("first_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let sender = SenderInput {
        name: Some(name).filter(|name| !name.is_empty()),
        phone: text("phone"),
        email: text("email"),
        identity_number: None,
        address: text("address_string"),
    };
    let input = CreateFeedbackInput {
        text: description,
        category: category.code,
        channel: FeedbackChannel::Open311,
        area: parameters.text("address_id").map(Into::into),
        lat: lat.filter(|_| is_placed),
        lon: lon.filter(|_| is_placed),
        attributes: parameters.attributes(),
        is_public: true,
        sender: Some(sender),
        attachments: text("media_url").into_iter().collect(),
        idempotency_key: call.headers.get("idempotency-key").and_then(|key| Some(key.to_str().ok()?.to_owned())),
        ..CreateFeedbackInput::default()
    };
    let id = write(&call.context.database, &call.scope, &input).await.map_err(named)?;
    // The transaction of the checks would not see the write.
    call.reader.end().await;
    let code = store::code_of(&call.reader, id).await?;
    let request = Node::Object(vec![
        ("service_request_id", Node::Text(code)),
        ("service_notice", Node::text("Hạn xử lý xem tại expected_datetime")),
        ("account_id", Node::Text(parameters.text("account_id").map(str::to_owned))),
    ]);
    Ok(Node::root("service_requests", "request", vec![request]))
}

/// What is wrong with a description.
pub(super) fn description_faults(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.chars().count() > DESCRIPTION_CHARS {
        wrong.push(format!("description is too long; accepted: up to {DESCRIPTION_CHARS} characters"));
    }
    if has_html(text) {
        wrong.push("description has HTML; accepted: plain text".to_owned());
    }
    wrong
}

/// A problem of the intake names the field of the mutation; here it has the names of this interface.
fn named(problem: service_kit::Problem) -> Faults {
    let path = problem.path.clone().unwrap_or_default();
    let name = match path.trim_start_matches("input.").split('.').next().unwrap_or_default() {
        "area" => "address_id",
        "attributes" => "attribute",
        "attachments" => "media_url",
        "text" => "description",
        "sender" => "first_name, last_name, phone, email or address_string",
        _ => "",
    };
    let mut faults = problem;
    if !name.is_empty() {
        faults.message = format!("{name}: {}", faults.message);
    }
    faults.into()
}

/// Whether a text has a tag of HTML: `<` and a letter, a slash or an exclamation mark, and later `>`.
fn has_html(text: &str) -> bool {
    text.match_indices('<').any(|(place, _)| {
        let rest = &text[place + 1..];
        rest.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '!')
            && rest.contains('>')
    })
}

#[cfg(test)]
mod tests {
    use super::has_html;

    #[test]
    fn a_tag_is_no_sign_of_comparison() {
        assert!(has_html("<b>x</b>") && has_html("a<!-- -->") && has_html("</p>"));
        assert!(!has_html("ngập < 5 cm") && !has_html("a <3 b") && !has_html("x < y > z") && !has_html("<chưa đóng"));
    }
}
