//! Alerts: how many of which severity and kind, and the gravest with who must act.

use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{Alert, Alerts, name};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::{text, words};

const PARTS: Parts = Parts { roots: &["alerts"], datasets: &["tasks", "projects", "clearance", "kpis", "feedback"] };

pub fn section(frame: &Frame<'_>) -> Section {
    let mut section = frame.section(frame.say("Alerts", "Cảnh báo"), &PARTS);
    let Some(alerts) = &frame.answer.data.alerts else { return section };
    let until = frame.until(frame.stock.as_of);
    let total = text::number_of(alerts.total_count, frame.language);
    section.notes.push(frame.language.pick(
        format!("Alerts that are open as of {until}, on records that the credential may see: {total}."),
        format!("Số cảnh báo đang mở tính đến {until}, trên hồ sơ mà khóa được quyền xem: {total}."),
    ));
    section.tables.push(counts(frame, alerts));
    section.tables.push(gravest(frame, alerts));
    section
}

fn counts(frame: &Frame<'_>, alerts: &Alerts) -> Table {
    let [severity, kind] = [frame.say("Severity", "Mức độ"), frame.say("Kind", "Loại")];
    let row = |by: &String, what: Cell, count: i64| vec![Cell::Text(by.clone()), what, Cell::count(count)];
    let by_severity = alerts
        .by_severity
        .iter()
        .map(|found| row(&severity, frame.word(words::SEVERITIES, &found.severity), found.count));
    let by_kind =
        alerts.by_kind.iter().map(|found| row(&kind, frame.word(words::ALERT_KINDS, &found.kind), found.count));
    Table {
        sheet: frame.say("Alerts by kind", "Số cảnh báo"),
        title: frame.say("Alerts by severity and by kind", "Cảnh báo theo mức độ và theo loại"),
        columns: vec![
            Column::text(frame.say("By", "Phân theo")),
            Column::text(frame.say("Value", "Giá trị")),
            Column::number(frame.say("Alerts", "Số cảnh báo")),
        ],
        rows: by_severity.chain(by_kind).collect(),
        empty: frame.say("No alert is open.", "Không có cảnh báo đang mở."),
        note: None,
    }
}

fn gravest(frame: &Frame<'_>, alerts: &Alerts) -> Table {
    Table {
        sheet: frame.say("Alerts", "Cảnh báo"),
        title: frame.say("The gravest alerts and who must act", "Cảnh báo nghiêm trọng nhất và trách nhiệm xử lý"),
        columns: vec![
            Column::text(frame.say("Severity", "Mức độ")),
            Column::text(frame.say("What", "Nội dung")),
            Column::number(frame.say("Since", "Từ ngày")),
            Column::text(frame.say("Organization that must act", "Đơn vị phải xử lý")),
            Column::text(frame.say("Who must act", "Người phải xử lý")),
            Column::text(frame.say("Areas", "Địa bàn")),
        ],
        rows: alerts.nodes.iter().map(|alert| row(frame, alert)).collect(),
        empty: frame.say("No alert is open.", "Không có cảnh báo đang mở."),
        note: frame.left_out(alerts.nodes.len(), alerts.total_count),
    }
}

fn row(frame: &Frame<'_>, alert: &Alert) -> Vec<Cell> {
    let official = alert.official.as_ref().and_then(|official| official.display_name.as_deref());
    let position = alert.position.as_ref().and_then(|position| position.title.as_deref());
    let areas: Vec<&str> = alert.areas.iter().filter_map(|area| name(Some(area))).collect();
    let mut title = frame.language.pick(&alert.title_en, &alert.title).clone();
    // A parcel has numbers only, which several sites have.
    if let Some(project) = name(alert.project.as_ref()).filter(|project| !title.contains(project)) {
        title += &frame.language.pick(format!(" (project: {project})"), format!(" (dự án: {project})"));
    }
    vec![
        frame.word(words::SEVERITIES, &alert.severity),
        Cell::Text(title),
        Cell::Date(alert.since),
        Cell::text(name(alert.organization.as_ref())),
        Cell::text(official.or(position)),
        if areas.is_empty() { Cell::Blank } else { Cell::Text(areas.join("; ")) },
    ]
}
