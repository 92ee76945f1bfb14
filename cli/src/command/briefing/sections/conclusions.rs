//! Conclusions of the briefing of the period and of the one before, and points for the next one.

use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{Conclusion, Held, Work, name};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::{text, words};

const PARTS: Parts = Parts { roots: &["briefings", "earlierBriefings"], datasets: &[] };

pub fn section(frame: &Frame<'_>) -> Section {
    let title =
        frame.say("Conclusions and points for the next briefing", "Kết luận giao ban và nội dung chuyển kỳ sau");
    let mut section = frame.section(title, &PARTS);
    let data = &frame.answer.data;
    let (Some(near), Some(earlier)) = (&data.briefings, &data.earlier_briefings) else { return section };
    let (own, before) = pick(frame, &near.nodes, &earlier.nodes);
    if own.is_empty() {
        section
            .notes
            .push(frame.say("No briefing of this period is recorded.", "Chưa ghi nhận kỳ giao ban của kỳ này."));
    }
    for held in own.iter().chain(&before) {
        let at = text::moment(frame.local(held.held_at), frame.language);
        section.notes.push(frame.language.pick(
            format!("{} ({}): held {at}.", held.title, text::period_text(&held.period, frame.language)),
            format!("{} ({}): tổ chức lúc {at}.", held.title, text::period_text(&held.period, frame.language)),
        ));
    }
    section.tables.push(conclusions(
        frame,
        &own,
        (("Conclusions of this period", "Kết luận của kỳ này"), ("Conclusions", "Kết luận kỳ này")),
    ));
    section.tables.push(conclusions(
        frame,
        &before,
        (
            ("Conclusions of the briefing before", "Kết luận của kỳ giao ban trước"),
            ("Conclusions before", "Kết luận kỳ trước"),
        ),
    ));
    section.tables.push(points(frame, &own, &before));
    section
}

/// The briefings of the period, and the last one before them. `near` are those of the period and of the one before.
fn pick<'a>(frame: &Frame<'_>, near: &'a [Held], earlier: &'a [Held]) -> (Vec<&'a Held>, Vec<&'a Held>) {
    let period = frame.stock.period.to_string();
    let (own, mut before): (Vec<&Held>, Vec<&Held>) = near.iter().partition(|briefing| briefing.period == period);
    if before.is_empty() {
        // After a holiday the briefing of the period before may be missing.
        let first = own.iter().map(|briefing| briefing.held_at).min();
        let is_before = |briefing: &&Held| first.is_none_or(|first| briefing.held_at < first);
        let others = earlier.iter().filter(|briefing| briefing.period != period).filter(is_before);
        before.extend(others.max_by_key(|briefing| briefing.held_at));
    }
    (own, before)
}

type Names<'a> = ((&'a str, &'a str), (&'a str, &'a str));

fn conclusions(frame: &Frame<'_>, briefings: &[&Held], (title, sheet): Names<'_>) -> Table {
    let rows = briefings.iter().flat_map(|briefing| &briefing.conclusions).map(|conclusion| {
        let is_past = conclusion.due_on.map(|due| due < frame.stock.today);
        vec![
            Cell::count(conclusion.number),
            Cell::Text(conclusion.text.clone()),
            Cell::text(name(conclusion.lead_organization.as_ref())),
            Cell::date(conclusion.due_on),
            match is_past {
                Some(true) => Cell::Text(frame.say("past", "đã qua thời hạn")),
                Some(false) => Cell::Text(frame.say("not yet due", "chưa đến hạn")),
                None => Cell::Blank,
            },
            tasks(frame, conclusion),
        ]
    });
    Table {
        sheet: frame.say(sheet.0, sheet.1),
        title: frame.say(title.0, title.1),
        columns: vec![
            Column::number(frame.say("No.", "STT")),
            Column::text(frame.say("Conclusion", "Nội dung kết luận")),
            Column::text(frame.say("Lead", "Đơn vị chủ trì")),
            Column::number(frame.say("Due date", "Thời hạn")),
            Column::text(frame.say("Due date, seen today", "Thời hạn so với ngày lập")),
            Column::text(frame.say("Tasks, seen today", "Nhiệm vụ đã giao, tính đến ngày lập")),
        ],
        rows: rows.collect(),
        empty: frame.say("No conclusion is recorded.", "Chưa ghi nhận kết luận."),
        note: None,
    }
}

/// The tasks that a conclusion became, each with its state.
fn tasks(frame: &Frame<'_>, conclusion: &Conclusion) -> Cell {
    let Some(tasks) = &conclusion.tasks else { return Cell::Missing };
    if tasks.nodes.is_empty() {
        return Cell::Text(frame.say("no task", "chưa giao nhiệm vụ"));
    }
    let mut said: Vec<String> = tasks.nodes.iter().map(|task| task_text(frame, task)).collect();
    let others = tasks.total_count - i64::try_from(tasks.nodes.len()).unwrap_or_default();
    if others > 0 {
        said.push(frame.language.pick(format!("{others} more"), format!("và {others} nhiệm vụ khác")));
    }
    Cell::Text(said.join("; "))
}

fn task_text(frame: &Frame<'_>, task: &Work) -> String {
    let state = words::listed(words::TASK_STATES, [task.status.as_str()], frame.language);
    let mut said = vec![format!("{}: {state}", task.code)];
    if task.status == "IN_PROGRESS" {
        said.push(format!("{} %", task.progress));
    }
    if let Some(due) = task.current_due {
        let due = text::date(due, frame.language);
        said.push(frame.language.pick(format!("due {due}"), format!("hạn {due}")));
    }
    if task.is_overdue {
        said.push(frame.say("overdue", "quá hạn"));
    }
    said.join(", ")
}

fn points(frame: &Frame<'_>, own: &[&Held], before: &[&Held]) -> Table {
    let rows =
        own.iter().chain(before).flat_map(|briefing| briefing.open_points.iter().map(move |point| (briefing, point)));
    let rows = rows.map(|(briefing, point)| {
        vec![
            Cell::Text(text::period_text(&briefing.period, frame.language)),
            Cell::count(point.number),
            Cell::Text(point.text.clone()),
            Cell::text(name(point.lead_organization.as_ref())),
        ]
    });
    Table {
        sheet: frame.say("Open points", "Nội dung chuyển kỳ sau"),
        title: frame.say("Open points to bring to the next briefing", "Nội dung còn mở, đưa ra kỳ giao ban sau"),
        columns: vec![
            Column::text(frame.say("Briefing", "Kỳ giao ban")),
            Column::number(frame.say("No.", "STT")),
            Column::text(frame.say("Point", "Nội dung")),
            Column::text(frame.say("Who brings it", "Đơn vị báo cáo")),
        ],
        rows: rows.collect(),
        empty: frame.say("No open point is recorded.", "Chưa ghi nhận nội dung chuyển kỳ sau."),
        note: None,
    }
}
