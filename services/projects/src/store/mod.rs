//! All SQL of the service. What is derived is read from the stored facts.

use service_kit::store::facts::Facts;

pub mod children;
pub mod filter;
pub mod oc4ids;
pub mod parcel;
pub mod party;
pub mod project;
pub mod push;
pub mod warning;
pub mod workflow;

/// The stored facts: of projects, of their money, of parcels.
pub const FACTS: &[Facts] = &[
    Facts { records: "projects.project", derive: "projects.derive", refresh: None, recount: None },
    Facts {
        records: "projects.project",
        derive: "projects.derive_money",
        refresh: Some("projects.money_refresh_facts"),
        recount: None,
    },
    Facts {
        records: "projects.parcel_case",
        derive: "projects.derive_parcels",
        refresh: Some("projects.parcel_refresh_facts"),
        recount: None,
    },
];
