//! What the publisher decides.

use std::fmt;
use std::str::FromStr;

/// Settings of an export.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Prefix of the ids of projects.
    pub prefix: Prefix,
    /// Name of the publisher; if it is not set, that of the city's committee in the directory.
    pub publisher: Option<String>,
    /// Address of the package; if it is not set, each package has a URN of its own.
    pub uri: Option<String>,
}

/// Prefix of the ids of projects, as the Open Contracting Partnership registers it for a publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Used until the publisher has registered its own. Nobody else can hold it.
    pub const PROVISIONAL: &'static str = "oc4ids-000000";

    /// The id of the project with a code.
    pub fn id(&self, code: &str) -> String {
        format!("{self}-{code}")
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self(Self::PROVISIONAL.to_owned())
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefixError;

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("accepted: `oc4ids-` and six of the characters a to z and 0 to 9, for example oc4ids-bu3kcz")
    }
}

impl std::error::Error for PrefixError {}

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let own = text.strip_prefix("oc4ids-").ok_or(PrefixError)?;
        let plain = own.len() == 6 && own.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if plain { Ok(Self(text.to_owned())) } else { Err(PrefixError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_six_plain_characters() {
        assert_eq!(Prefix::PROVISIONAL.parse(), Ok(Prefix::default()));
        assert_eq!("oc4ids-bu3kcz".parse::<Prefix>().map(|prefix| prefix.id("DA-1")), Ok("oc4ids-bu3kcz-DA-1".into()));
        for text in [
            "",
            "oc4ids-",
            "oc4ids-bu3kc",
            "oc4ids-bu3kcz1",
            "oc4ids-BU3KCZ",
            "oc4ids-bu3k-z",
            "ocds-bu3kcz",
            "oc4ids-ộộ",
        ] {
            assert_eq!(text.parse::<Prefix>(), Err(PrefixError), "{text:?}");
        }
    }
}
