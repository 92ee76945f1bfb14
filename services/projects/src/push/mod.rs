//! Kinds of the projects and of land clearance that sources push.

mod catalogue;
mod compensation;
mod land;
mod money;
mod party;
mod sheet;

use service_kit::push::PushKind;
use service_kit::push::graphql::PushSet;
use tabular::Form;

/// A code.
const CODE: Form = Form::Text(64);

/// The kinds, for the mutations.
#[derive(Debug)]
pub struct Set;

impl PushSet for Set {
    const NAME: &'static str = "ProjectsPush";

    fn kinds() -> &'static [&'static PushKind] {
        KINDS
    }
}

/// Every kind, in the order in which one names the other.
pub static KINDS: &[&PushKind] = &[
    &catalogue::PROJECTS,
    &money::CAPITAL_PLANS,
    &money::CONTRACTS,
    &money::MODIFICATIONS,
    &money::DISBURSEMENTS,
    &money::ASSESSMENTS,
    &land::SITES,
    &land::PARCELS,
    &land::EVENTS,
    &party::PARTIES,
    &party::IDENTITIES,
    &party::RIGHTS,
    &compensation::PLANS,
    &compensation::PAYMENTS,
    &compensation::RESETTLEMENTS,
    &land::GRAVES,
    &land::UTILITIES,
    &sheet::SHEET,
];
