//! Listening, and stopping in order.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long running requests may take once a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Takes a port, so that a second process learns at once that it is taken.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address with --listen"))
}

/// Resolves when the process is asked to stop (Ctrl-C or SIGTERM). A second request ends the process at once.
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

/// Serves until `stop` resolves, then lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let (asked, was_asked) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        // The receiver is gone only when serving has already ended.
        let _ = asked.send(());
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop).into_future();
    let deadline = async {
        if was_asked.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served.context("the HTTP server ended"),
        () = deadline => {
            tracing::warn!("some requests were still running after {} s and were cut off", GRACE.as_secs());
            Ok(())
        }
    }
}
