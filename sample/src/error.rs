//! Why a sample could not be loaded.

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
}
