//! Rows that hang on a project or a site. Each is read and returned whole.

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::dated::{Dated, DayEnd};
use sqlx::FromRow;
use uuid::Uuid;

use super::vocabulary::{ModificationKind, PlanBasis, ProjectPhase, Rag, ResettlementForm, UtilityKind};

/// Capital plan of a year on a basis. Of several versions the one decided last is in force.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct CapitalPlan {
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    #[graphql(skip)]
    pub external_id: String,
    #[graphql(skip)]
    pub project_code: String,
    /// Year of the capital.
    pub year: i16,
    /// Basis of the plan.
    pub basis: PlanBasis,
    /// Amount in VND.
    pub amount: Decimal,
    #[graphql(skip)]
    pub decided_on: NaiveDate,
    /// Decision.
    pub document: Option<String>,
    #[graphql(skip)]
    pub disburse_until: Option<NaiveDate>,
    #[graphql(skip)]
    pub recorded_by: String,
    #[graphql(skip)]
    pub observed_at: DateTime<Utc>,
}

/// Payment of a year's capital; a negative amount takes one back.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Disbursement {
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    #[graphql(skip)]
    pub external_id: String,
    #[graphql(skip)]
    pub project_code: String,
    /// Year of the capital that is paid.
    pub plan_year: i16,
    #[graphql(skip)]
    pub paid_on: NaiveDate,
    /// Amount in VND; negative for a reversal.
    pub amount: Decimal,
    /// Number of the contract that is paid.
    pub contract: Option<String>,
    /// Document of the payment.
    pub document: Option<String>,
    #[graphql(skip)]
    pub recorded_by: String,
    #[graphql(skip)]
    pub observed_at: DateTime<Utc>,
}

/// Contract of a project.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Contract {
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    #[graphql(skip)]
    pub project_code: String,
    /// Number of the contract.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Supplier.
    pub supplier: Option<String>,
    #[graphql(skip)]
    pub signed_on: NaiveDate,
    /// Amount in VND as signed.
    pub amount: Decimal,
    #[graphql(skip)]
    pub starts_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub ends_on: Option<NaiveDate>,
    /// The past day as of which it was read.
    #[graphql(skip)]
    #[serde(skip)]
    #[sqlx(skip)]
    pub as_of: Option<NaiveDate>,
}

/// Change of a contract, with its reason.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Modification {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub contract_id: Uuid,
    /// What it changes.
    pub kind: ModificationKind,
    #[graphql(skip)]
    pub decided_on: NaiveDate,
    /// Reason of the change.
    pub reason: String,
    /// Document of the change.
    pub document: Option<String>,
    /// Amount in VND before it.
    pub old_amount: Option<Decimal>,
    /// Amount in VND after it.
    pub new_amount: Option<Decimal>,
    #[graphql(skip)]
    pub old_end: Option<NaiveDate>,
    #[graphql(skip)]
    pub new_end: Option<NaiveDate>,
}

/// Judgement of a reviewer, who is not of the owner.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Assessment {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub source: String,
    #[graphql(skip)]
    pub external_id: String,
    #[graphql(skip)]
    pub project_code: String,
    #[graphql(skip)]
    pub assessed_on: NaiveDate,
    /// Judgement.
    pub rag: Rag,
    /// Grounds of the judgement.
    pub note: String,
    /// Subject of the credential of the reviewer.
    pub recorded_by: String,
    #[graphql(skip)]
    pub observed_at: DateTime<Utc>,
}

/// Change of the forecast end of a project.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct ForecastChange {
    /// Time of the change (RFC 3339).
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    pub forecast_end: Option<NaiveDate>,
    /// Reason of the change.
    pub reason: Option<String>,
    /// Subject of the credential that made it.
    pub by_subject: Option<String>,
}

/// Change of the phase of a project, or of its suspension.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
pub struct PhaseChange {
    /// Time of the change (RFC 3339).
    pub at: DateTime<Utc>,
    /// Phase after the change.
    pub phase: ProjectPhase,
    /// Whether it is suspended after the change.
    pub suspended: bool,
    /// Reason of the change.
    pub reason: Option<String>,
    /// Document of the change.
    pub document: Option<String>,
    /// Subject of the credential that made it.
    pub by_subject: Option<String>,
}

/// Resettlement of a party.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Resettlement {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub site_code: String,
    /// Code of the party.
    #[graphql(name = "party")]
    pub party_code: String,
    /// Form of the resettlement.
    pub form: ResettlementForm,
    /// Place.
    pub place: Option<String>,
    #[graphql(skip)]
    pub approved_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub provided_on: Option<NaiveDate>,
}

/// Graves of a burial ground, and those moved so far.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
pub struct GraveRelocation {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub site_code: String,
    /// Burial ground.
    pub place: String,
    /// Number of graves.
    pub graves: i32,
    /// Number of graves that were moved.
    pub moved: i32,
}

/// Utility that must be moved.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct UtilityRelocation {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub site_code: String,
    /// Kind of the utility.
    pub utility: UtilityKind,
    /// What is moved.
    pub description: String,
    /// Cost in VND.
    pub cost: Option<Decimal>,
    #[graphql(skip)]
    pub due_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub moved_on: Option<NaiveDate>,
}

impl Dated for CapitalPlan {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.decided_on <= end.day).then_some(self)
    }
}

impl Dated for Disbursement {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.paid_on <= end.day).then_some(self)
    }
}

impl Dated for Contract {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.signed_on <= end.day).then_some(Self { as_of: Some(end.day), ..self })
    }
}

impl Dated for Modification {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.decided_on <= end.day).then_some(self)
    }
}

impl Dated for Assessment {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.assessed_on <= end.day).then_some(self)
    }
}

impl Dated for ForecastChange {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.at).then_some(self)
    }
}

impl Dated for PhaseChange {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.at).then_some(self)
    }
}
