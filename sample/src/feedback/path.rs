//! What happens to a case: its states with their times, its rating, and for told cases its sender, log and attachments.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use schema::CityTime;

use super::case::{Case, Series, Source};
use crate::draw::Draw;
use crate::row::{Row, Rows};
use crate::workday;

/// A state of a case, with the columns that go with it.
struct Turn {
    at: DateTime<Utc>,
    status: &'static str,
    more: Vec<(&'static str, String)>,
}

/// Time of a working day, some days after another, at minutes after eight. It is later than `after`.
fn later(after: DateTime<Utc>, days: u32, minutes: u32) -> DateTime<Utc> {
    let day = CityTime::default().today(after);
    let at = workday::instant(workday::after(day, days), minutes);
    if at > after { at } else { later(after, days + 1, minutes) }
}

/// As soon as office hours allow, some minutes after another time.
fn soon(after: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let day = CityTime::default().today(after);
    let (opens, closes) = (workday::instant(workday::from(day), 0), workday::instant(day, 540));
    let at = after.max(opens) + TimeDelta::minutes(minutes.into());
    if opens > after || at <= closes { at } else { later(after, 1, minutes) }
}

/// A chance in a tenth of a percent.
fn chance(draw: Draw<'_>, purpose: &str, share: u32) -> bool {
    draw.between(purpose, 1, 1000) <= share
}

/// Share of an area in percent: that of the city, by up to the spread lower or higher.
fn of_area(source: &Source<'_>, case: &Case<'_>, purpose: &str, share: u32) -> u32 {
    let spread = source.city.feedback.spread;
    let draw = Draw(&case.area.code);
    (share + draw.between(purpose, 0, 2 * spread)).saturating_sub(spread).min(100)
}

/// Whether the area answers in time, with set phrases.
fn is_formal(source: &Source<'_>, case: &Case<'_>) -> bool {
    source.city.feedback.formal.areas.contains(&case.area.code)
}

/// Whether a case is merged. Every merged one has one before it that is not.
fn is_merged(source: &Source<'_>, series: Series, number: usize) -> bool {
    let code = format!("{}-{number:06}", series.prefix);
    number % 7 == 3 && chance(Draw(&code), "merged", source.city.feedback.merged * 7)
}

/// The rows of a case.
pub(super) fn rows(source: &Source<'_>, series: Series, case: &Case<'_>, into: &mut Rows) {
    let turns = turns(source, series, case);
    let place = case.area.in_sentence();
    let (lat, lon) = case.point;
    let draw = Draw(&case.code);
    let facts = &source.city.feedback;
    let degrees = |thousandths: i64| format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let mut first = Row::at(&case.code, case.submitted)
        .with("code", case.code.clone())
        .with("kind", case.category.kind.as_deref().unwrap_or("FIELD"))
        .with("sender", case.sender)
        .with("channel", case.channel)
        .with("category", case.category.code.clone())
        .with("level", case.level)
        .with("area", case.area.code.clone())
        .with("lat", degrees(lat))
        .with("lon", degrees(lon))
        .with("text", case.category.text.replace("{place}", &place))
        .with("submittedAt", case.submitted.to_rfc3339())
        .with("public", !chance(draw, "hidden", facts.hidden))
        .with("anonymous", chance(draw, "anonymous", facts.anonymous))
        .maybe("project", case.project);
    for (field, value) in [("attributes", &case.category.attribute), ("bottlenecks", &case.category.bottleneck)] {
        if let Some(value) = value {
            first = first.with(field, vec![value.clone()]);
        }
    }
    if case.category.code == "PROCEDURE" {
        // People complain of the counter of their ward; the city's office handles it.
        first = first.with("aboutOrganization", case.area.committee_code(&source.city.profile.committee));
    }
    into.add("feedback", first);
    for (place, turn) in turns.iter().enumerate() {
        let id = format!("{}/{}", case.code, place + 1);
        let mut row = if case.is_told {
            Row::at(id, turn.at).with("feedback", case.code.clone())
        } else {
            Row::at(&case.code, turn.at)
        };
        row = row.with("status", turn.status);
        for (field, value) in &turn.more {
            row = row.with(field, value.clone());
        }
        into.add(if case.is_told { "feedback-events" } else { "feedback" }, row);
    }
    let answered = turns.iter().rev().find(|turn| turn.status == "RESOLVED");
    if let Some(answered) = answered.filter(|_| chance(draw, "rated", facts.rated)) {
        rate(source, case, answered.at, into);
    }
    if case.is_told {
        tell(case, answered.map(|turn| turn.at), into);
    }
}

fn turns(source: &Source<'_>, series: Series, case: &Case<'_>) -> Vec<Turn> {
    let draw = Draw(&case.code);
    let facts = &source.city.feedback;
    let turn = |at, status, more| Turn { at, status, more };
    // Most are looked at on the same or the next working day.
    let is_formal = is_formal(source, case);
    let seen = if is_formal {
        soon(case.submitted, draw.between("seen soon", 5, 30))
    } else {
        later(case.submitted, u32::from(draw.chance("seen late", 6)) * 2, draw.between("seen", 10, 420))
    };
    if chance(draw, "rejected", facts.rejected) {
        let reason = if draw.chance("complaint", 40) {
            "Nội dung khiếu nại, tố cáo được chuyển cơ quan có thẩm quyền theo Luật Khiếu nại"
        } else {
            "Thông tin chưa đủ để xử lý"
        };
        return vec![turn(seen, "REJECTED", vec![("reason", reason.to_owned())])];
    }
    if is_merged(source, series, case.number) && case.number > 1 {
        let primary = format!("{}-{:06}", series.prefix, case.number - 1);
        // The other may have been sent later.
        let known = super::case::case(source, series, case.number - 1).submitted;
        return vec![turn(later(seen.max(known), 0, 500), "MERGED", vec![("primary", primary)])];
    }
    if is_formal {
        return formal_turns(case, seen);
    }
    let (mut turns, mut at) = (Vec::new(), seen);
    if draw.chance("accepted first", 15) {
        turns.push(turn(seen, "ACCEPTED", Vec::new()));
        at = later(seen, 0, draw.between("assigned", 10, 470));
    }
    turns.push(turn(at, "ASSIGNED", vec![("organization", case.lead.clone())]));
    if chance(draw, "transferred", facts.transferred) {
        at = later(at, draw.between("passed", 0, 1), draw.between("passed at", 0, 420));
        turns.push(turn(at, "TRANSFERRED", vec![("reason", "Không thuộc thẩm quyền".to_owned())]));
        let other = if case.category.organization.is_some() {
            case.area.committee_code(&source.city.profile.committee)
        } else {
            "SXD".to_owned()
        };
        at = later(at, draw.between("taken", 0, 1), draw.between("taken at", 0, 420));
        turns.push(turn(at, "ASSIGNED", vec![("organization", other)]));
    }
    at = later(at, 0, draw.between("begun", 20, 460));
    turns.push(turn(at, "IN_PROGRESS", Vec::new()));
    if chance(draw, "asked", facts.asked) {
        at = later(at, 0, draw.between("asked at", 30, 470));
        turns.push(turn(at, "WAITING_CITIZEN", vec![("reason", "Đề nghị cho biết vị trí cụ thể".to_owned())]));
        if draw.chance("silent", 8) {
            return turns;
        }
        at = later(at, draw.between("told", 1, 6), draw.between("told at", 0, 470));
        turns.push(turn(at, "IN_PROGRESS", Vec::new()));
    }
    if chance(draw, "unanswered", facts.unanswered) {
        return turns;
    }
    at = answer(source, case, at, "answer");
    turns.push(turn(at, "RESOLVED", vec![("reply", "Đã kiểm tra, xử lý và cảm ơn phản ánh".to_owned())]));
    if chance(draw, "reopened", facts.reopened) {
        at = later(at, draw.between("back", 1, 5), draw.between("back at", 0, 470));
        turns.push(turn(at, "REOPENED", vec![("reason", "Người gửi cho biết chưa xử lý xong".to_owned())]));
        at = later(at, 0, draw.between("again", 10, 470));
        turns.push(turn(at, "ASSIGNED", vec![("organization", case.lead.clone())]));
        at = later(at, 0, draw.between("again begun", 10, 470));
        turns.push(turn(at, "IN_PROGRESS", Vec::new()));
        at = answer(source, case, at, "second answer");
        turns.push(turn(at, "RESOLVED", vec![("reply", "Đã xử lý dứt điểm".to_owned())]));
    } else if draw.chance("agreed", 35) {
        at = later(at, draw.between("agreed on", 0, 4), draw.between("agreed at", 0, 470));
        turns.push(turn(at, "CLOSED", Vec::new()));
    }
    turns
}

/// The short way: assigned at once, answered in time, closed.
fn formal_turns(case: &Case<'_>, seen: DateTime<Utc>) -> Vec<Turn> {
    let draw = Draw(&case.code);
    let begun = soon(seen, draw.between("begun soon", 5, 30));
    let answered = match days_of(case) {
        0 => soon(begun, draw.between("answer soon", 20, 80)),
        days => {
            let spent = draw.between("answer", 0, days.saturating_sub(2));
            if spent == 0 {
                soon(begun, draw.between("answer at", 60, 240))
            } else {
                later(begun, spent, draw.between("answer at", 0, 400))
            }
        }
    };
    let reply = "Đã tiếp nhận và chuyển bộ phận chuyên môn xử lý theo quy định";
    let turn = |at, status, more| Turn { at, status, more };
    let mut turns = vec![
        turn(seen, "ASSIGNED", vec![("organization", case.lead.clone())]),
        turn(begun, "IN_PROGRESS", Vec::new()),
        turn(answered, "RESOLVED", vec![("reply", reply.to_owned())]),
    ];
    if draw.chance("agreed", 35) {
        let at = later(answered, draw.between("agreed on", 0, 4), draw.between("agreed at", 0, 470));
        turns.push(turn(at, "CLOSED", Vec::new()));
    }
    turns
}

/// Days in which a case is to be answered.
fn days_of(case: &Case<'_>) -> u32 {
    match case.level {
        "URGENT" => 0,
        "COMPLEX" => 15,
        _ => case.category.days,
    }
}

/// Time of an answer: in time for most cases of most areas, otherwise up to some weeks late.
fn answer(source: &Source<'_>, case: &Case<'_>, from: DateTime<Utc>, purpose: &str) -> DateTime<Utc> {
    let draw = Draw(&case.code);
    let days = days_of(case);
    let in_time =
        draw.chance(&format!("{purpose} in time"), of_area(source, case, "in time", source.city.feedback.in_time));
    let spent = if in_time {
        draw.between(purpose, 0, days.saturating_sub(2))
    } else {
        days + draw.between(&format!("{purpose} late"), 1, 25)
    };
    later(from, spent, draw.between(&format!("{purpose} at"), 0, 470))
}

fn rate(source: &Source<'_>, case: &Case<'_>, answered: DateTime<Utc>, into: &mut Rows) {
    let draw = Draw(&case.code);
    let facts = &source.city.feedback;
    let at = later(answered, draw.between("rated on", 0, 6), draw.between("rated at", 0, 600));
    let mut share = of_area(source, case, "satisfied", facts.satisfied);
    if is_formal(source, case) {
        share = facts.formal.satisfied;
    }
    let rated_on = CityTime::default().today(at);
    let falling = facts.falling.iter().filter(|falling| falling.areas.contains(&case.area.code));
    for falling in falling.filter(|falling| rated_on >= falling.from) {
        share = share.saturating_sub(falling.by);
    }
    let score =
        if draw.chance("satisfied", share) { draw.between("score", 4, 5) } else { draw.between("low score", 1, 3) };
    let row = Row::at(format!("{}/rating", case.code), at)
        .with("feedback", case.code.clone())
        .with("score", score)
        .with("ratedAt", at.to_rfc3339());
    into.add("feedback-ratings", row);
}

fn tell(case: &Case<'_>, answered: Option<DateTime<Utc>>, into: &mut Rows) {
    let sender = Row::at(format!("{}/sender", case.code), case.submitted)
        .with("feedback", case.code.clone())
        .with("name", format!("Người gửi mẫu {}", case.number))
        .with("phone", format!("0900 000 {:03}", case.number % 1000));
    into.add("feedback-senders", sender);
    let attachment = |name: &str, role: &str, title: &str, at| {
        Row::at(format!("{}/{name}", case.code), at)
            .with("feedback", case.code.clone())
            .with("role", role)
            .with("title", title)
            .with("uri", format!("https://example.org/phan-anh/{}/{name}.jpg", case.code))
    };
    into.add("feedback-attachments", attachment("report", "REPORT", "Ảnh hiện trường", case.submitted));
    if let Some(at) = answered {
        into.add("feedback-attachments", attachment("evidence", "EVIDENCE", "Ảnh sau xử lý", at));
    }
}

/// Last day of a series that a load up to `now` tells.
pub(super) fn is_begun(case: &Case<'_>, now: DateTime<Utc>) -> bool {
    case.submitted <= now
}

/// First and last day of the year of a volume.
pub(super) fn year_of_volume(first: NaiveDate) -> (NaiveDate, NaiveDate) {
    (first, first + Days::new(364))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_time_is_on_a_working_day_and_after() {
        let at: DateTime<Utc> = "2026-02-13T09:30:00Z".parse().expect("a time");
        let found = later(at, 0, 60);
        assert!(found > at + TimeDelta::days(9), "{found}");
        assert_eq!(found.to_rfc3339(), "2026-02-23T02:00:00+00:00");
    }
}
