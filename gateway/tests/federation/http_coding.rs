//! Compressed bodies between client and gateway.

use std::io::{Read, Write};

use gateway::server::{RequestCaps, ResponseCompression, ServerOptions};
use http::Method;
use serde_json::json;

use crate::endpoint::{Answer, JSON, request, send, send_to};

const ME: &str = r#"{"query":"{ me { id } }"}"#;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 22);
    encoder.write_all(plain).unwrap();
    encoder.into_inner()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const CODINGS: [(&str, Pack); 4] = [("gzip", gzip), ("deflate", deflate), ("br", brotli), ("zstd", zstd)];

async fn packed(coding: &str, body: Vec<u8>) -> Answer {
    let options = ServerOptions {
        caps: RequestCaps { max_body_bytes: 100_000, ..RequestCaps::default() },
        ..ServerOptions::default()
    };
    let headers = [("content-type", JSON), ("content-encoding", coding)];
    send_to(options, request(Method::POST, "/graphql", &headers, body)).await
}

#[tokio::test]
async fn a_packed_request_is_read() {
    for (coding, pack) in CODINGS {
        let answer = packed(coding, pack(ME.as_bytes())).await;
        assert_eq!(answer.status, 200, "{coding}");
        assert_eq!(answer.json()["data"]["me"]["id"], "1");
    }
    assert_eq!(packed("gzip, br", brotli(&gzip(ME.as_bytes()))).await.status, 200);
    assert_eq!(packed("identity", ME.into()).await.status, 200);
}

#[tokio::test]
async fn a_bomb_is_refused_by_what_it_unpacks_to() {
    let padded = format!("{ME}{}", " ".repeat(1 << 22));
    for (coding, pack) in CODINGS {
        let bomb = pack(padded.as_bytes());
        assert!(bomb.len() < 50_000, "{coding}: {}", bomb.len());
        let answer = packed(coding, bomb).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "PAYLOAD_TOO_LARGE"), "{coding}");
        assert_eq!(
            answer.error()["extensions"]["limit"],
            json!({ "name": "bodyBytes", "maximum": 100_000, "actual": null })
        );
    }
    let twice = packed("gzip, gzip", gzip(&gzip(&vec![b' '; 1 << 26]))).await;
    assert_eq!(twice.status, 413);
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_is_refused() {
    for (coding, _) in CODINGS {
        let answer = packed(coding, ME.into()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{coding}");
    }
    for coding in ["compress", "gzip, gzip, gzip", "dcb"] {
        let answer = packed(coding, ME.into()).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "BAD_REQUEST"), "{coding}");
        assert_eq!(answer.header("accept-encoding"), "gzip, br, zstd, deflate");
    }
}

const LONG: &str = r#"{"query":"{ __schema { types { name description fields { name description } } } }"}"#;

async fn asked(accept_encoding: &str, body: &'static str) -> Answer {
    let headers = [("content-type", JSON), ("accept-encoding", accept_encoding)];
    send(request(Method::POST, "/graphql", &headers, body)).await
}

#[tokio::test]
async fn a_long_answer_is_packed_as_the_client_likes() {
    let plain = asked("identity", LONG).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.body.len() > 2048);
    for (accept, expected) in
        [("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip;q=0.5, br", "br"), ("*", "zstd")]
    {
        let answer = asked(accept, LONG).await;
        assert_eq!(answer.header("content-encoding"), expected, "{accept}");
        assert!(answer.header("vary").contains("accept-encoding"));
        assert!(answer.body.len() < plain.body.len() / 2);
        let mut unpacked = Vec::new();
        match expected {
            "gzip" => flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut unpacked).unwrap(),
            "br" => brotli::Decompressor::new(&answer.body[..], 4096).read_to_end(&mut unpacked).unwrap(),
            _ => zstd::Decoder::new(&answer.body[..]).unwrap().read_to_end(&mut unpacked).unwrap(),
        };
        assert_eq!(unpacked, plain.body);
    }
}

#[tokio::test]
async fn a_short_answer_is_sent_as_it_is() {
    assert_eq!(asked("gzip", ME).await.header("content-encoding"), "");
    let options = ServerOptions {
        compression: ResponseCompression { codings: Vec::new(), min_bytes: 0 },
        ..ServerOptions::default()
    };
    let headers = [("content-type", JSON), ("accept-encoding", "gzip")];
    let answer = send_to(options, request(Method::POST, "/graphql", &headers, LONG)).await;
    assert_eq!(answer.header("content-encoding"), "", "switched off");
}
