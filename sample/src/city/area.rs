//! Wards and communes, and their predecessors.

use directory::import::AreaKind;
use rust_decimal::Decimal;
use serde::Deserialize;

/// A ward or commune.
#[derive(Debug, Deserialize)]
pub(crate) struct AreaRecord {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) short_name: String,
    pub(crate) kind: UnitKind,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    pub(crate) area_km2: Decimal,
}

/// Kind of area, as written in the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum UnitKind {
    #[serde(rename = "Phường")]
    Ward,
    #[serde(rename = "Xã")]
    Commune,
}

impl UnitKind {
    pub(crate) fn area_kind(self) -> AreaKind {
        match self {
            Self::Ward => AreaKind::Ward,
            Self::Commune => AreaKind::Commune,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ward => "phường",
            Self::Commune => "xã",
        }
    }
}

impl AreaRecord {
    /// The name within a sentence: "phường Ba Đình".
    pub(crate) fn in_sentence(&self) -> String {
        format!("{} {}", self.kind.word(), self.short_name)
    }

    /// The code of the area's own committee.
    pub(crate) fn committee_code(&self, parent: &str) -> String {
        format!("{parent}-{}", self.code)
    }
}

/// Merger of an area before the reform, wholly or in part, into a current one.
#[derive(Debug, Deserialize)]
pub(crate) struct SuccessionRecord {
    pub(crate) from_code: String,
    pub(crate) from_name: String,
    pub(crate) to_code: String,
    pub(crate) share: Option<Decimal>,
}
