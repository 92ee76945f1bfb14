//! What people add to an alert.

use chrono::{DateTime, Utc};
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use sqlx::FromRow;

use super::access::HANDLING;

/// Acknowledgement and assignment of an alert. Its external id is the id of the alert.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertHandling {
    /// Common columns.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    /// Who has seen it.
    pub acknowledged_by: Option<String>,
    /// When it was seen.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Official who takes care of it.
    pub assignee_code: Option<String>,
    /// Who assigned it.
    pub assigned_by: Option<String>,
    /// When it was assigned.
    pub assigned_at: Option<DateTime<Utc>>,
    /// Note.
    pub note: Option<String>,
}

impl Record for AlertHandling {
    const TABLE: &'static str = "insights.alert_handling";
    const NOUN: &'static str = "alert";
    const KIND: &'static Kind = &HANDLING;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}
