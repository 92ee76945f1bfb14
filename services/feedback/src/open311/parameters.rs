//! What a client sends: pairs of the query and of the form. An empty value counts as absent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::fault::Faults;

/// Parameters of every endpoint.
const EVERYWHERE: [&str; 2] = ["jurisdiction_id", "api_key"];

/// Pairs of a request, in their order.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(query: &str, body: &[u8]) -> Result<Self, Faults> {
        if std::str::from_utf8(body).is_err() {
            return Err(Faults::bad("the body is no form in UTF-8; accepted: application/x-www-form-urlencoded"));
        }
        let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body));
        let pairs: Vec<(String, String)> = pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Faults::bad(format!("{} has the character U+0000", name.replace('\0', ""))));
        }
        Ok(Self(pairs))
    }

    /// Refuses names that an endpoint does not know: ignored, they would look like a condition that all satisfy.
    pub(super) fn known(&self, names: &[&str]) -> Result<(), Faults> {
        let is_known = |name: &str| EVERYWHERE.contains(&name) || names.contains(&name);
        let accepted = names.iter().chain(&EVERYWHERE).copied().collect::<Vec<_>>().join(", ");
        let unknown = self.0.iter().filter(|(name, _)| !is_known(name));
        Faults::of_request(unknown.map(|(name, _)| format!("{name} is unknown here; accepted: {accepted}")).collect())
    }

    /// Refuses a parameter that is given twice, of which only one could be meant. Attributes can have several values.
    pub(super) fn single(&self) -> Result<(), Faults> {
        let mut seen = BTreeSet::new();
        let names = self.0.iter().map(|(name, _)| name.as_str());
        let repeated: BTreeSet<&str> = names
            .filter(|name| !EVERYWHERE.contains(name) && !name.starts_with("attribute["))
            .filter(|name| !seen.insert(*name))
            .collect();
        Faults::of_request(repeated.iter().map(|name| format!("{name} is given twice; accepted: once")).collect())
    }

    /// The value of a parameter, without outer white space.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The values of a list that is separated by commas.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let values = self.text(name)?.split(',').map(str::trim).filter(|value| !value.is_empty());
        Some(values.map(str::to_owned).collect())
    }

    /// A time with its offset. A plus sign that was not encoded arrives as a space.
    pub(super) fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Faults> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.replace(' ', "+").parse() {
            Ok(time) => Ok(Some(time)),
            Err(_) => Err(Faults::bad(format!(
                "{name} {text:?} is no time; accepted: date, time and offset, as 2026-03-15T08:00:00+07:00"
            ))),
        }
    }

    /// A whole number within a range.
    pub(super) fn number(&self, name: &str, range: std::ops::RangeInclusive<i64>) -> Result<Option<i64>, Faults> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse().ok().filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(Faults::bad(format!("{name} {text:?}; accepted: {} to {}", range.start(), range.end()))),
        }
    }

    /// Answers to attributes, `attribute[code]=value` and `attribute[code][]=value`, as `code=value`.
    pub(super) fn attributes(&self) -> Vec<String> {
        let answer = |(name, value): &(String, String)| {
            let code = name.strip_prefix("attribute[")?;
            let code = code.strip_suffix("][]").or_else(|| code.strip_suffix(']'))?;
            Some(format!("{code}={}", value.trim()))
        };
        self.0.iter().filter_map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_encoded_or_not_with_fractions_and_offsets() {
        for (sent, expected) in [
            ("a=2026-03-15T08%3A00%3A00%2B07%3A00", "2026-03-15T01:00:00Z"),
            ("a=2026-03-15T08:00:00+07:00", "2026-03-15T01:00:00Z"),
            ("a=2026-03-15T01:00:00.250Z", "2026-03-15T01:00:00.250Z"),
        ] {
            let found = Parameters::read(sent, b"").expect("parameters").time("a").expect("a time");
            assert_eq!(found, Some(expected.parse().expect("a time")), "{sent}");
        }
        assert!(Parameters::read("a=2026-03-15T08:00:00", b"").expect("parameters").time("a").is_err());
        assert_eq!(Parameters::read("a=", b"").expect("parameters").time("a").expect("absent"), None);
    }

    #[test]
    fn attributes_are_single_or_several() {
        let sent = b"attribute[depth]=KNEE&attribute[parts][]=LANE&attribute[parts][]=SIGN&attribute=x&attribute[no]=";
        assert_eq!(
            Parameters::read("", sent).expect("parameters").attributes(),
            ["depth=KNEE", "parts=LANE", "parts=SIGN"]
        );
    }
}
