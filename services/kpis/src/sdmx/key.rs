//! The key of a line: indicator, scope and period.

use serde_json::{Map, Value, json};
use service_kit::push::layout::Sender;

use super::period::{frequency, period};
use super::read::Cells;

/// What a line is about.
pub struct Key {
    indicator: Option<String>,
    area: Option<String>,
    organization: Option<String>,
    period: Option<String>,
}

impl Key {
    /// Reads the key, or refuses what is wrong with it.
    pub fn read(cells: &mut Cells) -> Self {
        let period = cells.read(
            "TIME_PERIOD",
            period,
            "accepted: a year (2026), a quarter (2026-Q1) or a month (2026-03)",
            "chấp nhận: năm (2026), quý (2026-Q1) hoặc tháng (2026-03)",
        );
        if let (Some(period), Some(stated)) = (&period, cells.text("FREQ")) {
            let expected = frequency(period);
            if stated != expected {
                cells.refuse(
                    "FREQ",
                    &format!("accepted: {expected}, the frequency of {period}"),
                    &format!("chấp nhận: {expected}, theo kỳ {period}"),
                );
            }
        }
        let key = Self {
            indicator: cells.code("INDICATOR"),
            area: cells.code("REF_AREA"),
            organization: cells.code("ORGANIZATION"),
            period,
        };
        if key.area.is_some() == key.organization.is_some() && !cells.has_fault(&["REF_AREA", "ORGANIZATION"]) {
            cells.refuse(
                "REF_AREA",
                "accepted: one scope, an area or an ORGANIZATION; the other one is _Z or empty",
                "chấp nhận: đúng một phạm vi, địa bàn hoặc cơ quan (ORGANIZATION); cột còn lại ghi _Z hoặc để trống",
            );
        }
        key
    }

    /// The id of the observation. Two sources can have the same id, so that of another source has its name before it.
    pub fn external_id(&self, cells: &Cells, sender: &Sender<'_>) -> String {
        if let Some(id) = cells.text("OBS_ID") {
            return match cells.text("SOURCE") {
                Some(source) if source != sender.source => format!("{source}/{id}"),
                _ => id.to_owned(),
            };
        }
        let scope = match (&self.area, &self.organization) {
            (Some(area), _) => format!("area/{area}"),
            (None, Some(organization)) => format!("organization/{organization}"),
            (None, None) => String::new(),
        };
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let id = format!("{}/{scope}/{}", part(&self.indicator), part(&self.period));
        // The first revision is that of a file without the column.
        match cells.whole("REVISION") {
            Some(revision) if revision > 1 => format!("{id}/{revision}"),
            _ => id,
        }
    }

    /// States the key in the fields of the kind.
    pub fn state(&self, cells: &Cells, values: &mut Map<String, Value>) {
        let fields = [
            ("indicator", &self.indicator),
            ("area", &self.area),
            ("organization", &self.organization),
            ("period", &self.period),
        ];
        for (field, code) in fields {
            // The scope that it is not about is stated too: a source may move an observation.
            let is_scope = matches!(field, "area" | "organization");
            if code.is_some() || is_scope {
                values.insert(field.to_owned(), json!(code));
            }
        }
        if let Some(revision) = cells.whole("REVISION") {
            values.insert("revision".to_owned(), revision.into());
        }
    }
}
