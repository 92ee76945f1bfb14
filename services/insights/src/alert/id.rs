//! Ids of alerts: the rule, the record and the first day. While an alert is open its id does not change, and it needs no storage.

use chrono::NaiveDate;

use super::rule::Rule;

/// Parts of the id of an alert.
#[derive(Debug, Clone)]
pub struct AlertId {
    /// The rule.
    pub rule: &'static Rule,
    /// What the alert is about.
    pub record: String,
    /// First day of the alert.
    pub since: NaiveDate,
}

impl AlertId {
    /// Reads an id; `None` when it is none.
    pub fn read(text: &str) -> Option<Self> {
        let (rule, rest) = text.split_once(':')?;
        let (record, since) = rest.rsplit_once(':')?;
        let since = schema::parse_date(since).ok()?;
        (!record.is_empty()).then_some(Self { rule: Rule::named(rule)?, record: record.to_owned(), since })
    }

    /// Writes the id.
    pub fn write(rule: &Rule, record: &str, since: NaiveDate) -> String {
        format!("{}:{record}:{}", rule.code, since.format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_be_read_again_and_nonsense_is_none() {
        let since = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        for (rule, record) in [
            ("KPI_RED", "0198c0de-0000-7000-8000-000000000001:2026-Q1"),
            ("SATISFACTION_FALLING", "AREA:00004"),
            ("POSITION_VACANT", "GD-SXD"),
        ] {
            let text = AlertId::write(Rule::named(rule).expect("a rule"), record, since);
            let read = AlertId::read(&text).expect("an id");
            assert_eq!((read.rule.code, read.record.as_str(), read.since), (rule, record, since));
        }
        for text in ["", "KPI_RED", "KPI_RED:x", "KPI_RED::2026-03-01", "NO_RULE:x:2026-03-01", "KPI_RED:x:2026-02-30"]
        {
            assert!(AlertId::read(text).is_none(), "{text}");
        }
    }
}
