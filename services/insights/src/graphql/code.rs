//! Checks of the codes that arguments name, so that a mistyped one is no empty answer.

use async_graphql::{Context, ID};
use service_kit::Problem;
use service_kit::lists::check_codes;

use crate::model::ScorecardDimension;

/// The one code of the city.
const CITY: &str = ScorecardDimension::City.as_str();

/// Checks codes of entities of a dimension.
///
/// # Errors
/// `VALIDATION` at the first one that nobody knows.
pub async fn check_of(
    ctx: &Context<'_>,
    by: ScorecardDimension,
    codes: Option<&[ID]>,
    path: &str,
) -> Result<(), Problem> {
    if let Some(kind) = by.kind() {
        return check_codes(ctx, &[(kind, codes, path)]).await;
    }
    match codes.into_iter().flatten().enumerate().find(|(_, code)| code.as_str() != CITY) {
        Some((place, code)) => {
            let message = format!("the city has no code {:?}; accepted: {CITY:?}", code.0);
            Err(Problem::validation(format!("{path}.{place}"), message))
        }
        None => Ok(()),
    }
}

/// Checks classes against those that the entities have.
///
/// # Errors
/// `VALIDATION` at the first one that no entity has, when there are entities.
pub fn check_classes<'a>(asked: &[String], classes: impl Iterator<Item = &'a str>, path: &str) -> Result<(), Problem> {
    let mut known: Vec<&str> = classes.collect();
    known.sort_unstable();
    known.dedup();
    match asked.iter().enumerate().find(|(_, class)| !known.contains(&class.as_str())) {
        Some((place, class)) if !known.is_empty() => {
            let accepted = known.join(", ");
            Err(Problem::validation(format!("{path}.{place}"), format!("no class {class:?}; accepted: {accepted}")))
        }
        _ => Ok(()),
    }
}
