//! The domain without I/O: vocabularies, rows, states, rules of access.

mod access;
mod children;
mod clearance;
#[cfg(test)]
mod columns;
mod phase;
mod project;
mod steps;
mod vocabulary;

pub use access::{CLEARANCE, PERSONAL, PROJECTS};
pub use children::{
    Assessment, CapitalPlan, Contract, Disbursement, ForecastChange, GraveRelocation, Modification, PhaseChange,
    Resettlement, UtilityRelocation,
};
pub use clearance::{
    CompensationPlan, CompensationRow, Milestone, ParcelCase, ParcelFacts, ParcelRight, Party, PartyIdentity, Payment,
    PlanAmount, Site, Violation, Warning,
};
pub use project::{Project, ProjectFacts};
pub use steps::{STEPS, Step, step_table};
pub use vocabulary::{
    ClearanceDimension, ClearanceStage, LandType, MilestoneKind, ModificationKind, ParcelBlocker, PartyKind,
    PaymentKind, PlanBasis, ProjectDimension, ProjectKind, ProjectPhase, Rag, ViolationCode, WarningKind,
};
