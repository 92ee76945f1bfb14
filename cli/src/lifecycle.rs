//! Listeners, signals and graceful shutdown.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::Router;
use gateway::server::{ConnectionOptions, Stopped};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Binds a port, so that a second process fails at once.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address with --listen"))
}

/// Resolves on Ctrl-C or SIGTERM. A second signal ends the process at once.
pub async fn stop_requested() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
}

/// Serves until `stop` resolves, then waits for running requests.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    options: ConnectionOptions,
) -> Result<()> {
    let grace = options.grace;
    if let Stopped::CutOff(connections) = gateway::server::serve(listener, router, stop, options).await {
        tracing::warn!(connections, "some requests were still running after {} s and were cut off", grace.as_secs());
    }
    Ok(())
}
