//! Tasks: measures, organizations with overdue tasks, and the lists of what is overdue, due next and waiting.

mod lists;
mod measures;

use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{TaskStats, name};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::words;

const PARTS: Parts = Parts {
    roots: &["tasks", "tasksBefore", "tasksNext", "lateOrganizations", "overdue", "dueNext", "waiting"],
    datasets: &["tasks"],
};

pub fn section(frame: &Frame<'_>) -> Section {
    let data = &frame.answer.data;
    let mut section = frame.section(frame.say("Tasks", "Nhiệm vụ được giao"), &PARTS);
    if let Some(tasks) = &data.tasks {
        section.notes = frame.basis(&tasks.freshness);
        section.tables.push(measures::table(frame, tasks));
        section.tables.extend(risks(frame, tasks));
    }
    section.tables.extend(late_organizations(frame));
    section.tables.extend(data.overdue.as_ref().map(|list| lists::overdue(frame, list)));
    section.tables.extend(data.due_next.as_ref().map(|list| lists::due_next(frame, list)));
    section.tables.extend(data.waiting.as_ref().map(|list| lists::waiting(frame, list)));
    section
}

fn risks(frame: &Frame<'_>, tasks: &TaskStats) -> Option<Table> {
    let reasons = tasks.totals.at_risk_reasons.as_ref()?;
    Some(Table {
        sheet: frame.say("Risks", "Nguy cơ chậm"),
        title: frame.say("Why tasks are at risk", "Nguyên nhân có nguy cơ chậm"),
        columns: vec![
            Column::text(frame.say("Reason", "Nguyên nhân")),
            Column::number(frame.say("Tasks", "Số nhiệm vụ")),
        ],
        rows: reasons.iter().map(|row| vec![frame.word(words::RISKS, &row.reason), Cell::count(row.tasks)]).collect(),
        empty: frame.say("No task is at risk.", "Không có nhiệm vụ có nguy cơ chậm."),
        note: Some(frame.say("A task may have several reasons.", "Một nhiệm vụ có thể có nhiều nguyên nhân.")),
    })
}

fn late_organizations(frame: &Frame<'_>) -> Option<Table> {
    let late = frame.answer.data.late_organizations.as_ref()?;
    let rows = late.rows.iter().map(|row| {
        let measures = &row.measures;
        vec![
            Cell::text(name(row.organization.as_ref())),
            Cell::count(measures.open),
            Cell::count(measures.overdue),
            Cell::count(measures.at_risk),
            Cell::count(measures.awaiting_approval),
            Cell::count(measures.reminders),
            Cell::count(measures.unanswered_reminders),
        ]
    });
    Some(Table {
        sheet: frame.say("Organizations overdue", "Đơn vị quá hạn"),
        title: frame.say("Organizations with most overdue tasks", "Đơn vị có nhiều nhiệm vụ quá hạn nhất"),
        columns: vec![
            Column::text(frame.say("Organization", "Đơn vị")),
            Column::number(frame.say("Open tasks", "Nhiệm vụ đang thực hiện")),
            Column::number(frame.say("Overdue tasks", "Nhiệm vụ quá hạn")),
            Column::number(frame.say("Tasks at risk", "Nhiệm vụ có nguy cơ chậm")),
            Column::number(frame.say("Tasks awaiting approval", "Nhiệm vụ chờ phê duyệt")),
            Column::number(frame.say("Reminders", "Văn bản đôn đốc")),
            Column::number(frame.say("Reminders without an answer", "Đôn đốc chưa trả lời")),
        ],
        rows: rows.collect(),
        empty: frame.say("No organization has an overdue task.", "Không có đơn vị có nhiệm vụ quá hạn."),
        note: Some(frame.say("At most ten organizations.", "Nhiều nhất mười đơn vị.")),
    })
}
