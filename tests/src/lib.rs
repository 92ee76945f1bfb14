//! Support for end-to-end tests: starts the real binary on free ports and stops it with the test.
//!
//! A test waits for the output of a process, never for a time: `ioc` prints its address when it listens.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::Utc;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::{Authenticator, Principal};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Secret of the platforms that tests start.
pub const SECRET: &str = "a secret of the tests that is long enough to be one";

/// A development credential of a secret, for a gateway on loopback.
///
/// # Panics
/// When the principal cannot be one.
#[expect(clippy::disallowed_methods, reason = "credentials expire by the real clock")]
pub fn credential(secret: &str, principal: &Principal) -> String {
    let authenticator = Authenticator::of_development(&SecretString::from(secret.to_owned()));
    authenticator.issue(principal, Utc::now(), HOUR).expect("a named principal")
}

/// A principal as the platform's gateway signs it for services.
///
/// # Panics
/// When the principal cannot be one.
#[expect(clippy::disallowed_methods, reason = "credentials expire by the real clock")]
pub fn passport(principal: &Principal) -> String {
    let authenticator = Authenticator::of_gateway(&SecretString::from(SECRET.to_owned()));
    authenticator.issue(principal, Utc::now(), HOUR).expect("a named principal")
}

const HOUR: Duration = Duration::from_hours(1);

/// Path of the binary that `cargo build --workspace --bin ioc` builds.
///
/// # Errors
/// When the binary does not exist.
pub fn ioc() -> Result<PathBuf> {
    let mut path = std::env::current_exe()?;
    // target/debug/deps/test-hash → target/debug/ioc
    path.pop();
    path.pop();
    path.push("ioc");
    if !path.exists() {
        bail!("{} is missing: run `cargo build --workspace --bin ioc` first", path.display());
    }
    Ok(path)
}

/// A running `ioc`, killed when dropped.
pub struct Process {
    child: Child,
    /// The address that it printed, as `http://host:port`.
    pub address: String,
    client: reqwest::Client,
}

/// A response of the GraphQL endpoint.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON: every response of the platform is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    /// The data of an answer without errors.
    ///
    /// # Panics
    /// When there are errors.
    pub fn data(&self) -> Value {
        let mut json = self.json();
        assert!(json.get("errors").is_none(), "{}", self.text);
        json["data"].take()
    }

    /// Code and path of each error, as `CODE at path`.
    pub fn problems(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors
            .iter()
            .map(|error| format!("{} at {}", text(&error["extensions"]["code"]), text(&error["extensions"]["path"])))
            .collect()
    }
}

/// Answer of an export.
#[derive(Debug)]
pub struct Exported {
    /// HTTP status.
    pub status: u16,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// The file, or the problem as JSON.
    pub bytes: Vec<u8>,
}

impl Exported {
    /// The header with a name; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

/// Answer of a push: results in the order of the rows, and a summary.
#[derive(Debug)]
pub struct Pushed {
    /// HTTP status.
    pub status: u16,
    /// Lines of the answer.
    pub lines: Vec<Value>,
}

impl Pushed {
    /// The last line.
    ///
    /// # Panics
    /// When there is none.
    pub fn summary(&self) -> &Value {
        self.lines.last().expect("a summary")
    }

    /// Status of each row.
    pub fn statuses(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line["status"].as_str()).collect()
    }
}

impl Process {
    /// Starts `ioc` with arguments and waits until it prints its address.
    ///
    /// # Errors
    /// When the process ends before.
    pub async fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        let mut child = Command::new(ioc()?)
            .args(arguments)
            .env_remove("DATABASE_URL")
            .envs(environment.iter().copied())
            .env("IOC_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let address = loop {
            let Some(line) = lines.next_line().await? else {
                bail!("`ioc {}` ended: {}", arguments.join(" "), child.wait().await?);
            };
            let found = line.split_whitespace().find_map(|word| word.strip_suffix("/graphql").map(str::to_owned));
            if let Some(address) = found.filter(|word| word.starts_with("http://")) {
                break address;
            }
        };
        // Further output is read, so that the process never blocks on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, address, client: reqwest::Client::new() })
    }

    /// Sends a GraphQL request.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn ask(&self, query: &str, variables: Value, credential: Option<&str>) -> Result<Answer> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.post(body, credential).await
    }

    /// Sends any body to the GraphQL endpoint.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn post(&self, body: String, credential: Option<&str>) -> Result<Answer> {
        let mut request =
            self.client.post(format!("{}/graphql", self.address)).header("content-type", "application/json").body(body);
        if let Some(credential) = credential {
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        let response = request.send().await?;
        Ok(Answer { status: response.status().as_u16(), text: response.text().await? })
    }

    /// Pushes a file to `path`, such as `tasks?source=bar`, with its type and further headers.
    ///
    /// # Errors
    /// When there is no response, or it ends early.
    pub async fn push(&self, path: &str, credential: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Result<Pushed> {
        let mut request = self
            .client
            .post(format!("{}/v1/push/{path}", self.address))
            .header("authorization", format!("Bearer {credential}"))
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
        Ok(Pushed { status, lines: lines.with_context(|| text.clone())? })
    }

    /// Gets a path with a credential.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn get_as(&self, path: &str, credential: &str) -> Result<Answer> {
        let request =
            self.client.get(format!("{}{path}", self.address)).header("authorization", format!("Bearer {credential}"));
        let response = request.send().await?;
        Ok(Answer { status: response.status().as_u16(), text: response.text().await? })
    }

    /// Exports the answer of a trusted operation.
    ///
    /// # Errors
    /// When there is no response, or the parameters cannot be written.
    pub async fn export(&self, parameters: &[(&str, &str)], credential: Option<&str>) -> Result<Exported> {
        let url = reqwest::Url::parse_with_params(&format!("{}/v1/export", self.address), parameters)?;
        let mut request = self.client.get(url);
        if let Some(credential) = credential {
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        let response = request.send().await?;
        let text = |value: &reqwest::header::HeaderValue| value.to_str().map(str::to_owned);
        let headers = response.headers().iter().map(|(name, value)| Ok((name.to_string(), text(value)?)));
        let headers = headers.collect::<Result<_>>()?;
        Ok(Exported { status: response.status().as_u16(), headers, bytes: response.bytes().await?.into() })
    }

    /// Gets a path.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let response = self.client.get(format!("{}{path}", self.address)).send().await?;
        Ok(Answer { status: response.status().as_u16(), text: response.text().await? })
    }

    /// Sends a signal and waits for the end of the process. Returns the exit code, or `None` if the signal ended it.
    ///
    /// # Errors
    /// When the process has already ended.
    pub async fn stop(mut self, signal: Signal) -> Result<Option<i32>> {
        let pid = self.child.id().context("already gone")?;
        kill(Pid::from_raw(i32::try_from(pid)?), signal)?;
        Ok(self.child.wait().await?.code())
    }

    /// The process id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }
}

/// Runs `ioc` to its end and returns its stdout.
///
/// # Errors
/// When it fails; the error has its stderr.
pub async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
    let output = Command::new(ioc()?)
        .args(arguments)
        .env_remove("DATABASE_URL")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .await?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
