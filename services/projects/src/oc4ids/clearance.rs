//! Land clearance: sums of a project and decisions about many parties. Nothing here is about a single household.

use serde::Serialize;

use super::document::Document;
use super::rows::{Decision, ProjectRows};
use super::time::Times;
use super::value::Value;

/// Social information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Social {
    land_compensation_budget: Value,
}

/// The compensation of all parties of the project.
pub fn social(rows: &ProjectRows) -> Option<Social> {
    rows.compensation.map(|amount| Social { land_compensation_budget: amount.into() })
}

/// The decisions about land.
pub fn decisions(times: Times, rows: &ProjectRows) -> impl Iterator<Item = Document> {
    rows.decisions.iter().filter_map(move |decision| match decision {
        Decision::Compensation { document, on } => {
            let document = Document::titled(Some("resettlementPlan"), Some(document))?;
            Some(document.about("Phê duyệt phương án bồi thường, hỗ trợ, tái định cư").on(times, *on))
        }
        Decision::Recovery { document, on, parcels, area } => {
            let document = Document::titled(Some("landAndSettlementImpact"), Some(document))?;
            let about = format!("Quyết định thu hồi đất: {parcels} thửa, {} m²", area.normalize());
            Some(document.about(&about).on(times, *on))
        }
    })
}
