//! The arithmetic of working time, against the instants that the domain states for 2026.

use sqlx::PgPool;

use crate::city::clock;

/// Instant of the city's clock so many working hours after another.
async fn after(pool: &PgPool, time: &str, hours: i32) -> Option<String> {
    sqlx::query_scalar(
        "SELECT to_char(feedback.hours_after($1::timestamptz, $2) AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI')",
    )
    .bind(clock(time))
    .bind(rust_decimal(hours))
    .fetch_one(pool)
    .await
    .expect("an instant")
}

fn rust_decimal(hours: i32) -> sqlx::types::Decimal {
    hours.into()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn eight_working_hours_end_when_the_domain_says(pool: PgPool) {
    for (from, hours, until, why) in [
        ("2026-02-13 16:00", 8, "2026-02-23 16:00", "over Tết"),
        ("2026-02-13 16:00", 4, "2026-02-23 11:00", "urgent, over Tết"),
        ("2026-02-14 09:00", 8, "2026-02-23 17:00", "from a Saturday, to the end of a day"),
        ("2026-08-21 16:00", 8, "2026-08-22 16:00", "a swapped working Saturday"),
        ("2026-08-28 16:00", 8, "2026-09-03 16:00", "over the national day and a swapped day off"),
        // Computed by hand.
        ("2026-03-02 08:00", 8, "2026-03-02 17:00", "a whole Monday"),
        ("2026-03-02 06:15", 1, "2026-03-02 09:00", "before the office opens"),
        ("2026-03-02 12:30", 1, "2026-03-02 14:00", "in the lunch break"),
        ("2026-03-02 22:00", 1, "2026-03-03 09:00", "in the evening"),
        ("2026-03-06 16:30", 1, "2026-03-09 08:30", "over a weekend"),
        ("2026-03-02 11:00", 1, "2026-03-02 12:00", "to the lunch break"),
        ("2024-02-07 16:00", 2, "2024-02-15 09:00", "over the Tết of the first year of the calendar"),
        ("2026-04-24 16:00", 2, "2026-04-28 09:00", "over the substitute day of the Hùng kings"),
    ] {
        assert_eq!(after(&pool, from, hours).await.as_deref(), Some(until), "{why}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn outside_of_the_calendar_there_is_no_deadline(pool: PgPool) {
    assert_eq!(after(&pool, "2023-12-29 09:00", 8).await, None);
    assert_eq!(after(&pool, "2024-01-01 09:00", 1).await.as_deref(), Some("2024-01-02 09:00"));
    assert_eq!(after(&pool, "2027-12-31 16:00", 2).await, None);
}
