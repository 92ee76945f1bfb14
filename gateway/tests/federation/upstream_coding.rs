//! Compressed bodies between gateway and subgraph, and `https`.

use std::{io::Write, sync::Arc};

use axum::body::Bytes;
use gateway::{
    Gateway, GatewayConfig,
    config::{ContentCoding, HttpOptions},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::upstream::{Seen, answer, ask, gateway, sdl, text};

const LEFT: &str = r#"{"data":{"left":"l"}}"#;

fn with(http: HttpOptions) -> GatewayConfig {
    GatewayConfig { http, ..GatewayConfig::default() }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 20);
    encoder.write_all(plain).unwrap();
    encoder.into_inner()
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_whether_asked_for_or_not() {
    let bodies = [
        ("gzip", gzip(LEFT.as_bytes())),
        ("br", brotli(LEFT.as_bytes())),
        ("zstd", zstd::encode_all(LEFT.as_bytes(), 1).unwrap()),
        ("br, gzip", gzip(&brotli(LEFT.as_bytes()))),
        ("identity", LEFT.as_bytes().to_vec()),
    ];
    for (coding, body) in bodies {
        let router = Seen::default().router(move || answer(body.clone(), &[("content-encoding", coding)]));
        let response = ask(&gateway(GatewayConfig::default(), router).await, "{ left }", &[]).await;
        assert_eq!(text(&response), LEFT, "{coding}");
    }
}

#[tokio::test]
async fn an_answer_may_not_unpack_beyond_the_cap() {
    let long = format!(r#"{{"data":{{"left":"{}"}}}}"#, "a".repeat(1 << 20));
    for (coding, body) in [
        ("gzip", gzip(long.as_bytes())),
        ("br", brotli(long.as_bytes())),
        ("zstd", zstd::encode_all(long.as_bytes(), 1).unwrap()),
    ] {
        let router = Seen::default().router(move || answer(body.clone(), &[("content-encoding", coding)]));
        let config = with(HttpOptions { max_response_bytes: 64 * 1024, ..HttpOptions::default() });
        let response = ask(&gateway(config, router).await, "{ left }", &[]).await;
        assert!(text(&response).contains("SUBGRAPH_UNAVAILABLE"), "{coding}: {}", text(&response));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_what_it_says_is_a_failure() {
    for coding in ["gzip", "br", "zstd", "compress"] {
        let router = Seen::default().router(move || answer(LEFT, &[("content-encoding", coding)]));
        let response = ask(&gateway(GatewayConfig::default(), router).await, "{ left }", &[]).await;
        assert!(text(&response).contains("SUBGRAPH_UNAVAILABLE"), "{coding}: {}", text(&response));
    }
}

#[tokio::test]
async fn codings_are_asked_for_only_when_configured() {
    let seen = Seen::default();
    let plain = gateway(GatewayConfig::default(), seen.router(|| answer(LEFT, &[]))).await;
    ask(&plain, "{ left }", &[("accept-encoding", "gzip")]).await;
    assert!(!seen.last().0.contains_key("accept-encoding"));
    let config = with(HttpOptions {
        accept_encodings: vec![ContentCoding::Zstd, ContentCoding::Gzip],
        ..HttpOptions::default()
    });
    let packed = gateway(config, seen.router(|| answer(LEFT, &[]))).await;
    ask(&packed, "{ left }", &[]).await;
    assert_eq!(seen.last().0["accept-encoding"], "zstd, gzip");
}

#[tokio::test]
async fn requests_are_packed_when_configured_and_long_enough() {
    let seen = Seen::default();
    for (min_bytes, is_packed) in [(10, true), (10_000, false)] {
        let config = with(HttpOptions {
            request_encoding: Some(ContentCoding::Zstd),
            request_encoding_min_bytes: min_bytes,
            ..HttpOptions::default()
        });
        ask(&gateway(config, seen.router(|| answer(LEFT, &[]))).await, "{ left }", &[]).await;
        let (headers, body) = seen.last();
        assert_eq!(headers.contains_key("content-encoding"), is_packed);
        let plain = if is_packed { Bytes::from(zstd::decode_all(&body[..]).unwrap()) } else { body };
        assert!(plain.starts_with(br#"{"query":"#));
    }
}

/// Serves a router over TLS with a certificate for `localhost`; gives the port and the certificate as PEM.
async fn serve_tls(router: axum::Router) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(made.cert.der().to_vec())], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(router.clone()));
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await?;
                let connection = auto::Builder::new(TokioExecutor::new());
                let served = connection.serve_connection(TokioIo::new(stream), service).await;
                served.map_err(std::io::Error::other)
            });
        }
    });
    (port, made.cert.pem())
}

#[tokio::test]
async fn https_is_spoken_to_those_whose_certificate_is_trusted() {
    let (port, pem) = serve_tls(Seen::default().router(|| answer(LEFT, &[]))).await;
    let asked = async |roots: String, http2| {
        let config = with(HttpOptions { extra_trust_roots_pem: roots.into_bytes(), http2, ..HttpOptions::default() });
        let gateway = Gateway::builder(sdl())
            .config(config)
            .url("left", format!("https://localhost:{port}/graphql"))
            .build()
            .unwrap();
        text(&ask(&gateway, "{ left }", &[]).await).to_owned()
    };
    assert_eq!(asked(pem.clone(), true).await, LEFT);
    assert_eq!(asked(pem, false).await, LEFT);
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let refused = asked(other.cert.pem(), true).await;
    assert!(refused.contains("SUBGRAPH_UNAVAILABLE"), "{refused}");
}
