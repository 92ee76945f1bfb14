//! Citizen feedback: deadlines and satisfaction.

use super::figures::Figures;
use super::{Frame, Parts};
use crate::command::briefing::document::{Cell, Section};
use crate::command::briefing::text;

const CASES: (&str, &str) = ("cases", "phản ánh");

const PARTS: Parts = Parts { roots: &["city"], datasets: &["feedback"] };

pub fn section(frame: &Frame<'_>) -> Section {
    let mut section = frame.section(frame.say("Citizen feedback", "Phản ánh, kiến nghị của người dân"), &PARTS);
    let Some(city) = &frame.answer.data.city else { return section };
    section.notes = frame.basis(&city.freshness);
    let Some(card) = city.nodes.first() else { return section };
    let (now, before) =
        (card.measures.feedback.as_ref(), card.previous.as_ref().and_then(|before| before.feedback.as_ref()));
    let mut figures = Figures::new(frame, now, before);
    figures.count(("Received in the period", "Tiếp nhận trong kỳ"), CASES, |feedback| feedback.received);
    figures.count(("Resolved in the period", "Giải quyết trong kỳ"), CASES, |feedback| feedback.resolved);
    figures.count(("Open", "Đang giải quyết"), CASES, |feedback| feedback.open);
    figures
        .count(("Open past the deadline", "Đang giải quyết, đã quá hạn"), CASES, |feedback| feedback.overdue);
    figures.rate(("Resolved in time", "Tỷ lệ giải quyết đúng hạn"), CASES, |feedback| &feedback.on_time);
    figures.add(("Ratings", "Lượt đánh giá"), ("ratings", "lượt"), |feedback| {
        Cell::count(feedback.satisfaction_rated)
    });
    figures.add(("Satisfied", "Tỷ lệ hài lòng"), ("%", "%"), |feedback| Cell::share(feedback.satisfaction_rate));
    let bounds = now.and_then(|feedback| Some((feedback.satisfaction_wilson_low?, feedback.satisfaction_wilson_high?)));
    if let Some((low, high)) = bounds {
        let [low, high] = [low, high].map(|bound| text::share(bound, frame.language));
        figures.note(frame.language.pick(
            format!("{low} to {high} at a confidence of 95% (Wilson)"),
            format!("từ {low} đến {high} với độ tin cậy 95% (Wilson)"),
        ));
    }
    section
        .tables
        .push(figures.table(frame.say("Feedback", "Tình hình giải quyết phản ánh"), frame.say("Feedback", "Phản ánh")));
    section
}
