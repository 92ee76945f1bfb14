//! Access rules of the whole platform: every table has its policies, and docs/access.md shows the rules of the code.

use sqlx::PgPool;

const DOCUMENT: &str = include_str!("../../../docs/access.md");

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_table_is_guarded_and_every_view_reads_with_the_rights_of_its_reader(pool: PgPool) {
    let own = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relname <> '_sqlx_migrations'";
    let unguarded: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND {own} AND NOT (c.relrowsecurity AND c.relforcerowsecurity
           AND ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1) = '{{owner,reader,scoped,writer}}')"
    )))
    .fetch_all(&pool)
    .await
    .expect("tables");
    assert!(unguarded.is_empty(), "call platform.guard for {unguarded:?}");
    let views: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind = 'v' AND {own} AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)"
    )))
    .fetch_all(&pool)
    .await
    .expect("views");
    assert!(views.is_empty(), "call platform.open_view for {views:?}");
    // A function with the rights of its owner sees all rows; each is named here.
    let definers: Vec<String> = sqlx::query_scalar(
        "SELECT p.oid::regproc::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
    )
    .fetch_all(&pool)
    .await
    .expect("functions");
    assert_eq!(
        definers,
        [
            "feedback.is_about_own",
            "feedback.own_organizations",
            "feedback.reveals",
            "kpis.visible_areas",
            "kpis.visible_indicators",
            "kpis.visible_organizations",
            "projects.visible",
            "projects.visible_sites",
            "tasks.visible"
        ]
    );
    // No role of a service owns anything or passes the policies.
    let strong: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ioc\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin))
              + (SELECT count(*) FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE r.rolname LIKE 'ioc\\_%')",
    )
    .fetch_one(&pool)
    .await
    .expect("a number");
    assert_eq!(strong, 0);
}

#[test]
fn the_document_shows_the_rules_of_the_code() {
    let rules = cli::services::access_rules();
    if std::env::var_os("UPDATE_ACCESS").is_some() {
        let (before, rest) = DOCUMENT.split_once("<!-- rules -->\n").expect("a beginning");
        let (_, after) = rest.split_once("<!-- end of the rules -->").expect("an end");
        let text = format!("{before}<!-- rules -->\n{rules}<!-- end of the rules -->{after}");
        std::fs::write("../docs/access.md", text).expect("written");
        return;
    }
    assert!(DOCUMENT.contains(&rules), "docs/access.md differs: UPDATE_ACCESS=1 cargo test -p e2e access");
}

#[tokio::test]
async fn a_platform_that_others_reach_does_not_start_without_a_secret() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let arguments = ["up", "--listen", "0.0.0.0:0", "--data-dir", &data.path().to_string_lossy()];
    let refused = e2e::run(&arguments, &[]).await.expect_err("refused").to_string();
    assert!(refused.contains("IOC_SECRET") && refused.trim().lines().count() == 1, "{refused}");
    assert!(std::fs::read_dir(data.path())?.next().is_none(), "nothing is made");
    Ok(())
}
