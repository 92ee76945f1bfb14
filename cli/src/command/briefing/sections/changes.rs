//! Changes within the period: how many of which kind, and the important ones.
//!
//! The platform tells changes from an instant up to now. Those of a period that is over are the ones since its begin, less
//! those since its end, as of the same moment.

use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{Change, Changes, name};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::{text, words};

/// Kinds that a briefing must hear of one by one.
const IMPORTANT: [&str; 5] = ["TURNED_RED", "SLIPPED", "FINISHED", "CORRECTED", "DELETED"];

/// Datasets whose changes are told one by one, as in the operation.
const TOLD: [&str; 3] = ["TASKS", "PROJECTS", "KPIS"];

const PARTS: Parts = Parts {
    roots: &["changes", "changesAfter", "important"],
    datasets: &["tasks", "projects", "clearance", "kpis", "feedback"],
};

pub fn section(frame: &Frame<'_>) -> Section {
    let data = &frame.answer.data;
    let mut section = frame.section(frame.say("Changes in the period", "Thay đổi trong kỳ"), &PARTS);
    if !frame.stock.has_changes(frame.now) {
        section.warnings.push(frame.say(
            "Not shown: the platform tells changes for one year, and this period began earlier.",
            "Không thể hiện: nền tảng chỉ cung cấp thay đổi trong vòng một năm, kỳ này bắt đầu sớm hơn.",
        ));
        return section;
    }
    let Some(window) = Window::of(frame) else {
        if data.changes.is_some() {
            section.warnings.push(frame.say(
                "The numbers of changes of the period cannot be told apart from those after it; make the document again.",
                "Chưa tách được số thay đổi trong kỳ với số thay đổi sau kỳ; đề nghị lập lại tài liệu.",
            ));
        }
        return section;
    };
    let unseen: Vec<&str> =
        words::CHANGE_DATASETS.iter().map(|(code, ..)| *code).filter(|code| !window.sees(code)).collect();
    if !unseen.is_empty() {
        let unseen = words::listed(words::CHANGE_DATASETS, unseen, frame.language);
        section.warnings.push(frame.language.pick(
            format!("Not counted, because the credential has no right to it: {unseen}."),
            format!("Không được tính vì khóa không có quyền xem: {unseen}."),
        ));
    }
    let days = text::days(frame.stock.period, frame.language);
    section.notes.push(frame.language.pick(
        format!("Changes of {days}, on records that the credential may see."),
        format!("Thay đổi từ {days}, trên hồ sơ mà khóa được quyền xem."),
    ));
    section.tables.push(counts(frame, &window));
    section.tables.extend(important(frame, &window));
    section
}

/// Changes of the period.
struct Window<'a> {
    since_begin: &'a Changes,
    since_end: Option<&'a Changes>,
}

impl<'a> Window<'a> {
    /// None when the changes after the period are unknown, or of another moment.
    fn of(frame: &Frame<'a>) -> Option<Self> {
        let data = &frame.answer.data;
        let since_begin = data.changes.as_ref()?;
        let since_end = if frame.stock.is_over() { Some(data.changes_after.as_ref()?) } else { None };
        since_end.is_none_or(|after| after.until == since_begin.until).then_some(Self { since_begin, since_end })
    }

    fn sees(&self, dataset: &str) -> bool {
        self.since_begin.datasets.iter().any(|seen| seen == dataset)
    }

    fn count(&self, dataset: &str, kind: &str) -> i64 {
        self.since_begin.count(dataset, kind) - self.since_end.map_or(0, |after| after.count(dataset, kind))
    }
}

fn counts(frame: &Frame<'_>, window: &Window<'_>) -> Table {
    let kinds = words::CHANGE_KINDS;
    let mut columns = vec![Column::text(frame.say("Records", "Loại hồ sơ"))];
    columns.extend(kinds.iter().map(|(_, english, vietnamese)| Column::number(frame.say(english, vietnamese))));
    let rows = words::CHANGE_DATASETS.iter().map(|(dataset, english, vietnamese)| {
        let count = |kind: &str| Cell::count(window.sees(dataset).then(|| window.count(dataset, kind)));
        let counts = kinds.iter().map(|(kind, ..)| count(kind));
        std::iter::once(Cell::Text(frame.say(english, vietnamese))).chain(counts).collect()
    });
    Table {
        sheet: frame.say("Number of changes", "Số thay đổi"),
        title: frame.say("Number of changes", "Số lượng thay đổi"),
        columns,
        rows: rows.collect(),
        ..Table::default()
    }
}

fn important(frame: &Frame<'_>, window: &Window<'_>) -> Option<Table> {
    let list = frame.answer.data.important.as_ref()?;
    let period = frame.stock.period;
    let within = |change: &&Change| {
        period.contains(frame.stock.city.today(change.at)) && IMPORTANT.contains(&change.kind.as_str())
    };
    let mut changes: Vec<&Change> = list.nodes.iter().filter(within).collect();
    let place = |change: &Change| IMPORTANT.iter().position(|kind| *kind == change.kind);
    changes.sort_by_key(|change| place(change));
    let known: i64 = TOLD.iter().flat_map(|dataset| IMPORTANT.map(|kind| window.count(dataset, kind))).sum();
    Some(Table {
        sheet: frame.say("Important changes", "Thay đổi quan trọng"),
        title: frame.say(
            "Important changes of tasks, projects and targets",
            "Thay đổi quan trọng của nhiệm vụ, dự án, chỉ tiêu",
        ),
        columns: vec![
            Column::number(frame.say("When", "Thời điểm")),
            Column::text(frame.say("Records", "Loại hồ sơ")),
            Column::text(frame.say("Change", "Thay đổi")),
            Column::text(frame.say("Code", "Mã")),
            Column::text(frame.say("Name", "Tên")),
            Column::text(frame.say("Organization", "Đơn vị")),
            Column::number(frame.say("Before", "Trước")),
            Column::number(frame.say("After", "Sau")),
        ],
        rows: changes.iter().map(|change| row(frame, change)).collect(),
        empty: frame.say("No important change.", "Không có thay đổi quan trọng."),
        note: frame.left_out(changes.len(), known),
    })
}

fn row(frame: &Frame<'_>, change: &Change) -> Vec<Cell> {
    vec![
        frame.moment(Some(change.at)),
        frame.word(words::CHANGE_DATASETS, &change.dataset),
        frame.word(words::CHANGE_KINDS, &change.kind),
        Cell::Text(change.code.clone()),
        Cell::text(change.title.as_deref()),
        Cell::text(name(change.organization.as_ref())),
        state(frame, change.before.as_deref()),
        state(frame, change.after.as_deref()),
    ]
}

/// A date, a value or a rating; states and names of fields are left out, because the kind of the change says enough.
fn state(frame: &Frame<'_>, state: Option<&str>) -> Cell {
    let Some(state) = state else { return Cell::Blank };
    if let Ok(day) = schema::parse_date(state) {
        return Cell::Date(day);
    }
    match Cell::decimal(Some(state), 2) {
        Cell::Missing => {
            words::word(words::RATINGS, state, frame.language).map_or(Cell::Blank, |word| Cell::Text(word.into()))
        }
        number => number,
    }
}
