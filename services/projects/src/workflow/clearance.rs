//! Mutations of parcels: each step of `model::STEPS` records a milestone. A milestone that breaks a rule of the law is refused
//! with the article.

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, text};
use service_kit::record::Meta;
use service_kit::scalar::Date;
use service_kit::store::record;
use service_kit::write::{Change, Edit};
use service_kit::{Problem, Role};

use super::{DOCUMENT_CHARS, OWN_SOURCE, permit};
use crate::model::{Milestone, MilestoneKind, ParcelBlocker, ParcelCase, STEPS, Step, Violation};
use crate::store::workflow::{broken_by, constraint, handed_over, new_violation, on_hold, recorded, take_back_area};

/// What is recorded of a milestone.
#[derive(InputObject)]
pub struct MilestoneInput {
    /// Day on which it happened, up to today (default: today).
    happened_on: Option<Date>,
    /// Time of the day, `HH:MM`; needed for an enforcement.
    happened_at: Option<String>,
    /// Document.
    document: Option<String>,
    /// Who did it.
    actor: Option<String>,
    /// Remark.
    note: Option<String>,
    /// Area in m² that a handover is about (default: all that is not handed over yet).
    area: Option<Decimal>,
}

fn time(value: &str) -> Result<String, Problem> {
    NaiveTime::parse_from_str(value, "%H:%M").map(|time| time.format("%H:%M").to_string()).map_err(|_| {
        Problem::validation(
            "input.happenedAt",
            format!("{value:?} is no time of the day; accepted: HH:MM, for example 08:30"),
        )
    })
}

fn day(given: Option<&Date>, today: NaiveDate) -> Result<NaiveDate, Problem> {
    given.map_or(Ok(today), |day| day.past("input.happenedOn", today))
}

/// Refusal of what breaks a rule.
fn refusal(path: &str, broken: &Violation) -> Problem {
    Problem::validation(
        path,
        format!("{}: {}; accepted: {} ({})", broken.code, broken.found, broken.accepted, broken.document),
    )
}

impl MilestoneInput {
    /// Checks the step and records its milestone.
    async fn record(&self, edit: &mut Edit<'_, ParcelCase>, step: &Step) -> Result<(), Problem> {
        permit(edit.principal, step.roles)?;
        let happened_on = day(self.happened_on.as_ref(), edit.today)?;
        let happened_at = self.happened_at.as_deref().map(time).transpose()?;
        let document = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)?;
        if step.by_document && document.is_none() {
            return Err(Problem::validation(
                "input.document",
                format!("{} needs its document; name it", step.milestone),
            ));
        }
        if step.milestone == MilestoneKind::Enforced && happened_at.is_none() {
            return Err(Problem::validation(
                "input.happenedAt",
                "an enforcement needs the time of the day; accepted: HH:MM",
            ));
        }
        let actor = optional_text(self.actor.as_deref(), "input.actor", 300)?;
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        let before = recorded(edit.db, edit.row.meta.id).await?;
        let cleared = handed_over(edit.db, edit.row.meta.id).await?;
        let place = Place {
            on_hold: on_hold(edit.db, edit.row.meta.id).await?,
            in_part: (cleared < edit.row.area_to_acquire).then_some((cleared, edit.row.area_to_acquire)),
        };
        check_place(step, &before, &place)?;
        check_order(step, happened_on, &before)?;
        let row = Milestone {
            meta: first(edit.now, edit.by),
            parcel_id: edit.row.meta.id,
            kind: step.milestone,
            happened_on,
            happened_at,
            area: self.area_of(edit, step, cleared)?,
            document,
            actor,
            note,
        };
        record::insert(edit.db, std::slice::from_ref(&row)).await.map_err(|error| match constraint(&error) {
            Some("milestone_once") => Problem::conflict(format!(
                "{} is recorded already; an inspector corrects it (correctMilestone)",
                step.milestone
            )),
            _ => error.into(),
        })?;
        match broken_by(edit.db, edit.row.meta.id, step.milestone).await?.first() {
            Some(broken) => Err(refusal("input.happenedOn", broken)),
            None => Ok(()),
        }
    }

    /// The area of a handover; that of the parcel grows by it.
    fn area_of(
        &self,
        edit: &mut Edit<'_, ParcelCase>,
        step: &Step,
        cleared: Decimal,
    ) -> Result<Option<Decimal>, Problem> {
        let hands_over = matches!(step.milestone, MilestoneKind::HandedOver | MilestoneKind::Enforced);
        if !hands_over {
            return match self.area {
                Some(_) => {
                    Err(Problem::validation("input.area", format!("{} has no area; leave it out", step.milestone)))
                }
                None => Ok(None),
            };
        }
        let left = edit.row.area_to_acquire - cleared;
        if self.area.is_some_and(|area| area <= Decimal::ZERO || area > left) {
            let accepted = if left > Decimal::ZERO {
                format!("above 0 and up to {left} m², what is not handed over of {} m²", edit.row.area_to_acquire)
            } else {
                "no area, since all of the parcel is handed over".to_owned()
            };
            return Err(Problem::validation("input.area", format!("accepted: {accepted}")));
        }
        let area = self.area.unwrap_or(left);
        edit.row.area_handed_over = cleared + area;
        // What was handed over in parts is complete by the last of them.
        Ok((area < edit.row.area_to_acquire && left > Decimal::ZERO).then_some(area))
    }
}

fn first(now: DateTime<Utc>, by: &str) -> Meta {
    let id = schema::new_id(now);
    Meta::first(id, OWN_SOURCE, id.to_string(), by, now)
}

/// Where a parcel stands beside its milestones.
struct Place {
    on_hold: bool,
    /// Area in m² that is handed over, and that is to be acquired, unless all of it is handed over.
    in_part: Option<(Decimal, Decimal)>,
}

/// Whether a milestone must not be later than that of the step: one of those it comes after, or the notice.
fn precedes(kind: MilestoneKind, step: &Step) -> bool {
    let holds = matches!(step.milestone, MilestoneKind::Resumed);
    step.after.contains(&kind) || kind == MilestoneKind::Notified && !step.after.is_empty() && !holds
}

/// Refuses a day before one of the milestones that come before the step.
fn check_order(step: &Step, day: NaiveDate, before: &[(MilestoneKind, NaiveDate)]) -> Result<(), Problem> {
    match before.iter().find(|(kind, earlier)| precedes(*kind, step) && *earlier > day) {
        Some((kind, earlier)) => {
            let message = format!("{day} is before {kind} on {earlier}; accepted: that day or a later one");
            Err(Problem::validation("input.happenedOn", message))
        }
        None => Ok(()),
    }
}

/// Refuses a step whose place is elsewhere.
fn check_place(step: &Step, before: &[(MilestoneKind, NaiveDate)], place: &Place) -> Result<(), Problem> {
    let has = |kind: &MilestoneKind| before.iter().any(|(recorded, _)| recorded == kind);
    // A handover in part ends nothing; only the withdrawal of land that is in use is refused after one.
    let reached = |kind: &MilestoneKind| {
        has(kind)
            && (*kind != MilestoneKind::HandedOver
                || place.in_part.is_none()
                || step.milestone == MilestoneKind::Withdrawn)
    };
    let list = |kinds: &[MilestoneKind]| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let on_hold = place.on_hold;
    if on_hold && !matches!(step.milestone, MilestoneKind::Resumed | MilestoneKind::Withdrawn) {
        return Err(Problem::conflict(format!("the parcel is on hold; {} needs resumeParcel first", step.verb)));
    }
    if !on_hold && step.milestone == MilestoneKind::Resumed {
        return Err(Problem::conflict("the parcel is not on hold"));
    }
    if let Some(ended) = step.unless.iter().find(|kind| reached(kind)) {
        return Err(Problem::conflict(format!(
            "the parcel is {ended} already; {} is not possible any more",
            step.verb
        )));
    }
    if let (MilestoneKind::Closed, true, Some((cleared, whole))) =
        (step.milestone, has(&MilestoneKind::HandedOver), place.in_part)
    {
        return Err(Problem::conflict(format!(
            "{cleared} of {whole} m² are handed over; {} needs all of them (handOverParcel)",
            step.verb
        )));
    }
    if !step.after.is_empty() && !step.after.iter().any(reached) {
        let allowed: Vec<&str> = STEPS
            .iter()
            .filter(|other| other.after.is_empty() || other.after.iter().any(reached))
            .filter(|other| !other.unless.iter().any(reached) && !reached(&other.milestone))
            .map(|other| other.verb)
            .collect();
        return Err(Problem::conflict(format!(
            "{} comes after one of {}, and none of them is recorded; allowed now: {}",
            step.verb,
            list(step.after),
            allowed.join(", ")
        )));
    }
    Ok(())
}

/// Declares the steps: the input and the place in the table of each.
macro_rules! steps {
    ($($(#[$attribute:meta])* $input:ident = $verb:literal;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
            #[graphql(flatten)]
            milestone: MilestoneInput,
        }

        impl service_kit::write::Targeted for $input {
            type Row = ParcelCase;
            const VERB: &'static str = $verb;

            fn target(&self) -> &Target {
                &self.target
            }
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_, ParcelCase>) -> Result<(), Problem> {
                let step = STEPS.iter().find(|step| step.verb == $verb).expect("each verb has its step; a test holds the two together");
                self.milestone.record(edit, step).await
            }
        }
    )+};
}

steps! {
    /// The parcel lies within the boundary of the project.
    ScopeParcelInput = "scopeParcel";
    /// Issue of the notice of recovery, with its document. The limits of the law are those of this day.
    NotifyParcelInput = "notifyParcel";
    /// Agreement of all concerned to the recovery: the time of the notice need not pass.
    AgreeParcelInput = "agreeParcel";
    /// Begin of the persuasion of a party that refuses the inventory.
    PersuadePartyInput = "persuadeParty";
    /// Decision of a compulsory inventory.
    InventoryCompulsorilyInput = "inventoryCompulsorily";
    /// Count of land and assets.
    InventoryParcelInput = "inventoryParcel";
    /// Draft of the compensation plan.
    DraftParcelPlanInput = "draftParcelPlan";
    /// Posting of the compensation plan.
    PostParcelPlanInput = "postParcelPlan";
    /// Dialogue with those who do not agree.
    HoldDialogueInput = "holdDialogue";
    /// Appraisal of the compensation plan.
    AppraiseParcelPlanInput = "appraiseParcelPlan";
    /// Approval of the compensation plan, with its document.
    ApproveParcelPlanInput = "approveParcelPlan";
    /// Payment of the compensation.
    PayParcelInput = "payParcel";
    /// Deposit of a compensation that was refused.
    DepositParcelInput = "depositParcel";
    /// Decision of the recovery, with its document.
    DecideRecoveryInput = "decideRecovery";
    /// Decision of the enforcement, with its document.
    DecideEnforcementInput = "decideEnforcement";
    /// Enforcement, with the time of the day. The land is handed over by it.
    EnforceRecoveryInput = "enforceRecovery";
    /// Handover of the land; voluntary when it comes before the decision of recovery.
    HandOverParcelInput = "handOverParcel";
    /// End of the file.
    CloseParcelInput = "closeParcel";
    /// Hold.
    HoldParcelInput = "holdParcel";
    /// End of a hold.
    ResumeParcelInput = "resumeParcel";
    /// Removal from the project, with its document.
    WithdrawParcelInput = "withdrawParcel";
}

/// What blocks a parcel.
#[derive(InputObject)]
pub struct BlockParcelInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// What blocks it.
    blocker: ParcelBlocker,
    /// Description.
    note: Option<String>,
    /// Code of the task that is to resolve it.
    task: Option<String>,
}

impl Change for BlockParcelInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_, ParcelCase>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Ward, Role::Handler, Role::Lead])?;
        edit.row.blocker = Some(self.blocker);
        edit.row.blocker_note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        edit.row.blocker_task = optional_text(self.task.as_deref(), "input.task", 64)?;
        Ok(())
    }
}

/// End of what blocks a parcel.
#[derive(InputObject)]
pub struct UnblockParcelInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for UnblockParcelInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_, ParcelCase>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Ward, Role::Handler, Role::Lead])?;
        (edit.row.blocker, edit.row.blocker_note, edit.row.blocker_task) = (None, None, None);
        Ok(())
    }
}

/// Correction of a milestone. The history keeps what was recorded before.
#[derive(InputObject)]
pub struct CorrectMilestoneInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Right day.
    happened_on: Option<Date>,
    /// Right document.
    document: Option<String>,
    /// Whether the milestone did not happen: it is removed.
    #[graphql(default)]
    withdraw: bool,
    /// Reason of the correction.
    reason: String,
}

/// Refuses to move a milestone from a day before one that comes before it, or past one that comes after it. What was out of order
/// before may stay so: it was pushed.
async fn check_neighbours(edit: &mut Edit<'_, Milestone>, was: NaiveDate) -> Result<(), Problem> {
    let (kind, day) = (edit.row.kind, edit.row.happened_on);
    // A parcel can be on hold several times, each before and after another end of a hold.
    if matches!(kind, MilestoneKind::OnHold | MilestoneKind::Resumed) {
        return Ok(());
    }
    let others = recorded(edit.db, edit.row.parcel_id).await?;
    let step_of = |kind: MilestoneKind| STEPS.iter().find(|step| step.milestone == kind);
    if let Some(step) = step_of(kind) {
        let in_order: Vec<_> = others.iter().filter(|(_, earlier)| *earlier <= was).copied().collect();
        check_order(step, day, &in_order)?;
    }
    let follows = |other: MilestoneKind| step_of(other).is_some_and(|step| precedes(kind, step));
    match others.iter().find(|(other, later)| *later < day && *later >= was && follows(*other)) {
        Some((other, later)) => {
            let message = format!("{day} is after {other} on {later}; accepted: that day or an earlier one");
            Err(Problem::validation("input.happenedOn", message))
        }
        None => Ok(()),
    }
}

impl Change for CorrectMilestoneInput {
    async fn apply(&self, edit: &mut Edit<'_, Milestone>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Inspector])?;
        let stated = (edit.row.happened_on, edit.row.document.clone());
        edit.row.note = Some(text(&self.reason, "input.reason", LONG_TEXT_CHARS)?);
        if self.happened_on.is_some() {
            edit.row.happened_on = day(self.happened_on.as_ref(), edit.today)?;
        }
        if let Some(document) = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)? {
            edit.row.document = Some(document);
        }
        if self.withdraw {
            edit.row.meta.deleted_at = Some(edit.now);
        } else if stated == (edit.row.happened_on, edit.row.document.clone()) {
            let message =
                "this is what is recorded already; accepted: another day, another document, or `withdraw: true`";
            return Err(Problem::validation("input.happenedOn", message));
        } else if stated.0 != edit.row.happened_on {
            check_neighbours(edit, stated.0).await?;
        }
        let path = if self.withdraw { "input.withdraw" } else { "input.happenedOn" };
        if let Some(broken) = new_violation(edit.db, &edit.row).await? {
            return Err(refusal(path, &broken));
        }
        if self.withdraw && matches!(edit.row.kind, MilestoneKind::HandedOver | MilestoneKind::Enforced) {
            take_back_area(edit.db, &edit.row, edit.now).await?;
        }
        Ok(())
    }
}
