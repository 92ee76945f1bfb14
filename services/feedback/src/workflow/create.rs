//! Intake of a new case, for the mutation `createFeedback` and for Open311.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use service_kit::input::{distinct, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::{child, record};
use service_kit::write::{Write, Written};
use service_kit::{Principal, Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{OWN_SOURCE, refused};
use crate::model::{
    Attachment, AttachmentRole, Feedback, FeedbackChannel, FeedbackKind, FeedbackLevel, Sender, SenderKind, Step,
};
use crate::store::category;
use crate::store::workflow::is_active;

/// Maximum length of the text of a case, in characters.
const TEXT_CHARS: usize = 4000;

/// Who sent a case: personal data, kept apart.
#[derive(InputObject, Debug, Clone, Default)]
pub struct SenderInput {
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Identity number.
    pub identity_number: Option<String>,
    /// Address.
    pub address: Option<String>,
}

/// New case in the state RECEIVED.
#[derive(InputObject, Debug, Clone, Default)]
pub struct CreateFeedbackInput {
    /// Text of the case.
    pub text: String,
    /// Code of the category.
    pub category: String,
    /// Kind of the feedback.
    #[graphql(default)]
    pub kind: FeedbackKind,
    /// Kind of the sender.
    #[graphql(default)]
    pub sender_kind: SenderKind,
    /// Channel through which it came.
    #[graphql(default)]
    pub channel: FeedbackChannel,
    /// Level, which decides the deadline.
    #[graphql(default)]
    pub level: FeedbackLevel,
    /// Code of the area.
    pub area: Option<ID>,
    /// Latitude in degrees. The exact point is kept with the sender; the case has it rounded to about 110 m.
    pub lat: Option<f64>,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// Answers to the attributes of the category, each as `code=value`.
    #[graphql(default)]
    pub attributes: Vec<String>,
    /// Code of the organization that the case complains about, which never sees who complained.
    pub about_organization: Option<ID>,
    /// Code of the project that it is about.
    pub project: Option<ID>,
    /// Codes of the programmes that it belongs to.
    #[graphql(default)]
    pub programmes: Vec<ID>,
    /// Codes of the bottlenecks that it is about; by default that of the category.
    pub bottlenecks: Option<Vec<ID>>,
    /// Whether the case is published.
    #[graphql(default = true)]
    pub is_public: bool,
    /// Whether its sender asks not to be named.
    #[graphql(default)]
    pub is_anonymous: bool,
    /// Who sent it.
    pub sender: Option<SenderInput>,
    /// Web addresses of documents and pictures.
    #[graphql(default)]
    pub attachments: Vec<String>,
    /// Id of the case in another system, if any.
    pub external_id: Option<String>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key creates no
    /// second case.
    pub idempotency_key: Option<String>,
}

/// Code of a case that is made on the platform.
pub fn code_of(id: Uuid) -> String {
    format!("PA-{}", id.simple())
}

/// Rounds a coordinate to about 110 m.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1000.0).round() / 1000.0
}

impl CreateFeedbackInput {
    async fn check_codes(&self, db: &mut PgConnection) -> Result<(), Problem> {
        if !is_active(db, &self.category).await? {
            return Err(Problem::validation(
                "input.category",
                format!(
                    "there is no category {:?}; accepted: the code of an active one (feedbackCategories)",
                    self.category
                ),
            ));
        }
        let mut named = NamedCodes::default();
        named.add(CodeKind::AREA, self.area.as_ref(), "input.area");
        named.add(CodeKind::ORGANIZATION, self.about_organization.as_ref(), "input.aboutOrganization");
        named.add(CodeKind::PROJECT, self.project.as_ref(), "input.project");
        named.add_all(CodeKind::PROGRAMME, self.programmes.iter().map(|code| code.as_str()), "input.programmes");
        let bottlenecks = self.bottlenecks.iter().flatten().map(|code| code.as_str());
        named.add_all(CodeKind::BOTTLENECK, bottlenecks, "input.bottlenecks");
        named.check(db).await
    }

    fn point(&self) -> Result<Option<(f64, f64)>, Problem> {
        match (self.lat, self.lon) {
            (None, None) => Ok(None),
            (Some(lat), Some(lon)) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => Ok(Some((lat, lon))),
            (Some(_), Some(_)) => {
                Err(Problem::validation("input.lat", "accepted: -90 to 90, and a longitude from -180 to 180"))
            }
            (lat, _) => {
                let path = if lat.is_none() { "input.lat" } else { "input.lon" };
                Err(Problem::validation(path, "latitude and longitude go together; accepted: both or none"))
            }
        }
    }

    /// Checks the answers to the attributes of the category.
    async fn checked_attributes(&self, db: &mut PgConnection) -> Result<Vec<String>, Problem> {
        let known = category::attributes(&mut *db, &self.category).await?;
        let mut given: Vec<String> = Vec::new();
        for (place, answer) in self.attributes.iter().enumerate() {
            let path = format!("input.attributes.{place}");
            let answer = text(answer, &path, 500)?;
            let Some((code, value)) = answer.split_once('=') else {
                return Err(Problem::validation(path, "accepted: an answer as code=value"));
            };
            let Some(attribute) = known.iter().find(|attribute| attribute.variable && attribute.code == code) else {
                let codes: Vec<&str> =
                    known.iter().filter(|attribute| attribute.variable).map(|attribute| &*attribute.code).collect();
                let message =
                    format!("the category {} has no attribute {code:?}; accepted: {}", self.category, codes.join(", "));
                return Err(Problem::validation(path, message));
            };
            attribute
                .check(value)
                .map_err(|accepted| Problem::validation(&*path, format!("{value:?}; accepted: {accepted}")))?;
            let is_answer = |other: &String| other.split_once('=').is_some_and(|(other, _)| other == code);
            if !attribute.is_several() && given.iter().any(is_answer) {
                let message = format!("the attribute {code} has another answer; accepted: one answer");
                return Err(Problem::validation(path, message));
            }
            given.push(answer);
        }
        if let Some(missing) = known.iter().find(|attribute| {
            attribute.required
                && !given.iter().any(|answer| answer.split_once('=').is_some_and(|(code, _)| code == attribute.code))
        }) {
            let message =
                format!("the category {} needs the attribute {}: {}", self.category, missing.code, missing.description);
            return Err(Problem::validation("input.attributes", message));
        }
        Ok(distinct(given))
    }
}

/// Refuses a caller who takes no feedback in: the intake, and systems that push for a source.
fn permit(principal: &Principal) -> Result<(), Problem> {
    principal.subject()?;
    if principal.has(Role::Ioc) || principal.has(Role::Issuer) || principal.source.is_some() {
        return Ok(());
    }
    Err(Problem::forbidden(
        "this is for the intake: it needs the role IOC or ISSUER, or a key that pushes for a source",
    ))
}

impl Write for CreateFeedbackInput {
    const VERB: &'static str = "createFeedback";
    const TABLE: &'static str = Feedback::TABLE;

    fn next_version(&self) -> i32 {
        1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
        Ok(schema::new_id(now))
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        permit(&scope.principal)?;
        let by = scope.principal.subject()?;
        let now = scope.now;
        let point = self.point()?;
        self.check_codes(&mut *db).await?;
        let attributes = self.checked_attributes(&mut *db).await?;
        let external_id = optional_text(self.external_id.as_deref(), "input.externalId", 200)?;
        let bottlenecks = match &self.bottlenecks {
            Some(codes) => distinct(codes.iter().map(|code| code.0.clone()).collect()),
            None => category::bottleneck(&mut *db, &self.category).await?.into_iter().collect(),
        };
        let meta = |id: Uuid, external_id: String| Meta::first(id, OWN_SOURCE, external_id, by, now);
        let case = Feedback {
            meta: meta(id, external_id.unwrap_or_else(|| id.to_string())),
            code: code_of(id),
            kind: self.kind,
            sender: self.sender_kind,
            channel: self.channel,
            category_code: self.category.clone(),
            level: self.level,
            area_code: self.area.as_ref().map(|code| code.0.clone()),
            lat: point.map(|(lat, _)| rounded(lat)),
            lon: point.map(|(_, lon)| rounded(lon)),
            text: text(&self.text, "input.text", TEXT_CHARS)?,
            attributes,
            submitted_at: now,
            about_organization_code: self.about_organization.as_ref().map(|code| code.0.clone()),
            project_code: self.project.as_ref().map(|code| code.0.clone()),
            programme_codes: distinct(self.programmes.iter().map(|code| code.0.clone()).collect()),
            bottleneck_codes: bottlenecks,
            is_public: self.is_public,
            is_anonymous: self.is_anonymous,
            ..Feedback::default()
        };
        record::insert(&mut *db, std::slice::from_ref(&case)).await.map_err(refused)?;
        let new = || schema::new_id(now);
        let own = |id: Uuid| meta(id, id.to_string());
        let step =
            Step { meta: own(new()), feedback_id: id, status: Some(case.status), is_public: true, ..Step::default() };
        child::add(&mut *db, &[step]).await?;
        if self.sender.is_some() || point.is_some() {
            let given = self.sender.clone().unwrap_or_default();
            let field = |value: &Option<String>, name: &str, most| {
                optional_text(value.as_deref(), &format!("input.sender.{name}"), most)
            };
            let sender = Sender {
                meta: own(new()),
                feedback_id: id,
                name: field(&given.name, "name", 300)?,
                phone: field(&given.phone, "phone", 50)?,
                email: field(&given.email, "email", 300)?,
                identity_number: field(&given.identity_number, "identityNumber", 50)?,
                address: field(&given.address, "address", 500)?,
                exact_lat: point.map(|(lat, _)| lat),
                exact_lon: point.map(|(_, lon)| lon),
            };
            child::add(&mut *db, &[sender]).await?;
        }
        for (place, uri) in self.attachments.iter().enumerate() {
            let path = format!("input.attachments.{place}");
            let uri = super::handle::web_address(uri, &path)?;
            let (role, title) = (AttachmentRole::Report, format!("{}", place + 1));
            child::add(&mut *db, &[Attachment { meta: own(new()), feedback_id: id, role, title, uri }]).await?;
        }
        Ok(Written::Version)
    }
}
