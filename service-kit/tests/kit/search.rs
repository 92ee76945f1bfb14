//! Search: one folding, every word in any order, whatever script or punctuation, and through the index.

use service_kit::store::search::{check_search, push_words};
use sqlx::{PgPool, Postgres, QueryBuilder, Row};

/// How many pairs go into one statement.
const CHUNK: usize = 400;

/// The pairs of a text and a search of which the search does not find the text.
async fn missed(pool: &PgPool, pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut missed = Vec::new();
    for chunk in pairs.chunks(CHUNK) {
        let mut sql = QueryBuilder::<Postgres>::new("SELECT -1 AS number WHERE FALSE");
        for (number, (text, search)) in chunk.iter().enumerate() {
            sql.push(format!(" UNION ALL SELECT {number} FROM (SELECT platform.fold("));
            sql.push_bind(text.clone());
            sql.push(") AS search) AS t WHERE NOT (TRUE");
            push_words(&mut sql, "t.search", search);
            sql.push(")");
        }
        for row in sql.build().fetch_all(pool).await.expect("searched") {
            let number: i32 = row.get("number");
            missed.push(chunk[usize::try_from(number).expect("an index")].clone());
        }
    }
    missed
}

/// A text paired with itself and with each of its words.
fn itself_and_its_words(text: &str) -> Vec<(String, String)> {
    std::iter::once(text)
        .chain(text.split(|character: char| !character.is_alphanumeric()))
        .map(|search| (text.to_owned(), search.to_owned()))
        .collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_text_is_found_by_itself_and_by_each_of_its_words(pool: PgPool) {
    let letters = ('A'..='\u{24f}').chain('\u{1e00}'..='\u{1eff}').chain('Α'..='я');
    let marks = ('\u{a0}'..='\u{bf}').chain('\u{2000}'..='\u{206f}').chain('!'..='@');
    let fractions = ('\u{2150}'..='\u{218b}').chain("½¼¾ßøłđĐ²№ﬁ".chars());
    let pairs: Vec<(String, String)> = letters
        .chain(marks)
        .chain(fractions)
        .flat_map(|character| {
            [
                character.to_string(),
                format!("rõ{character}6 Σ{character}"),
                format!("{character}{character}1{character} ĐƯỜNG"),
            ]
        })
        .flat_map(|text| itself_and_its_words(&text))
        .collect();
    assert_eq!(missed(&pool, &pairs).await, []);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn spellings_of_one_text_find_each_other(pool: PgPool) {
    for spellings in [
        &["“6 rõ”", "\"6 rõ\"", "6-rõ", "6\u{a0}rõ", "RO 6", "«6» – rõ…", "６\u{3000}ｒｏ\u{303}"][..],
        &[
            "Giải phóng mặt bằng",
            "giai phong mat bang",
            "BẰNG, MẶT; PHÓNG / GIẢI",
            "Gia\u{309}i pho\u{301}ng ma\u{323}t ba\u{306}\u{300}ng",
        ],
        &["Đống Đa", "dong da", "ĐỐNG ĐA", "Ðống-Đa", "d\u{f4}ng\u{200b} da\u{feff}"],
        &["1½ ha", "1 1/2 HA", "1 ½ha"],
        &["Straße Łódź Øre", "STRASSE lodz ore"],
        &["ΟΔΟΣ Αθηνών", "οδος αθηνων"],
        &["57-NQ/TW", "nq tw 57", "57_NQ%TW\\"],
    ] {
        let pairs: Vec<(String, String)> = spellings
            .iter()
            .flat_map(|text| spellings.iter().map(|search| ((*text).to_owned(), (*search).to_owned())))
            .collect();
        assert_eq!(missed(&pool, &pairs).await, []);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_word_must_be_there_and_no_word_restricts_nothing(pool: PgPool) {
    let text = "Chống ngập 100% phường Hồng Hà";
    let pair = |search: &str| (text.to_owned(), search.to_owned());
    let found = ["", " \t\n", "%", "_", "\\", "“…”", "ha ngap", "100", "100%", "ong"].map(pair);
    assert_eq!(missed(&pool, &found).await, []);
    let absent = ["ha noi", "1_2", "200", "hongha", "ngap phuong xa"].map(pair);
    assert_eq!(missed(&pool, &absent).await, absent);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn folding_twice_changes_nothing_and_leaves_words_and_single_spaces(pool: PgPool) {
    let odd: Vec<String> = sqlx::query_scalar(
        "SELECT text FROM (SELECT 'a' || chr(n) || 'B' || chr(n) FROM generate_series(1, 131071) AS n
                           WHERE n NOT BETWEEN 55296 AND 57343) AS t (text)
         CROSS JOIN LATERAL (SELECT platform.fold(text) AS once) AS f
         WHERE platform.fold(once) <> once OR once ~ '^ |  | $|[A-Z%_]|\\\\'",
    )
    .fetch_all(&pool)
    .await
    .expect("folded");
    assert!(odd.is_empty(), "{odd:?}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_search_goes_through_the_index_whatever_else_it_holds(pool: PgPool) {
    let mut connection = pool.acquire().await.expect("a connection");
    for statement in [
        "CREATE TABLE paper (title text, search text NOT NULL GENERATED ALWAYS AS (platform.fold(title)) STORED)",
        "INSERT INTO paper SELECT 'Văn bản số ' || number || ' của phường ' || md5(number::text)
         FROM generate_series(1, 20000) AS number",
        "CREATE INDEX paper_search ON paper USING gin (search public.gin_trgm_ops)",
        "ANALYZE paper",
    ] {
        sqlx::query(statement).execute(&mut *connection).await.expect(statement);
    }
    let statement = |start: &'static str, search: &str| {
        let mut sql = QueryBuilder::<Postgres>::new(start);
        push_words(&mut sql, "search", search);
        sql
    };
    for search in ["c4ca4238a0b9", "phường “c4ca4238a0b9”", "số 1 c4ca4238a0b9"] {
        let plan: Vec<String> = statement("EXPLAIN SELECT title FROM paper WHERE TRUE", search)
            .build_query_scalar()
            .fetch_all(&mut *connection)
            .await
            .expect("explained");
        assert!(plan.iter().any(|line| line.contains("paper_search")), "{search}: {plan:#?}");
    }
    // After five executions PostgreSQL considers one plan for all parameters, which would fold for each row.
    for _ in 0..12 {
        let count: i64 = statement("SELECT count(*) FROM paper WHERE TRUE", "số 1, c4ca4238a0b9")
            .build_query_scalar()
            .fetch_one(&mut *connection)
            .await
            .expect("counted");
        assert_eq!(count, 1);
    }
    let generic: i64 = sqlx::query_scalar(
        "SELECT sum(generic_plans)::bigint FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) FROM paper%'",
    )
    .fetch_one(&mut *connection)
    .await
    .expect("counted");
    assert_eq!(generic, 0);
}

#[test]
fn a_search_that_is_too_long_names_its_argument() {
    let problem = check_search(&"ệ".repeat(201), "filter.search").expect_err("refused");
    assert_eq!(problem.path.as_deref(), Some("filter.search"));
    assert_eq!(problem.message, "the search has 201 characters; accepted: up to 200");
}
