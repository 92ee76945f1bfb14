//! A published observation as a line.

use chrono::NaiveDate;
use sqlx::FromRow;

use super::component::{COMPONENTS, FRAME, NOT_APPLICABLE, dataflow};
use super::{cell, code, period, status};
use crate::model::{ObservationFlag, ObservationStatus};

/// A published observation, as the store reads it. Numbers are texts with all their digits.
#[derive(Debug, Clone, FromRow)]
pub struct ObservedRow {
    pub indicator: String,
    pub area: Option<String>,
    pub organization: Option<String>,
    pub period: String,
    pub value: Option<String>,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    pub flags: Vec<ObservationFlag>,
    pub unit: String,
    pub revision: i32,
    pub published_on: NaiveDate,
    pub source: String,
    pub external_id: String,
}

/// The header.
pub fn header() -> String {
    cell::line(FRAME.into_iter().chain(COMPONENTS.iter().map(|component| component.header)))
}

impl ObservedRow {
    /// The line. Nothing confidential is in it: of a suppressed value neither the value nor its parts.
    pub fn line(&self) -> String {
        let scope = |code: &Option<String>| code.as_deref().map_or_else(|| NOT_APPLICABLE.to_owned(), code::id);
        let is_hidden = self.flags.contains(&ObservationFlag::Suppressed);
        let part = |number: &Option<String>| number.clone().filter(|_| !is_hidden).unwrap_or_default();
        // A reader that splits a file into lines before it looks for quotation marks must not fall over a unit.
        let unit: Vec<&str> = self.unit.split_whitespace().collect();
        let cells = [
            "dataflow".to_owned(),
            dataflow(),
            "I".to_owned(),
            period::frequency(&self.period).to_owned(),
            code::id(&self.indicator),
            scope(&self.area),
            scope(&self.organization),
            self.period.clone(),
            self.value.clone().filter(|_| !is_hidden).unwrap_or_else(|| "NaN".to_owned()),
            status::codes(&self.flags),
            part(&self.numerator),
            part(&self.denominator),
            unit.join(" "),
            self.revision.to_string(),
            self.published_on.to_string(),
            ObservationStatus::Published.as_str().to_owned(),
            self.source.clone(),
            self.external_id.clone(),
        ];
        cell::line(cells.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> ObservedRow {
        ObservedRow {
            indicator: "GRDP".to_owned(),
            area: Some("01".to_owned()),
            organization: None,
            period: "2026-Q1".to_owned(),
            value: Some("10.23".to_owned()),
            numerator: None,
            denominator: Some("100".to_owned()),
            flags: vec![ObservationFlag::Provisional, ObservationFlag::Break],
            unit: "%,\n năm trước".to_owned(),
            revision: 2,
            published_on: NaiveDate::from_ymd_opt(2026, 4, 6).expect("a day"),
            source: "thong-ke".to_owned(),
            external_id: "GRDP \"sơ bộ\"".to_owned(),
        }
    }

    #[test]
    fn a_line_has_a_cell_for_each_column() {
        assert!(header().starts_with(
            "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ,INDICATOR,REF_AREA,ORGANIZATION,TIME_PERIOD,OBS_VALUE,OBS_STATUS[],"
        ));
        assert_eq!(
            row().line(),
            "dataflow,IOC:DF_KPI(1.0.0),I,Q,GRDP,01,_Z,2026-Q1,10.23,P;B,,100,\"%, năm trước\",2,2026-04-06,PUBLISHED,thong-ke,\"GRDP \"\"sơ bộ\"\"\"\r\n"
        );
    }

    #[test]
    fn nothing_of_a_suppressed_value_is_told() {
        let hidden = ObservedRow { flags: vec![ObservationFlag::Suppressed], ..row() };
        assert!(hidden.line().contains(",2026-Q1,NaN,Q,,,"), "{}", hidden.line());
        let missing = ObservedRow {
            value: None,
            flags: vec![ObservationFlag::Missing],
            denominator: None,
            area: None,
            organization: Some("STC".to_owned()),
            ..row()
        };
        assert!(missing.line().contains(",GRDP,_Z,STC,2026-Q1,NaN,O,,,"), "{}", missing.line());
    }
}
