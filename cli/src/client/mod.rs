//! Client of a running platform, for the commands that ask one over HTTP: connections, headers, and what an answer's status
//! means. [`server`] has the options of the address and the credential, [`failure`] says why a request has no result, and
//! [`language`] is that of the messages.

mod failure;
mod language;
mod server;

use std::io;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::request::Builder;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as Connections;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use schema::clock::{Clock, SystemClock};
use serde::Deserialize;

pub use self::failure::{Failure, Fault};
pub use self::language::Language;
pub use self::server::Server;
use crate::http::connector;

/// Body of a request.
pub type RequestBody = UnsyncBoxBody<Bytes, io::Error>;

/// Longest refusal that is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 << 10;

/// Client of one platform, with its credential.
pub struct Client {
    connections: Connections<HttpsConnector<HttpConnector>, RequestBody>,
    base: String,
    authorization: HeaderValue,
    language: Language,
}

/// A refusal by the routes of pushes, or by the gateway before them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Refusal {
    Push { error: Fault },
    Gateway { errors: Vec<GatewayError> },
}

#[derive(Deserialize)]
struct GatewayError {
    message: String,
    extensions: GatewayCode,
}

#[derive(Deserialize)]
struct GatewayCode {
    code: String,
}

impl Client {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// When there is no credential.
    pub fn new(server: &Server, language: Language) -> Result<Self> {
        let (authorization, base) = (server.authorization()?, server.base());
        Ok(Self { connections: connections()?, base, authorization, language })
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// When there is no answer, or a refusal.
    pub async fn get(&self, path: &str) -> Result<Response<Incoming>, Failure> {
        let empty = Empty::new().map_err(|never| match never {}).boxed_unsync();
        self.send(self.request(Method::GET, path), empty).await
    }

    /// Sends a JSON document to a path and expects one as the answer.
    ///
    /// # Errors
    /// When there is no answer, or a refusal.
    pub async fn post_json(&self, path: &str, document: String) -> Result<Response<Incoming>, Failure> {
        let request = self
            .request(Method::POST, path)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/graphql-response+json, application/json");
        let body = Full::new(Bytes::from(document)).map_err(|never| match never {}).boxed_unsync();
        self.send(request, body).await
    }

    /// Begins a request of the credential.
    pub fn request(&self, method: Method, address: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{address}", self.base))
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT_LANGUAGE, self.language.code())
    }

    /// Sends a request. Returns when the answer begins, which may be long before the body has been sent.
    ///
    /// # Errors
    /// When there is no answer, or a refusal.
    pub async fn send(&self, request: Builder, body: RequestBody) -> Result<Response<Incoming>, Failure> {
        let request = request.body(body).map_err(|error| Failure::Local(error.into()))?;
        let response = self.connections.request(request).await.map_err(|error| {
            let reason = format!("{:#}", anyhow::Error::from(error).context(format!("no answer from {}", self.base)));
            Failure::Passing { reason, wait: None }
        })?;
        if response.status().is_success() { Ok(response) } else { Err(refused(response).await) }
    }
}

/// What the answer says that is no success.
async fn refused(response: Response<Incoming>) -> Failure {
    let status = response.status();
    let wait = retry_after(response.headers(), SystemClock.now().into());
    let body = Limited::new(response.into_body(), MAX_REFUSAL_BYTES).collect().await;
    // A refusal whose text does not arrive is still a refusal.
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let fault = match serde_json::from_slice::<Refusal>(&body) {
        Ok(Refusal::Push { error }) => Some(error),
        // A request that is wrong in several places has several errors; the first one is said.
        Ok(Refusal::Gateway { errors }) => errors.into_iter().next().map(|error| Fault {
            path: None,
            code: error.extensions.code,
            message: error.message,
        }),
        Err(_) => None,
    };
    let fault = fault.unwrap_or_else(|| unexplained(status, &body));
    let is_passing =
        status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    if is_passing {
        return Failure::Passing { reason: format!("{} [{}]", fault.message, status.as_u16()), wait };
    }
    Failure::Refused { status, fault }
}

/// The fault of a refusal that is not the platform's, as one of a proxy.
fn unexplained(status: StatusCode, body: &[u8]) -> Fault {
    let text: String = String::from_utf8_lossy(body).trim().chars().take(200).collect();
    let message = if text.is_empty() { "the server refuses without a reason".to_owned() } else { text };
    Fault { path: None, code: status.canonical_reason().unwrap_or("UNKNOWN").to_owned(), message }
}

/// The time of `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3).
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

fn connections() -> Result<Connections<HttpsConnector<HttpConnector>, RequestBody>> {
    Ok(Connections::builder(TokioExecutor::new()).build(connector()?))
}
