//! Random operations over random federations and over the fixed ones must give the data of one merged schema.
//!
//! A failing case is made small, and printed with its plan. `DIFFERENTIAL_SEEDS=20` and `DIFFERENTIAL_CASES=500` look at
//! more than the few thousand of every run; `DIFFERENTIAL_FIRST` moves the first seed.

use apollo_compiler::ExecutableDocument;
use serde_json::{Value as Json, json};

use crate::{
    federation::Federation,
    random_federation,
    random_operation::{Generator, Operation},
};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// What differs, if anything. Operations that are not valid agree.
async fn difference(federation: &Federation, operation: &Operation) -> Option<String> {
    let text = operation.text();
    if ExecutableDocument::parse_and_validate(&federation.whole.schema, text.as_str(), "operation.graphql").is_err() {
        return None;
    }
    let expected = federation.expected(&text, &json!({}));
    let answer = federation.ask(&text, &json!({})).await;
    let errors = |answer: &Json| answer["errors"].as_array().is_some_and(|errors| !errors.is_empty());
    // As texts, since the order of keys matters too.
    let texts = (answer["data"].to_string(), expected["data"].to_string());
    if texts.0 == texts.1 && errors(&answer) == errors(&expected) {
        return None;
    }
    Some(format!("gateway:  {answer}\nexpected: {expected}"))
}

/// Runs random operations; gives how many were valid.
async fn compare(name: &str, federation: &Federation, seed: u64, cases: u64) -> u64 {
    let mut generator = Generator::new(&federation.whole.schema, seed);
    let mut valid = 0;
    for _ in 0..cases {
        let mut operation = generator.operation();
        let is_valid =
            ExecutableDocument::parse_and_validate(&federation.whole.schema, operation.text(), "o.graphql").is_ok();
        valid += u64::from(is_valid);
        if difference(federation, &operation).await.is_none() {
            continue;
        }
        'shrink: loop {
            for candidate in operation.smaller() {
                if difference(federation, &candidate).await.is_some() {
                    operation = candidate;
                    continue 'shrink;
                }
            }
            break;
        }
        let text = operation.text();
        let difference = difference(federation, &operation).await.unwrap_or_default();
        let plan = federation.gateway.engine().explain(&text, None).await.unwrap_or_default();
        let supergraph = federation.gateway.engine().supergraph().sdl.clone();
        let types: Vec<_> = supergraph.split("\n\n").filter(|part| part.contains("@join__type")).collect();
        panic!("{name}, seed {seed}:\n{}\n\n{text}\n\n{difference}\n\n{plan}", types.join("\n\n"));
    }
    valid
}

#[tokio::test]
async fn random_federations_answer_like_one_schema() {
    let first = setting("DIFFERENTIAL_FIRST", 1);
    let mut valid = 0;
    for seed in first..first + setting("DIFFERENTIAL_SEEDS", 12) {
        let federation = random_federation::federation(seed);
        valid += compare("random federation", &federation, seed, setting("DIFFERENTIAL_CASES", 100)).await;
    }
    println!("{valid} valid operations over random federations");
}

#[tokio::test]
async fn fixed_federations_answer_like_one_schema() {
    let mut valid = 0;
    for (name, federation) in [
        ("library", crate::abstract_types::library()),
        ("kitchen", crate::abstract_types::kitchen()),
        ("accounts", crate::interface_objects::accounts()),
        ("orders", crate::keys::orders()),
        ("books", crate::keys::books()),
        ("products", crate::requires::products()),
        ("zoo", crate::requires::zoo()),
    ] {
        valid += compare(name, &federation, 7, setting("DIFFERENTIAL_CASES", 100)).await;
    }
    println!("{valid} valid operations over fixed federations");
}
