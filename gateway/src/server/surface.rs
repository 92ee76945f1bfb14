//! Layers for every path: the request id on every answer, and limits on the head of every request.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{body::Body, extract::State, response::Response};
use futures::future::{self, Either, Ready};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use pin_project_lite::pin_project;
use tower::Service;

use super::{Endpoint, graphql::refused, options::RequestCaps, refusal::Refusal, request_id};
use crate::error::ErrorCode;

/// Assigns an id to every request, and returns it with the answer.
#[derive(Clone)]
pub(super) struct Identify<S>(S);

impl<S> Identify<S> {
    pub(super) fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S> Service<Request<Body>> for Identify<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Identified<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let id = Some(request_id::ensure(request.headers_mut()));
        let answer = self.0.call(request);
        Identified { answer, id }
    }
}

pin_project! {
    /// An answer that gets the request id.
    pub(super) struct Identified<F> {
        #[pin]
        answer: F,
        id: Option<HeaderValue>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Identified<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut answer = ready!(this.answer.poll(context));
        if let (Ok(response), Some(id)) = (&mut answer, this.id.take()) {
            response.headers_mut().insert(request_id::REQUEST_ID, id);
        }
        Poll::Ready(answer)
    }
}

/// Refuses a request whose head exceeds a limit.
#[derive(Clone)]
pub(super) struct Cap<S> {
    inner: S,
    endpoint: Arc<Endpoint>,
}

impl<S> Cap<S> {
    /// Creates the layer.
    pub(super) fn of(endpoint: Arc<Endpoint>) -> impl Fn(S) -> Self + Clone {
        move |inner| Self { inner, endpoint: endpoint.clone() }
    }
}

impl<S> Service<Request<Body>> for Cap<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let options = &self.endpoint.options;
        match check(&options.caps, request.uri(), request.headers()) {
            Ok(()) => Either::Right(self.inner.call(request)),
            Err(refusal) => {
                let answer = refused(&self.endpoint, request.headers(), refusal);
                Either::Left(future::ready(Ok(answer)))
            }
        }
    }
}

/// The answer for an unknown path.
pub(super) async fn not_found(State(endpoint): State<Arc<Endpoint>>, request: Request<Body>) -> Response {
    let message = format!("there is nothing here; GraphQL is served on {}", endpoint.options.path);
    let refusal = Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message);
    refused(&endpoint, request.headers(), refusal)
}

fn check(caps: &RequestCaps, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let code = ErrorCode::Validation;
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let url = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if url > caps.max_url_bytes {
        let limit = caps.max_url_bytes;
        let message = format!("the URL is longer than {limit} bytes; send the request with POST");
        return Err(Refusal::over_limit(StatusCode::URI_TOO_LONG, code, "urlBytes", limit, Some(url), message));
    }
    if headers.len() > caps.max_headers {
        let limit = caps.max_headers;
        let message = format!("the request has more than {limit} headers");
        return Err(Refusal::over_limit(too_large, code, "headers", limit, Some(headers.len()), message));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > caps.max_header_bytes {
        let limit = caps.max_header_bytes;
        let message = format!("the headers of the request are larger than {limit} bytes");
        return Err(Refusal::over_limit(too_large, code, "headerBytes", limit, Some(bytes), message));
    }
    Ok(())
}
