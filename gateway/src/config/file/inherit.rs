//! Inheritance: settings that are missing for one subgraph are taken from `traffic.every_subgraph`.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub(super) fn from_every_subgraph(document: &mut DeTable<'_>) {
    let Some(DeValue::Table(traffic)) = document.get_mut("traffic").map(Spanned::get_mut) else {
        return;
    };
    let Some(DeValue::Table(every)) = traffic.get("every_subgraph").map(Spanned::get_ref).cloned() else {
        return;
    };
    let Some(DeValue::Table(subgraphs)) = traffic.get_mut("subgraphs").map(Spanned::get_mut) else {
        return;
    };
    for (_, rules) in subgraphs.iter_mut() {
        if let DeValue::Table(rules) = rules.get_mut() {
            inherit(rules, &every);
        }
    }
}

/// Adds missing keys to a table, and recursively to its inner tables.
fn inherit<'i>(table: &mut DeTable<'i>, general: &DeTable<'i>) {
    for (key, value) in general {
        match (table.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut), value.get_ref()) {
            (None, _) => {
                table.insert(key.clone(), value.clone());
            }
            (Some(DeValue::Table(own)), DeValue::Table(general)) => inherit(own, general),
            (Some(_), _) => {}
        }
    }
}
