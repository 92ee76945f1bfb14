//! Rows that hang on a case: their tables, and the pauses that its history has.

use std::collections::HashMap;

use service_kit::store::child::Child;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{Attachment, Moderation, Pause, Rating, Sender, Step};

macro_rules! children {
    ($($row:ty: $table:literal, $tie:literal, $order:literal;)+) => {$(
        impl Child for $row {
            const TABLE: &'static str = $table;
            const TIE: &'static str = $tie;
            const ORDER: &'static str = $order;
        }
    )+};
}

children! {
    Step: "feedback.step", "c.feedback_id = parent.id AND c.deleted_at IS NULL", "c.observed_at, c.id";
    Attachment: "feedback.attachment", "c.feedback_id = parent.id AND c.deleted_at IS NULL", "c.observed_at, c.id";
    Rating: "feedback.rating", "c.feedback_id = parent.id AND c.deleted_at IS NULL", "c.rated_at, c.id";
    Sender: "feedback.sender", "c.feedback_id = parent.id AND c.deleted_at IS NULL", "c.id";
    Moderation: "feedback.moderation", "c.feedback_id = parent.id", "c.moderated_at, c.id";
}

/// Loads the pauses of many cases, the earliest first.
#[derive(Debug)]
pub struct PausesOf(pub Reader);

impl BatchSource for PausesOf {
    type Key = Uuid;
    type Value = Vec<Pause>;

    async fn load(&self, cases: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Pause>>, Problem> {
        let mut sql = QueryBuilder::new(
            "SELECT s.id, s.at AS from_at, s.next_at AS to_at, (feedback.worked(s.next_at) - feedback.worked(s.at)) / 3600000000.0::float8 AS hours \
             FROM (SELECT e.id, e.observed_at AS at, e.status, lead(e.observed_at) OVER (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal) AS next_at \
                   FROM (SELECT h.*, h.changes ->> 'status' AS status FROM feedback.feedback_event AS h \
                         WHERE h.effective AND h.withdrawn_at IS NULL AND h.changes ? 'status' AND h.id = ANY(",
        );
        sql.push_bind(cases);
        sql.push(")) AS e) AS s WHERE s.status = 'WAITING_CITIZEN' ORDER BY s.id, s.at");
        let mut found: HashMap<Uuid, Vec<Pause>> = HashMap::new();
        for row in sql.build().fetch_all(&self.0).await? {
            found.entry(row.try_get("id")?).or_default().push(Pause::from_row(&row)?);
        }
        Ok(found)
    }
}
