//! Rows of land clearance.

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::dated::{Dated, DayEnd};
use service_kit::record::{Meta, Record};
use sqlx::FromRow;
use uuid::Uuid;

use super::access::CLEARANCE;
use super::vocabulary::{
    ClearanceStage, LandType, MilestoneKind, ParcelBlocker, PartyKind, PaymentKind, RightKind, ViolationCode,
    WarningKind,
};

/// A row of `projects.parcel_case`.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "StoredParcelCase")]
pub struct ParcelCase {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub site_code: String,
    /// Number of the map sheet.
    pub map_sheet: String,
    /// Number of the parcel on the sheet.
    pub parcel_number: String,
    /// Type of the land.
    pub land_type: LandType,
    /// Area to acquire in m².
    pub area_to_acquire: Decimal,
    #[graphql(skip)]
    pub area_handed_over: Decimal,
    /// What blocks the parcel; null when nothing does.
    pub blocker: Option<ParcelBlocker>,
    /// Description of what blocks it.
    pub blocker_note: Option<String>,
    /// Code of the task that is to resolve it.
    pub blocker_task: Option<String>,
}

impl Record for ParcelCase {
    const TABLE: &'static str = "projects.parcel_case";
    const NOUN: &'static str = "parcel case";
    const KIND: &'static Kind = &CLEARANCE;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Parcel on its way through clearance, as of the end of a day (default: today).
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "ParcelCase", complex)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent facts, as the domain names them")]
pub struct ParcelFacts {
    #[graphql(flatten)]
    #[sqlx(flatten)]
    pub parcel: ParcelCase,
    /// The day as of which it was read.
    #[graphql(skip)]
    pub as_of: NaiveDate,
    /// Furthest stage that it has reached.
    pub stage: ClearanceStage,
    /// Area that is handed over in m².
    pub area_cleared: Decimal,
    /// Whether all of it is handed over.
    pub is_cleared: bool,
    /// Whether it is on hold.
    pub on_hold: bool,
    /// Whether it was taken out of the project.
    pub withdrawn: bool,
    /// Whether it was handed over before the recovery was decided.
    pub voluntary: bool,
    /// Days that it has been in its stage; null before the first one.
    pub days_in_stage: Option<i32>,
    /// Days until the notice lapses, negative after it; null without a notice, or when the recovery is decided.
    pub notice_days_left: Option<i32>,
    /// Days by which a payment of it is late; null when none is.
    pub payment_late_days: Option<i32>,
    #[graphql(skip)]
    pub missing: Vec<String>,
}

/// Milestone of a parcel.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(name = "ParcelMilestone", complex)]
pub struct Milestone {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub parcel_id: Uuid,
    /// What happened.
    pub kind: MilestoneKind,
    #[graphql(skip)]
    pub happened_on: NaiveDate,
    /// Time of the day, `HH:MM`.
    pub happened_at: Option<String>,
    /// Area in m² that a handover is about; all of the parcel when null.
    pub area: Option<Decimal>,
    /// Document.
    pub document: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
    /// Remark, or the reason of a correction.
    pub note: Option<String>,
}

impl Record for Milestone {
    const TABLE: &'static str = "projects.milestone";
    const NOUN: &'static str = "milestone";
    const KIND: &'static Kind = &CLEARANCE;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Land to be cleared for a project.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Site {
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    /// Code of the site.
    pub code: String,
    /// Name of the site.
    pub name: String,
    #[graphql(skip)]
    pub project_code: String,
    #[graphql(skip)]
    pub area_code: String,
    #[graphql(skip)]
    pub cutoff_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub target_handover: Option<NaiveDate>,
    #[graphql(skip)]
    pub lat: Option<f64>,
    #[graphql(skip)]
    pub lon: Option<f64>,
    #[graphql(skip)]
    pub outline: Option<String>,
    #[graphql(skip)]
    pub rules_on: Option<NaiveDate>,
    /// Document by which other limits hold than those of the day of the notice.
    pub rules_document: Option<String>,
    #[graphql(skip)]
    pub consent: Option<Decimal>,
    /// Whether the project is urgent or of national importance.
    pub urgent: bool,
}

/// Right of a party to a parcel.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct ParcelRight {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub parcel_id: Uuid,
    #[graphql(skip)]
    pub party_code: String,
    /// Kind of the right.
    pub kind: RightKind,
    /// Share of the party, above 0 and up to 1; those of one kind of right sum to 1.
    pub share: Decimal,
    /// The past day as of which it was read.
    #[graphql(skip)]
    #[serde(skip)]
    #[sqlx(skip)]
    pub as_of: Option<NaiveDate>,
}

/// Who has rights to parcels. Name and identity number are personal data.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Party {
    #[graphql(skip)]
    pub id: Uuid,
    /// Code of the party.
    pub code: String,
    /// Kind of the party.
    pub kind: PartyKind,
    /// Whether the party is vulnerable: poor, disabled, of merit, alone.
    pub vulnerable: bool,
}

/// Personal data of a party.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
pub struct PartyIdentity {
    #[graphql(skip)]
    pub party_code: String,
    /// Name.
    pub name: String,
    /// Identity number.
    pub identity_number: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// Compensation plan of a party on a site, without its amount.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct CompensationPlan {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub site_code: String,
    #[graphql(skip)]
    pub party_code: String,
    /// Number of the revision, from 1.
    pub revision: i16,
    /// Coefficient of the compensation for land.
    pub coefficient: Decimal,
    /// Document of a coefficient other than 1.
    pub coefficient_basis: Option<String>,
    #[graphql(skip)]
    pub posted_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub approved_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub effective_on: Option<NaiveDate>,
    /// Decision of the approval.
    pub document: Option<String>,
    /// The past day as of which it was read.
    #[graphql(skip)]
    #[serde(skip)]
    #[sqlx(skip)]
    pub as_of: Option<NaiveDate>,
}

/// A row of `projects.compensation_plan`, with its amount.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq)]
pub struct CompensationRow {
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    pub site_code: String,
    pub party_code: String,
    pub revision: i16,
    pub amount: Decimal,
    pub coefficient: Decimal,
    pub coefficient_basis: Option<String>,
    pub posted_on: Option<NaiveDate>,
    pub approved_on: Option<NaiveDate>,
    pub effective_on: Option<NaiveDate>,
    pub document: Option<String>,
}

impl Record for CompensationRow {
    const TABLE: &'static str = "projects.compensation_plan";
    const NOUN: &'static str = "compensation plan";
    const KIND: &'static Kind = &CLEARANCE;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Amounts of a compensation plan: personal data.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
pub struct PlanAmount {
    #[graphql(skip)]
    pub plan_id: Uuid,
    /// Compensation in VND.
    pub amount: Decimal,
    /// Paid or deposited and not taken back, in VND.
    pub settled: Decimal,
    /// Surcharge for late payment in VND, as of today. The rate is provisional.
    pub surcharge: Decimal,
}

/// Payment under a compensation plan, without its amount.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Payment {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub plan_id: Uuid,
    /// Kind of the payment.
    pub kind: PaymentKind,
    #[graphql(skip)]
    pub happened_on: NaiveDate,
    /// Document of the payment.
    pub document: Option<String>,
    /// Remark, or the reason of a refusal.
    pub note: Option<String>,
}

/// Rule of the law that was broken, with the article.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Violation {
    #[graphql(skip)]
    pub parcel_id: Uuid,
    /// The rule.
    pub code: ViolationCode,
    /// The milestone that breaks it.
    pub milestone: Option<MilestoneKind>,
    #[graphql(skip)]
    pub happened_on: NaiveDate,
    /// Document and article.
    pub document: String,
    /// What was found.
    pub found: String,
    /// What the rule accepts.
    pub accepted: String,
}

/// What needs attention before it goes wrong. It is computed when it is read.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
#[graphql(name = "ClearanceWarning", complex)]
pub struct Warning {
    /// Kind of the warning.
    pub kind: WarningKind,
    #[graphql(skip)]
    pub parcel_id: Option<Uuid>,
    #[graphql(skip)]
    pub project_code: String,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    pub since: NaiveDate,
    #[graphql(skip)]
    pub as_of: NaiveDate,
    /// Number of days: until a notice lapses, of a late payment, of a wait, from the forecast to the end of the clearance.
    pub days: i32,
    /// Limit in days that it is compared with; null when there is none.
    pub limit: Option<i32>,
    /// Time of the last observation behind it (RFC 3339).
    pub observed_at: DateTime<Utc>,
}

impl Dated for Milestone {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.happened_on <= end.day).then_some(self)
    }
}

impl Dated for Violation {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.happened_on <= end.day).then_some(self)
    }
}

impl Dated for ParcelRight {
    // A right has no day of its own: who has it now has had it.
    fn at(self, end: DayEnd) -> Option<Self> {
        Some(Self { as_of: Some(end.day), ..self })
    }
}

impl Dated for CompensationPlan {
    // The day on which a plan was drafted is not one of its columns.
    fn at(mut self, end: DayEnd) -> Option<Self> {
        self.as_of = Some(end.day);
        self.posted_on.take_if(|day| *day > end.day);
        if self.approved_on.take_if(|day| *day > end.day).is_some() {
            (self.effective_on, self.document) = (None, None);
        }
        Some(self)
    }
}

impl Dated for Payment {
    fn at(self, end: DayEnd) -> Option<Self> {
        (self.happened_on <= end.day).then_some(self)
    }
}
