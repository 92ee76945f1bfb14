//! HTTP listener: serves HTTP/1.1 and HTTP/2 on one port, with timeouts for slow clients and graceful shutdown.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use serde::Deserialize;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tower::ServiceExt;

use super::unread_body::{DrainLimits, DrainedBody};
use crate::config::written;

/// Settings of connections.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ConnectionOptions {
    /// Time limit for the head of a request. An HTTP/1.1 connection without a request for this time is closed, so it is
    /// also the idle timeout.
    #[serde(deserialize_with = "written::time")]
    pub header_read_timeout: Duration,
    /// Most headers that the parser accepts. Beyond it, the connection is closed with a 431 without a body.
    #[serde(deserialize_with = "written::positive")]
    pub max_headers: usize,
    /// Largest head that the parser accepts, in bytes. Beyond it, the connection is closed in the same way. These two
    /// limits protect the parser; [`RequestCaps`](super::RequestCaps) are lower and are answered with a proper error.
    #[serde(deserialize_with = "written::positive")]
    pub max_header_bytes: u32,
    /// Most concurrent requests on one HTTP/2 connection.
    #[serde(deserialize_with = "written::positive")]
    pub max_http2_streams: u32,
    /// Interval of HTTP/2 keep-alive pings.
    #[serde(deserialize_with = "written::time")]
    pub http2_keep_alive_interval: Duration,
    /// Time limit for running requests after shutdown begins.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub grace: Duration,
    /// How much of a body that nobody reads is drained, in bytes, so that the client can read why it was refused.
    /// Beyond it the connection is closed.
    pub max_drained_bytes: usize,
    /// How long a body that nobody reads is drained.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub drain_timeout: Duration,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            header_read_timeout: Duration::from_mins(1),
            max_headers: 256,
            max_header_bytes: 128 * 1024,
            max_http2_streams: 256,
            http2_keep_alive_interval: Duration::from_secs(20),
            grace: Duration::from_secs(10),
            max_drained_bytes: 64 * 1024 * 1024,
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// How the shutdown ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Every request that had begun was answered.
    Drained,
    /// The number of connections that still had a running request when the grace period ended.
    CutOff(usize),
}

/// Serves until `shutdown` resolves, then waits for running requests.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    options: ConnectionOptions,
) -> Stopped {
    let graceful = GracefulShutdown::new();
    let server = Arc::new(builder(&options));
    let drain = DrainLimits { bytes: options.max_drained_bytes, time: options.drain_timeout };
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            (stream, peer) = accept(&listener) => {
                let (server, router, watcher) = (server.clone(), router.clone(), graceful.watcher());
                let first_head = options.header_read_timeout;
                connections.spawn(async move {
                    let asked = Arc::new(AtomicBool::new(false));
                    let service = wrap(router, peer, asked.clone(), drain);
                    let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
                    let mut connection = std::pin::pin!(watcher.watch(connection));
                    // The protocol is unknown until the first bytes arrive, so the timeouts of the protocols do not
                    // cover this time.
                    let outcome = match timeout(first_head, &mut connection).await {
                        Err(_) if asked.load(Ordering::Relaxed) => connection.await,
                        Err(_) => return,
                        Ok(outcome) => outcome,
                    };
                    if let Err(error) = outcome {
                        tracing::debug!(error = %error, "a connection ended");
                    }
                });
            }
        }
    }
    drop(listener);
    let drained = async {
        graceful.shutdown().await;
        while connections.join_next().await.is_some() {}
    };
    if timeout(options.grace, drained).await.is_ok() {
        return Stopped::Drained;
    }
    let running = connections.len();
    connections.shutdown().await;
    Stopped::CutOff(running)
}

fn builder(options: &ConnectionOptions) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .keep_alive(true)
        .header_read_timeout(options.header_read_timeout)
        .max_headers(options.max_headers)
        .max_buf_size(options.max_header_bytes.max(16 * 1024) as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(options.max_header_bytes)
        .max_concurrent_streams(options.max_http2_streams)
        .keep_alive_interval(options.http2_keep_alive_interval);
    builder
}

/// The router as a service that tells whether it was ever asked anything, and that drains bodies which it does not read.
fn wrap(
    router: Router,
    peer: SocketAddr,
    asked: Arc<AtomicBool>,
    drain: DrainLimits,
) -> TowerToHyperService<
    impl tower::Service<
        http::Request<hyper::body::Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone
    + Send,
> {
    TowerToHyperService::new(router.map_request(move |request: http::Request<hyper::body::Incoming>| {
        asked.store(true, Ordering::Relaxed);
        let (mut parts, body) = request.into_parts();
        // For layers around the router.
        parts.extensions.insert(ConnectInfo(peer));
        let body = DrainedBody::new(body, &parts.headers, drain);
        http::Request::from_parts(parts, axum::body::Body::new(body))
    }))
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is written as a whole, so waiting for more data (Nagle's algorithm) would only delay it.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY cannot be set");
                }
                return (stream, peer);
            }
            Err(error) => {
                let is_the_peers = matches!(
                    error.kind(),
                    std::io::ErrorKind::ConnectionRefused
                        | std::io::ErrorKind::ConnectionAborted
                        | std::io::ErrorKind::ConnectionReset
                );
                if !is_the_peers {
                    // Most likely, the process has no file descriptors left. An immediate retry would only waste
                    // processor time.
                    tracing::error!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}
