//! Programmes and task groups. Programmes form a tree, and one programme can supersede another.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use service_kit::vocabulary;
use sqlx::FromRow;

use super::Origin;

vocabulary! {
    /// Kind of document that a programme is.
    pub enum ProgrammeKind {
        /// Resolution (nghị quyết).
        Resolution = "RESOLUTION",
        /// Action programme (chương trình hành động).
        ActionProgramme = "ACTION_PROGRAMME",
        /// Plan (kế hoạch).
        Plan = "PLAN",
        /// Directive (chỉ thị).
        Directive = "DIRECTIVE",
    }
}

/// Resolution, action programme, plan or directive under which work is done.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Programme {
    /// Stable code of the programme, in most cases the number of the document.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Number on the document; null when it equals the code.
    pub doc_no: Option<String>,
    /// Title of the programme.
    pub title: String,
    /// Kind of document.
    pub kind: ProgrammeKind,
    #[graphql(skip)]
    pub issued_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub parent_code: Option<String>,
    #[graphql(skip)]
    pub supersedes_code: Option<String>,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Group of tasks in the yearly programme.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct TaskGroup {
    /// Stable code of the group.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Position of the group in the programme, from 1.
    pub ordinal: i32,
    /// Title of the group.
    pub title: String,
    #[graphql(skip)]
    pub programme_code: Option<String>,
    #[graphql(skip)]
    pub source: String,
}
