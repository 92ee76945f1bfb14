//! Why a request has no result.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

/// What is wrong with a request, or with a row of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fault {
    pub path: Option<String>,
    pub code: String,
    pub message: String,
}

#[derive(Debug)]
pub enum Failure {
    /// The same request may succeed later.
    Passing {
        reason: String,
        /// Time after which the server wants to be asked again.
        wait: Option<Duration>,
    },
    /// The server does not accept the request.
    Refused { status: StatusCode, fault: Fault },
    /// What this machine lacks.
    Local(anyhow::Error),
    /// Whoever waits was asked to stop.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passing { reason, .. } => f.write_str(reason),
            Self::Refused { status, fault } => {
                f.write_str(&fault.message)?;
                if let Some(path) = fault.path.as_deref().filter(|path| !path.is_empty()) {
                    write!(f, " ({path})")?;
                }
                write!(f, " [{} {}]", status.as_u16(), fault.code)
            }
            Self::Local(error) => write!(f, "{error:#}"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A code for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Passing { .. } => "UNAVAILABLE",
            Self::Refused { fault, .. } => &fault.code,
            Self::Local(_) => "LOCAL",
            Self::Stopped => "STOPPED",
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Local(error)
    }
}
