//! Observations of the city: those in words, and synthetic ones for the rest.

use std::collections::HashMap;

use super::course::{Said, course};
use super::period::{YEARS, periods};
use super::report::{Report, Scope};
use super::ward::Told;
use super::{ILLUSTRATIVE, PUBLISHED};
use crate::city::{City, ObservationFact};
use crate::row::{Row, Rows};

/// Rows of the observations of the city. What wards, communes and departments counted adds up to what the city reports.
pub(super) fn rows(city: &City, told: &[Told<'_>], rows: &mut Rows) {
    let mut counted: HashMap<(&str, String), Said> = HashMap::new();
    for told in told {
        let sum = counted.entry((told.fact.code.as_str(), told.period.to_string())).or_default();
        *sum = sum.and(told.said);
    }
    for fact in &city.kpis.indicators {
        let Some(path) = &fact.path else { continue };
        let in_words = city.kpis.observations.iter().filter(|observation| observation.indicator == fact.code);
        let in_words: Vec<&str> = in_words.map(|observation| observation.period.as_str()).collect();
        let periods = periods(&fact.frequency, YEARS);
        for (period, said) in periods.iter().zip(course(fact, path, &periods)) {
            let text = period.to_string();
            if in_words.contains(&text.as_str()) {
                continue;
            }
            let report = Report {
                indicator: &fact.code,
                scope: Scope::Area(&city.profile.code),
                period: *period,
                lag: fact.lag,
                said: counted.get(&(fact.code.as_str(), text)).copied().unwrap_or(said),
                flags: &[],
                restated_on: None,
                provisional: fact.provisional,
                gaps: fact.gaps,
            };
            report.rows(rows);
        }
    }
    for fact in &city.kpis.observations {
        in_words(city, fact, rows);
    }
}

fn in_words(city: &City, fact: &ObservationFact, rows: &mut Rows) {
    let area = city.profile.code.as_str();
    let id = match fact.revision {
        1 => format!("{}/{area}/{}", fact.indicator, fact.period),
        revision => format!("{}/{area}/{}/{revision}", fact.indicator, fact.period),
    };
    let note = fact.note.as_deref().map(|note| format!("{note}. ")).unwrap_or_default();
    let row = |on, minutes| {
        let row = Row::new(&id, on, minutes)
            .with("indicator", fact.indicator.as_str())
            .with("area", area)
            .with("period", fact.period.as_str())
            .with("revision", fact.revision)
            .with("note", format!("{note}{}", if fact.published { PUBLISHED } else { ILLUSTRATIVE }));
        let row = Said { value: fact.value, parts: None }.in_row(row);
        if fact.flags.is_empty() { row } else { row.with("flags", fact.flags.clone()) }
    };
    // The reason of what was withdrawn is that of the withdrawal.
    let corrects = fact.reason.as_deref().filter(|_| fact.withdrawn.is_none());
    rows.add("observations", row(fact.on, 300).with("status", "PUBLISHED").maybe("reason", corrects));
    if let Some(on) = fact.withdrawn {
        let row = row(on, 300).with("status", "WITHDRAWN");
        rows.add("observations", row.maybe("withdrawalReason", fact.reason.as_deref()));
    }
}
