//! Lists of the tasks that are overdue, due next, and waiting for a decision above.

use crate::command::briefing::answer::fields::{List, Task, name};
use crate::command::briefing::document::{Cell, Column, Table};
use crate::command::briefing::sections::Frame;
use crate::command::briefing::words;

pub fn overdue(frame: &Frame<'_>, list: &List<Task>) -> Table {
    let rows = list.nodes.iter().map(|task| {
        let mut row = task_cells(task);
        row.extend([
            Cell::text(task.accountable.as_ref().and_then(|position| position.title.as_deref())),
            Cell::date(task.current_due),
            Cell::count(task.days_overdue),
            percent(task.progress),
        ]);
        row
    });
    let mut columns = task_columns(frame);
    columns.extend([
        Column::text(frame.say("Accountable", "Chịu trách nhiệm")),
        Column::number(frame.say("Due date", "Thời hạn")),
        Column::number(frame.say("Days overdue", "Số ngày quá hạn")),
        Column::number(frame.say("Progress", "Tiến độ")),
    ]);
    let measured = frame.answer.data.tasks.as_ref().map(|tasks| tasks.totals.overdue);
    Table {
        sheet: frame.say("Overdue tasks", "Nhiệm vụ quá hạn"),
        title: frame.say("Overdue tasks, the longest overdue first", "Nhiệm vụ quá hạn, quá hạn lâu nhất xếp trước"),
        columns,
        rows: rows.collect(),
        empty: frame
            .say("No overdue task that the credential may see.", "Không có nhiệm vụ quá hạn mà khóa được quyền xem."),
        note: left_out(frame, list, measured),
    }
}

pub fn due_next(frame: &Frame<'_>, list: &List<Task>) -> Table {
    let rows = list.nodes.iter().map(|task| {
        let mut row = task_cells(task);
        let risks = task.at_risk_reasons.iter().flatten().map(String::as_str);
        let risks = words::listed(words::RISKS, risks, frame.language);
        row.extend([
            Cell::date(task.current_due),
            percent(task.progress),
            if risks.is_empty() { Cell::Text(frame.say("none", "không")) } else { Cell::Text(risks) },
        ]);
        row
    });
    let mut columns = task_columns(frame);
    columns.extend([
        Column::number(frame.say("Due date", "Thời hạn")),
        Column::number(frame.say("Progress", "Tiến độ")),
        Column::text(frame.say("Risk", "Nguy cơ")),
    ]);
    Table {
        sheet: frame.say("Due next", "Đến hạn kỳ sau"),
        title: frame.say("Open tasks that are due in the next period", "Nhiệm vụ đang thực hiện đến hạn trong kỳ sau"),
        columns,
        rows: rows.collect(),
        empty: frame.say(
            "No open task that the credential may see is due in the next period.",
            "Không có nhiệm vụ đang thực hiện mà khóa được quyền xem đến hạn trong kỳ sau.",
        ),
        note: frame.left_out(list.nodes.len(), list.total_count),
    }
}

pub fn waiting(frame: &Frame<'_>, list: &List<Task>) -> Table {
    let rows = list.nodes.iter().map(|task| {
        let mut row = task_cells(task);
        let levels = task.waiting_for.iter().flatten().map(String::as_str);
        let days = task.waiting_since.map(|since| (frame.stock.as_of - since).num_days());
        row.extend([
            Cell::text(Some(words::listed(words::LEVELS, levels, frame.language))),
            Cell::date(task.waiting_since),
            Cell::count(days),
        ]);
        row
    });
    let mut columns = task_columns(frame);
    columns.extend([
        Column::text(frame.say("Waits for", "Chờ cấp")),
        Column::number(frame.say("Since", "Chờ từ ngày")),
        Column::number(frame.say("Days", "Số ngày chờ")),
    ]);
    let totals = frame.answer.data.tasks.as_ref().map(|tasks| &tasks.totals);
    Table {
        sheet: frame.say("Waiting above", "Chờ cấp trên"),
        title: frame.say(
            "Tasks that wait for a decision of the city or the central government",
            "Nhiệm vụ chờ Thành phố, Trung ương quyết định",
        ),
        columns,
        rows: rows.collect(),
        empty: frame.say(
            "No task that the credential may see waits for a decision above.",
            "Không có nhiệm vụ mà khóa được quyền xem đang chờ cấp trên quyết định.",
        ),
        // A task may wait for both, so the sum of the measures is only an upper bound.
        note: left_out(frame, list, totals.map(|totals| totals.waiting_for_city.max(totals.waiting_for_central))),
    }
}

/// What a list leaves out, also of what the credential may not see.
fn left_out(frame: &Frame<'_>, list: &List<Task>, measured: Option<i64>) -> Option<String> {
    let hidden = measured.is_some_and(|measured| list.total_count < measured);
    let hidden = hidden.then(|| {
        frame.say(
            "The list has fewer tasks than the measure: the credential may not see the others.",
            "Danh sách ít hơn chỉ số tổng hợp: khóa không được quyền xem các nhiệm vụ còn lại.",
        )
    });
    let notes: Vec<String> = frame.left_out(list.nodes.len(), list.total_count).into_iter().chain(hidden).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn task_columns(frame: &Frame<'_>) -> Vec<Column> {
    vec![
        Column::text(frame.say("Code", "Mã")),
        Column::text(frame.say("Task", "Nhiệm vụ")),
        Column::text(frame.say("Lead", "Đơn vị chủ trì")),
    ]
}

fn task_cells(task: &Task) -> Vec<Cell> {
    vec![Cell::Text(task.code.clone()), Cell::Text(task.title.clone()), Cell::text(name(task.lead.as_ref()))]
}

/// Progress is stored in percent.
fn percent(progress: Option<i64>) -> Cell {
    #[expect(clippy::cast_precision_loss, reason = "0 to 100")]
    Cell::share(progress.map(|progress| progress as f64 / 100.0))
}
