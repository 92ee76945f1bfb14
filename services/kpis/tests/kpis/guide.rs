//! The guide and the declarations agree with the code and the database.

use sqlx::PgPool;

/// The guide shows the table of verbs. `UPDATE_KPIS=1` writes it.
#[test]
fn the_guide_has_the_table_of_verbs() {
    const GUIDE: &str = "../../docs/kpis.md";
    let guide = std::fs::read_to_string(GUIDE).expect("the guide");
    let (before, rest) = guide.split_once("<!-- verbs -->\n").expect("the begin of the table");
    let (_, after) = rest.split_once("<!-- /verbs -->").expect("the end of the table");
    let expected = format!("{before}<!-- verbs -->\n{}<!-- /verbs -->{after}", kpis::transition_table());
    if std::env::var_os("UPDATE_KPIS").is_some() {
        std::fs::write(GUIDE, &expected).expect("the guide is written");
        return;
    }
    assert!(guide == expected, "docs/kpis.md is out of date: UPDATE_KPIS=1 cargo test -p kpis the_guide");
}

/// A refusal of a constraint that does not exist would never be shown.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_refusal_is_of_a_constraint(pool: PgPool) {
    for refusal in kpis::push::KINDS.iter().flat_map(|kind| kind.refusals) {
        let known: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = $1) OR EXISTS (SELECT FROM pg_class WHERE relname = $1)
                 OR EXISTS (SELECT FROM pg_trigger WHERE tgname = $1)",
        )
        .bind(refusal.constraint)
        .fetch_one(&pool)
        .await
        .expect("a look");
        assert!(known, "{}", refusal.constraint);
    }
}

/// Who pushes reads what is accepted, in both languages.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_table_is_refused_in_words(pool: PgPool) {
    service_kit::testing::assert_rules_have_words(&pool, kpis::push::KINDS).await;
}
