//! Operational rows: what every one of them carries, and the trait by which the store reads and writes them whole.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use uuid::Uuid;

/// A row that is read and written whole: its fields, by their serde names, are the columns of its table.
///
/// A column is therefore named in two places, the migration and the struct; a test compares them
/// ([`crate::testing::assert_columns`]).
pub trait Record: Serialize + for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Name of the table with its schema, for example `tasks.task`.
    const TABLE: &'static str;
    /// Name of one row in the text of an error, for example `task`.
    const NOUN: &'static str;

    /// What every row carries.
    fn meta(&self) -> &Meta;

    /// What every row carries, to be changed by the write path alone.
    fn meta_mut(&mut self) -> &mut Meta;
}

/// What every operational row carries: identity, version and times.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta {
    /// Platform id.
    #[graphql(skip)]
    pub id: Uuid,
    /// System that owns the row.
    pub source: String,
    /// Id in that system.
    pub external_id: String,
    /// Number of the change; a verb takes it as `expectedVersion`.
    pub version: i32,
    /// Time from which this state was true (RFC 3339).
    pub observed_at: DateTime<Utc>,
    /// Time when this state was stored (RFC 3339).
    #[serde(skip)]
    pub recorded_at: DateTime<Utc>,
    /// Subject that wrote this version.
    #[graphql(skip)]
    pub recorded_by: String,
    /// Time from which the row is hidden by a tombstone.
    #[graphql(skip)]
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Meta {
    /// The first version of a row that somebody writes on the platform.
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

    /// Makes this the next version. Observed time never runs back: the clocks of two processes may differ a little.
    pub fn advance(&mut self, by: &str, now: DateTime<Utc>) {
        self.version += 1;
        self.observed_at = self.observed_at.max(now);
        by.clone_into(&mut self.recorded_by);
    }
}
