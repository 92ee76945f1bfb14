//! How a task begins: what its text says, and what it leaves out.

use chrono::Days;
use schema::sample_id;
use tasks::import::{MilestoneRow, SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus, TaskVersion};

use super::cast::Cast;
use super::row_id;
use crate::SYNTHETIC_SOURCE;
use crate::city::City;
use crate::draw::Draw;
use crate::plan::{Plan, TroubleKind};
use crate::reference::head_position;
use crate::workday;

/// Minutes after eight at which a task is written, before it is given out on the same day.
const WRITTEN_AT_MINUTES: u32 = 5;

/// The first version of a task: a draft, with the gaps that some tasks have.
pub(crate) fn opening(city: &City, plan: &Plan, cast: &Cast) -> TaskVersion {
    let outline = &plan.outline;
    let draw = Draw(&outline.code);
    let stated = |field: &str, missing_percent: u32| !draw.chance(&format!("missing {field}"), missing_percent);
    let text = full_text(city, plan);
    let gap = |field: &str, missing_percent: u32, text: String| stated(field, missing_percent).then_some(text);
    TaskVersion {
        id: sample_id(&format!("{}/task", city.name), &outline.code),
        source: SYNTHETIC_SOURCE.to_owned(),
        external_id: outline.code.clone(),
        code: outline.code.clone(),
        title: outline.title.clone(),
        action: gap("action", 5, text.action),
        kind: outline.kind,
        status: TaskStatus::Draft,
        programme_codes: outline.programmes.clone(),
        group_code: Some(outline.group.clone()),
        issuer_organization_code: Some(cast.issuer_organization.clone()),
        lead_organization_code: Some(outline.lead.clone()),
        lead_role: gap("lead role", 7, text.lead_role),
        coordinating_organization_codes: outline.coordinating.clone(),
        accountable_position_code: stated("accountable", 5).then(|| head_position(&outline.lead)),
        approver_position_code: stated("approver", 5).then(|| cast.approver_position.clone()),
        legal_basis: gap("legal basis", 8, text.legal_basis),
        deliverable: gap("deliverable", 6, text.deliverable),
        acceptance_criteria: gap("acceptance criteria", 12, text.acceptance_criteria),
        start_on: Some(plan.schedule.start_on),
        baseline_due: plan.baseline_due(),
        current_due: plan.baseline_due(),
        progress: 0,
        self_declared_risk: SelfDeclaredRisk::Low,
        bottlenecks: outline.bottlenecks.clone(),
        area_codes: outline.areas.clone(),
        priority: priority(plan),
        reporting_cadence_days: i16::try_from(plan.schedule.cadence_days).unwrap_or(i16::MAX),
        last_update_on: None,
        submitted_on: None,
        submitted_by: None,
        closed_on: None,
        extension_count: 0,
        returned_count: 0,
        recorded_by: cast.issuer.clone(),
        version: 1,
        observed_at: workday::instant(plan.schedule.assigned_on, WRITTEN_AT_MINUTES),
    }
}

/// What a task says when nothing is left out.
#[derive(Debug)]
pub(crate) struct FullText {
    action: String,
    pub(crate) lead_role: String,
    pub(crate) legal_basis: String,
    pub(crate) deliverable: String,
    pub(crate) acceptance_criteria: String,
}

fn full_text(city: &City, plan: &Plan) -> FullText {
    let outline = &plan.outline;
    let programme = city
        .facts
        .programmes
        .iter()
        .find(|programme| outline.programmes.contains(&programme.code));
    FullText {
        action: format!(
            "Chủ trì, phối hợp với các đơn vị liên quan thực hiện: {}.",
            outline.title
        ),
        lead_role: "Chủ trì, chịu trách nhiệm toàn diện từ đầu đến cuối".to_owned(),
        legal_basis: programme.map_or_else(
            || "Kế hoạch công tác năm".to_owned(),
            |programme| programme.title.clone(),
        ),
        deliverable: outline.deliverable.clone(),
        acceptance_criteria: format!(
            "{}: đầy đủ, đúng thời hạn, được cấp có thẩm quyền xác nhận.",
            outline.deliverable
        ),
    }
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

/// Two intermediate goals, three for a scheme. They are reached as the work advances, and not by those who never finish.
pub(crate) fn milestones(city: &City, plan: &Plan) -> Vec<MilestoneRow> {
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
    (1..)
        .zip(titles)
        .map(|(number, title)| {
            let milestone_due = workday::until(plan.schedule.start_on + Days::new(length_days * number / parts));
            let name = format!("{}/{number}", outline.code);
            let slip_days = Draw(&name).between("slip", 0, if plan.schedule.is_late() { 25 } else { 6 });
            MilestoneRow {
                id: row_id(city.name, "milestone", &name),
                task_id: sample_id(&format!("{}/task", city.name), &outline.code),
                title: (*title).to_owned(),
                due_on: milestone_due,
                completed_on: plan
                    .schedule
                    .submitted_on()
                    .map(|submitted_on| workday::after(milestone_due, slip_days).min(submitted_on)),
                created_by: super::cast::subject(&head_position(&outline.lead)),
            }
        })
        .collect()
}

/// What [`FullText`] says for a task that is being clarified.
pub(crate) fn clarified(task: &mut TaskVersion, cast: &Cast) {
    let deliverable = task
        .deliverable
        .clone()
        .unwrap_or_else(|| "Báo cáo kết quả thực hiện".to_owned());
    task.acceptance_criteria
        .get_or_insert_with(|| format!("{deliverable}: đầy đủ, đúng thời hạn, được cấp có thẩm quyền xác nhận."));
    task.deliverable.get_or_insert(deliverable);
    task.legal_basis
        .get_or_insert_with(|| "Kế hoạch công tác năm".to_owned());
    task.lead_role.get_or_insert_with(|| "Chủ trì".to_owned());
    task.approver_position_code
        .get_or_insert_with(|| cast.approver_position.clone());
}
