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
    /// The modes that the program supports.
    fn modes(self) -> &'static [Mode] {
        match self {
            Self::Ioc | Self::IocSilent | Self::IocTraced | Self::HiveRouter | Self::HiveGateway => {
                &[Mode::Full, Mode::Subgraph, Mode::Request]
            }
            Self::ApolloGateway => &[Mode::Full],
            Self::Fixed => &[Mode::Fixed],
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
    pairs.filter(|contender| contender.program.modes().contains(&contender.mode)).collect()
}

impl Contender {
    /// The command that serves the supergraph on `/graphql` at an address.
    ///
    /// # Errors
    ///
    /// When a configuration file cannot be written.
    pub fn command(self, site: &Site, address: SocketAddr) -> anyhow::Result<Command> {
        let port = address.port().to_string();
        let mut command = match self.program {
            Program::Fixed => {
                let mut command = Command::new(&site.subgraphs_program);
                command.arg("--fixed").arg("--listen").arg(address.to_string());
                command
            }
            Program::Ioc => self.ioc(site, address),
            Program::IocSilent => {
                let mut command = self.ioc(site, address);
                command.env("IOC_LOG", "off");
                command.env("IOC_GATEWAY_CONFIG", config_without_metrics(&site.folder)?);
                command
            }
            Program::IocTraced => {
                let mut command = self.ioc(site, address);
                command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", site.collector));
                command
            }
            Program::HiveRouter => {
                let mut command = Command::new(site.hive_router.as_ref().context("no Hive Router is given")?);
                command.env("ROUTER_CONFIG_FILE_PATH", self.config_of_hive_router(&site.folder)?);
                command.env("SUPERGRAPH_FILE_PATH", &site.supergraph).env("LOG_LEVEL", "warn");
                command.env("HOST", address.ip().to_string()).env("PORT", port);
                command
            }
            Program::ApolloGateway => {
                let mut command = Command::new("node");
                command.arg(site.peers.join("apollo-gateway.js")).arg(&site.supergraph).arg(port);
                command.env("NODE_ENV", "production");
                command
            }
            Program::HiveGateway => {
                let mut command = Command::new("node");
                command.arg(site.peers.join("node_modules/@graphql-hive/gateway/dist/bin.js"));
                command.arg("supergraph").arg(&site.supergraph);
                command.args(["--host", "127.0.0.1", "--port", &port, "--jit", "--config-path"]);
                command.arg(site.peers.join("hive-gateway.config.js"));
                command.env("NODE_ENV", "production").env("BENCH_MODE", self.mode_of_hive_gateway());
                command
            }
        };
        command.current_dir(&site.folder);
        Ok(command)
    }

    fn ioc(self, site: &Site, address: SocketAddr) -> Command {
        let mut command = Command::new(&site.ioc);
        command.arg("gateway").arg("--supergraph").arg(&site.supergraph);
        command.arg("--listen").arg(address.to_string());
        command.env("IOC_GATEWAY_DEDUPE", self.dedupe_of_ioc());
        command
    }

    fn dedupe_of_ioc(self) -> &'static str {
        match self.mode {
            Mode::Subgraph => "subgraph",
            Mode::Request => "request",
            Mode::Full | Mode::Fixed => "none",
        }
    }

    fn mode_of_hive_gateway(self) -> &'static str {
        match self.mode {
            Mode::Subgraph => "subgraph",
            Mode::Request => "request",
            Mode::Full | Mode::Fixed => "full",
        }
    }

    fn config_of_hive_router(self, folder: &Path) -> anyhow::Result<PathBuf> {
        let (subgraph, request) = (self.mode != Mode::Full, self.mode == Mode::Request);
        let text = format!(
            "traffic_shaping:\n  all:\n    dedupe_enabled: {subgraph}\n  router:\n    dedupe:\n      enabled: {request}\n"
        );
        let path = folder.join(format!("hive-router-{:?}.yaml", self.mode).to_lowercase());
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

fn config_without_metrics(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("ioc-without-metrics.toml");
    fs::write(&path, "[telemetry]\nmetrics = false\n").with_context(|| format!("cannot write {}", path.display()))?;
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
