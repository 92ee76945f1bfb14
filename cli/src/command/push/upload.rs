//! A file as the body of a request.

use std::sync::Arc;

use http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, Response};
use hyper::body::Incoming;

use super::body;
use super::input::Input;
use super::request::escaped;
use super::traffic::Traffic;
use crate::client::{Client, Failure};

/// A file on its way.
pub struct Upload<'a> {
    pub input: &'a Input,
    /// Path and query of the request.
    pub address: &'a str,
    /// `Idempotency-Key`, the same for every attempt.
    pub key: &'a str,
}

/// Sends a file. Returns when the answer begins, which may be long before the file has been sent.
///
/// # Errors
/// When there is no answer, or a refusal.
pub async fn send(client: &Client, upload: &Upload<'_>, traffic: &Arc<Traffic>) -> Result<Response<Incoming>, Failure> {
    let input = upload.input;
    let mut request = client
        .request(Method::POST, upload.address)
        .header(CONTENT_TYPE, input.media_type)
        .header(CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(&input.name)))
        .header("idempotency-key", upload.key);
    if let Some(encoding) = input.content_encoding() {
        request = request.header(CONTENT_ENCODING, encoding);
    }
    if !input.is_compressed_while_sent() {
        request = request.header(CONTENT_LENGTH, input.len);
    }
    client.send(request, body::stream(input, traffic)).await
}
