//! Each formula at its reference values, at its borders and under random numbers.

use service_kit::testing::Dice;
use sqlx::{AssertSqlSafe, PgPool, query_scalar};

/// A number from -50 to 50 with one decimal.
fn tenths(dice: &mut Dice) -> f64 {
    f64::from(dice.below(1001_u32)) / 10.0 - 50.0
}

async fn number(pool: &PgPool, expression: &str) -> Option<f64> {
    query_scalar(AssertSqlSafe(format!("SELECT ({expression})::float8"))).fetch_one(pool).await.expect(expression)
}

async fn text(pool: &PgPool, expression: &str) -> Option<String> {
    query_scalar(AssertSqlSafe(format!("SELECT {expression}"))).fetch_one(pool).await.expect(expression)
}

fn close(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-6 * expected.abs().max(1.0))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn reference_values(pool: PgPool) {
    for (expression, expected) in [
        // Q1 at 10.23 % with equal weights needs 11.2567 % from the rest to reach 11 %.
        ("kpis.growth_needed(11, 10.23, 1, 3)", 11.256_666_67),
        // Hanoi 2025: 7.52, 8.00, 8.20; the fourth quarter needed 8.28 % for 8 %.
        ("kpis.growth_needed(8, 7.52 + 8.00 + 8.20, 3, 1)", 8.28),
        // The next value of 52, 54, 53, 60.
        ("(SELECT slope * 5 + intercept FROM kpis.theil_sen(ARRAY[1, 2, 3, 4], ARRAY[52, 54, 53, 60]))", 61.166_666_67),
        ("(SELECT slope FROM kpis.theil_sen(ARRAY[1, 2, 3, 4, 10, 12, 18], ARRAY[9, 15, 19, 20, 45, 55, 78]))", 4.0),
        // The intercept of Sen's example is the median of y - 4x: 4, 5, 5, 6, 7, 7, 7.
        (
            "(SELECT intercept FROM kpis.theil_sen(ARRAY[1, 2, 3, 4, 10, 12, 18], ARRAY[9, 15, 19, 20, 45, 55, 78]))",
            6.0,
        ),
        // One point that is far off moves neither.
        ("(SELECT slope FROM kpis.theil_sen(ARRAY[1, 2, 3, 4, 5], ARRAY[1, 2, 300, 4, 5]))", 1.0),
        ("kpis.attainment('LOWER', 6, 4, 10)", 4.0 / 6.0),
        ("kpis.attainment('HIGHER', -2, 0, -4)", 0.5),
        ("kpis.attainment('LOWER', -3, -4, 0)", 0.75),
        ("kpis.attainment('LOWER', 0, 0, NULL)", 1.0),
        ("kpis.attainment('LOWER', 8, 4, NULL)", 0.5),
        ("kpis.attainment('HIGHER', 9, 12, NULL)", 0.75),
        ("kpis.gap('RANGE', 5, NULL, 7, 9)", 2.0),
        ("kpis.gap('RANGE', 10, NULL, 7, 9)", 1.0),
        ("kpis.gap('RANGE', 8, NULL, 7, 9)", 0.0),
        ("kpis.gap('LOWER', 6, 4, NULL, NULL)", -2.0),
        ("kpis.trajectory_at(ARRAY['2026-03-31=2.5', '2026-06-30=5'], '2026-06-29')", 2.5),
        ("kpis.trajectory_at(ARRAY['2026-03-31=2.5', '2026-06-30=5'], '2026-06-30')", 5.0),
    ] {
        let found = number(&pool, expression).await;
        assert!(close(found, expected), "{expression} is {found:?}, not {expected}");
    }
    for absent in [
        "kpis.trajectory_at(ARRAY['2026-03-31=2.5'], '2026-03-30')",
        "(SELECT slope FROM kpis.theil_sen(ARRAY[1], ARRAY[2.0]))",
        "kpis.growth_needed(8, 30, 4, 0)",
        "kpis.gap('RANGE', NULL, NULL, 7, 9)",
        "kpis.gap('RANGE', 5, 5, NULL, NULL)",
        "kpis.short_of('RANGE', 5, 5, NULL, NULL)",
    ] {
        assert_eq!(number(&pool, absent).await, None, "{absent}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_attainment_is_null_exactly_where_it_says_why(pool: PgPool) {
    for (arguments, reason) in [
        ("'HIGHER', NULL, 5, NULL", Some("NO_OBSERVATION")),
        ("'RANGE', 5, NULL, NULL", Some("RANGE_HAS_NO_ATTAINMENT")),
        ("'HIGHER', 5, 5, 5", Some("TARGET_NOT_BEYOND_BASELINE")),
        ("'HIGHER', 5, 4, 5", Some("TARGET_NOT_BEYOND_BASELINE")),
        ("'LOWER', 5, 6, 5", Some("TARGET_NOT_BEYOND_BASELINE")),
        ("'LOWER', 5, 4, 5", None),
        ("'HIGHER', 5, 0, NULL", Some("TARGET_NOT_POSITIVE")),
        ("'HIGHER', 5, -1, NULL", Some("TARGET_NOT_POSITIVE")),
        ("'LOWER', 5, 0, NULL", Some("TARGET_NOT_POSITIVE")),
        ("'LOWER', 0, -1, NULL", Some("TARGET_NOT_POSITIVE")),
        ("'LOWER', -1, 4, NULL", Some("ACTUAL_NOT_POSITIVE")),
        ("'LOWER', 0, 4, NULL", None),
        ("'HIGHER', 0, 4, NULL", None),
        ("'BINARY', 0, 1, NULL", None),
    ] {
        assert_eq!(
            text(&pool, &format!("kpis.attainment_reason({arguments})")).await.as_deref(),
            reason,
            "{arguments}"
        );
        assert_eq!(
            number(&pool, &format!("kpis.attainment({arguments})")).await.is_none(),
            reason.is_some(),
            "{arguments}"
        );
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn judgements_change_at_their_thresholds(pool: PgPool) {
    for (shortfall, judgement) in [
        ("0", Some("GREEN")),
        ("0.0001", Some("AMBER_GREEN")),
        ("0.05", Some("AMBER_GREEN")),
        ("0.0501", Some("AMBER_RED")),
        ("0.15", Some("AMBER_RED")),
        ("0.1501", Some("RED")),
        ("NULL", None),
    ] {
        assert_eq!(
            text(&pool, &format!("kpis.rag({shortfall}, 0.05, 0.15)")).await.as_deref(),
            judgement,
            "{shortfall}"
        );
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn formulas_keep_order_and_do_not_depend_on_the_unit_or_the_side(pool: PgPool) {
    let mut dice = Dice(20_261_127);
    let mut number_of = || tenths(&mut dice);
    for _ in 0..150 {
        let (actual, more, target, baseline) = (number_of(), number_of().abs(), number_of(), number_of());
        let of = |direction: &str, actual: f64, target: f64, baseline: f64| {
            format!("kpis.attainment('{direction}', {actual}, {target}, {baseline})")
        };
        let whole = number(&pool, &of("HIGHER", actual, target, baseline)).await;
        assert_eq!(whole.is_some(), target > baseline);
        // The other direction is the mirror image, and a change of unit changes nothing.
        let mirrored = number(&pool, &of("LOWER", -actual, -target, -baseline)).await;
        let scaled = number(&pool, &of("HIGHER", actual * 1000.0, target * 1000.0, baseline * 1000.0)).await;
        if let Some(whole) = whole {
            assert!(close(mirrored, whole) && close(scaled, whole), "{actual} {target} {baseline}");
            let better = number(&pool, &of("HIGHER", actual + more, target, baseline)).await.expect("a value");
            assert!(better >= whole - 1e-9, "{actual} + {more}");
        } else {
            assert_eq!((mirrored, scaled), (None, None));
        }
        let gap = number(&pool, &format!("kpis.gap('HIGHER', {actual}, {target}, NULL, NULL)")).await.expect("a gap");
        assert!(close(number(&pool, &format!("kpis.gap('LOWER', -({actual}), -({target}), NULL, NULL)")).await, gap));
        let short = number(&pool, &format!("kpis.short_of('HIGHER', {actual}, {target}, NULL, NULL)"))
            .await
            .expect("a shortfall");
        assert!((short - (target - actual).max(0.0)).abs() < 1e-9);
        // A line through shifted and scaled points is the shifted and scaled line.
        let ys: Vec<f64> = (0..6).map(|_| number_of()).collect();
        let list = |by: f64, plus: f64| ys.iter().map(|y| (y * by + plus).to_string()).collect::<Vec<_>>().join(", ");
        let at = |list: String| {
            format!(
                "(SELECT slope * 9 + intercept FROM kpis.theil_sen(ARRAY[1, 2, 3, 4, 6, 8], ARRAY[{list}]::numeric[]))"
            )
        };
        let plain = number(&pool, &at(list(1.0, 0.0))).await.expect("a line");
        assert!(close(number(&pool, &at(list(10.0, 7.0))).await, plain * 10.0 + 7.0), "{ys:?}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_computed_number_has_no_more_digits_than_clients_carry(pool: PgPool) {
    for (computed, carried) in [
        ("100 * 1845 / 1902.0", Some("97.00315457413249")),
        // Quotients of the largest and the smallest number that can be stated.
        ("0.000001 / 999999999999999", Some("0")),
        ("999999999999999 / 0.0000000000001", None),
    ] {
        let sql = format!("SELECT kpis.rounded({computed})");
        let found: Option<rust_decimal::Decimal> =
            query_scalar(AssertSqlSafe(sql)).fetch_one(&pool).await.expect("a number that can be read");
        let found = found.map(|number| number.to_string());
        assert_eq!(found.as_deref().map(|text| text.get(..17).unwrap_or(text)), carried, "{computed}");
    }
}
