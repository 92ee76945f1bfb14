//! The platform that a push goes to, and the credential for it.

use anyhow::{Context, Result, bail};
use clap::Args;
use http::{HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};

use crate::options::DataDir;

/// File in the data folder with the credential that `ioc up` makes for development.
const DEVELOPMENT: &str = "dev-token";

#[derive(Args)]
pub struct Server {
    /// Address of the platform
    #[arg(long, env = "IOC_URL", default_value = "http://127.0.0.1:4000", value_parser = address)]
    url: Uri,
    /// API key or token [default on this machine: the credential for development in the data folder]
    #[arg(long, env = "IOC_TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
    #[command(flatten)]
    data_dir: DataDir,
}

fn address(text: &str) -> Result<Uri, String> {
    let accepted = || format!("{text:?}; accepted: http://host:port or https://host, as http://127.0.0.1:4000");
    let uri: Uri = text.parse().map_err(|_| accepted())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    if is_web && uri.host().is_some() && uri.query().is_none() { Ok(uri) } else { Err(accepted()) }
}

impl Server {
    /// The address without a slash at its end.
    pub fn base(&self) -> String {
        self.url.to_string().trim_end_matches('/').to_owned()
    }

    /// Whether a credential would travel in the open.
    pub fn is_exposed(&self) -> bool {
        self.url.scheme_str() == Some("http") && !self.is_loopback()
    }

    fn is_loopback(&self) -> bool {
        let host = self.url.host().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The value of `Authorization`.
    ///
    /// # Errors
    /// When there is no credential, or it cannot be one.
    pub fn authorization(&self) -> Result<HeaderValue> {
        let token = match &self.token {
            Some(token) => token.expose_secret().trim().to_owned(),
            None if self.is_loopback() => self.development()?,
            None => bail!("no credential: give --token (IOC_TOKEN), an API key as `ioc key create` prints it"),
        };
        if token.is_empty() {
            bail!("the credential is empty; accepted: an API key or a token");
        }
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).context("the credential has characters that none has")?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn development(&self) -> Result<String> {
        let path = self.data_dir.data_dir.join(DEVELOPMENT);
        let token = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "no credential: give --token (IOC_TOKEN), or --data-dir of an `ioc up` ({} is not readable)",
                path.display()
            )
        })?;
        Ok(token.trim().to_owned())
    }
}
