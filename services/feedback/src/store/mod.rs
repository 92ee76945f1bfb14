//! All SQL of the service. What is derived is read from the stored facts.

use service_kit::store::facts::Facts;

pub mod category;
pub mod children;
pub mod feedback;
pub mod filter;
pub mod grid;
pub mod open311;
pub mod push;
pub mod workflow;

/// The stored facts.
pub const FACTS: &[Facts] = &[Facts {
    records: "feedback.feedback",
    derive: "feedback.derive",
    refresh: Some("feedback.refresh_facts"),
    recount: None,
}];
