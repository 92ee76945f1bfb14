//! The kinds and their tables have the same columns, and the subgraph has each verb.

use sqlx::PgPool;

#[test]
fn entities_have_their_keys_and_every_verb_is_a_mutation() {
    let sdl = feedback::sdl();
    for expected in [
        "type Feedback @key(fields: \"id\")",
        "type Organization @key(fields: \"code\")",
        "type Area @key(fields: \"code\")",
        "type Project @key(fields: \"code\")",
        // The spelling of the stored values.
        "\tOPEN311\n",
        "\tHOTLINE_1022\n",
        "\tWAITING_CITIZEN\n",
    ] {
        assert!(sdl.contains(expected), "{expected}");
    }
    for transition in feedback::TRANSITIONS {
        assert!(sdl.contains(&format!("\t{}(input: ", transition.verb)), "{}", transition.verb);
    }
}

/// Every kind has its columns in its table, and each constraint that it explains exists.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_field_of_a_kind_is_a_column_of_its_table(pool: PgPool) {
    for kind in feedback::push::KINDS {
        let (schema, table) = kind.table.split_once('.').expect("a schema");
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2",
        )
        .bind(schema)
        .bind(table)
        .fetch_all(&pool)
        .await
        .expect("columns");
        for field in kind.fields.iter().filter(|field| !field.column.is_empty()) {
            assert!(columns.iter().any(|column| column == field.column), "{}.{}", kind.table, field.column);
        }
        for refusal in kind.refusals {
            let known: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = $1) OR EXISTS (SELECT FROM pg_class WHERE relname = $1)
                     OR EXISTS (SELECT FROM pg_trigger WHERE tgname = $1)",
            )
            .bind(refusal.constraint)
            .fetch_one(&pool)
            .await
            .expect("a look");
            assert!(known, "{}: {}", kind.name, refusal.constraint);
        }
    }
}

/// What a source can break has words: each rule of a table but the lengths and lists that the form of a field ensures, what triggers
/// refuse, and the rules of the case, which an event states something of.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_kind_has_its_words(pool: PgPool) {
    for kind in feedback::push::KINDS {
        let stated = kind.parent.as_ref().filter(|_| kind.effect.is_some()).map(|parent| parent.kind.table);
        let rules: Vec<String> = sqlx::query_scalar(
            "SELECT conname::text FROM pg_constraint WHERE contype = 'c' AND pg_get_expr(conbin, conrelid) !~ '^.?.?(length\\(|\\w+ = ANY|version >|score >)'
                 AND (conrelid = $1::text::regclass OR conrelid = $2::text::regclass AND (conkey && ARRAY(
                     SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname IN ('status', 'primary_code'))))
             UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = $1::text::regclass AND indisunique AND pg_get_expr(indpred, indrelid) ~ 'deleted_at'
             UNION SELECT tgname::text FROM pg_trigger WHERE tgtype & 3 = 3 AND NOT tgisinternal
                 AND tgrelid IN ($1::text::regclass, $3::text::regclass, CASE WHEN $2 IS NOT NULL THEN 'feedback.feedback'::regclass END)
                 AND (tgrelid <> $2::text::regclass OR tgname <> 'feedback_submitted_first') IS NOT FALSE",
        )
        .bind(kind.table)
        .bind(stated)
        .bind(kind.events())
        .fetch_all(&pool)
        .await
        .expect("rules");
        for rule in rules {
            let rule = rule.trim_start_matches("feedback.");
            let refusal = kind.refusals.iter().find(|refusal| refusal.constraint == rule);
            let refusal = refusal.unwrap_or_else(|| panic!("{}: {rule} has no words", kind.name));
            let is_field = kind.all_fields().any(|field| field.field.name == refusal.field);
            assert!(is_field, "{}: {rule} is about {:?}", kind.name, refusal.field);
        }
    }
}

/// The guide shows the table of transitions. `UPDATE_FEEDBACK=1` writes it.
#[test]
fn the_guide_has_the_table_of_transitions() {
    const GUIDE: &str = "../../docs/feedback.md";
    let guide = std::fs::read_to_string(GUIDE).expect("the guide");
    let (before, rest) = guide.split_once("<!-- transitions -->\n").expect("the begin of the table");
    let (_, after) = rest.split_once("<!-- /transitions -->").expect("the end of the table");
    let expected =
        format!("{before}<!-- transitions -->\n{}<!-- /transitions -->{after}", feedback::transition_table());
    if std::env::var_os("UPDATE_FEEDBACK").is_some() {
        std::fs::write(GUIDE, &expected).expect("the guide is written");
        return;
    }
    assert!(guide == expected, "docs/feedback.md is out of date: UPDATE_FEEDBACK=1 cargo test -p feedback the_guide");
}

/// Who pushes reads what is accepted, in both languages.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_table_is_refused_in_words(pool: PgPool) {
    service_kit::testing::assert_rules_have_words(&pool, feedback::push::KINDS).await;
}
