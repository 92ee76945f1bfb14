//! Sources and orders of the lists.

use service_kit::access::Kind;
use service_kit::store::list::Listed;
use service_kit::store::page::OrderTerm;

use crate::model::{AUDIT, ApiKey, AuditEntry, KEYS, RECEIPTS, Receipt};

impl Listed for ApiKey {
    const KIND: &'static Kind = &KEYS;
    const SOURCES: &'static [&'static str] = &["platform.api_key AS f WHERE true"];
}

impl Listed for AuditEntry {
    const KIND: &'static Kind = &AUDIT;
    const SOURCES: &'static [&'static str] = &["(SELECT e.*, s.sequence FROM platform.audit_entry AS e \
         LEFT JOIN platform.audit_seal AS s ON s.entry_id = e.id) AS f WHERE true"];
}

impl Listed for Receipt {
    const KIND: &'static Kind = &RECEIPTS;
    const SOURCES: &'static [&'static str] = &["platform.receipt AS f WHERE true"];
}

/// The newest receipts first.
pub fn newest_receipts() -> Vec<OrderTerm> {
    let descending =
        |expression, sql_type| OrderTerm { descending: true, ..OrderTerm::ascending(expression, sql_type) };
    vec![descending("f.received_at", "timestamptz"), descending("f.id", "uuid")]
}

/// The newest keys first.
pub fn newest_keys() -> Vec<OrderTerm> {
    let descending =
        |expression, sql_type| OrderTerm { descending: true, ..OrderTerm::ascending(expression, sql_type) };
    vec![descending("f.created_at", "timestamptz"), descending("f.id", "text")]
}

/// The newest entries first.
pub fn newest_entries() -> Vec<OrderTerm> {
    vec![OrderTerm { descending: true, ..OrderTerm::ascending("f.id", "bigint") }]
}
