//! Measures of tasks in the period and in the one before.

use crate::command::briefing::answer::fields::{TaskFigures, TaskStats};
use crate::command::briefing::document::{Cell, Table};
use crate::command::briefing::sections::Frame;
use crate::command::briefing::sections::figures::Figures;

const TASKS: (&str, &str) = ("tasks", "nhiệm vụ");
const DAYS: (&str, &str) = ("days", "ngày");

pub fn table(frame: &Frame<'_>, tasks: &TaskStats) -> Table {
    let data = &frame.answer.data;
    let before = data.tasks_before.as_ref().map(|before| &before.totals);
    let mut figures = Figures::new(frame, Some(&tasks.totals), before);
    figures.count(("Tasks in scope", "Tổng số nhiệm vụ trong kỳ"), TASKS, |tasks| tasks.total);
    figures.count(("Open", "Đang thực hiện"), TASKS, |tasks| tasks.open);
    figures.count(("Completed in the period", "Hoàn thành trong kỳ"), TASKS, |tasks| tasks.completed);
    figures.count(("Overdue", "Quá hạn"), TASKS, |tasks| tasks.overdue);
    figures.count(("Overdue up to 7 days", "Quá hạn đến 7 ngày"), TASKS, |tasks| tasks.backlog_age.up_to_7);
    figures.count(("Overdue 8 to 30 days", "Quá hạn từ 8 đến 30 ngày"), TASKS, |tasks| {
        tasks.backlog_age.from_8_to_30
    });
    figures.count(("Overdue 31 to 90 days", "Quá hạn từ 31 đến 90 ngày"), TASKS, |tasks| {
        tasks.backlog_age.from_31_to_90
    });
    figures.count(("Overdue over 90 days", "Quá hạn trên 90 ngày"), TASKS, |tasks| tasks.backlog_age.over_90);
    figures.count(("At risk", "Có nguy cơ chậm"), TASKS, |tasks| tasks.at_risk);
    figures.count(("Due in the period", "Đến hạn trong kỳ"), TASKS, |tasks| tasks.due_this_period);
    due_in_the_next_period(&mut figures);
    figures.count(("Awaiting approval", "Chờ phê duyệt kết quả"), TASKS, |tasks| tasks.awaiting_approval);
    figures.rate(
        ("On time, by the due date in force", "Tỷ lệ đúng hạn theo thời hạn hiện hành"),
        TASKS,
        |tasks| &tasks.on_time,
    );
    figures.rate(
        ("On time, by the first due date", "Tỷ lệ đúng hạn theo thời hạn giao ban đầu"),
        TASKS,
        |tasks| &tasks.on_time_baseline,
    );
    figures.add(
        ("Mean delay of what was due in the period", "Số ngày chậm bình quân của nhiệm vụ đến hạn trong kỳ"),
        DAYS,
        |tasks| Cell::number(tasks.average_days_late, 1),
    );
    all_time(
        frame,
        &mut figures,
        ("Approved extensions", "Gia hạn đã được duyệt"),
        ("extensions", "lượt"),
        |tasks| tasks.extensions,
    );
    all_time(
        frame,
        &mut figures,
        ("Transfers to another lead", "Chuyển đơn vị chủ trì"),
        ("transfers", "lượt"),
        |tasks| tasks.transfers,
    );
    all_time(frame, &mut figures, ("Reminders", "Văn bản đôn đốc"), ("reminders", "văn bản"), |tasks| {
        tasks.reminders
    });
    figures.count(
        ("Reminders without an answer", "Văn bản đôn đốc chưa được trả lời"),
        ("reminders", "văn bản"),
        |tasks| tasks.unanswered_reminders,
    );
    figures
        .count(("Waiting for the city", "Chờ Thành phố quyết định"), TASKS, |tasks| tasks.waiting_for_city);
    figures.add(("Mean wait for the city", "Số ngày chờ Thành phố bình quân"), DAYS, |tasks| {
        Cell::number(tasks.days_waiting_for_city, 1)
    });
    figures.count(("Waiting for the central government", "Chờ Trung ương quyết định"), TASKS, |tasks| {
        tasks.waiting_for_central
    });
    figures.add(("Mean wait for the central government", "Số ngày chờ Trung ương bình quân"), DAYS, |tasks| {
        Cell::number(tasks.days_waiting_for_central, 1)
    });
    figures.table(frame.say("Measures of tasks", "Chỉ số thực hiện nhiệm vụ"), frame.say("Tasks", "Nhiệm vụ"))
}

/// The number of the next period has no counterpart in the table of the period before.
fn due_in_the_next_period(figures: &mut Figures<'_, TaskFigures>) {
    let next = figures.frame.answer.data.tasks_next.as_ref().map(|next| next.totals.due_this_period);
    figures.add(("Due in the next period", "Đến hạn trong kỳ sau"), TASKS, |_| Cell::count(next));
    if let Some(last) = figures.list.last_mut() {
        last.before = Cell::Blank;
    }
}

/// A number that is counted over all days of the tasks.
fn all_time(
    frame: &Frame<'_>,
    figures: &mut Figures<'_, TaskFigures>,
    names: (&str, &str),
    units: (&str, &str),
    read: impl Fn(&TaskFigures) -> i64,
) {
    figures.count(names, units, read);
    figures.note(frame.say("since the tasks were assigned", "lũy kế từ khi giao nhiệm vụ"));
}
