//! Operational rows: their common columns, and the trait with which the store reads and writes them whole.

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::access::Kind;

/// Row that is read and written whole. Its fields, by their serde names, are the columns of its table.
///
/// So a column has its name in two places, the migration and the struct. A test compares them
/// ([`crate::testing::assert_columns`]).
pub trait Record: Serialize + for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Name of the table with its schema, for example `tasks.task`.
    const TABLE: &'static str;
    /// Name of a row in error messages, for example `task`.
    const NOUN: &'static str;
    /// Who sees the rows.
    const KIND: &'static Kind;

    /// Returns the common columns.
    fn meta(&self) -> &Meta;

    /// Returns the common columns for a change. Only the write path changes them.
    fn meta_mut(&mut self) -> &mut Meta;
}

/// Common columns of operational rows: identity, version and times.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta {
    /// Platform id of the row.
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    /// Id of the row in that system.
    pub external_id: String,
    /// Version of the row; mutations take it as `expectedVersion`.
    pub version: i32,
    /// Time from which this state was true (RFC 3339).
    pub observed_at: DateTime<Utc>,
    /// Time when this state was stored (RFC 3339).
    #[serde(skip)]
    pub recorded_at: DateTime<Utc>,
    /// Subject of the credential that wrote this version.
    #[graphql(skip)]
    pub recorded_by: String,
    /// Time from which the row is hidden (soft delete).
    #[graphql(skip)]
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Meta {
    /// Creates the first version of a row that is written on the platform.
    pub fn first(id: Uuid, source: &str, external_id: String, by: &str, now: DateTime<Utc>) -> Self {
        Self {
            id,
            source: source.to_owned(),
            external_id,
            version: 1,
            observed_at: now,
            recorded_at: now,
            recorded_by: by.to_owned(),
            deleted_at: None,
        }
    }

    /// Makes this the next version. It is later than the stored one, although the clocks of two processes may differ: the order
    /// of events is that of their times.
    pub fn advance(&mut self, by: &str, now: DateTime<Utc>) {
        self.version += 1;
        self.observed_at = now.max(self.observed_at + TimeDelta::microseconds(1));
        by.clone_into(&mut self.recorded_by);
    }
}
