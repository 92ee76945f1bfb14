//! Head of the document: what it is, of when, by whom, and what is wrong with it.

use super::{Frame, sources};
use crate::command::briefing::answer::fields::Cards;
use crate::command::briefing::text;
use crate::command::briefing::words;

/// The title; it says when parts are missing.
pub fn title(frame: &Frame<'_>) -> String {
    let city = frame.answer.data.city.as_ref().and_then(|city| Some(city.nodes.first()?.name.as_str()));
    let of_city = city.map(|city| format!(" – {city}")).unwrap_or_default();
    let title = frame.say("Stocktaking for the briefing", "Báo cáo tổng hợp phục vụ giao ban");
    let mark = if frame.answer.failures().is_empty() {
        ""
    } else {
        frame.language.pick(" [INCOMPLETE]", " [CHƯA ĐẦY ĐỦ]")
    };
    format!("{title}{of_city}{mark}")
}

/// The period with its days.
pub fn subtitle(frame: &Frame<'_>) -> String {
    let (period, language) = (frame.stock.period, frame.language);
    let name = text::period(period, language);
    match period.grain() {
        Some(grain) if grain != schema::Grain::Day => format!("{name} ({})", text::days(period, language)),
        _ => name,
    }
}

/// As of when, made when, by whom, with which rights, and which sources are silent.
pub fn facts(frame: &Frame<'_>) -> Vec<(String, String)> {
    let language = frame.language;
    let [day, before] = [frame.stock.as_of, frame.stock.previous_as_of].map(|day| text::date(day, language));
    let period_before = text::period(frame.stock.previous, language);
    let as_of = if frame.stock.is_over() {
        language.pick(
            format!("end of {day}, as known when made"),
            format!("hết ngày {day}, theo dữ liệu có tại thời điểm lập"),
        )
    } else {
        language.pick(
            format!("{day}; the period is not over, its figures will still change"),
            format!("ngày {day}; kỳ chưa kết thúc, số liệu còn thay đổi"),
        )
    };
    let compared = language.pick(
        format!("{period_before}, as of the end of {before}"),
        format!("{period_before}, tính đến hết ngày {before}"),
    );
    vec![
        (frame.say("As of", "Số liệu tính đến"), as_of),
        (frame.say("Period before", "Kỳ trước để so sánh"), compared),
        (frame.say("Made", "Thời điểm lập"), text::moment(frame.local(frame.now), language)),
        (frame.say("Made by", "Người lập"), frame.author.map_or_else(|| text::MISSING.to_owned(), str::to_owned)),
        (frame.say("Rights of the credential", "Quyền của khóa truy cập dùng để lập"), rights(frame)),
        (frame.say("Silent sources", "Nguồn dữ liệu im lặng"), sources::silent_line(frame)),
        (
            frame.say("Signs", "Ký hiệu"),
            language.pick(
                format!("{} means that there is no figure; it is not 0", text::MISSING),
                format!("{} là không có số liệu, không phải bằng 0", text::MISSING),
            ),
        ),
    ]
}

fn rights(frame: &Frame<'_>) -> String {
    let data = &frame.answer.data;
    let Some(viewer) = &data.viewer else { return text::MISSING.to_owned() };
    let mut parts = vec![words::listed(words::ROLES, viewer.roles.iter().map(String::as_str), frame.language)];
    let name = |cards: Option<&Cards>, code: &str| {
        let found = cards?.nodes.iter().find(|card| card.code == code)?;
        Some(found.name.clone())
    };
    if let Some(code) = &viewer.organization {
        let named = name(data.organizations.as_ref(), code).unwrap_or_else(|| code.clone());
        parts.push(frame.language.pick(format!("organization: {named}"), format!("đơn vị: {named}")));
    }
    if !viewer.areas.is_empty() {
        let areas = viewer.areas.iter().map(|code| name(data.areas.as_ref(), code).unwrap_or_else(|| code.clone()));
        let areas = areas.collect::<Vec<_>>().join(", ");
        parts.push(frame.language.pick(format!("areas: {areas}"), format!("địa bàn: {areas}")));
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        frame.say("none: public figures only", "không có: chỉ số liệu công khai")
    } else {
        parts.join("; ")
    }
}

/// What is missing, stale or partial anywhere.
pub fn warnings(frame: &Frame<'_>) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    if !frame.answer.failures().is_empty() {
        warnings.push(frame.say(
            "THIS DOCUMENT IS INCOMPLETE. The platform did not answer every part.",
            "TÀI LIỆU CHƯA ĐẦY ĐỦ. Nền tảng không trả lời một số phần.",
        ));
    }
    warnings.extend(frame.missing(|_| true));
    if !sources::silent(frame).is_empty() {
        warnings.push(frame.say(
            "Some sources are silent: the figures that they feed may be out of date. The sections concerned say so.",
            "Có nguồn dữ liệu im lặng: số liệu lấy từ các nguồn này có thể đã cũ. Các mục liên quan có ghi chú.",
        ));
    }
    let sees_all = |role: &String| matches!(role.as_str(), "ADMIN" | "IOC");
    if frame.answer.data.viewer.as_ref().is_some_and(|viewer| !viewer.roles.iter().any(sees_all)) {
        warnings.push(frame.say(
            "Aggregated figures are those of the whole city. Lists, alerts and changes have only the records that the credential may see.",
            "Số liệu tổng hợp là của toàn thành phố. Danh sách, cảnh báo và thay đổi chỉ gồm những hồ sơ mà khóa được quyền xem.",
        ));
    }
    warnings
}
