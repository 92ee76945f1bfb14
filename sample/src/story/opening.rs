//! First version of a task: its text and its gaps.

use chrono::Days;
use tasks::import::{Meta, Milestone, Task, TaskKind, TaskPriority};
use uuid::Uuid;

use super::cast::{Cast, subject};
use super::row_id;
use crate::SYNTHETIC_SOURCE;
use crate::city::City;
use crate::draw::Draw;
use crate::plan::{Outline, Plan, TroubleKind};
use crate::reference::head_position;
use crate::workday;

/// Minutes after eight o'clock at which a task is created; it is assigned later on the same day.
const WRITTEN_AT_MINUTES: u32 = 5;

/// Minimum time from the start to the due date of a task with milestones.
const SHORTEST_WITH_MILESTONES_DAYS: u64 = 30;

/// Default deliverable.
pub(crate) const DELIVERABLE: &str = "Báo cáo kết quả thực hiện";
/// Default legal basis of a task without a programme.
const LEGAL_BASIS: &str = "Kế hoạch công tác năm";

/// The first version of a task: a draft, with the gaps that some tasks have.
pub(crate) fn opening(city: &City, plan: &Plan, cast: &Cast) -> Task {
    let outline = &plan.outline;
    let draw = Draw(&outline.code);
    let stated = |field: &str, missing_percent: u32| !draw.chance(&format!("missing {field}"), missing_percent);
    let gap = |field: &str, missing_percent: u32, text: String| stated(field, missing_percent).then_some(text);
    let (id, code) = (task_id(city, plan), &outline.code);
    let written_at = workday::instant(plan.schedule.assigned_on, WRITTEN_AT_MINUTES);
    let meta = Meta::first(id, SYNTHETIC_SOURCE, code.clone(), &cast.issuer, written_at);
    let action = format!("Chủ trì, phối hợp với các đơn vị liên quan thực hiện: {}.", outline.title);
    let lead_role = "Chủ trì, chịu trách nhiệm toàn diện từ đầu đến cuối".to_owned();
    let mut programmes = city.facts.programmes.iter();
    let programme = programmes.find(|programme| outline.common.programmes.contains(&programme.code));
    let legal_basis = programme.map_or(LEGAL_BASIS, |programme| &programme.title).to_owned();
    Task {
        action: gap("action", 5, action),
        kind: outline.kind,
        programme_codes: outline.common.programmes.clone(),
        group_code: Some(outline.common.group.clone()),
        issuer_organization_code: Some(cast.issuer_organization.clone()),
        lead_organization_code: Some(outline.lead.clone()),
        lead_role: gap("lead role", 7, lead_role),
        coordinating_organization_codes: outline.common.coordinating.clone(),
        accountable_position_code: stated("accountable", 5).then(|| head_position(&outline.lead)),
        approver_position_code: stated("approver", 5).then(|| cast.approver_position.clone()),
        legal_basis: gap("legal basis", 8, legal_basis),
        deliverable: gap("deliverable", 6, outline.common.deliverable.clone()),
        acceptance_criteria: gap("acceptance criteria", 12, criteria(&outline.common.deliverable)),
        start_on: Some(plan.schedule.start_on),
        baseline_due: plan.baseline_due(),
        current_due: plan.baseline_due(),
        bottleneck_codes: outline.common.bottlenecks.clone(),
        project_codes: outline.told.projects.clone().unwrap_or_else(|| projects(city, outline)),
        indicator_codes: indicators(city, outline),
        area_codes: outline.areas.clone(),
        priority: priority(plan),
        reporting_cadence_days: i16::try_from(plan.schedule.cadence_days).unwrap_or(i16::MAX),
        ..Task::draft(meta, code.clone(), outline.title.clone())
    }
}

/// Named projects that work on a bottleneck of the task and belong to its lead, or lie in one of its areas.
fn projects(city: &City, outline: &Outline) -> Vec<String> {
    let served = city.projects.named.iter().filter(|project| {
        let same = project.bottlenecks.iter().any(|code| outline.common.bottlenecks.contains(code));
        let near = project.owner == outline.lead || project.areas.iter().any(|area| outline.areas.contains(area));
        same && near
    });
    served.map(|project| project.code.clone()).collect()
}

/// Indicators of a bottleneck of the task; of a task without one, those without one that its lead owns. At most three.
fn indicators(city: &City, outline: &Outline) -> Vec<String> {
    let bottlenecks = &outline.common.bottlenecks;
    let served = city.kpis.indicators.iter().filter(|indicator| {
        let same = indicator.bottlenecks.iter().any(|code| bottlenecks.contains(code));
        same || bottlenecks.is_empty() && indicator.bottlenecks.is_empty() && indicator.owner == outline.lead
    });
    served.map(|indicator| indicator.code.clone()).take(3).collect()
}

fn task_id(city: &City, plan: &Plan) -> Uuid {
    row_id(city.name, "task", &plan.outline.code)
}

fn criteria(deliverable: &str) -> String {
    format!("{deliverable}: đầy đủ, đúng thời hạn, được cấp có thẩm quyền xác nhận.")
}

fn priority(plan: &Plan) -> TaskPriority {
    match Draw(&plan.outline.code).between("priority", 1, 100) {
        _ if plan.trouble.is_some_and(|trouble| trouble.kind == TroubleKind::Blocked) => TaskPriority::High,
        ..=8 => TaskPriority::Urgent,
        9..=30 => TaskPriority::High,
        31..=90 => TaskPriority::Normal,
        _ => TaskPriority::Low,
    }
}

/// Two milestones, three for a scheme, none for a short task. They are completed as the work progresses, and not by tasks that are never
/// finished.
pub(crate) fn milestones(city: &City, plan: &Plan) -> Vec<Milestone> {
    let outline = &plan.outline;
    let Some(due_on) = plan.baseline_due() else {
        return Vec::new();
    };
    let titles: &[&str] = match outline.kind {
        TaskKind::Scheme => &["Hoàn thành đề cương", "Lấy ý kiến các đơn vị", "Trình thẩm định"],
        TaskKind::Task | TaskKind::Directive => &["Ban hành kế hoạch thực hiện", "Sơ kết giữa kỳ"],
    };
    let parts = u64::try_from(titles.len()).unwrap_or_default() + 1;
    let length_days = u64::try_from((due_on - plan.schedule.start_on).num_days()).unwrap_or_default();
    if length_days < SHORTEST_WITH_MILESTONES_DAYS {
        return Vec::new();
    }
    let milestone = |(number, title): (u64, &&str)| {
        let milestone_due = workday::until(plan.schedule.start_on + Days::new(length_days * number / parts));
        let name = format!("{}/{number}", outline.code);
        let slip_days = Draw(&name).between("slip", 0, if plan.schedule.is_late() { 25 } else { 6 });
        let reached = |submitted_on| workday::after(milestone_due, slip_days).min(submitted_on);
        Milestone {
            id: row_id(city.name, "milestone", &name),
            task_id: task_id(city, plan),
            title: (*title).to_owned(),
            due_on: milestone_due,
            completed_on: plan.schedule.submitted_on().map(reached),
            created_by: subject(&head_position(&outline.lead)),
        }
    };
    (1..).zip(titles).map(milestone).collect()
}

/// Adds the missing parts of the text of a task.
pub(crate) fn clarified(task: &mut Task, cast: &Cast) {
    let deliverable = task.deliverable.get_or_insert_with(|| DELIVERABLE.to_owned());
    task.acceptance_criteria.get_or_insert_with(|| criteria(deliverable));
    task.legal_basis.get_or_insert_with(|| LEGAL_BASIS.to_owned());
    task.lead_role.get_or_insert_with(|| "Chủ trì".to_owned());
    let approver = &mut task.approver_position_code;
    approver.get_or_insert_with(|| cast.approver_position.clone());
}
