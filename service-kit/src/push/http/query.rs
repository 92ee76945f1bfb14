//! Parameters of an address, as in `?source=bar&dryRun=true`.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use tabular::Words;

use crate::problem::Problem;

/// What axum reads of an address.
pub type Parsed = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The parameters that an address states, each once.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the parameters with these names.
    ///
    /// # Errors
    /// `VALIDATION` when the address states another one, or one twice.
    pub fn read(parsed: Parsed, accepted: &[&str]) -> Result<Self, Problem> {
        let list = accepted.join(", ");
        let Query(stated) = parsed.map_err(|_| {
            Problem::validation("query", format!("the parameters of the address cannot be read; accepted: {list}"))
                .in_vietnamese(format!("không đọc được tham số của địa chỉ; chấp nhận: {list}"))
        })?;
        for (place, (name, _)) in stated.iter().enumerate() {
            if !accepted.contains(&name.as_str()) {
                return Err(Problem::validation(name, format!("there is no parameter {name:?}; accepted: {list}"))
                    .in_vietnamese(format!("không có tham số {name:?}; chấp nhận: {list}")));
            }
            if stated[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::validation(name, "the parameter is stated twice; accepted: once")
                    .in_vietnamese("tham số xuất hiện hai lần; chấp nhận: một lần"));
            }
        }
        Ok(Self(stated))
    }

    /// The value of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(stated, _)| stated == name).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter says `true`.
    ///
    /// # Errors
    /// `VALIDATION` when it says something else than `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(not_accepted(name, other, "true, false")),
        }
    }

    /// The number of a parameter.
    ///
    /// # Errors
    /// `VALIDATION` when it is no number, or not within `accepted`.
    pub fn number(&self, name: &str, accepted: std::ops::RangeInclusive<usize>) -> Result<Option<usize>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| accepted.contains(number));
        let (least, most) = (accepted.start(), accepted.end());
        let words = match *most {
            usize::MAX => Words::new("a whole number", "số nguyên không âm"),
            _ => Words::new(format!("{least} to {most}"), format!("{least} đến {most}")),
        };
        number.map(Some).ok_or_else(|| refused(name, text, &words))
    }
}

/// A value that a parameter does not take, which takes these.
pub fn not_accepted(name: &str, found: &str, accepted: &str) -> Problem {
    refused(name, found, &Words::new(accepted, accepted))
}

/// A value that a parameter does not take.
pub fn refused(name: &str, found: &str, accepted: &Words) -> Problem {
    Problem::validation(name, format!("found {found:?}; accepted: {}", accepted.en))
        .in_vietnamese(format!("có {found:?}; chấp nhận: {}", accepted.vi))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stated: &[(&str, &str)]) -> Result<Parameters, Problem> {
        let stated = stated.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Parameters::read(Ok(Query(stated)), &["source", "dryRun", "first"])
    }

    #[test]
    fn what_is_not_accepted_is_named() {
        let refused = |stated: &[(&str, &str)]| {
            let read = read(stated);
            let value = read.and_then(|read| Ok((read.flag("dryRun")?, read.number("first", 1..=500)?)));
            value.map_err(|problem| (problem.path.unwrap_or_default(), problem.message))
        };
        assert_eq!(refused(&[("dryRun", "true"), ("first", "500")]), Ok((true, Some(500))));
        assert_eq!(refused(&[("dryRun", "false")]), Ok((false, None)));
        for (stated, path, words) in [
            (&[("dryRun", "yes")][..], "dryRun", "found \"yes\"; accepted: true, false"),
            (&[("dryrun", "true")], "dryrun", "there is no parameter \"dryrun\"; accepted: source, dryRun, first"),
            (&[("source", "a"), ("source", "b")], "source", "the parameter is stated twice; accepted: once"),
            (&[("first", "0")], "first", "found \"0\"; accepted: 1 to 500"),
            (&[("first", "501")], "first", "found \"501\"; accepted: 1 to 500"),
            (&[("first", "-1")], "first", "found \"-1\"; accepted: 1 to 500"),
        ] {
            assert_eq!(refused(stated), Err((path.to_owned(), words.to_owned())));
        }
    }
}
