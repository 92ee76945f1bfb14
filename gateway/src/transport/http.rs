//! HTTP transport: a pooled client for one subgraph with keep-alive, `TCP_NODELAY`, TLS for `https`, and a limit on the
//! response size.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::Instant;

use super::{SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError, tls, tls::TrustError};
use crate::{
    config::{ContentCoding, HttpOptions},
    content_coding::{self, DecodeError},
    telemetry::inject,
};

/// The client, by the scheme of the URL. Plain connections do not pass through the TLS layer.
enum Pool {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

/// Why an HTTP transport cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum HttpTransportError {
    /// The address is not a URL.
    #[error("`{url}` is not a URL")]
    Url {
        /// The address.
        url: String,
        /// The parser's error.
        #[source]
        source: http::uri::InvalidUri,
    },
    /// The scheme is neither `http` nor `https`.
    #[error("`{url}` must start with http:// or https://")]
    Scheme {
        /// The address.
        url: String,
    },
    /// No certificates are available to verify the subgraph.
    #[error("`{url}` cannot be reached over TLS")]
    Trust {
        /// The address.
        url: String,
        /// The cause.
        #[source]
        source: TrustError,
    },
}

/// Parses the URL of a subgraph.
pub(crate) fn check_url(url: &str) -> Result<Uri, HttpTransportError> {
    let uri: Uri = url.parse().map_err(|source| HttpTransportError::Url { url: url.to_owned(), source })?;
    match uri.scheme_str() {
        Some("http" | "https") if uri.authority().is_some() => Ok(uri),
        _ => Err(HttpTransportError::Scheme { url: url.to_owned() }),
    }
}

/// Header with the time that is left for a fetch, in milliseconds.
const TIMEOUT_HEADER: HeaderName = HeaderName::from_static("x-request-timeout-ms");

/// Header with the units of work that the client's request may cause.
const BUDGET_HEADER: HeaderName = HeaderName::from_static("x-request-budget");

/// The headers of a fetch: those that the header rules give, and what limits the work.
fn headers(request: &SubgraphRequest<'_>) -> HeaderMap {
    let mut headers = request.headers.clone();
    let left = request.deadline.saturating_duration_since(Instant::now().into_std());
    headers.insert(TIMEOUT_HEADER, u64::try_from(left.as_millis()).unwrap_or(u64::MAX).into());
    match request.budget {
        Some(budget) => headers.insert(BUDGET_HEADER, budget.units.into()),
        None => headers.remove(BUDGET_HEADER),
    };
    headers
}

/// Sends fetches to a subgraph over HTTP.
pub struct HttpTransport {
    uri: Uri,
    pool: Arc<Pool>,
    accept_encoding: Option<HeaderValue>,
    options: HttpOptions,
}

impl HttpTransport {
    /// Creates a transport with its own connection pool.
    ///
    /// # Errors
    ///
    /// When the URL cannot be used.
    pub fn new(url: &str, options: HttpOptions) -> Result<Self, HttpTransportError> {
        let uri = check_url(url)?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(options.connect_timeout));
        connector.set_happy_eyeballs_timeout(Some(Duration::from_millis(100)));
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_idle_timeout(options.pool_idle_timeout)
            .pool_max_idle_per_host(options.pool_max_idle_per_host)
            .pool_timer(TokioTimer::new());
        let pool = match uri.scheme_str() {
            Some("https") => {
                let connector = tls::connector(connector, &options)
                    .map_err(|source| HttpTransportError::Trust { url: url.to_owned(), source })?;
                Pool::Tls(builder.build(connector))
            }
            _ => Pool::Plain(builder.build(connector)),
        };
        let names: Vec<_> = options.accept_encodings.iter().map(|coding| coding.as_str()).collect();
        let accept_encoding = (!names.is_empty()).then(|| HeaderValue::try_from(names.join(", ")).ok()).flatten();
        Ok(Self { uri, pool: Arc::new(pool), accept_encoding, options })
    }

    async fn post(&self, headers: HeaderMap, body: Vec<u8>) -> Result<(HeaderMap, Bytes), TransportError> {
        let (coding, body) = self.pack(body)?;
        let body_bytes = body.len();
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        let target = request.headers_mut();
        *target = headers;
        target.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        target.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9"),
        );
        if let Some(accepted) = &self.accept_encoding {
            target.insert(header::ACCEPT_ENCODING, accepted.clone());
        }
        if let Some(coding) = coding {
            target.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
        }
        inject(target);
        let span = tracing::Span::current();
        span.record("http.request.body.size", body_bytes);
        let answer = match &*self.pool {
            Pool::Plain(client) => client.request(request),
            Pool::Tls(client) => client.request(request),
        };
        let response = answer.await.map_err(|error| no_response(&error))?;
        span.record("http.response.status_code", response.status().as_u16());
        let read = self.read(response).await;
        if let Ok((_, bytes)) = &read {
            span.record("http.response.body.size", bytes.len());
        }
        read
    }

    /// Compresses a body, if this is configured and the body is large enough.
    fn pack(&self, body: Vec<u8>) -> Result<(Option<ContentCoding>, Bytes), TransportError> {
        match self.options.request_encoding {
            Some(coding) if body.len() >= self.options.request_encoding_min_bytes => {
                let packed = coding.encode(&body).map_err(|error| TransportError::Unsendable(error.to_string()))?;
                Ok((Some(coding), packed.into()))
            }
            _ => Ok((None, body.into())),
        }
    }

    async fn read(&self, response: Response<Incoming>) -> Result<(HeaderMap, Bytes), TransportError> {
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = content_type.is_none_or(|value| value.contains("json"));
        // A proxy that cannot reach the subgraph may also answer in JSON. Only the GraphQL media type proves that the
        // response is from the subgraph.
        let is_proxy_refusal = matches!(parts.status.as_u16(), 502..=504)
            && !content_type.is_some_and(|value| value.contains("graphql-response+json"));
        if is_proxy_refusal || (!parts.status.is_success() && !is_json) {
            return Err(TransportError::Status {
                status: parts.status.as_u16(),
                retry_after: parts.headers.get(header::RETRY_AFTER).and_then(retry_after),
            });
        }
        let codings = content_coding::codings(&parts.headers).map_err(unpacking)?;
        let packed = self.collect(body).await?;
        let bytes =
            content_coding::decode(codings, packed, self.options.max_response_bytes).await.map_err(unpacking)?;
        Ok((parts.headers, bytes))
    }

    /// Reads the body up to the limit. Most bodies arrive in one frame, which is used without a copy.
    async fn collect(&self, mut body: Incoming) -> Result<Bytes, TransportError> {
        let limit_bytes = self.options.max_response_bytes;
        let expected = body.size_hint().exact().and_then(|exact| usize::try_from(exact).ok()).unwrap_or(0);
        if expected > limit_bytes {
            return Err(TransportError::TooLarge { limit_bytes });
        }
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| TransportError::Broken(innermost(&error)))?;
            let Ok(data) = frame.into_data() else { continue };
            if first.len() + rest.len() + data.len() > limit_bytes {
                return Err(TransportError::TooLarge { limit_bytes });
            }
            if first.is_empty() && rest.is_empty() {
                first = data;
            } else {
                if rest.is_empty() {
                    rest.reserve(expected.max(first.len() + data.len()));
                    rest.extend_from_slice(&std::mem::take(&mut first));
                }
                rest.extend_from_slice(&data);
            }
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }
}

fn unpacking(error: DecodeError) -> TransportError {
    match error {
        DecodeError::TooLarge { limit_bytes } => TransportError::TooLarge { limit_bytes },
        other => TransportError::Malformed(innermost(&other)),
    }
}

fn no_response(error: &hyper_util::client::legacy::Error) -> TransportError {
    let cause = innermost(error);
    let is_parse =
        error.source().and_then(|source| source.downcast_ref::<hyper::Error>()).is_some_and(hyper::Error::is_parse);
    if error.is_connect() {
        TransportError::Connect(cause)
    } else if is_parse {
        TransportError::Malformed(cause)
    } else {
        TransportError::Reset(cause)
    }
}

/// `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// The innermost cause says what happened, for example "connection refused". The outer errors only say that the request
/// failed.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The JSON body of a fetch.
fn body(request: &SubgraphRequest<'_>) -> Vec<u8> {
    let variables: usize = request.variables.iter().map(|variable| variable.name.len() + variable.json.len() + 4).sum();
    let prefix = request.operation.body_prefix();
    let mut body = Vec::with_capacity(prefix.len() + variables + 20);
    body.extend_from_slice(prefix);
    for (index, variable) in request.variables.iter().enumerate() {
        body.extend_from_slice(if index == 0 { b",\"variables\":{\"" } else { b",\"" });
        body.extend_from_slice(variable.name.as_bytes());
        body.extend_from_slice(b"\":");
        body.extend_from_slice(variable.json);
    }
    body.extend_from_slice(if request.variables.is_empty() { b"}" } else { b"}}" });
    body
}

impl Transport for HttpTransport {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let (headers, bytes) = self.post(headers(&request), body(&request)).await?;
            Ok(SubgraphResponse { body: SubgraphBody::Json(bytes), headers })
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        async move {
            let probe = br#"{"query":"{__typename}"}"#.to_vec();
            let answer = self.post(HeaderMap::new(), probe);
            match tokio::time::timeout(self.options.connect_timeout, answer).await {
                Ok(Ok((_, bytes))) if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() => Ok(()),
                Ok(Ok(_)) => Err("the answer is not JSON".to_owned()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("no answer in time".to_owned()),
            }
        }
        .boxed()
    }
}
