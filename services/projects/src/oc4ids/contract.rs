//! Contracts as contracting processes, with their modifications.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::document::{Document, once};
use super::party::{Reference, supplier};
use super::period::Period;
use super::rows::ProjectRows;
use super::text::shown;
use super::time::Times;
use super::transaction::{Transaction, transactions};
use super::value::Value;
use crate::model::{Contract, Modification, ModificationKind, ProjectPhase};

/// A contract. The platform knows nothing of its procurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContractingProcess {
    id: String,
    summary: Summary,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppliers: Vec<Reference>,
    contract_value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_period: Option<Period>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    modifications: Vec<Change>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<Transaction>,
    milestones: [Signature; 1],
}

/// The signature, which the standard knows only as a milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Signature {
    id: &'static str,
    title: &'static str,
    date_met: String,
    status: &'static str,
}

/// A modification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    id: String,
    date: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_contract_value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_contract_value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_contract_period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_contract_period: Option<Period>,
}

/// What is in force of a contract after some of its modifications.
struct InForce {
    amount: Decimal,
    end: Option<NaiveDate>,
}

/// Type and description of a modification.
const fn kind(kind: ModificationKind) -> (&'static str, &'static str) {
    match kind {
        ModificationKind::Duration => ("duration", "Điều chỉnh thời gian thực hiện"),
        ModificationKind::Value => ("value", "Điều chỉnh giá trị hợp đồng"),
        ModificationKind::Scope => ("scope", "Điều chỉnh khối lượng"),
    }
}

impl InForce {
    /// Applies a modification. What it does not state of the time before it follows from the contract and the modifications
    /// before.
    fn change(&mut self, times: Times, contract: &Contract, made: &Modification) -> Change {
        let (kind, label) = kind(made.kind);
        let document = made.document.as_ref().and_then(|document| shown(document));
        let description = document.map_or_else(|| label.to_owned(), |document| format!("{label} ({document})"));
        let period = |end: Option<NaiveDate>| end.and_then(|end| Period::of(times, contract.starts_on, Some(end)));
        let (old_amount, old_end) = (made.old_amount.unwrap_or(self.amount), made.old_end.or(self.end));
        let change = Change {
            id: made.id.to_string(),
            date: times.from(made.decided_on),
            description,
            rationale: shown(&made.reason),
            kind,
            old_contract_value: made.new_amount.map(|_| old_amount.into()),
            new_contract_value: made.new_amount.map(Value::from),
            old_contract_period: made.new_end.and_then(|_| period(old_end)),
            new_contract_period: period(made.new_end),
        };
        self.amount = made.new_amount.unwrap_or(self.amount);
        self.end = made.new_end.or(self.end);
        change
    }
}

/// The contracts of a project.
pub fn processes(times: Times, rows: &ProjectRows) -> Vec<ContractingProcess> {
    rows.contracts.iter().map(|contract| process(times, rows, contract)).collect()
}

fn process(times: Times, rows: &ProjectRows, contract: &Contract) -> ContractingProcess {
    let mut in_force = InForce { amount: contract.amount, end: contract.ends_on };
    let made = || rows.modifications.iter().filter(|made| made.contract_id == contract.id);
    let modifications = made().map(|made| in_force.change(times, contract, made)).collect();
    let documents = made().filter_map(|made| {
        let document = Document::titled(Some("contractAmendment"), made.document.as_ref())?;
        Some(document.on(times, made.decided_on))
    });
    let project_ended = matches!(rows.project.phase, ProjectPhase::Completed | ProjectPhase::Cancelled);
    let ended = in_force.end.map_or(project_ended, |end| end < times.today);
    let summary = Summary {
        external_reference: shown(&contract.number),
        title: shown(&contract.title),
        status: if ended { "closed" } else { "active" },
        suppliers: supplier(contract).into_iter().collect(),
        contract_value: contract.amount.into(),
        contract_period: Period::of(times, contract.starts_on, contract.ends_on),
        documents: once(documents),
        modifications,
        transactions: transactions(times, rows, Some(contract)),
        milestones: [Signature {
            id: "signature",
            title: "Ký hợp đồng",
            date_met: times.from(contract.signed_on),
            status: "met",
        }],
    };
    ContractingProcess { id: contract.id.to_string(), summary }
}
