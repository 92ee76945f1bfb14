//! Sources of data: which are silent, and what is stale for that.

use chrono::{DateTime, Utc};

use super::{Frame, Parts};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::{text, words};

const PARTS: Parts = Parts { roots: &["sources"], datasets: &[] };

/// A source that should have pushed.
pub struct Silent {
    pub name: String,
    pub last: Option<DateTime<Utc>>,
    /// Datasets that it feeds.
    pub datasets: Vec<String>,
}

/// The silent sources, by the list of sources or, for who may not see it, by the freshness of the figures.
pub fn silent(frame: &Frame<'_>) -> Vec<Silent> {
    let data = &frame.answer.data;
    if let Some(sources) = &data.sources {
        let silent = sources.iter().filter(|source| source.is_silent).map(|source| Silent {
            name: source.name.clone().unwrap_or_else(|| source.code.clone()),
            last: source.last_receipt_at,
            datasets: source.figures.iter().flatten().map(|fed| fed.dataset.clone()).collect(),
        });
        return silent.collect();
    }
    // The figures of the city are those of all datasets: which of them a source feeds is not told, so it may be each.
    let all = || words::DATASETS.iter().map(|(code, ..)| (*code).to_owned()).collect::<Vec<_>>();
    let of_tasks =
        data.tasks.iter().flat_map(|tasks| &tasks.freshness.sources).map(|lag| (lag, vec!["tasks".to_owned()]));
    let of_city = data.city.iter().flat_map(|city| &city.freshness.sources).map(move |lag| (lag, all()));
    let mut found: Vec<Silent> = Vec::new();
    for (lag, datasets) in of_city.chain(of_tasks).filter(|(lag, _)| lag.silent) {
        if !found.iter().any(|known| known.name == lag.source) {
            found.push(Silent { name: lag.source.clone(), last: lag.last_receipt_at, datasets });
        }
    }
    found
}

/// The silent sources of some datasets, as a warning.
pub fn stale(frame: &Frame<'_>, datasets: &[&str]) -> Option<String> {
    let feeds = |source: &Silent| source.datasets.iter().any(|fed| datasets.contains(&fed.as_str()));
    let names: Vec<String> = silent(frame).into_iter().filter(feeds).map(|source| described(frame, &source)).collect();
    (!names.is_empty()).then(|| {
        let names = names.join("; ");
        frame.language.pick(
            format!("The figures may be out of date; silent source: {names}."),
            format!("Số liệu có thể đã cũ; nguồn dữ liệu im lặng: {names}."),
        )
    })
}

/// All silent sources in a line.
pub fn silent_line(frame: &Frame<'_>) -> String {
    let names: Vec<String> = silent(frame).iter().map(|source| described(frame, source)).collect();
    if !names.is_empty() {
        return names.join("; ");
    }
    let data = &frame.answer.data;
    // Without any answer about sources nobody knows.
    if data.sources.is_none() && data.city.is_none() && data.tasks.is_none() {
        return frame.say("unknown", "không xác định được");
    }
    frame.say("none", "không có")
}

fn described(frame: &Frame<'_>, source: &Silent) -> String {
    let name = &source.name;
    match source.last {
        Some(at) => {
            let at = text::moment(frame.local(at), frame.language);
            frame.language.pick(format!("{name} (last push: {at})"), format!("{name} (lần gửi gần nhất: {at})"))
        }
        None => frame.language.pick(format!("{name} (has never pushed)"), format!("{name} (chưa gửi lần nào)")),
    }
}

pub fn section(frame: &Frame<'_>) -> Section {
    let mut section = frame.section(frame.say("Sources of data", "Nguồn dữ liệu"), &PARTS);
    let Some(sources) = &frame.answer.data.sources else { return section };
    let made = text::moment(frame.local(frame.now), frame.language);
    section.notes.push(frame.language.pick(format!("As of {made}."), format!("Tình trạng lúc {made}.")));
    let rows = sources.iter().map(|source| {
        let datasets = source.figures.iter().flatten().map(|fed| fed.dataset.as_str());
        let lag = source.last_receipt_at.map(|_| source.lag_hours);
        vec![
            Cell::text(source.name.as_deref().or(Some(&source.code))),
            Cell::Text(if source.is_silent {
                frame.say("silent", "im lặng")
            } else {
                frame.say("as expected", "bình thường")
            }),
            frame.moment(source.last_receipt_at),
            Cell::number(lag, 1),
            Cell::Text(if source.working_days {
                frame.say("working days", "ngày làm việc")
            } else {
                frame.say("all days", "mọi ngày")
            }),
            Cell::count(source.parked),
            Cell::count(source.rejected),
            Cell::text(Some(words::listed(words::DATASETS, datasets, frame.language))),
        ]
    });
    section.tables.push(Table {
        sheet: frame.say("Sources", "Nguồn dữ liệu"),
        title: frame.say("Systems that push data", "Hệ thống gửi dữ liệu"),
        columns: vec![
            Column::text(frame.say("Source", "Nguồn")),
            Column::text(frame.say("State", "Tình trạng")),
            Column::number(frame.say("Last push", "Lần gửi gần nhất")),
            Column::number(frame.say("Hours since then", "Số giờ từ lần gửi")),
            Column::text(frame.say("Hours are those of", "Cách tính giờ")),
            Column::number(frame.say("Parked rows", "Dòng đang chờ")),
            Column::number(frame.say("Rejected rows", "Dòng bị từ chối")),
            Column::text(frame.say("Feeds the figures of", "Số liệu sử dụng")),
        ],
        rows: rows.collect(),
        empty: frame.say("No system has pushed data yet.", "Chưa có hệ thống nào gửi dữ liệu."),
        note: None,
    });
    section
}
