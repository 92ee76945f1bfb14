//! Passes requests from the gateway's process to the service that answers them.

use anyhow::Result;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::uri::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use crate::http::connector;

/// Client of services. Cheap to clone.
#[derive(Clone)]
pub struct Forwarder {
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl Forwarder {
    /// A client without connections.
    ///
    /// # Errors
    /// When no connection can be made.
    pub fn new() -> Result<Self> {
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector()?) })
    }

    /// Streams a request to the service at `base` and its answer back. `unanswered` says what to do when there is none.
    pub async fn send(&self, base: &Uri, mut request: Request, unanswered: &str) -> Response {
        let mut parts = base.clone().into_parts();
        parts.path_and_query = request.uri().path_and_query().cloned();
        let Ok(uri) = Uri::from_parts(parts) else { return StatusCode::BAD_GATEWAY.into_response() };
        *request.uri_mut() = uri;
        request.headers_mut().remove(http::header::HOST);
        match self.client.request(request).await {
            Ok(response) => response.map(Body::new),
            Err(error) => {
                tracing::warn!(%error, "a service did not answer");
                let error = json!({ "code": "SUBGRAPH_UNAVAILABLE", "message": unanswered });
                (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "error": error }))).into_response()
            }
        }
    }
}
