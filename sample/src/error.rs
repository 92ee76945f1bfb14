//! Why a sample could not be loaded.

use std::sync::Arc;

use service_kit::Problem;
use thiserror::Error;

/// Why a sample could not be loaded.
#[derive(Debug, Error)]
pub enum SampleError {
    #[error("there is no sample city `{city}`; bundled: {}", bundled.join(", "))]
    UnknownCity { city: String, bundled: &'static [&'static str] },
    #[error("the bundled file {file} cannot be read")]
    Toml {
        file: &'static str,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("the bundled file {file} cannot be read")]
    Csv {
        file: &'static str,
        #[source]
        source: csv::Error,
    },
    /// Two bundled files contradict each other.
    #[error("the bundled data contradict each other: {0}")]
    Contradiction(String),
    #[error("the sample's {stage} could not be stored")]
    Database {
        stage: &'static str,
        #[source]
        source: sqlx::Error,
    },
    #[error("the sample's projects could not be pushed: {message}")]
    Push {
        message: String,
        #[source]
        source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    },
}

impl From<Problem> for SampleError {
    fn from(problem: Problem) -> Self {
        Self::Push { message: problem.message, source: problem.source }
    }
}
