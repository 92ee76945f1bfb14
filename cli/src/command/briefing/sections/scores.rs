//! Scorecards: the composite score of the city, and the entities that are best and furthest behind.

use super::{Frame, Parts};
use crate::command::briefing::answer::fields::{Card, Cards, Score};
use crate::command::briefing::document::{Cell, Column, Section, Table};
use crate::command::briefing::{text, words};

/// Number of entities at each end of an order.
const ENDS: usize = 5;

const PARTS: Parts = Parts {
    roots: &["cityYear", "areas", "organizations"],
    datasets: &["tasks", "projects", "clearance", "kpis", "feedback"],
};

pub fn section(frame: &Frame<'_>) -> Section {
    let data = &frame.answer.data;
    let mut section = frame.section(frame.say("Scorecards", "Thẻ điểm"), &PARTS);
    let year = frame.stock.year;
    let until = frame.until(frame.stock.as_of);
    section.notes.push(frame.language.pick(
        format!("Scores from 0 to 100 of {year} up to {until}; shorter periods have too few figures for a score."),
        format!("Điểm từ 0 đến 100 của năm {year}, tính đến {until}; kỳ ngắn hơn không đủ số liệu để chấm điểm."),
    ));
    for cards in [&data.areas, &data.organizations].into_iter().flatten() {
        if cards.freshness.hidden_rows > 0 {
            let hidden = text::number_of(cards.freshness.hidden_rows, frame.language);
            section.notes.push(frame.language.pick(
                format!("Hidden for this credential, because they are about few persons: {hidden} groups."),
                format!("Bị ẩn với khóa này vì liên quan đến ít người: {hidden} nhóm."),
            ));
        }
    }
    let is_cut = |cards: &Cards| i64::try_from(cards.nodes.len()).is_ok_and(|shown| shown < cards.total_count);
    if [&data.areas, &data.organizations].into_iter().flatten().any(is_cut) {
        section.warnings.push(frame.say(
            "Only the first 500 entities were read, so the lists of the best and the last may lack some.",
            "Chỉ đọc được 500 đơn vị đầu, nên danh sách dẫn đầu và cuối bảng có thể còn thiếu.",
        ));
    }
    if let Some(card) = data.city_year.as_ref().and_then(|city| city.nodes.first()) {
        section.tables.push(city(frame, &card.score));
    }
    if let Some(organizations) = &data.organizations {
        let names = (("Departments", "Sở, ngành"), ("departments", "sở, ngành"));
        section.tables.extend(ranking(frame, organizations, "DEPARTMENT", names));
    }
    if let Some(areas) = &data.areas {
        section.tables.extend(ranking(frame, areas, "WARD", (("Wards", "Phường"), ("wards", "phường"))));
        section.tables.extend(ranking(frame, areas, "COMMUNE", (("Communes", "Xã"), ("communes", "xã"))));
    }
    section
}

fn city(frame: &Frame<'_>, score: &Score) -> Table {
    let mut rows: Vec<Vec<Cell>> = score
        .components
        .iter()
        .map(|component| {
            vec![
                frame.word(words::COMPONENTS, &component.component),
                Cell::share(component.weight.parse().ok()),
                Cell::share(component.target.parse().ok()),
                Cell::share(component.measured),
                Cell::number(component.value, 1),
            ]
        })
        .collect();
    let total = frame.say("Composite score", "Điểm tổng hợp");
    rows.push(vec![
        Cell::Text(total),
        Cell::share(score.coverage),
        Cell::Blank,
        Cell::Blank,
        Cell::number(score.value, 1),
    ]);
    let capped = score.capped.then(|| {
        frame.say(
            "The composite score is capped, because a critical target is red.",
            "Điểm tổng hợp bị giới hạn mức trần do có chỉ tiêu quan trọng ở mức đỏ.",
        )
    });
    Table {
        sheet: frame.say("City score", "Điểm thành phố"),
        title: frame.say("Composite score of the city", "Điểm tổng hợp của thành phố"),
        columns: vec![
            Column::text(frame.say("Component", "Thành phần")),
            Column::number(frame.say("Weight", "Trọng số")),
            Column::number(frame.say("Target", "Mục tiêu")),
            Column::number(frame.say("Reached", "Thực hiện")),
            Column::number(frame.say("Score of 100", "Điểm (thang 100)")),
        ],
        rows,
        note: capped,
        ..Table::default()
    }
}

type Names<'a> = ((&'a str, &'a str), (&'a str, &'a str));

/// The best and the last entities of a class; one table when these are all.
fn ranking(frame: &Frame<'_>, cards: &Cards, class: &str, (title, noun): Names<'_>) -> Vec<Table> {
    let (title, noun) = (frame.say(title.0, title.1), frame.say(noun.0, noun.1));
    let of_class: Vec<&Card> = cards.nodes.iter().filter(|card| card.class == class).collect();
    let mut ranked: Vec<&Card> = of_class.iter().copied().filter(|card| card.score.rank.is_some()).collect();
    ranked.sort_by_key(|card| (card.score.rank, card.code.clone()));
    let [scored, all] = [ranked.len(), of_class.len()]
        .map(|number| text::number_of(i64::try_from(number).unwrap_or(i64::MAX), frame.language));
    let note = Some(frame.language.pick(
        format!("{scored} of {all} {noun} have enough figures for a score; the others are not ranked."),
        format!("{scored}/{all} {noun} đủ số liệu để chấm điểm; các đơn vị còn lại không được xếp hạng."),
    ));
    let table = |sheet: String, title: String, cards: &[&Card]| Table {
        sheet,
        title,
        columns: columns(frame),
        rows: cards.iter().map(|card| row(card)).collect(),
        empty: frame.say("None has enough figures for a score.", "Chưa có đơn vị nào đủ số liệu để chấm điểm."),
        note: note.clone(),
    };
    if ranked.len() <= 2 * ENDS {
        return vec![table(
            title.clone(),
            frame.language.pick(format!("{title} by score"), format!("{title} theo điểm")),
            &ranked,
        )];
    }
    let (best, last) = (&ranked[..ENDS], &ranked[ranked.len() - ENDS..]);
    vec![
        table(
            frame.language.pick(format!("{title} ahead"), format!("{title} dẫn đầu")),
            frame.language.pick(format!("{title}: the best"), format!("{title} có điểm cao nhất")),
            best,
        ),
        table(
            frame.language.pick(format!("{title} behind"), format!("{title} cuối bảng")),
            frame.language.pick(format!("{title}: the furthest behind"), format!("{title} có điểm thấp nhất")),
            last,
        ),
    ]
}

fn columns(frame: &Frame<'_>) -> Vec<Column> {
    vec![
        Column::number(frame.say("Rank", "Hạng")),
        Column::text(frame.say("Name", "Tên")),
        Column::number(frame.say("Score of 100", "Điểm (thang 100)")),
        Column::number(frame.say("Overdue tasks", "Nhiệm vụ quá hạn")),
        Column::number(frame.say("Parcels behind schedule", "Thửa đất chậm bàn giao")),
        Column::number(frame.say("Red targets", "Chỉ tiêu mức đỏ")),
        Column::number(frame.say("Overdue feedback", "Phản ánh quá hạn")),
        Column::number(frame.say("Feedback on time", "Phản ánh đúng hạn")),
    ]
}

fn row(card: &Card) -> Vec<Cell> {
    let measures = &card.measures;
    vec![
        Cell::count(card.score.rank),
        Cell::Text(card.name.clone()),
        Cell::number(card.score.value, 1),
        Cell::count(measures.tasks.as_ref().map(|tasks| tasks.overdue)),
        Cell::count(measures.clearance.as_ref().map(|clearance| clearance.overdue)),
        Cell::count(measures.kpis.as_ref().map(|kpis| kpis.red)),
        Cell::count(measures.feedback.as_ref().map(|feedback| feedback.overdue)),
        Cell::share(measures.feedback.as_ref().and_then(|feedback| feedback.on_time.value)),
    ]
}
