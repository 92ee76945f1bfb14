//! What may be recorded of a parcel, by whom and from where, as a table. The documentation is printed from it.

use std::fmt::Write;

use service_kit::Role;

use super::vocabulary::MilestoneKind;

/// A step of clearance: the milestone that a mutation records.
#[derive(Debug)]
pub struct Step {
    /// Name of the mutation.
    pub verb: &'static str,
    /// The milestone.
    pub milestone: MilestoneKind,
    /// Roles that may record it. An administrator has every role.
    pub roles: &'static [Role],
    /// Milestones of which one must be recorded before; none: any parcel.
    pub after: &'static [MilestoneKind],
    /// Milestones with which it is no longer possible.
    pub unless: &'static [MilestoneKind],
    /// Whether it needs a document.
    pub by_document: bool,
}

use MilestoneKind as M;

const OFFICE: &[Role] = &[Role::Ward, Role::Handler, Role::Lead];
const DECIDES: &[Role] = &[Role::Approver];
const ENDED: &[MilestoneKind] = &[M::HandedOver, M::Closed, M::Withdrawn];

const fn step(
    verb: &'static str,
    milestone: MilestoneKind,
    roles: &'static [Role],
    after: &'static [MilestoneKind],
    unless: &'static [MilestoneKind],
    by_document: bool,
) -> Step {
    Step { verb, milestone, roles, after, unless, by_document }
}

/// All steps. Limits of days are rules of the law and stand in `projects.violations_of`.
pub const STEPS: &[Step] = &[
    step("scopeParcel", M::Scoped, OFFICE, &[], ENDED, false),
    step("notifyParcel", M::Notified, OFFICE, &[], ENDED, true),
    step("agreeParcel", M::Agreed, OFFICE, &[M::Notified], ENDED, false),
    step("persuadeParty", M::Persuaded, OFFICE, &[M::Notified], ENDED, false),
    step("inventoryCompulsorily", M::CompulsoryInventory, DECIDES, &[M::Notified], ENDED, false),
    step("inventoryParcel", M::Inventoried, OFFICE, &[M::Notified, M::CompulsoryInventory], ENDED, false),
    step("draftParcelPlan", M::PlanDrafted, OFFICE, &[M::Inventoried], ENDED, false),
    step("postParcelPlan", M::Posted, OFFICE, &[M::PlanDrafted], ENDED, false),
    step("holdDialogue", M::Dialogue, OFFICE, &[M::Posted], ENDED, false),
    step("appraiseParcelPlan", M::Appraised, OFFICE, &[M::Posted], ENDED, false),
    step("approveParcelPlan", M::Approved, DECIDES, &[M::Posted, M::Appraised], ENDED, true),
    step("payParcel", M::Paid, OFFICE, &[M::Approved], &[M::Withdrawn], false),
    step("depositParcel", M::Deposited, OFFICE, &[M::Approved], &[M::Paid, M::Withdrawn], false),
    step("decideRecovery", M::RecoveryDecided, DECIDES, &[M::Notified], ENDED, true),
    step("decideEnforcement", M::EnforcementDecided, DECIDES, &[M::RecoveryDecided], ENDED, true),
    step("enforceRecovery", M::Enforced, DECIDES, &[M::EnforcementDecided], ENDED, false),
    step(
        "handOverParcel",
        M::HandedOver,
        OFFICE,
        &[M::Notified, M::Inventoried, M::RecoveryDecided, M::Enforced],
        ENDED,
        false,
    ),
    step("closeParcel", M::Closed, OFFICE, &[M::HandedOver], &[M::Closed, M::Withdrawn], false),
    step("holdParcel", M::OnHold, OFFICE, &[], ENDED, false),
    step("resumeParcel", M::Resumed, OFFICE, &[M::OnHold], ENDED, false),
    step("withdrawParcel", M::Withdrawn, DECIDES, &[], ENDED, true),
];

/// The table in Markdown.
pub fn step_table() -> String {
    let list = |kinds: &[MilestoneKind]| kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
    let mut text =
        String::from("| mutation | records | who | after one of | not after | document |\n|---|---|---|---|---|---|\n");
    for step in STEPS {
        let roles: Vec<String> = step.roles.iter().map(|role| format!("`{role}`")).collect();
        let (after, unless) = (list(step.after), list(step.unless));
        let document = if step.by_document { "yes" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} | {after} | {unless} | {document} |",
            step.verb,
            step.milestone,
            roles.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_milestone_has_one_step() {
        for kind in MilestoneKind::ALL {
            assert_eq!(STEPS.iter().filter(|step| step.milestone == *kind).count(), 1, "{kind}");
        }
    }
}
