//! A configuration file, as a running router obeys it.

use std::{path::Path, sync::Arc};

use axum::body::Body;
use gateway::{
    BuildError, Gateway,
    config::{ConfigFile, Outside},
    server::router,
};
use http::{Method, StatusCode};
use tower::ServiceExt;

use crate::{
    endpoint::{JSON, request},
    upstream::{Seen, answer, both, sdl},
};

const FILE: &str = r#"
    [[headers.request]]
    forward = "x-tenant"

    [[headers.request]]
    to = ["left"]
    insert = { name = "x-api-key", value = { env = "LEFT_API_KEY" } }

    [[headers.response]]
    name = "set-cookie"
    merge = "append"

    [server]
    path = "/query"

    [server.cors]
    origins = ["https://*.example.org"]
    credentials = true
    exposed_headers = ["x-request-id"]

    [server.caps]
    max_body_bytes = 200
"#;

fn parse(text: &str) -> ConfigFile {
    let outside = Outside {
        folder: Path::new("/nowhere"),
        variable: &|name| (name == "LEFT_API_KEY").then(|| "s3cret".to_owned()),
    };
    ConfigFile::default().parse_over(text, &outside).unwrap()
}

#[tokio::test]
async fn header_rules_cors_and_caps_of_a_file_take_effect() {
    let file = parse(FILE);
    let (left, right) = (Seen::default(), Seen::default());
    let gateway = both(
        file.gateway,
        left.router(|| answer(r#"{"data":{"left":"l"}}"#, &[("set-cookie", "l=1")])),
        right.router(|| answer(r#"{"data":{"right":"r"}}"#, &[("set-cookie", "r=1")])),
    )
    .await;
    let app = router(Arc::new(gateway), file.server);
    let send = async |headers: &[(&str, &str)], body: String| {
        let headers = [&[("content-type", JSON)], headers].concat();
        let request = request(Method::POST, "/query", &headers, Body::from(body));
        app.clone().oneshot(request).await.unwrap()
    };
    let ask = r#"{"query":"{ left right }"}"#;

    let response = send(
        &[("origin", "https://app.example.org"), ("x-tenant", "t"), ("authorization", "Bearer b")],
        ask.to_owned(),
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], "https://app.example.org");
    assert_eq!(headers["access-control-allow-credentials"], "true");
    assert_eq!(headers["access-control-expose-headers"], "x-request-id");
    assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
    let ((left, _), (right, _)) = (left.last(), right.last());
    assert_eq!((&left["x-tenant"], &left["x-api-key"]), (&"t".parse().unwrap(), &"s3cret".parse().unwrap()));
    assert_eq!(right["x-tenant"], "t");
    assert!(!right.contains_key("x-api-key"));
    assert!(!left.contains_key("authorization"), "the file's rules replace the default ones");

    let foreign = send(&[("origin", "https://example.com")], ask.to_owned()).await;
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));
    let large = send(&[], format!("{ask}{}", " ".repeat(200))).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_subgraph_that_the_supergraph_does_not_have_is_refused_wherever_it_stands() {
    for text in [
        "[traffic.subgraphs.lefft]\ntimeout = \"1s\"",
        "[[headers.request]]\nto = [\"lefft\"]\nforward = \"x-a\"",
        "[[headers.response]]\nfrom = [\"left\", \"lefft\"]\nname = \"x-a\"\nmerge = \"first\"",
        "[subgraph_urls]\nlefft = \"http://left.test/\"",
    ] {
        let file = parse(text);
        let builder = Gateway::builder(sdl()).config(file.gateway);
        let urls = file.subgraph_urls.into_iter();
        let refused = urls.fold(builder, |builder, (name, url)| builder.url(name, url)).build();
        let Err(BuildError::UnknownSubgraph { name, known }) = refused else { panic!("{text}") };
        assert_eq!((name.as_str(), known.as_str()), ("lefft", "left, right"), "{text}");
    }
}
