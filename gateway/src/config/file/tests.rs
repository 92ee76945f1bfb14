//! Tests of the configuration file: every section, optional settings, inheritance, and error messages.

use std::{path::Path, time::Duration};

use http::HeaderValue;

use super::*;
use crate::config::{HeaderMerge, RequestHeaderAction, Subgraphs};

const EXAMPLE: &str = include_str!("../../../gateway.example.toml");
const README: &str = include_str!("../../../README.md");

fn variable(name: &str) -> Option<String> {
    match name {
        "KEY" | "REVIEWS_API_KEY" => Some("s3cret".to_owned()),
        "EMPTY" => Some(String::new()),
        "TWO_LINES" => Some("s3cret\nx".to_owned()),
        _ => None,
    }
}

fn parse_in(folder: &Path, text: &str) -> Result<ConfigFile, ConfigFileError> {
    let outside = Outside { folder, variable: &variable };
    ConfigFile::default().parse_over(text, &outside)
}

fn parse(text: &str) -> ConfigFile {
    parse_in(Path::new("/nowhere"), text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The error message for a text.
fn refused(text: &str) -> String {
    parse_in(Path::new("/nowhere"), text).expect_err(text).to_string()
}

fn assert_same(left: &ConfigFile, right: &ConfigFile) {
    assert_eq!(format!("{left:#?}"), format!("{right:#?}"));
}

#[test]
fn the_example_has_every_key_at_its_default() {
    assert_same(&parse(EXAMPLE), &ConfigFile::default());
    // Every key must be in the example, also those whose absence the comparison above would not notice.
    for key in keys_of(&format!("{:?}", ConfigFile::default())) {
        assert!(EXAMPLE.contains(&key), "the example does not have `{key}`");
    }
}

/// Names of fields, taken from the `Debug` output.
fn keys_of(debug: &str) -> Vec<String> {
    let internal = ["gateway", "inner", "action", "to"];
    let words = debug.split(|character: char| !(character.is_ascii_alphanumeric() || "_:".contains(character)));
    words.filter_map(|word| word.strip_suffix(':')).filter(|word| !internal.contains(word)).map(str::to_owned).collect()
}

#[test]
fn the_samples_of_the_example_and_the_readme_are_right() {
    let samples: Vec<&str> = EXAMPLE
        .lines()
        .filter(|line| !["cors = false", "response = []"].contains(line))
        .map(|line| match line.strip_prefix('#') {
            Some(sample) if !sample.is_empty() && !sample.starts_with(' ') => sample,
            _ => line,
        })
        .collect();
    let file = parse(&samples.join("\n"));
    assert_eq!((file.gateway.headers.request.len(), file.gateway.headers.response.len()), (8, 1));
    assert_eq!(file.subgraph_urls["reviews"], "http://10.0.0.7:4003/graphql");
    assert!(file.server.cors.is_some());
    let shown = README.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    parse(shown.expect("an example in the README"));
}

#[test]
fn only_what_a_file_says_is_changed() {
    let base = || ConfigFile {
        gateway: GatewayConfig {
            subgraph_errors: SubgraphErrors::PassThrough,
            timeout: Duration::from_secs(7),
            ..GatewayConfig::default()
        },
        ..ConfigFile::default()
    };
    let outside = Outside { folder: Path::new("/nowhere"), variable: &variable };
    assert_same(&base().parse_over("", &outside).unwrap(), &base());
    let over = base().parse_over("timeout = \"8s\"\n[limits]\nmax_depth = 12", &outside).unwrap();
    assert_eq!(over.gateway.timeout, Duration::from_secs(8));
    assert_eq!(over.gateway.subgraph_errors, SubgraphErrors::PassThrough);
    assert_eq!((over.gateway.limits.max_depth, over.gateway.limits.max_tokens), (12, 15_000));
}

#[test]
fn what_can_be_absent_is_switched_off_and_on() {
    let file = parse(
        "[traffic]\nrequests = false\n[traffic.every_subgraph]\nretry = false\nbreaker = false\nconcurrency = true\n\
         timeout = \"2s\"\n[limits.cost]\nmax_cost = 5000\n[http]\nrequest_encoding = \"br\"",
    );
    let every = &file.gateway.traffic.every_subgraph;
    assert!(file.gateway.traffic.requests.is_none() && every.retry.is_none() && every.breaker.is_none());
    assert_eq!(every.concurrency.as_ref().unwrap().max_in_flight, 2_000);
    assert_eq!(every.timeout, Some(Duration::from_secs(2)));
    assert_eq!(file.gateway.limits.cost.max_cost, Some(5_000));
    assert_eq!(file.gateway.http.request_encoding, Some(crate::config::ContentCoding::Brotli));
}

#[test]
fn one_subgraph_inherits_what_is_not_written_for_it() {
    let file = parse(
        "[traffic.every_subgraph]\ntimeout = \"2s\"\nbreaker = false\n\
         [traffic.every_subgraph.retry]\nmax_retries = 5\nbase_delay = \"1ms\"\n\
         [traffic.subgraphs.reviews.retry]\nmax_retries = 0\n\
         [traffic.subgraphs.slow]\ntimeout = false\nbreaker = { probes = 1 }\nretry = false",
    );
    let traffic = &file.gateway.traffic;
    let reviews = traffic.of("reviews");
    let retry = reviews.retry.as_ref().unwrap();
    assert_eq!((retry.max_retries, retry.base_delay), (0, Duration::from_millis(1)));
    assert_eq!((reviews.timeout, reviews.breaker.is_none()), (Some(Duration::from_secs(2)), true));
    let slow = traffic.of("slow");
    assert_eq!((slow.timeout, slow.retry.is_none()), (None, true));
    let breaker = slow.breaker.as_ref().unwrap();
    assert_eq!((breaker.probes, breaker.min_attempts), (1, 20));
}

#[test]
fn header_rules_are_tables_with_one_action() {
    let file = parse(
        "[[headers.request]]\nforward = \"X-Tenant\"\n\
         [[headers.request]]\nto = [\"reviews\"]\ninsert = { name = \"x-api-key\", value = { env = \"KEY\" } }\n\
         [[headers.request]]\nforward_prefix = \"\"\n\
         [[headers.response]]\nname = \"set-cookie\"\nmerge = \"append\"",
    );
    let [tenant, key, all] = file.gateway.headers.request.as_slice() else {
        panic!("three rules, in place of the defaults")
    };
    assert!(matches!(&tenant.action, RequestHeaderAction::Forward(name) if name == "x-tenant"));
    assert_eq!((&tenant.to, &key.to), (&Subgraphs::All, &Subgraphs::named(["reviews"])));
    let RequestHeaderAction::Insert { name, value } = &key.action else { panic!("{key:?}") };
    assert_eq!((name.as_str(), value), ("x-api-key", &HeaderValue::from_static("s3cret")));
    assert!(!format!("{file:?}").contains("s3cret"), "a log does not show it");
    assert!(matches!(&all.action, RequestHeaderAction::ForwardPrefix(prefix) if prefix.is_empty()));
    assert_eq!(file.gateway.headers.response[0].merge, HeaderMerge::Append);
}

#[test]
fn files_are_found_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let authority = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority.cert.pem()).unwrap();
    std::fs::write(folder.path().join("manifest.json"), "{\"a\": \"{ me { id } }\"}").unwrap();
    std::fs::write(folder.path().join("url"), "http://reviews.test/\n").unwrap();
    let text = "[http]\nextra_trust_roots_pem = { file = \"ca.pem\" }\n[persisted]\ntrusted = { file = \"manifest.json\" }\n\
                [subgraph_urls]\nreviews = { file = \"url\" }";
    let file = parse_in(folder.path(), text).unwrap();
    assert_eq!(file.gateway.http.extra_trust_roots_pem, authority.cert.pem().trim_end().as_bytes());
    assert!(file.gateway.persisted.trusted.unwrap().get("a").is_some());
    assert_eq!(file.subgraph_urls["reviews"], "http://reviews.test/");
}

#[test]
fn an_unknown_key_is_answered_with_the_known_ones() {
    assert_eq!(
        refused("timeout = \"1s\"\n\n[limits]\n  max_dept = 3"),
        "line 4, column 3, `limits.max_dept`: unknown field `max_dept`, expected one of `max_tokens`, `max_depth`, \
         `max_fields`, `max_aliases`, `max_root_fields`, `max_directives`, `max_introspection_depth`, `budget`, \
         `cost`"
    );
    assert!(refused("limit = 1").starts_with(
        "line 1, column 1, `limit`: unknown field `limit`, expected one of `explain`, `timeout`, `introspection`,"
    ));
    // An error is reported at its own position, also if the setting is inherited.
    assert!(
        refused("[traffic.every_subgraph.retry]\nretries = 1\n[traffic.subgraphs.a]\nretry = { max_retries = 1 }")
            .starts_with("line 2, column 1, `traffic.every_subgraph.retry.retries`: unknown field `retries`, expected")
    );
}

#[test]
fn a_wrong_value_is_answered_with_what_is_accepted() {
    let time = "expected a time such as \"500ms\", \"30s\", \"5m\" or \"1h\", more than 0s and at most a year";
    for (text, said) in [
        (
            "[limits]\nmax_depth = \"12\"",
            "line 2, column 13, `limits.max_depth`: invalid type: string \"12\", expected a whole number, 0 or more",
        ),
        ("introspection = 1", "line 1, column 17, `introspection`: invalid type: integer `1`, expected true or false"),
        ("limits = 3", "line 1, column 10, `limits`: invalid type: integer `3`, expected a table"),
        (
            "explain = \"sometimes\"",
            "line 1, column 11, `explain`: unknown variant `sometimes`, expected one of `off`, `on_request`, `always`",
        ),
        (
            "[server.compression]\ncodings = [\"gzip\", \"lzma\"]",
            "line 2, column 20, `server.compression.codings[1]`: unknown variant `lzma`, expected one of `gzip`, `br`, \
             `zstd`, `deflate`",
        ),
        ("timeout = \"30\"", &format!("line 1, column 11, `timeout`: invalid value: string \"30\", {time}")),
        ("timeout = 30", &format!("line 1, column 11, `timeout`: invalid type: integer `30`, {time}")),
        (
            "[traffic.every_subgraph]\ntimeout = true",
            &format!("line 2, column 11, `traffic.every_subgraph.timeout`: invalid type: boolean `true`, {time}"),
        ),
        (
            "[traffic.every_subgraph]\nretry = 3",
            "line 2, column 9, `traffic.every_subgraph.retry`: invalid type: integer `3`, expected a table, true for \
             its defaults, or false for none",
        ),
        (
            "[traffic.every_subgraph.breaker]\nfailure_ratio = 50",
            "line 2, column 17, `traffic.every_subgraph.breaker.failure_ratio`: invalid value: floating point `50.0`, \
             expected a number above 0 and at most 1",
        ),
        (
            "[traffic.requests]\nmax_in_flight = 0",
            "line 2, column 17, `traffic.requests.max_in_flight`: invalid value: integer `0`, expected a whole number, \
             1 or more",
        ),
        (
            "[server]\npath = \"graphql\"",
            "line 2, column 8, `server.path`: `graphql` is no path: accepted are letters, digits and `-._~` after \
             slashes, such as `/graphql`",
        ),
        (
            "[subgraph_urls]\nreviews = \"10.0.0.7:4003\"",
            "line 2, column 11, `subgraph_urls.reviews`: `10.0.0.7:4003` must start with http:// or https://",
        ),
        ("[limits\nmax_depth = 1", "line 1, column 8: unclosed table, expected `]`"),
    ] {
        assert_eq!(refused(text), said, "{text}");
    }
}

#[test]
fn a_wrong_origin_or_header_is_named() {
    for (text, said) in [
        (
            "[server.cors]\norigins = [\"app.example.org\"]",
            "`app.example.org` is no origin, such as `https://app.example.org` or `https://*.example.org`",
        ),
        (
            "[server.cors]\norigins = [\"*\"]\ncredentials = true",
            "credentials cannot be allowed to any origin: name the origins",
        ),
        (
            "[server.cors]\norigins = [\"https://a.test\"]\ncredentials = true\nexposed_headers = [\"*\"]",
            "with credentials, `*` stands for no header: name the headers",
        ),
        (
            "[server.cors]\norigins = [\"https://a.test\"]\nmethods = [\"get\"]",
            "unknown variant `get`, expected one of `GET`, `HEAD`, `POST`, `OPTIONS`",
        ),
        (
            "[[headers.request]]\nforward = \"x tenant\"",
            "`x tenant` is no name of a header: accepted are letters, digits and dashes, such as `x-tenant`",
        ),
        (
            "[[headers.request]]\nforward = \"x-a\"\nremove = \"x-b\"",
            "a rule does one thing: accepted is one of `forward`, `forward_prefix`, `rename`, `insert`, `remove`",
        ),
        (
            "[[headers.request]]\nto = []\nforward = \"x-a\"",
            "no subgraph is named: without this key, a rule is for all of them",
        ),
        (
            "[[headers.request]]\ninsert = { name = \"x-key\", value = { env = \"TWO_LINES\" } }",
            "this is no value of a header: accepted is one line without control characters",
        ),
    ] {
        assert!(refused(text).ends_with(said), "{text}\n{}", refused(text));
    }
}

#[test]
fn what_is_not_outside_is_named() {
    for (text, said) in [
        (
            "[[headers.request]]\ninsert = { name = \"x-key\", value = { env = \"NONE\" } }",
            "line 2, column 36, `headers.request[0].insert.value`: the environment variable `NONE` is not set",
        ),
        (
            "[subgraph_urls]\na = { env = \"EMPTY\" }",
            "line 2, column 5, `subgraph_urls.a`: the environment variable `EMPTY` is not set",
        ),
        (
            "[http]\nextra_trust_roots_pem = { file = \"ca.pem\" }",
            "line 2, column 25, `http.extra_trust_roots_pem`: cannot read /nowhere/ca.pem: No such file or directory (os \
             error 2)",
        ),
        (
            "[http]\nextra_trust_roots_pem = \"ca.pem\"",
            "line 2, column 25, `http.extra_trust_roots_pem`: the configured certificates cannot be read: there is none; \
             accepted is PEM, `-----BEGIN CERTIFICATE-----`",
        ),
        (
            "[persisted]\ntrusted = { path = \"m.json\" }",
            "line 2, column 11, `persisted.trusted`: accepted are a text, { env = \"NAME\" } and { file = \"path\" }",
        ),
        (
            "[persisted]\ntrusted = \"m.json\"",
            "line 2, column 11, `persisted.trusted`: the manifest is not JSON: expected value at line 1 column 1",
        ),
    ] {
        assert_eq!(refused(text), said, "{text}");
    }
}
