//! The document of an answer: its head, and a module for each section.

mod alerts;
mod changes;
mod conclusions;
mod feedback;
mod figures;
mod head;
mod scores;
mod sources;
mod targets;
mod tasks;
mod works;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::answer::fields::Freshness;
use super::answer::{Answer, Fault};
use super::document::{Cell, Document, Section};
use super::stock::Stock;
use super::text;
use super::words::{self, word};
use crate::client::Language;

/// Everything of which a document is made.
pub struct Frame<'a> {
    pub language: Language,
    pub stock: &'a Stock,
    pub answer: &'a Answer,
    /// When the platform was asked.
    pub now: DateTime<Utc>,
    /// Who made the document.
    pub author: Option<&'a str>,
}

/// What a section is made of.
struct Parts {
    /// Root fields of the operation.
    roots: &'static [&'static str],
    /// Datasets whose silent sources make its figures stale.
    datasets: &'static [&'static str],
}

impl Frame<'_> {
    /// The document.
    pub fn document(&self) -> Document {
        let mut sections = vec![
            tasks::section(self),
            scores::section(self),
            works::section(self),
            targets::section(self),
            feedback::section(self),
            alerts::section(self),
            changes::section(self),
            conclusions::section(self),
            sources::section(self),
        ];
        for (number, section) in (1..).zip(&mut sections) {
            section.title = format!("{}. {}", self.language.pick(number.to_string(), roman(number)), section.title);
        }
        Document {
            language: self.language,
            title: head::title(self),
            made: self.local(self.now),
            subtitle: head::subtitle(self),
            facts: head::facts(self),
            warnings: head::warnings(self),
            sections,
        }
    }

    /// One of two texts.
    fn say(&self, english: &str, vietnamese: &str) -> String {
        self.language.pick(english, vietnamese).to_owned()
    }

    /// A section with what is missing and stale in it.
    fn section(&self, title: String, parts: &Parts) -> Section {
        let mut warnings = self.missing(|fault| parts.roots.contains(&fault.root.as_str()));
        warnings.extend(sources::stale(self, parts.datasets));
        Section { title, warnings, ..Section::default() }
    }

    /// Which parts are missing, in a sentence for each reason.
    fn missing(&self, concerns: impl Fn(&Fault) -> bool) -> Vec<String> {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for fault in self.answer.faults.iter().filter(|fault| concerns(fault)) {
            let part =
                word(words::PARTS, &fault.root, self.language).unwrap_or(self.language.pick("a part", "một phần"));
            // The parts that the caller may not see have one reason.
            let code = if fault.is_of_rights() { "" } else { fault.code.as_str() };
            match reasons.iter_mut().find(|(known, _)| *known == code) {
                Some((_, parts)) if parts.contains(&part) => {}
                Some((_, parts)) => parts.push(part),
                None => reasons.push((code, vec![part])),
            }
        }
        // What failed comes before what is hidden.
        reasons.sort_by_key(|(code, _)| code.is_empty());
        reasons.into_iter().map(|(code, parts)| self.missing_for(code, &parts.join("; "))).collect()
    }

    fn missing_for(&self, code: &str, parts: &str) -> String {
        if code.is_empty() {
            return self.language.pick(
                format!("Not shown: {parts}. The credential has no right to it."),
                format!("Không thể hiện: {parts}. Khóa dùng để lập không có quyền xem."),
            );
        }
        let reason = word(words::FAILURES, code, self.language).unwrap_or(self.language.pick("an error", "có lỗi"));
        self.language.pick(
            format!("MISSING OR INCOMPLETE: {parts}. The platform did not answer ({reason})."),
            format!("THIẾU HOẶC KHÔNG ĐẦY ĐỦ: {parts}. Nền tảng không trả lời ({reason})."),
        )
    }

    /// The end of a day; today has not ended.
    fn until(&self, day: NaiveDate) -> String {
        let text = text::date(day, self.language);
        if day < self.stock.today {
            self.language.pick(format!("the end of {text}"), format!("hết ngày {text}"))
        } else {
            self.language.pick(format!("{text}, a day that is not over"), format!("ngày {text}, chưa hết ngày"))
        }
    }

    /// As of when figures are, and when the data behind them last changed.
    fn basis(&self, freshness: &Freshness) -> Vec<String> {
        let latest = freshness.observed_at.map_or_else(
            || self.say("no record", "không có bản ghi"),
            |at| text::moment(self.local(at), self.language),
        );
        let until = self.until(freshness.as_of);
        let mut notes = vec![self.language.pick(
            format!("Figures as of {until}; data last changed: {latest}."),
            format!("Số liệu tính đến {until}; dữ liệu cập nhật lần cuối: {latest}."),
        )];
        if freshness.partial {
            notes.push(self.say(
                "The period is not over on that day: its figures will still change.",
                "Đến ngày này kỳ chưa kết thúc: số liệu còn thay đổi.",
            ));
        }
        if freshness.hidden_rows > 0 {
            let hidden = text::number_of(freshness.hidden_rows, self.language);
            notes.push(self.language.pick(
                format!("Hidden for this credential, because they are about few persons: {hidden} groups."),
                format!("Bị ẩn với khóa này vì liên quan đến ít người: {hidden} nhóm."),
            ));
        }
        notes
    }

    /// A point in time in the city.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.stock.city.tz).naive_local()
    }

    fn moment(&self, at: Option<DateTime<Utc>>) -> Cell {
        at.map_or(Cell::Missing, |at| Cell::Moment(self.local(at)))
    }

    /// What the rows of a table leave out of a total.
    fn left_out(&self, shown: usize, total: i64) -> Option<String> {
        let shown = i64::try_from(shown).unwrap_or(i64::MAX);
        let [first, all] = [shown, total].map(|number| text::number_of(number, self.language));
        (shown < total).then(|| {
            self.language.pick(format!("The first {first} of {all}."), format!("{first} dòng đầu trong tổng số {all}."))
        })
    }

    /// The words for a code.
    fn word(&self, list: &[(&'static str, &'static str, &'static str)], code: &str) -> Cell {
        Cell::Text(word(list, code, self.language).unwrap_or(self.language.pick("Other", "Khác")).to_owned())
    }
}

/// A number below 40 as Vietnamese offices number sections.
fn roman(number: usize) -> String {
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    "X".repeat(number / 10) + ONES[number % 10]
}
