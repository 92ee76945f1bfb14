//! Targets: how many are judged how, and which are red.

use super::figures::Figures;
use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{Indicator, List, Target, name};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::text;

const TARGETS: (&str, &str) = ("targets", "chỉ tiêu");

const PARTS: Parts = Parts { roots: &["city", "redTargets"], datasets: &["kpis"] };

pub fn section(frame: &Frame<'_>) -> Section {
    let data = &frame.answer.data;
    let mut section = frame.section(frame.say("Targets (KPI)", "Chỉ tiêu"), &PARTS);
    if let Some(city) = &data.city {
        section.notes = frame.basis(&city.freshness);
        if let Some(card) = city.nodes.first() {
            let (now, before) =
                (card.measures.kpis.as_ref(), card.previous.as_ref().and_then(|before| before.kpis.as_ref()));
            let mut figures = Figures::new(frame, now, before);
            figures.count(("Targets", "Tổng số chỉ tiêu"), TARGETS, |kpis| kpis.total);
            figures.count(("Green", "Mức xanh"), TARGETS, |kpis| kpis.green);
            figures.count(("Amber-green", "Mức vàng – xanh"), TARGETS, |kpis| kpis.amber_green);
            figures.count(("Amber-red", "Mức vàng – đỏ"), TARGETS, |kpis| kpis.amber_red);
            figures.count(("Red", "Mức đỏ"), TARGETS, |kpis| kpis.red);
            figures.count(("Critical targets in red", "Chỉ tiêu quan trọng ở mức đỏ"), TARGETS, |kpis| {
                kpis.critical_red
            });
            figures.count(("Without a judgement", "Chưa đủ số liệu để đánh giá"), TARGETS, |kpis| {
                kpis.unjudged
            });
            figures.rate(
                ("On track, of the judged ones", "Tỷ lệ đạt tiến độ trong số đã đánh giá"),
                TARGETS,
                |kpis| &kpis.on_track,
            );
            figures.rate(
                ("Observations published when due", "Tỷ lệ số liệu đến kỳ báo cáo đã được công bố"),
                ("observations", "số liệu"),
                |kpis| &kpis.reported,
            );
            section.tables.push(
                figures.table(frame.say("Targets", "Tình hình thực hiện chỉ tiêu"), frame.say("Targets", "Chỉ tiêu")),
            );
        }
    }
    section.tables.extend(data.red_targets.as_ref().map(|list| red(frame, list)));
    section
}

fn red(frame: &Frame<'_>, list: &List<Target>) -> Table {
    let rows = list.nodes.iter().map(|target| {
        let indicator = target.indicator.as_ref();
        let place = name(target.organization.as_ref()).or(name(target.area.as_ref()));
        let of = |text: Option<&str>| Cell::decimal(text, 2);
        vec![
            Cell::text(indicator.and_then(|indicator| indicator_name(frame, indicator))),
            Cell::text(indicator.and_then(|indicator| indicator.unit.as_deref())),
            Cell::text(place),
            Cell::Text(text::period_text(&target.period, frame.language)),
            of(target.value.as_deref()),
            of(target.actual.as_deref()),
            Cell::date(target.observed_until),
            Cell::share(target.shortfall.as_deref().and_then(|shortfall| shortfall.parse().ok())),
            Cell::text(indicator.and_then(|indicator| name(indicator.organization.as_ref()))),
        ]
    });
    let notes = [
        Some(frame.say(
            "Shortfall: the missing part of the way from the baseline to the target.",
            "Mức hụt: phần còn thiếu của chặng đường từ mức gốc đến mục tiêu.",
        )),
        frame.left_out(list.nodes.len(), list.total_count),
    ];
    Table {
        sheet: frame.say("Red targets", "Chỉ tiêu mức đỏ"),
        title: frame.say("Targets in red, the shortest first", "Chỉ tiêu ở mức đỏ, hụt nhiều nhất xếp trước"),
        columns: vec![
            Column::text(frame.say("Indicator", "Chỉ tiêu")),
            Column::text(frame.say("Unit", "Đơn vị tính")),
            Column::text(frame.say("Scope", "Phạm vi")),
            Column::text(frame.say("Period", "Kỳ")),
            Column::number(frame.say("Target", "Mục tiêu")),
            Column::number(frame.say("Reached", "Thực hiện")),
            Column::number(frame.say("Observed until", "Số liệu đến ngày")),
            Column::number(frame.say("Shortfall", "Mức hụt")),
            Column::text(frame.say("Responsible", "Đơn vị theo dõi")),
        ],
        rows: rows.collect(),
        empty: frame
            .say("No red target that the credential may see.", "Không có chỉ tiêu ở mức đỏ mà khóa được quyền xem."),
        note: Some(notes.into_iter().flatten().collect::<Vec<_>>().join(" ")),
    }
}

/// The name of an indicator; it says when a red target of it caps scores.
fn indicator_name(frame: &Frame<'_>, indicator: &Indicator) -> Option<String> {
    let name = indicator.name.as_deref()?;
    let mark = if indicator.critical == Some(true) {
        frame.language.pick(" (critical)", " (chỉ tiêu quan trọng)")
    } else {
        ""
    };
    Some(format!("{name}{mark}"))
}
