//! Tables of figures: each with its unit, its value in the period and in the one before, and what it is made of.

use super::Frame;
use crate::command::briefing::answer::fields::Rate;
use crate::command::briefing::document::{Cell, Column, Table};
use crate::command::briefing::text;

/// A figure.
pub struct Figure {
    pub name: String,
    pub unit: String,
    pub now: Cell,
    pub before: Cell,
    pub note: String,
}

/// Figures of something that is measured now and before.
pub struct Figures<'a, T> {
    pub frame: &'a Frame<'a>,
    pub now: Option<&'a T>,
    pub before: Option<&'a T>,
    pub list: Vec<Figure>,
}

impl<'a, T> Figures<'a, T> {
    pub fn new(frame: &'a Frame<'a>, now: Option<&'a T>, before: Option<&'a T>) -> Self {
        Self { frame, now, before, list: Vec::new() }
    }

    /// Adds a figure; names and units are English, then Vietnamese.
    pub fn add(&mut self, names: (&str, &str), units: (&str, &str), read: impl Fn(&T) -> Cell) {
        let cell = |measured: Option<&T>| measured.map_or(Cell::Missing, &read);
        self.list.push(Figure {
            name: self.frame.say(names.0, names.1),
            unit: self.frame.say(units.0, units.1),
            now: cell(self.now),
            before: cell(self.before),
            note: String::new(),
        });
    }

    /// Adds a number of things.
    pub fn count(&mut self, names: (&str, &str), units: (&str, &str), read: impl Fn(&T) -> i64) {
        self.add(names, units, |measured| Cell::count(read(measured)));
    }

    /// Adds a rate, with its numerator and denominator as note.
    pub fn rate(&mut self, names: (&str, &str), units: (&str, &str), read: impl Fn(&T) -> &Rate) {
        self.add(names, ("%", "%"), |measured| Cell::share(read(measured).value));
        let unit = self.frame.say(units.0, units.1);
        let note = self.now.map(|measured| of(read(measured), &unit, self.frame)).unwrap_or_default();
        self.note(note);
    }

    /// Says something about the last figure.
    pub fn note(&mut self, note: String) {
        if let Some(last) = self.list.last_mut() {
            last.note = note;
        }
    }

    /// The table of the figures.
    pub fn table(self, title: String, sheet: String) -> Table {
        let frame = self.frame;
        let columns = vec![
            Column::text(frame.say("Figure", "Chỉ số")),
            Column::text(frame.say("Unit", "Đơn vị tính")),
            Column::number(frame.say("This period", "Kỳ này")),
            Column::number(frame.say("Period before", "Kỳ trước")),
            Column::text(frame.say("Note", "Ghi chú")),
        ];
        let row = |figure: Figure| {
            let note = if figure.note.is_empty() { Cell::Blank } else { Cell::Text(figure.note) };
            vec![Cell::Text(figure.name), Cell::Text(figure.unit), figure.now, figure.before, note]
        };
        Table { sheet, title, columns, rows: self.list.into_iter().map(row).collect(), ..Table::default() }
    }
}

/// Numerator and denominator of a rate.
fn of(rate: &Rate, unit: &str, frame: &Frame<'_>) -> String {
    let part = |text: &str| text::cell(&Cell::decimal(Some(text), 1), frame.language);
    if rate.value.is_none() {
        return frame.say("nothing to be counted", "không phát sinh");
    }
    format!("{}/{} {unit}", part(&rate.numerator), part(&rate.denominator)).trim_end().to_owned()
}
