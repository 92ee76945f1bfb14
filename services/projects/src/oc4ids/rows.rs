//! The rows of one project, as the store reads them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::model::{CapitalPlan, Contract, Disbursement, Modification, Project};

/// A project with what is exported of it.
#[derive(Debug, Clone, Default)]
pub struct ProjectRows {
    pub project: Project,
    /// Name of the owner, if the directory has it.
    pub owner: Option<String>,
    /// Codes and names of the areas, by code.
    pub areas: Vec<(String, Option<String>)>,
    /// Codes and titles of the programmes that the directory has, by code.
    pub programmes: Vec<(String, String)>,
    /// The plan in force of each basis and year.
    pub plans: Vec<CapitalPlan>,
    /// Contracts by the day of their signature.
    pub contracts: Vec<Contract>,
    /// Modifications of the contracts, by the day of their decision.
    pub modifications: Vec<Modification>,
    /// Payments by their day.
    pub payments: Vec<Disbursement>,
    /// Sum of the compensation in force, if enough parties share it.
    pub compensation: Option<Decimal>,
    /// Decisions about land, each of which is about enough parties.
    pub decisions: Vec<Decision>,
}

/// Decision about land.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Approval of compensation plans.
    Compensation { document: String, on: NaiveDate },
    /// Recovery of land: number of parcels, and m².
    Recovery { document: String, on: NaiveDate, parcels: i64, area: Decimal },
}
