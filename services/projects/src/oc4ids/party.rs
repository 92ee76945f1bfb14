//! Organizations of a project: its owner and the suppliers of its contracts. People are left out.

use serde::Serialize;

use super::rows::ProjectRows;
use super::text::{local_id, optional, shown};
use super::transaction::is_paid;
use crate::model::Contract;

/// Organization with its roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    #[serde(flatten)]
    reference: Reference,
    roles: Vec<&'static str>,
}

/// Reference to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The owner, who develops the project and pays for it.
pub fn owner(rows: &ProjectRows) -> Option<Reference> {
    let id = optional(rows.project.owner_organization_code.as_ref())?;
    Some(Reference { id, name: optional(rows.owner.as_ref()) })
}

/// The supplier of a contract. It has a name and no code, so its id is made of its name.
pub fn supplier(contract: &Contract) -> Option<Reference> {
    let name = shown(contract.supplier.as_ref()?)?;
    Some(Reference { id: local_id("supplier", &[&name.to_lowercase()]), name: Some(name) })
}

/// All parties, each once.
pub fn parties(rows: &ProjectRows) -> Vec<Party> {
    let owner = owner(rows).map(|reference| Party { reference, roles: vec!["publicAuthority", "buyer"] });
    let mut parties: Vec<Party> = owner.into_iter().collect();
    for contract in &rows.contracts {
        let Some(reference) = supplier(contract) else { continue };
        let place = parties.iter().position(|party| party.reference.id == reference.id).unwrap_or_else(|| {
            parties.push(Party { reference, roles: vec!["supplier"] });
            parties.len() - 1
        });
        let roles = &mut parties[place].roles;
        if is_paid(rows, contract) && !roles.contains(&"payee") {
            roles.push("payee");
        }
    }
    parties
}
