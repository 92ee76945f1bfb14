//! Language of what people read: messages of the server and words of the report.

use clap::ValueEnum;

/// A language of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    #[value(name = "vi")]
    Vietnamese,
    #[value(name = "en")]
    English,
}

impl Language {
    /// The language of an environment, by the variables of POSIX in their order of precedence.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|text| !text.is_empty());
        if locale.is_some_and(|locale| locale.starts_with("vi")) { Self::Vietnamese } else { Self::English }
    }

    /// The code of the language, for `Accept-Language`.
    pub fn code(self) -> &'static str {
        self.pick("en", "vi")
    }

    /// One of two texts.
    pub fn pick<T>(self, english: T, vietnamese: T) -> T {
        match self {
            Self::English => english,
            Self::Vietnamese => vietnamese,
        }
    }
}
