//! Payments: of a contract if they name it, of the project otherwise.

use serde::Serialize;

use super::party::{Reference, supplier};
use super::rows::ProjectRows;
use super::time::Times;
use super::value::Value;
use crate::model::{Contract, Disbursement};

/// Payment. A negative amount takes one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transaction {
    id: String,
    date: String,
    value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<Reference>,
}

/// The payments of a contract, or those that name no contract of the project.
pub fn transactions(times: Times, rows: &ProjectRows, of: Option<&Contract>) -> Vec<Transaction> {
    let payments = rows.payments.iter().filter(|payment| paid(rows, payment).map(|paid| paid.id) == of.map(|of| of.id));
    let transaction = |payment: &Disbursement| Transaction {
        id: payment.id.to_string(),
        date: times.from(payment.paid_on),
        value: payment.amount.into(),
        payee: of.and_then(supplier),
    };
    payments.map(transaction).collect()
}

/// Whether a payment names a contract.
pub fn is_paid(rows: &ProjectRows, contract: &Contract) -> bool {
    rows.payments.iter().any(|payment| paid(rows, payment).is_some_and(|paid| paid.id == contract.id))
}

/// The contract that a payment names. Numbers can repeat; then the earliest contract counts.
fn paid<'a>(rows: &'a ProjectRows, payment: &Disbursement) -> Option<&'a Contract> {
    let number = payment.contract.as_ref()?.trim();
    rows.contracts.iter().find(|contract| contract.number.trim() == number)
}
