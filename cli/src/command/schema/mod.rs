//! `ioc schema`: prints, composes and compares GraphQL schemas.

mod check;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use gateway::compose::{SubgraphSdl, compose};

use super::gateway::SubgraphUrl;
use crate::output;
use crate::services::{SERVICES, Service, subgraph_sdls, supergraph};

#[derive(Args)]
pub struct SchemaCommand {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print the schema of a service as a federated subgraph, or the supergraph of all
    Print {
        /// Name of a service, or `supergraph`
        #[arg(default_value = "supergraph", value_parser = clap::builder::PossibleValuesParser::new(names()))]
        name: String,
    },
    /// Compose subgraph files into a supergraph, printed to stdout
    Compose {
        /// Schema file and address of a subgraph, for example `reviews.graphql=http://127.0.0.1:4003/graphql`
        #[arg(required = true, value_name = "FILE=URL")]
        subgraphs: Vec<SubgraphUrl>,
    },
    /// List breaking, dangerous and safe changes of a schema; fails when a change breaks clients
    Check(check::Check),
    /// Check that the generated files in the folder match this binary; `--write` writes them
    Current {
        /// Folder with `supergraph.graphql` and `subgraphs/`
        #[arg(default_value = "schema")]
        folder: PathBuf,
        /// Write the files instead of comparing them
        #[arg(long)]
        write: bool,
    },
}

fn names() -> Vec<&'static str> {
    SERVICES.iter().map(|service| service.name).chain(["supergraph"]).collect()
}

impl SchemaCommand {
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Verb::Print { name } => {
                let text = Service::named(&name).map_or_else(supergraph, |service| Ok((service.sdl)()))?;
                output::print(text)?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Compose { subgraphs } => {
                let subgraphs = subgraphs.iter().map(read).collect::<Result<Vec<_>>>()?;
                output::print(compose(&subgraphs)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Check(command) => command.run(),
            Verb::Current { folder, write } => current(&folder, write),
        }
    }
}

/// Reads a subgraph; its name is the name of its file.
fn read(subgraph: &SubgraphUrl) -> Result<SubgraphSdl> {
    let path = Path::new(&subgraph.name);
    let name =
        path.file_stem().and_then(|stem| stem.to_str()).ok_or_else(|| anyhow!("{} has no name", path.display()))?;
    let sdl = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(SubgraphSdl { name: name.to_owned(), url: subgraph.url.clone(), sdl })
}

fn current(folder: &Path, write: bool) -> Result<ExitCode> {
    let mut files: Vec<(PathBuf, String)> = subgraph_sdls()
        .into_iter()
        .map(|subgraph| (folder.join("subgraphs").join(format!("{}.graphql", subgraph.name)), subgraph.sdl))
        .collect();
    files.push((folder.join("supergraph.graphql"), supergraph()?));
    let mut stale = false;
    for (path, text) in files {
        if write {
            std::fs::create_dir_all(path.parent().unwrap_or(folder))
                .and_then(|()| std::fs::write(&path, text))
                .with_context(|| format!("cannot write {}", path.display()))?;
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            eprintln!("{} is not what the services say; run `make schema`", path.display());
            stale = true;
        }
    }
    Ok(if stale { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
