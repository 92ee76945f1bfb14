//! Capital plans as the breakdowns of the budget, one for each basis.

use serde::Serialize;

use super::document::Document;
use super::period::Period;
use super::rows::ProjectRows;
use super::time::Times;
use super::value::Value;
use crate::model::PlanBasis;

/// Budget of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    budget_breakdowns: Vec<Breakdown>,
}

/// Plans on one basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Breakdown {
    id: &'static str,
    description: String,
    #[serde(rename = "budgetBreakdown")]
    entries: Vec<Entry>,
}

/// Plan of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    description: String,
    amount: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    approval_date: String,
}

const fn label(basis: PlanBasis) -> &'static str {
    match basis {
        PlanBasis::Pm => "Thủ tướng Chính phủ giao",
        PlanBasis::City => "Thành phố giao",
        PlanBasis::Adjusted => "Điều chỉnh trong năm",
        PlanBasis::CarriedOver => "Kéo dài từ năm trước",
    }
}

/// The budget, if there is a total or a plan.
pub fn budget(times: Times, rows: &ProjectRows) -> Option<Budget> {
    let amount = rows.project.total_investment.map(Value::from);
    let breakdown = |basis: &PlanBasis| {
        let plans = rows.plans.iter().filter(|plan| plan.basis == *basis);
        let entries = plans.map(|plan| Entry {
            id: format!("{}-{}", basis.as_str(), plan.year),
            description: format!("Kế hoạch vốn năm {}", plan.year),
            amount: plan.amount.into(),
            period: Period::of_year(times, plan.year),
            approval_date: times.from(plan.decided_on),
        });
        let entries: Vec<Entry> = entries.collect();
        let description = format!("Kế hoạch vốn, {}. Không cộng với các nhóm khác: cùng một nguồn vốn.", label(*basis));
        (!entries.is_empty()).then_some(Breakdown { id: basis.as_str(), description, entries })
    };
    let budget_breakdowns: Vec<Breakdown> = PlanBasis::ALL.iter().filter_map(breakdown).collect();
    (amount.is_some() || !budget_breakdowns.is_empty()).then_some(Budget { amount, budget_breakdowns })
}

/// The decisions of the plans.
pub fn decisions(times: Times, rows: &ProjectRows) -> impl Iterator<Item = Document> {
    rows.plans.iter().filter_map(move |plan| {
        let document = Document::titled(Some("budgetApproval"), plan.document.as_ref())?;
        Some(document.on(times, plan.decided_on))
    })
}
