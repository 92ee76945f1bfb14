//! Access rules: for each kind of record, which role reads which rows, and what is public of the aggregates.
//!
//! Rows and aggregates are two rights. The database enforces the rows: a statement reads as one of two roles, and the
//! policies of the tables restrict the second to the caller's scope (`platform.guard`). Aggregates are read over all
//! rows, but a caller without a right to all rows may filter and group them only by the listed fields. A group can still
//! have a single row.

use crate::principal::{Principal, Role};
use crate::problem::Problem;

/// Rows of a kind that a role reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Every row.
    All,
    /// Rows of the caller's organization, of those below it, and of the caller's position.
    Organization,
    /// Rows of the caller's areas.
    Area,
}

/// Kind of record with its rules.
#[derive(Debug)]
pub struct Kind {
    /// Plural noun, in messages and in the documentation: `tasks`.
    pub name: &'static str,
    /// Rows by role. An administrator reads every row. Nobody else reads a row of a kind without an entry.
    pub rows: &'static [(Role, Rows)],
    /// Whether everybody reads every row.
    pub public: bool,
    /// Fields by which everybody may filter aggregates.
    pub public_filters: &'static [&'static str],
    /// Dimensions by which everybody may group aggregates.
    pub public_dimensions: &'static [&'static str],
    /// Which role writes what, for the documentation: the verbs check it.
    pub writes: &'static [(Role, &'static str)],
}

/// Reference data that everybody reads.
pub const REFERENCE: Kind =
    Kind { name: "reference data", rows: &[], public: true, public_filters: &[], public_dimensions: &[], writes: &[] };

/// Briefings of the service insights: other services name their conclusions, and only who sees them may learn which exist.
pub const BRIEFINGS: Kind = Kind {
    name: "briefings",
    rows: &[(Role::Ioc, Rows::All), (Role::Issuer, Rows::All), (Role::Inspector, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[
        (Role::Ioc, "opens and closes briefings, adds conclusions and open points"),
        (Role::Issuer, "the same as IOC"),
    ],
};

/// Codes whose rows a caller sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Organizations, each with those below it.
    pub organizations: Vec<String>,
    /// Positions.
    pub positions: Vec<String>,
    /// Areas.
    pub areas: Vec<String>,
}

impl Scope {
    fn is_empty(&self) -> bool {
        self.organizations.is_empty() && self.positions.is_empty() && self.areas.is_empty()
    }
}

/// The rows of a kind that a caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Every row.
    All,
    /// The rows of a scope; of an empty one none.
    Scope(Scope),
}

impl Kind {
    /// The rows that a caller sees: those of all its roles together.
    pub fn sight(&self, principal: &Principal) -> Sight {
        if self.public || principal.roles.contains(&Role::Admin) {
            return Sight::All;
        }
        let mut scope = Scope::default();
        for (role, rows) in self.rows {
            if !principal.roles.contains(role) {
                continue;
            }
            match rows {
                Rows::All => return Sight::All,
                Rows::Organization => {
                    scope.organizations.extend(principal.organization.clone());
                    scope.positions.extend(principal.position.clone());
                }
                Rows::Area => scope.areas.extend(principal.areas.iter().cloned()),
            }
        }
        Sight::Scope(scope)
    }

    /// Checks that the caller may list rows. An empty list would look like the truth.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a credential, `FORBIDDEN` with one that shows no row.
    pub fn permit_list(&self, principal: &Principal) -> Result<(), Problem> {
        match self.sight(principal) {
            Sight::Scope(scope) if scope.is_empty() => {
                principal.subject().map_err(|_| self.not_public())?;
                let scoped = self.rows.iter().any(|(_, rows)| *rows != Rows::All);
                Err(Problem::forbidden(format!(
                    "this credential shows no {}: it needs one of the roles {}{}",
                    self.name,
                    self.roles(),
                    if scoped { ", with the organization, position or area that the role is about" } else { "" }
                )))
            }
            _ => Ok(()),
        }
    }

    fn not_public(&self) -> Problem {
        Problem::unauthenticated(format!(
            "{} are not public{}: send `Authorization: Bearer <credential>`",
            self.name,
            if self.public_dimensions.is_empty() { "" } else { ", only their aggregates are" }
        ))
    }

    fn roles(&self) -> String {
        self.rows.iter().map(|(role, _)| role.as_str()).chain(["ADMIN"]).collect::<Vec<_>>().join(", ")
    }

    /// Checks the fields by which a caller filters and groups aggregates.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a credential, `FORBIDDEN` with one; both name the field.
    pub fn permit_aggregate<'a>(
        &self,
        principal: &Principal,
        filters: impl IntoIterator<Item = &'a str>,
        dimensions: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Problem> {
        if self.sight(principal) == Sight::All {
            return Ok(());
        }
        let refuse = |path: String, accepted: &[&str]| {
            let message = format!(
                "only who sees all {} may use this in an aggregate; accepted for everybody: {}",
                self.name,
                accepted.join(", ")
            );
            let refused = principal
                .subject()
                .map_or_else(|_| Problem::unauthenticated(message.clone()), |_| Problem::forbidden(message.clone()));
            Err(refused.at(path))
        };
        if let Some(field) = filters.into_iter().find(|field| !self.public_filters.contains(field)) {
            return refuse(format!("filter.{field}"), self.public_filters);
        }
        if dimensions.into_iter().any(|dimension| !self.public_dimensions.contains(&dimension)) {
            return refuse("groupBy".to_owned(), self.public_dimensions);
        }
        Ok(())
    }
}

/// The rules of kinds as a document in Markdown.
pub fn document(kinds: &[&Kind]) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    for kind in kinds {
        line(format!("### {}\n", kind.name));
        if kind.public {
            line("Everybody reads every row.\n".to_owned());
            continue;
        }
        line("| role | reads | writes |\n|---|---|---|".to_owned());
        for role in Role::ALL {
            let reads = kind.rows.iter().filter(|(named, _)| named == role).map(|(_, rows)| match rows {
                Rows::All => "every row",
                Rows::Organization => "rows of its organization, of those below it, and of its position",
                Rows::Area => "rows of its areas",
            });
            let reads = reads.chain((*role == Role::Admin).then_some("every row")).collect::<Vec<_>>().join("; ");
            let writes = kind.writes.iter().filter(|(named, _)| named == role).map(|(_, text)| *text);
            let of_all = *role == Role::Admin && kind.writes.iter().any(|(named, _)| named != role);
            let writes = writes.chain(of_all.then_some("as every role")).collect::<Vec<_>>().join("; ");
            if !(reads.is_empty() && writes.is_empty()) {
                line(format!("| {role} | {reads} | {writes} |"));
            }
        }
        line("| everybody | no row | |\n".to_owned());
        if !kind.public_dimensions.is_empty() {
            line(format!(
                "Aggregates are public: grouped by {}; filtered by {}. Other fields need the right to every row.\n",
                list(kind.public_dimensions),
                list(kind.public_filters)
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERMITS: Kind = Kind {
        name: "permits",
        rows: &[(Role::Ioc, Rows::All), (Role::Department, Rows::Organization), (Role::Ward, Rows::Area)],
        public: false,
        public_filters: &["area"],
        public_dimensions: &["area", "status"],
        writes: &[],
    };

    fn with(roles: &[Role]) -> Principal {
        Principal {
            subject: Some("an".into()),
            roles: roles.to_vec(),
            organization: Some("SXD".into()),
            position: Some("GD-SXD".into()),
            areas: vec!["00004".into()],
            ..Principal::default()
        }
    }

    fn scope(organizations: &[&str], positions: &[&str], areas: &[&str]) -> Sight {
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Sight::Scope(Scope { organizations: owned(organizations), positions: owned(positions), areas: owned(areas) })
    }

    #[test]
    fn the_rights_of_several_roles_add_up_and_codes_without_their_role_give_none() {
        assert_eq!(PERMITS.sight(&Principal::default()), scope(&[], &[], &[]));
        assert_eq!(PERMITS.sight(&with(&[])), scope(&[], &[], &[]));
        assert_eq!(PERMITS.sight(&with(&[Role::Auditor])), scope(&[], &[], &[]));
        assert_eq!(PERMITS.sight(&with(&[Role::Ward])), scope(&[], &[], &["00004"]));
        assert_eq!(PERMITS.sight(&with(&[Role::Ward, Role::Department])), scope(&["SXD"], &["GD-SXD"], &["00004"]));
        assert_eq!(PERMITS.sight(&with(&[Role::Ward, Role::Ioc])), Sight::All);
        assert_eq!(PERMITS.sight(&with(&[Role::Admin])), Sight::All);
        assert_eq!(REFERENCE.sight(&Principal::default()), Sight::All);
    }

    #[test]
    fn a_list_needs_rows_and_an_aggregate_needs_listed_fields() {
        let refused = |principal: &Principal| PERMITS.permit_list(principal).map_err(|problem| problem.code.as_str());
        assert_eq!(refused(&Principal::default()), Err("UNAUTHENTICATED"));
        assert_eq!(refused(&with(&[Role::Auditor])), Err("FORBIDDEN"));
        assert_eq!(refused(&with(&[Role::Ward])), Ok(()));
        let counted = |principal: &Principal, filters: &[&'static str], dimensions: &[&'static str]| {
            let outcome = PERMITS.permit_aggregate(principal, filters.iter().copied(), dimensions.iter().copied());
            outcome.map_err(|problem| (problem.code.as_str(), problem.path.unwrap_or_default()))
        };
        assert_eq!(counted(&Principal::default(), &["area"], &["area", "status"]), Ok(()));
        assert_eq!(
            counted(&Principal::default(), &["area", "code"], &[]),
            Err(("UNAUTHENTICATED", "filter.code".to_owned()))
        );
        assert_eq!(counted(&with(&[Role::Ward]), &[], &["official"]), Err(("FORBIDDEN", "groupBy".to_owned())));
        assert_eq!(counted(&with(&[Role::Ioc]), &["code"], &["official"]), Ok(()));
    }
}
