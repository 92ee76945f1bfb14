//! What the tasks are about.

use directory::import::AreaKind;
use serde::Deserialize;
use tasks::import::TaskKind;

#[derive(Debug, Deserialize)]
pub(crate) struct Themes {
    #[serde(rename = "theme")]
    pub(crate) themes: Vec<Theme>,
    #[serde(rename = "commune_theme")]
    pub(crate) commune_themes: Vec<CommuneTheme>,
}

/// What the tasks of a theme have in common.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Common {
    pub(crate) group: String,
    pub(crate) coordinating: Vec<String>,
    pub(crate) programmes: Vec<String>,
    pub(crate) bottlenecks: Vec<String>,
    pub(crate) deliverable: String,
}

/// Tasks of one lead that follow each other.
#[derive(Debug, Deserialize)]
pub(crate) struct Theme {
    #[serde(flatten)]
    pub(crate) common: Common,
    pub(crate) lead: String,
    pub(crate) kind: TaskKind,
    /// Short names of wards and communes; none when the whole city is meant.
    pub(crate) areas: Vec<String>,
    pub(crate) titles: Vec<String>,
}

/// One task each for several wards or communes.
#[derive(Debug, Deserialize)]
pub(crate) struct CommuneTheme {
    #[serde(flatten)]
    pub(crate) common: Common,
    /// Only wards or only communes; any when absent.
    pub(crate) unit: Option<AreaKind>,
    pub(crate) count: usize,
    /// With `{area}` where the ward or commune is named.
    pub(crate) title: String,
}
