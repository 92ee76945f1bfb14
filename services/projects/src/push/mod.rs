//! Kinds of the projects and of land clearance that sources push.

mod catalogue;
mod clearance;
mod money;
mod sheet;

use service_kit::push::PushKind;
use service_kit::push::graphql::PushSet;

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
    &clearance::SITES,
    &clearance::PARCELS,
    &clearance::EVENTS,
    &clearance::PARTIES,
    &clearance::IDENTITIES,
    &clearance::RIGHTS,
    &clearance::PLANS,
    &clearance::PAYMENTS,
    &clearance::RESETTLEMENTS,
    &clearance::GRAVES,
    &clearance::UTILITIES,
    &sheet::SHEET,
];
