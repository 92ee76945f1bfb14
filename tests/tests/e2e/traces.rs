//! One trace through the gateway and a service in another process, exported over OTLP.

use std::sync::Arc;
use std::sync::Mutex;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use e2e::Process;
use nix::sys::signal::Signal;
use sqlx::{ConnectOptions, PgPool};

const SECRET: &str = "a secret of the tests that is long enough to be one";
const TRACE_ID: [u8; 16] =
    [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36];
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Requests that a collector received.
type Received = Arc<Mutex<Vec<Bytes>>>;

async fn collector() -> Result<(String, Received)> {
    let received = Received::default();
    let keep = |State(received): State<Received>, body: Bytes| async move {
        if let Ok(mut received) = received.lock() {
            received.push(body);
        }
    };
    let router = Router::new().route("/v1/traces", post(keep)).with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, received))
}

fn mention(received: &Received) -> bool {
    let holds = |body: &Bytes| body.windows(TRACE_ID.len()).any(|window| window == TRACE_ID);
    received.lock().is_ok_and(|bodies| bodies.iter().any(holds))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_trace_goes_from_the_caller_through_the_gateway_to_the_service(pool: PgPool) -> Result<()> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let (service_collector, of_service) = collector().await?;
    let (gateway_collector, of_gateway) = collector().await?;
    let environment = |collector| {
        [("DATABASE_URL", url.as_str()), ("IOC_SECRET", SECRET), ("OTEL_EXPORTER_OTLP_ENDPOINT", collector)]
    };

    let arguments = ["serve", "directory", "--listen", "127.0.0.1:0", "--log", "info"];
    let directory = Process::start(&arguments, &environment(&service_collector)).await?;
    let place = format!("directory={}/graphql", directory.address);
    let arguments = ["serve", "gateway", "--listen", "127.0.0.1:0", "--log", "info", "--subgraph", &place];
    let gateway = Process::start(&arguments, &environment(&gateway_collector)).await?;

    let answer = reqwest::Client::new()
        .post(format!("{}/graphql", gateway.address))
        .header("content-type", "application/json")
        .header("traceparent", TRACEPARENT)
        .body(r#"{"query":"{ bottlenecks { code } }"}"#)
        .send()
        .await?
        .text()
        .await?;
    assert!(answer.starts_with("{\"data\""), "{answer}");

    // A graceful shutdown sends the buffered spans.
    assert_eq!(gateway.stop(Signal::SIGTERM).await.context("gateway")?, Some(0));
    assert_eq!(directory.stop(Signal::SIGTERM).await.context("directory")?, Some(0));
    assert!(mention(&of_service), "the service's spans are not part of the caller's trace");
    assert!(mention(&of_gateway), "the gateway's spans are not part of the caller's trace");
    Ok(())
}
