//! `ioc explain`: plan, cost and limits of an operation, without a request to any service.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use gateway::{Gateway, GatewayConfig, GraphQlError, GraphQlRequest};
use serde_json::Value;
use serde_json::value::RawValue;

use super::gateway::GatewayOptions;
use crate::output;
use crate::services::{platform_gateway, supergraph};

#[derive(Args)]
pub struct Explain {
    /// File with the operation
    #[arg(value_name = "FILE")]
    operation: PathBuf,
    /// File with the supergraph's schema [default: the platform's own]
    #[arg(long, env = "IOC_SUPERGRAPH", value_name = "FILE")]
    supergraph: Option<PathBuf>,
    /// Variables, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = variables)]
    variables: Option<Box<RawValue>>,
    /// Name of the operation, when the file has several
    #[arg(long, value_name = "NAME")]
    operation_name: Option<String>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: GatewayOptions,
}

fn variables(text: &str) -> Result<Box<RawValue>, String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => RawValue::from_string(text.trim().to_owned()).map_err(|error| error.to_string()),
        Ok(_) => Err("accepted: a JSON object, for example {\"first\": 10}".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Explain {
    pub async fn run(self) -> Result<ExitCode> {
        let (sdl, defaults) = match &self.supergraph {
            Some(path) => (read(path)?, GatewayConfig::default()),
            None => (supergraph()?, platform_gateway()),
        };
        let gateway = planner(sdl, self.options.settings(defaults)?.gateway)?;
        let mut request = GraphQlRequest::new(read(&self.operation)?);
        request.operation_name = self.operation_name;
        request.variables = self.variables;
        match gateway.engine().explain_request(&request).await {
            Ok(explanation) if self.json => output::print_json(&explanation)?,
            Ok(explanation) => output::print(&explanation)?,
            Err(errors) => {
                refuse(&self.operation, &errors, self.json)?;
                return Ok(ExitCode::FAILURE);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn refuse(file: &Path, errors: &[GraphQlError], json: bool) -> Result<()> {
    if json {
        return output::print_json(&serde_json::json!({ "errors": errors }));
    }
    for error in errors {
        let place = error.locations.first().map(|place| format!(":{}:{}", place.line, place.column));
        eprintln!("{}{}: {}", file.display(), place.unwrap_or_default(), error.message);
    }
    Ok(())
}

/// Builds a gateway that only plans. Planning sends no request, so every subgraph gets a placeholder as its address, and
/// a supergraph without addresses can be explained too.
fn planner(sdl: String, config: GatewayConfig) -> Result<Gateway> {
    let parsed = gateway::supergraph::Supergraph::parse(sdl).context("the supergraph cannot be read")?;
    let builder = Gateway::builder(parsed.sdl).config(config);
    let names = parsed.subgraphs.into_iter().map(|subgraph| subgraph.name);
    let builder = names.fold(builder, |builder, name| builder.url(name, "http://subgraph.invalid/graphql"));
    builder.build().context("the supergraph cannot be served")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_operation_over_the_platform_is_explained() {
        let gateway = planner(supergraph().expect("composed"), GatewayConfig::default()).expect("built");
        let request = GraphQlRequest::new("{ __typename }");
        let explained = gateway.engine().explain_request(&request).await.expect("explained");
        assert_eq!(explained.requests(), 0);
    }

    #[test]
    fn variables_are_an_object() {
        assert_eq!(variables(" {\"a\": 1} ").expect("an object").get(), "{\"a\": 1}");
        assert!(variables("[1]").is_err() && variables("{").is_err());
    }
}
