//! Logs as text or JSON, and traces over OTLP.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Options of logs and traces.
#[derive(Args, Debug, Clone)]
pub struct LogOptions {
    /// Format of the log on stderr: text for people, JSON for machines
    #[arg(long, global = true, env = "IOC_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// Log filter by module; for example `info,sqlx=debug` logs every SQL statement
    #[arg(long, global = true, env = "IOC_LOG", default_value = "info,sqlx=warn")]
    log: String,
    /// OTLP collector (HTTP) that receives traces, for example `http://localhost:4318`
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
enum LogFormat {
    Text,
    Json,
}

/// The running trace exporter.
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sends buffered traces and stops the exporter.
    pub fn stop(self) {
        if let Some(Err(error)) = self.provider.map(|provider| provider.shutdown()) {
            eprintln!("ioc: the last traces were not sent: {error}");
        }
    }
}

/// Starts logging, and tracing if a collector is set.
///
/// # Errors
/// When the log filter or the collector's address is invalid.
pub fn start(options: &LogOptions) -> Result<Telemetry> {
    // `EnvFilter` can also filter by span and field, but needs a library for regular expressions.
    let filter: Targets =
        options.log.parse().with_context(|| format!("--log {:?} is not a log filter", options.log))?;
    let logs = match options.log_format {
        LogFormat::Text => {
            let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).compact();
            // In a file or a log collector colour codes are unreadable characters.
            if std::io::stderr().is_terminal() { text.boxed() } else { text.with_ansi(false).boxed() }
        }
        LogFormat::Json => {
            tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed()
        }
    };
    let provider = options.otlp_endpoint.as_deref().map(exporter).transpose()?;
    let traces = provider.as_ref().map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("ioc")));
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    tracing_subscriber::registry().with(filter).with(logs).with(traces).init();
    Ok(Telemetry { provider })
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider> {
    use opentelemetry_otlp::WithExportConfig;
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(&address)
        .build()
        .with_context(|| format!("--otlp-endpoint {endpoint:?} cannot be used"))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("ioc").build())
        .build())
}
