//! The project as it is stored, and as of the end of a day.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use sqlx::FromRow;

use super::access::PROJECTS;
use super::vocabulary::{ProjectKind, ProjectPhase, Rag};

/// A row of `projects.project`.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "StoredProject")]
pub struct Project {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub code: String,
    /// Name of the project.
    pub name: String,
    /// Kind of the catalogue item.
    pub kind: ProjectKind,
    /// Phase of the project.
    pub phase: ProjectPhase,
    /// Reason of the last change of the phase, or of the suspension.
    pub phase_reason: Option<String>,
    /// Document of the last change of the phase, or of the suspension.
    pub phase_document: Option<String>,
    /// Whether the project is suspended.
    pub suspended: bool,
    /// Whether it is on the city's list of key projects.
    pub key_list: bool,
    #[graphql(skip)]
    pub owner_organization_code: Option<String>,
    #[graphql(skip)]
    pub accountable_position_code: Option<String>,
    #[graphql(skip)]
    pub area_codes: Vec<String>,
    #[graphql(skip)]
    pub programme_codes: Vec<String>,
    #[graphql(skip)]
    pub bottleneck_codes: Vec<String>,
    #[graphql(skip)]
    pub indicator_codes: Vec<String>,
    #[graphql(skip)]
    pub groundbreaking_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub baseline_end: Option<NaiveDate>,
    #[graphql(skip)]
    pub forecast_end: Option<NaiveDate>,
    /// Reason why the forecast differs from the baseline.
    pub forecast_reason: Option<String>,
    #[graphql(skip)]
    pub ended_on: Option<NaiveDate>,
    /// Total investment in VND.
    pub total_investment: Option<Decimal>,
    /// Document of the special mechanism under which it is built.
    pub special_mechanism: Option<String>,
    /// What it is for.
    pub objective: Option<String>,
    /// Document that is its legal basis.
    pub legal_basis: Option<String>,
}

impl Record for Project {
    const TABLE: &'static str = "projects.project";
    const NOUN: &'static str = "project";
    const KIND: &'static Kind = &PROJECTS;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Project (dự án, công trình, đề án, nhiệm vụ của danh mục), as of the end of a day (default: today).
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "Project", complex)]
pub struct ProjectFacts {
    #[graphql(flatten)]
    #[sqlx(flatten)]
    pub project: Project,
    /// The day as of which it was read.
    #[graphql(skip)]
    pub as_of: NaiveDate,
    /// Whether it is late: past its baseline and not completed, or forecast to end after it.
    pub is_late: bool,
    /// Days from the baseline to the forecast end; negative when it is forecast to end earlier, null without either.
    pub slip_days: Option<i32>,
    /// Latest judgement of a reviewer.
    pub rag: Option<Rag>,
}
