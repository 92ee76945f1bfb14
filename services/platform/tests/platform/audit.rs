//! The hash chain of the audit trail: what is done to sealed entries is found, whoever does it.

use platform::Heads;
use platform::audit::{Verified, export, seal, verify};
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::testing::{Asked, person, problem, run};
use service_kit::{Principal, Role};
use sqlx::PgPool;

const ENTRY: &str = "INSERT INTO platform.audit_entry (action, operation, subject) VALUES ('WRITE', 'startTask', 'an')";

fn heads(folder: &std::path::Path, secret: &str) -> Heads {
    Heads::of(folder, &SecretString::from(secret.to_owned()))
}

/// Ten entries, sealed in two batches; each has a signed head.
async fn sealed(pool: &PgPool, heads: &Heads) {
    for _ in 0..2 {
        for _ in 0..5 {
            run(pool, ENTRY).await;
        }
        assert_eq!(seal(pool, Some(heads)).await.expect("sealed"), 5);
    }
    assert_eq!(seal(pool, Some(heads)).await.expect("nothing to seal"), 0);
}

async fn verified(pool: &PgPool, heads: &Heads) -> Verified {
    verify(pool, Some(heads)).await.expect("a verification")
}

/// As an intruder with every right does it.
async fn tamper(pool: &PgPool, sql: &str) {
    for table in ["platform.audit_entry", "platform.audit_seal"] {
        run(pool, format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await;
    }
    run(pool, sql).await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_untouched_chain_is_whole_and_what_waits_is_counted(pool: PgPool) {
    let folder = tempfile::tempdir().expect("a folder");
    let heads = heads(folder.path(), "secret");
    let none = verified(&pool, &heads).await;
    assert_eq!((none.sealed, none.waiting, none.heads, none.faults.len()), (0, 0, 0, 0));
    sealed(&pool, &heads).await;
    run(&pool, ENTRY).await;
    let found = verified(&pool, &heads).await;
    assert_eq!((found.sealed, found.waiting, found.heads, found.faults), (10, 1, 2, vec![]));
    let mut lines = Vec::new();
    export(&pool, |line| {
        lines.push(line);
        Ok(())
    })
    .await
    .expect("exported");
    assert_eq!(lines.len(), 11);
    assert!(lines[0].contains("\"sequence\": 1") || lines[0].contains("\"sequence\":1"), "{}", lines[0]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn no_role_of_a_service_changes_or_removes_an_entry(pool: PgPool) {
    let folder = tempfile::tempdir().expect("a folder");
    sealed(&pool, &heads(folder.path(), "secret")).await;
    for role in ["ioc_writer", "ioc_reader", "ioc_scoped"] {
        for sql in [
            "UPDATE platform.audit_entry SET subject = 'x'",
            "DELETE FROM platform.audit_entry",
            "DELETE FROM platform.audit_seal",
        ] {
            let mut transaction = pool.begin().await.expect("a transaction");
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("SET LOCAL ROLE {role}")))
                .execute(&mut *transaction)
                .await
                .expect("a role");
            let refused = sqlx::query(sql).execute(&mut *transaction).await.expect_err("refused");
            assert!(refused.to_string().contains("permission denied"), "{role} {sql}: {refused}");
        }
    }
    // The owner meets the trigger.
    let refused = sqlx::query("DELETE FROM platform.audit_entry").execute(&pool).await.expect_err("refused");
    assert!(refused.to_string().contains("append-only"), "{refused}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_kind_of_tampering_is_found_and_named(pool: PgPool) {
    for (sql, faults) in [
        (
            "UPDATE platform.audit_entry SET subject = 'binh' WHERE id = 3",
            &["entry 3 (seal 3) is not what was sealed there"][..],
        ),
        ("UPDATE platform.audit_entry SET at = at + interval '1 microsecond' WHERE id = 10", &["entry 10 (seal 10)"]),
        ("DELETE FROM platform.audit_entry WHERE id = 4", &["entry 4 (seal 4) was removed"]),
        (
            "DELETE FROM platform.audit_entry WHERE id = 4; DELETE FROM platform.audit_seal WHERE sequence = 4",
            &["seal 4 is missing"],
        ),
        (
            "UPDATE platform.audit_seal SET entry_id = CASE entry_id WHEN 2 THEN -1 WHEN 3 THEN -2 ELSE entry_id END;
             UPDATE platform.audit_seal SET entry_id = CASE entry_id WHEN -1 THEN 3 WHEN -2 THEN 2 ELSE entry_id END",
            &["entry 3 (seal 2)", "entry 2 (seal 3)"],
        ),
        (
            "INSERT INTO platform.audit_entry OVERRIDING SYSTEM VALUE VALUES (0, now(), 'WRITE', 'startTask', 'an')",
            &["entry 0 was inserted"],
        ),
        (
            "DELETE FROM platform.audit_seal WHERE sequence > 8; DELETE FROM platform.audit_entry WHERE id > 8",
            &["the chain ends before the signed head 10"],
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let heads = heads(folder.path(), "secret");
        tamper(&pool, "TRUNCATE platform.audit_entry, platform.audit_seal, platform.audit_pending RESTART IDENTITY")
            .await;
        run(&pool, "ALTER TABLE platform.audit_entry ENABLE TRIGGER USER").await;
        sealed(&pool, &heads).await;
        tamper(&pool, sql).await;
        let found = verified(&pool, &heads).await.faults;
        for fault in faults {
            assert!(found.iter().any(|found| found.starts_with(fault)), "{sql}: {found:?}");
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_chain_that_was_computed_anew_differs_from_its_signed_heads(pool: PgPool) {
    let folder = tempfile::tempdir().expect("a folder");
    let signed = heads(folder.path(), "secret");
    sealed(&pool, &signed).await;
    // The intruder knows how the chain is computed.
    tamper(
        &pool,
        "UPDATE platform.audit_entry SET subject = 'binh' WHERE id = 3; TRUNCATE platform.audit_seal;
         INSERT INTO platform.audit_pending SELECT id FROM platform.audit_entry",
    )
    .await;
    assert_eq!(seal(&pool, None).await.expect("sealed"), 10);
    assert!(verify(&pool, None).await.expect("a verification").faults.is_empty(), "the chain itself is whole");
    let found = verified(&pool, &signed).await.faults;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|fault| fault.contains("differs from its signed head")), "{found:?}");
    // Heads that another secret signed count for nothing.
    let forged = verified(&pool, &heads(folder.path(), "other")).await.faults;
    assert!(forged.iter().all(|fault| fault.contains("is not signed with the platform's secret")), "{forged:?}");
}

/// Entries of one row and of some hours are found, by index, and a kind that no row has is a mistake and no empty answer.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_trail_is_read_by_time_and_by_row(pool: PgPool) {
    run(
        &pool,
        r"INSERT INTO platform.audit_entry (at, action, operation, rows)
           SELECT '2026-03-02T00:00:00Z'::timestamptz + n * interval '1 hour', 'WRITE', 'step ' || n,
                  jsonb_build_array(jsonb_build_array('tasks.task', 'T-' || n % 100, n), jsonb_build_array('projects.project', 'P', n))
           FROM generate_series(0, 9999) AS n;
           ANALYZE platform.audit_entry",
    )
    .await;
    let city = Asked::at(&pool, "2026-11-27T02:00:00Z", platform::subgraph);
    let auditor = person("aud", &[Role::Auditor], None, None);
    let read = async |principal: &Principal, filter: &str| {
        let document =
            format!("{{ auditTrail(filter: {{ {filter} }}, first: 2) {{ totalCount nodes {{ operation }} }} }}");
        city.ask(principal, &document, Value::Null).await
    };
    for (filter, count, newest) in [
        ("record: { kind: \"tasks.task\", id: \"T-7\" }", 100, &["step 9907", "step 9807"][..]),
        ("record: { kind: \"tasks.task\" }", 10_000, &["step 9999", "step 9998"]),
        ("record: { kind: \"projects.project\", id: \"T-7\" }", 0, &[]),
        ("record: { kind: \"tasks.task\", id: \"P\" }", 0, &[]),
        // From the first instant on, and before the last.
        ("from: \"2026-03-02T05:00:00Z\", to: \"2026-03-02T08:00:00Z\"", 3, &["step 7", "step 6"]),
        ("from: \"2026-03-02T12:00:00+07:00\", to: \"2026-03-02T13:00:00+07:00\"", 1, &["step 5"]),
        ("to: \"2026-03-02T01:00:00Z\"", 1, &["step 0"]),
        ("record: { kind: \"tasks.task\", id: \"T-7\" }, to: \"2026-03-07T00:00:00Z\"", 2, &["step 107", "step 7"]),
    ] {
        let answer = read(&auditor, filter).await["data"]["auditTrail"].take();
        let nodes: Vec<Value> = newest.iter().map(|operation| json!({ "operation": operation })).collect();
        assert_eq!(answer, json!({ "totalCount": count, "nodes": nodes }), "{filter}");
    }
    for (filter, path) in [
        ("record: { kind: \"tasks.nothing\" }", "filter.record.kind"),
        ("record: { kind: \"pg_catalog.pg_class\" }", "filter.record.kind"),
        ("from: \"2026-03-02T05:00:00Z\", to: \"2026-03-02T05:00:00Z\"", "filter.to"),
    ] {
        assert_eq!(problem(&read(&auditor, filter).await), ("VALIDATION".into(), path.into()), "{filter}");
        assert_eq!(problem(&read(&person("ops", &[Role::Ioc], None, None), filter).await).0, "FORBIDDEN", "{filter}");
    }
    for (condition, index) in [
        (r#"f.rows @> (('{"[[\"tasks.task\",\"T-7\"]]"}'::text[])::jsonb[])[1]"#, "audit_entry_rows"),
        ("f.at < (('{2026-03-02T01:00:00Z}'::text[])::timestamptz[])[1]", "audit_entry_at"),
    ] {
        let mut transaction = pool.begin().await.expect("a transaction");
        run_in(&mut transaction, "SET LOCAL ROLE ioc_reader").await;
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "EXPLAIN SELECT count(*) FROM (SELECT e.*, s.sequence FROM platform.audit_entry AS e
             LEFT JOIN platform.audit_seal AS s ON s.entry_id = e.id) AS f WHERE true AND {condition}"
        )))
        .fetch_all(&mut *transaction)
        .await
        .expect("a plan");
        assert!(plan.join("\n").contains(index), "{plan:#?}");
    }
}

async fn run_in(db: &mut sqlx::PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(db).await.expect("executed");
}
