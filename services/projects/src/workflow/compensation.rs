//! Mutations of compensation plans: posting, approval, payments.

use async_graphql::InputObject;
use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, text};
use service_kit::scalar::Date;
use service_kit::store::child;
use service_kit::write::{Change, Edit};
use service_kit::{Problem, Role};
use sqlx::FromRow;
use uuid::Uuid;

use super::{DOCUMENT_CHARS, OWN_SOURCE, permit};
use crate::model::{CompensationRow, PaymentKind};
use crate::store::workflow::{posting_rule, settled};

/// Posting of a compensation plan.
#[derive(InputObject)]
pub struct PostCompensationPlanInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Day of the posting, up to today.
    posted_on: Date,
}

impl Change for PostCompensationPlanInput {
    async fn apply(&self, edit: &mut Edit<'_, CompensationRow>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Ward, Role::Handler, Role::Lead])?;
        if edit.row.approved_on.is_some() {
            return Err(Problem::conflict("the plan is approved; a change is a new revision"));
        }
        edit.row.posted_on = Some(self.posted_on.past("input.postedOn", edit.today)?);
        Ok(())
    }
}

/// Approval of a compensation plan that was posted long enough.
#[derive(InputObject)]
pub struct ApproveCompensationPlanInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Day of the approval, up to today.
    approved_on: Date,
    /// Day on which the approval takes effect (default: the day of the approval). Late payment counts from it.
    effective_on: Option<Date>,
    /// Decision.
    document: String,
}

impl Change for ApproveCompensationPlanInput {
    async fn apply(&self, edit: &mut Edit<'_, CompensationRow>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Approver])?;
        let approved = self.approved_on.past("input.approvedOn", edit.today)?;
        let effective = self.effective_on.as_ref().map_or(Ok(approved), |day| day.of_work("input.effectiveOn"))?;
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        if edit.row.approved_on.is_some() {
            return Err(Problem::conflict("the plan is approved already"));
        }
        let Some(posted) = edit.row.posted_on else {
            return Err(Problem::conflict("the plan was not posted; post it first (postCompensationPlan)"));
        };
        if let Some((days, rule)) = posting_rule(edit.db, &edit.row, posted).await?
            && (approved - posted).num_days() < i64::from(days)
        {
            let message = format!(
                "POSTING_TOO_SHORT: posted on {posted}, {} days before; accepted: at least {days} days ({rule})",
                (approved - posted).num_days()
            );
            return Err(Problem::validation("input.approvedOn", message));
        }
        // Late payment counts from the effect: a typing error in its year would leave the plan without a limit.
        let last = approved.checked_add_months(Months::new(12)).unwrap_or(approved);
        if effective < approved || effective > last {
            let message = format!("{effective}; accepted: from the approval, {approved}, to a year after it, {last}");
            return Err(Problem::validation("input.effectiveOn", message));
        }
        (edit.row.approved_on, edit.row.effective_on, edit.row.document) =
            (Some(approved), Some(effective), Some(document));
        Ok(())
    }
}

/// A row of `projects.payment`, with its amount.
#[derive(FromRow, Serialize, Debug, Clone)]
struct PaymentRow {
    id: Uuid,
    source: String,
    external_id: String,
    plan_id: Uuid,
    kind: PaymentKind,
    happened_on: NaiveDate,
    amount: Decimal,
    document: Option<String>,
    note: Option<String>,
    recorded_by: String,
    observed_at: chrono::DateTime<chrono::Utc>,
}

impl child::Child for PaymentRow {
    const TABLE: &'static str = "projects.payment";
    const TIE: &'static str = "c.plan_id = parent.id AND c.deleted_at IS NULL";
    const ORDER: &'static str = "c.happened_on, c.id";
}

/// Payment, deposit, refusal or reversal.
#[derive(InputObject)]
pub struct PaymentInput {
    /// Day, up to today.
    happened_on: Date,
    /// Amount in VND, above 0.
    amount: Decimal,
    /// Document.
    document: Option<String>,
    /// Remark, or the reason of a refusal or of a reversal.
    note: Option<String>,
}

impl PaymentInput {
    async fn record(&self, edit: &mut Edit<'_, CompensationRow>, kind: PaymentKind) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Handler, Role::Lead])?;
        let happened_on = self.happened_on.past("input.happenedOn", edit.today)?;
        let document = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)?;
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        if self.amount <= Decimal::ZERO {
            return Err(Problem::validation("input.amount", format!("{}; accepted: above 0", self.amount)));
        }
        let Some(approved) = edit.row.approved_on else {
            return Err(Problem::conflict("the plan is not approved; approve it first (approveCompensationPlan)"));
        };
        if happened_on < approved {
            return Err(Problem::validation(
                "input.happenedOn",
                format!("accepted: the day of the approval, {approved}, or a later one"),
            ));
        }
        // On no day is more taken back than was paid by then, or more paid than the amount.
        let (least, most) = settled(edit.db, edit.row.meta.id, happened_on).await?;
        let (limit, what) = match kind {
            PaymentKind::Reversed => (least.max(Decimal::ZERO), "what was paid and deposited by this day"),
            _ => ((edit.row.amount - most).max(Decimal::ZERO), "what is not settled yet"),
        };
        if self.amount > limit {
            return Err(Problem::validation(
                "input.amount",
                format!("{} is more than {what}; accepted: up to {limit}", self.amount),
            ));
        }
        let id = schema::new_id(edit.now);
        let row = PaymentRow {
            id,
            source: OWN_SOURCE.to_owned(),
            external_id: id.to_string(),
            plan_id: edit.row.meta.id,
            kind,
            happened_on,
            amount: self.amount,
            document,
            note,
            recorded_by: edit.by.to_owned(),
            observed_at: edit.now,
        };
        Ok(child::add(edit.db, &[row]).await?)
    }
}

/// Declares the kinds of payment.
macro_rules! payments {
    ($($(#[$attribute:meta])* $input:ident: $kind:ident;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
            #[graphql(flatten)]
            payment: PaymentInput,
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_, CompensationRow>) -> Result<(), Problem> {
                self.payment.record(edit, PaymentKind::$kind).await
            }
        }
    )+};
}

payments! {
    /// Payment to the party.
    PayCompensationInput: Paid;
    /// Deposit of an amount that the party refused.
    DepositCompensationInput: Deposited;
    /// Refusal of a payment by the party.
    RefuseCompensationInput: Refused;
    /// Reversal of a payment or deposit.
    ReverseCompensationInput: Reversed;
}
