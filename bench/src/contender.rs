//! The programs that are compared, and how each is started in each mode. To add a peer, add a variant here.

use std::{
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;
use tokio::process::Command;

/// How much work simultaneous identical requests may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Every request is executed in full
    Full,
    /// Identical subgraph reads in flight are shared
    Subgraph,
    /// Identical requests in flight are shared
    Request,
    /// No gateway: a server that returns the finished answer
    Fixed,
}

impl Mode {
    /// The mode as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Full => "every request executed in full",
            Self::Subgraph => "identical subgraph reads in flight shared",
            Self::Request => "identical requests in flight shared",
            Self::Fixed => "the floor: a server that returns the finished answer",
        }
    }

    /// The mode in a program's settings, with that program's word for sharing nothing.
    fn word(self, nothing: &'static str) -> &'static str {
        match self {
            Self::Subgraph => "subgraph",
            Self::Request => "request",
            Self::Full | Self::Fixed => nothing,
        }
    }
}

/// A program under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// Our gateway
    Ioc,
    /// Our gateway without log, spans and metrics
    IocSilent,
    /// Our gateway with every request traced, and the spans sent to a collector
    IocTraced,
    /// Hive Router, from crates.io
    HiveRouter,
    /// @apollo/gateway with @apollo/server, from npm
    ApolloGateway,
    /// @graphql-hive/gateway, from npm
    HiveGateway,
    /// The finished answer
    Fixed,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ioc => "ioc gateway",
            Self::IocSilent => "  without telemetry",
            Self::IocTraced => "  with traces sent",
            Self::HiveRouter => "hive-router",
            Self::ApolloGateway => "@apollo/gateway",
            Self::HiveGateway => "@graphql-hive/gateway",
            Self::Fixed => "fixed answer",
        })
    }
}

/// A program in a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contender {
    pub program: Program,
    pub mode: Mode,
}

/// Paths and addresses that the programs need.
pub struct Site {
    /// Folder for configuration and log files.
    pub folder: PathBuf,
    /// The supergraph with the actual address of the subgraphs.
    pub supergraph: PathBuf,
    pub subgraphs_program: PathBuf,
    /// Where traces are sent.
    pub collector: SocketAddr,
    pub ioc: PathBuf,
    pub hive_router: Option<PathBuf>,
    /// Folder of the peers from npm.
    pub peers: PathBuf,
}

impl Program {
    fn supports(self, mode: Mode) -> bool {
        match self {
            Self::Fixed => mode == Mode::Fixed,
            Self::ApolloGateway => mode == Mode::Full,
            _ => mode != Mode::Fixed,
        }
    }

    /// Why the program cannot run here; `None` if it can.
    pub fn absence(self, site: &Site) -> Option<String> {
        match self {
            Self::Ioc | Self::IocSilent | Self::IocTraced | Self::Fixed => None,
            Self::HiveRouter => match &site.hive_router {
                Some(path) if path.is_file() => None,
                Some(path) => Some(format!("{} is no file", path.display())),
                None => Some(
                    "give HIVE_ROUTER, after `cargo +nightly install hive-router --version 0.3.10 --locked --features graphiql`"
                        .to_owned(),
                ),
            },
            Self::ApolloGateway => not_installed(site, "@apollo/gateway"),
            Self::HiveGateway => not_installed(site, "@graphql-hive/gateway"),
        }
    }
}

fn not_installed(site: &Site, package: &str) -> Option<String> {
    let installed = site.peers.join("node_modules").join(package).is_dir();
    (!installed).then(|| format!("`npm ci` in {} has not installed it", site.peers.display()))
}

/// Every contender of the chosen programs and modes, ordered by mode.
pub fn contenders(programs: &[Program], modes: &[Mode]) -> Vec<Contender> {
    let pairs = modes.iter().flat_map(|&mode| programs.iter().map(move |&program| Contender { program, mode }));
    pairs.filter(|contender| contender.program.supports(contender.mode)).collect()
}

impl Contender {
    /// The command that serves the supergraph on `/graphql` at an address. An error when a configuration file cannot be
    /// written.
    pub fn command(self, site: &Site, address: SocketAddr) -> anyhow::Result<Command> {
        let (listen, ip, port) = (address.to_string(), address.ip().to_string(), address.port().to_string());
        let mut command = Command::new(match self.program {
            Program::Fixed => &site.subgraphs_program,
            Program::Ioc | Program::IocSilent | Program::IocTraced => &site.ioc,
            Program::HiveRouter => site.hive_router.as_deref().context("no Hive Router is given")?,
            Program::ApolloGateway | Program::HiveGateway => Path::new("node"),
        });
        match self.program {
            Program::Fixed => command.args(["--fixed", "--listen", &listen]),
            Program::Ioc | Program::IocSilent | Program::IocTraced => {
                command.args(["gateway", "--listen", &listen, "--supergraph"]).arg(&site.supergraph);
                command.env("IOC_GATEWAY_DEDUPE", self.mode.word("none"))
            }
            Program::HiveRouter => {
                command.env("ROUTER_CONFIG_FILE_PATH", self.config_of_hive_router(&site.folder)?);
                command.env("SUPERGRAPH_FILE_PATH", &site.supergraph).env("LOG_LEVEL", "warn");
                command.env("HOST", ip).env("PORT", port)
            }
            Program::ApolloGateway => {
                command.arg(site.peers.join("apollo-gateway.js")).arg(&site.supergraph).arg(port);
                command.env("NODE_ENV", "production")
            }
            Program::HiveGateway => {
                command.arg(site.peers.join("node_modules/@graphql-hive/gateway/dist/bin.js"));
                command.arg("supergraph").arg(&site.supergraph);
                command.args(["--host", &ip, "--port", &port, "--jit", "--config-path"]);
                command.arg(site.peers.join("hive-gateway.config.js"));
                command.env("NODE_ENV", "production").env("BENCH_MODE", self.mode.word("full"))
            }
        };
        if self.program == Program::IocSilent {
            let config = write(&site.folder, "ioc-without-metrics.toml", "[telemetry]\nmetrics = false\n")?;
            command.env("IOC_LOG", "off").env("IOC_GATEWAY_CONFIG", config);
        } else if self.program == Program::IocTraced {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", site.collector));
        }
        command.current_dir(&site.folder);
        Ok(command)
    }

    fn config_of_hive_router(self, folder: &Path) -> anyhow::Result<PathBuf> {
        let (subgraph, request) = (self.mode != Mode::Full, self.mode == Mode::Request);
        let text = format!(
            "traffic_shaping:\n  all:\n    dedupe_enabled: {subgraph}\n  router:\n    dedupe:\n      enabled: {request}\n"
        );
        write(folder, &format!("hive-router-{}.yaml", self.mode.word("full")), &text)
    }
}

fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_runs_only_in_modes_that_it_has() {
        let all = contenders(Program::value_variants(), Mode::value_variants());
        let of = |program| all.iter().filter(|contender| contender.program == program).count();
        assert_eq!(of(Program::Ioc), 3);
        assert_eq!(of(Program::ApolloGateway), 1);
        assert_eq!(of(Program::Fixed), 1);
    }
}
