//! Programmes, a tree whose nodes also supersede each other, and the groups of their tasks.

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
    /// Stable code, mostly the number of the document.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Number on the document, where it differs from the code.
    pub doc_no: Option<String>,
    /// Title.
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

/// Group into which the yearly programme sorts its tasks.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct TaskGroup {
    /// Stable code.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Place in the programme, from 1.
    pub ordinal: i32,
    /// Title.
    pub title: String,
    #[graphql(skip)]
    pub programme_code: Option<String>,
    #[graphql(skip)]
    pub source: String,
}
