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

/// Tasks of one lead that follow each other.
#[derive(Debug, Deserialize)]
pub(crate) struct Theme {
    pub(crate) group: String,
    pub(crate) lead: String,
    pub(crate) coordinating: Vec<String>,
    pub(crate) programmes: Vec<String>,
    pub(crate) bottlenecks: Vec<String>,
    pub(crate) kind: TaskKind,
    /// Short names of wards and communes; none when the whole city is meant.
    pub(crate) areas: Vec<String>,
    pub(crate) deliverable: String,
    pub(crate) titles: Vec<String>,
}

/// One task each for several wards or communes.
#[derive(Debug, Deserialize)]
pub(crate) struct CommuneTheme {
    pub(crate) group: String,
    /// Only wards or only communes; any when absent.
    pub(crate) unit: Option<AreaKind>,
    pub(crate) coordinating: Vec<String>,
    pub(crate) programmes: Vec<String>,
    pub(crate) bottlenecks: Vec<String>,
    pub(crate) count: usize,
    pub(crate) deliverable: String,
    /// With `{area}` where the ward or commune is named.
    pub(crate) title: String,
}
