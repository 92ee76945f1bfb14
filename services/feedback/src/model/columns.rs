//! Each record and its table have the same columns.

use service_kit::record::{Meta, Record};
use service_kit::testing::{assert_columns, instant};
use sqlx::PgPool;

use super::{Attachment, AttachmentRole, Feedback, Rating, Sender, Step};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_column_is_a_field_of_its_record(pool: PgPool) {
    let now = instant("2026-11-27T02:00:00Z");
    let meta = Meta::first(schema::new_id(now), "test", "1".to_owned(), "test", now);
    let attachment = Attachment {
        meta: meta.clone(),
        feedback_id: meta.id,
        role: AttachmentRole::Report,
        title: String::new(),
        uri: String::new(),
    };
    let rating = Rating { meta: meta.clone(), feedback_id: meta.id, score: 1, comment: None, rated_at: now };
    assert_columns(&pool, Feedback::TABLE, &Feedback { meta: meta.clone(), ..Feedback::default() }).await;
    assert_columns(&pool, "feedback.step", &Step { meta: meta.clone(), ..Step::default() }).await;
    assert_columns(&pool, "feedback.sender", &Sender { meta, ..Sender::default() }).await;
    assert_columns(&pool, "feedback.attachment", &attachment).await;
    assert_columns(&pool, "feedback.rating", &rating).await;
}
