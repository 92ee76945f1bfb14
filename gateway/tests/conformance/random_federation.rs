//! Random federations: one random schema with its data, split over subgraphs at random.
//!
//! Every field of every entity belongs to one subgraph, or to two that share it. Some fields require fields of other
//! subgraphs, some references provide fields of their targets, interfaces and unions stand over the entities.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use crate::{
    federation::{Builder, Federation},
    random::Random,
};

const ROWS: usize = 3;

struct Field {
    name: String,
    ty: String,
    owners: Vec<usize>,
    /// Fields of the same entity that it is computed from, all owned by others.
    requires: Vec<String>,
    /// A field of the target that the owner gives along with the reference.
    provides: Option<String>,
    arguments: &'static str,
}

struct Entity {
    name: String,
    keys: Vec<&'static str>,
    fields: Vec<Field>,
    /// Whether it implements the interface.
    is_node: bool,
}

/// A random federation. Equal seeds give equal ones.
pub fn federation(seed: u64) -> Federation {
    let mut random = Random::new(seed);
    let subgraphs = 2 + random.below(3);
    let entities = entities(&mut random, subgraphs);
    let node_owner = random.below(subgraphs);
    let mut builder = Builder::new(data(&mut random, &entities));
    for number in 0..subgraphs {
        builder = builder.subgraph(&format!("s{number}"), &sdl(&entities, number, node_owner));
    }
    for entity in &entities {
        for field in &entity.fields {
            let coordinate = format!("{}.{}", entity.name, field.name);
            if !field.requires.is_empty() {
                let (requires, label) = (field.requires.clone(), coordinate.clone());
                builder = builder.resolve(&coordinate, move |object, _| {
                    let values: Result<Vec<_>, _> = requires.iter().map(|name| object.get(name)).collect();
                    Ok(json!(format!("{label} of {}", Json::Array(values?))))
                });
            } else if !field.arguments.is_empty() {
                builder = builder.resolve(&coordinate, |_, arguments| {
                    Ok(json!(10 * arguments["by"].as_i64().unwrap_or_default()))
                });
            }
        }
        let name: &'static str = entity.name.clone().leak();
        builder = builder.lookup(&format!("Query.find{name}"), name, "id");
    }
    builder.build()
}

fn entities(random: &mut Random, subgraphs: usize) -> Vec<Entity> {
    let count = 2 + random.below(3);
    let names: Vec<_> = (0..count).map(|number| format!("E{number}")).collect();
    let mut entities: Vec<Entity> = names
        .iter()
        .map(|name| Entity {
            name: name.clone(),
            keys: if random.percent(30) {
                vec!["id", "code"]
            } else {
                vec!["id"]
            },
            fields: fields(random, subgraphs, &names),
            is_node: random.percent(70),
        })
        .collect();
    for entity in &mut entities {
        add_requirements(random, entity, subgraphs);
    }
    for number in 0..entities.len() {
        let targets: Vec<_> = entities
            .iter()
            .map(|entity| {
                let plain = entity
                    .fields
                    .iter()
                    .filter(|field| field.ty == "String" && field.requires.is_empty());
                (
                    entity.name.clone(),
                    plain
                        .map(|field| (field.name.clone(), field.owners.clone()))
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        for field in &mut entities[number].fields {
            let target = targets
                .iter()
                .find(|(name, _)| field.ty.trim_matches(['[', ']', '!']) == name);
            if let Some((_, candidates)) = target
                && field.owners.len() == 1
                && random.percent(30)
            {
                let foreign = candidates
                    .iter()
                    .filter(|(_, owners)| !owners.contains(&field.owners[0]));
                field.provides = foreign.map(|(name, _)| name.clone()).next();
            }
        }
    }
    entities
}

fn fields(random: &mut Random, subgraphs: usize, names: &[String]) -> Vec<Field> {
    let count = 3 + random.below(4);
    (0..count)
        .map(|number| {
            let first = random.below(subgraphs);
            let second = random.below(subgraphs);
            let owners = if second != first && random.percent(25) {
                vec![first, second]
            } else {
                vec![first]
            };
            let target = random.pick(names).clone();
            let (ty, arguments) = match random.below(9) {
                0 => ("Int".to_owned(), "(by: Int! = 3)"),
                1 => (target, ""),
                2 => (format!("[{target}]"), ""),
                3 => (format!("[{target}!]!"), ""),
                4 => ("[String]".to_owned(), ""),
                5 => ("Value".to_owned(), ""),
                _ => ("String".to_owned(), ""),
            };
            Field {
                name: format!("f{number}"),
                ty,
                owners,
                requires: Vec::new(),
                provides: None,
                arguments,
            }
        })
        .collect()
}

fn add_requirements(random: &mut Random, entity: &mut Entity, subgraphs: usize) {
    for number in 0..random.below(3) {
        let owner = random.below(subgraphs);
        // A requirement may itself require, since earlier ones are candidates too.
        let candidates: Vec<_> = entity
            .fields
            .iter()
            .filter(|field| field.ty == "String" && !field.owners.contains(&owner))
            .map(|field| field.name.clone())
            .collect();
        if candidates.is_empty() {
            continue;
        }
        let mut requires = vec![random.pick(&candidates).clone()];
        let other = random.pick(&candidates).clone();
        if !requires.contains(&other) {
            requires.push(other);
        }
        entity.fields.push(Field {
            name: format!("r{number}"),
            ty: "String".to_owned(),
            owners: vec![owner],
            requires,
            provides: None,
            arguments: "",
        });
    }
}

fn data(random: &mut Random, entities: &[Entity]) -> Json {
    let mut tables = Map::new();
    let mut query = Map::new();
    let reference = |random: &mut Random, name: &str| {
        let row = random.below(ROWS + 1);
        if row == ROWS {
            Json::Null
        } else {
            json!({ "__typename": name, "id": row.to_string(), "code": format!("c{row}") })
        }
    };
    let solid = |random: &mut Random, name: &str| {
        let row = random.below(ROWS);
        json!({ "__typename": name, "id": row.to_string(), "code": format!("c{row}") })
    };
    for entity in entities {
        let mut rows = Vec::new();
        for number in 0..ROWS {
            let mut row = Map::new();
            row.insert("id".to_owned(), json!(number.to_string()));
            row.insert("code".to_owned(), json!(format!("c{number}")));
            for field in &entity.fields {
                let target = field.ty.trim_matches(['[', ']', '!']);
                let value = match field.ty.as_str() {
                    "String" if random.percent(15) => Json::Null,
                    "String" => json!(format!("{}.{}.{number}", entity.name, field.name)),
                    "[String]" => json!(["x", null, number.to_string()]),
                    "Value" => json!({ "x": number, "y": { "x": null, "y": null } }),
                    "Int" => continue,
                    ty if ty.ends_with("!]!") => {
                        Json::Array((0..random.below(3)).map(|_| solid(random, target)).collect())
                    }
                    ty if ty.starts_with('[') => {
                        Json::Array((0..random.below(4)).map(|_| reference(random, target)).collect())
                    }
                    _ => reference(random, target),
                };
                row.insert(field.name.clone(), value);
            }
            rows.push(Json::Object(row));
        }
        tables.insert(entity.name.clone(), Json::Array(rows));
        let all: Vec<_> = (0..ROWS)
            .map(|row| json!({ "__typename": entity.name, "id": row.to_string(), "code": format!("c{row}") }))
            .collect();
        query.insert(format!("all{}", entity.name), json!(all));
        query.insert(format!("one{}", entity.name), reference(random, &entity.name));
    }
    let nodes: Vec<_> = entities.iter().filter(|entity| entity.is_node).collect();
    let mut mixed: Vec<_> = nodes.iter().map(|entity| solid(random, &entity.name)).collect();
    mixed.push(Json::Null);
    query.insert("nodes".to_owned(), json!(mixed));
    let any: Vec<_> = entities.iter().map(|entity| solid(random, &entity.name)).collect();
    query.insert("anything".to_owned(), json!(any));
    tables.insert("Query".to_owned(), Json::Object(query));
    Json::Object(tables)
}

fn sdl(entities: &[Entity], number: usize, node_owner: usize) -> String {
    let has_nodes = entities.iter().any(|entity| entity.is_node);
    let mut sdl = "type Value @shareable { x: Int y: Value }\n".to_owned();
    let mut query = String::new();
    if has_nodes {
        sdl.push_str("interface Node { id: ID! }\n");
    }
    for (position, entity) in entities.iter().enumerate() {
        let name = &entity.name;
        let keys: Vec<_> = entity
            .keys
            .iter()
            .map(|key| format!("@key(fields: \"{key}\")"))
            .collect();
        let implements = if entity.is_node { " implements Node" } else { "" };
        write!(sdl, "type {name}{implements} {} {{ ", keys.join(" ")).unwrap();
        for key in &entity.keys {
            write!(sdl, "{key}: ID! ").unwrap();
        }
        for field in &entity.fields {
            let Field {
                name, ty, arguments, ..
            } = field;
            let is_own = field.owners.contains(&number);
            let is_required = entity
                .fields
                .iter()
                .any(|other| other.owners.contains(&number) && other.requires.contains(name));
            let is_provided = entities.iter().flat_map(|source| &source.fields).any(|source| {
                source.owners.contains(&number)
                    && source.ty.trim_matches(['[', ']', '!']) == entity.name
                    && source.provides.as_ref() == Some(name)
            });
            if is_own {
                write!(sdl, "{name}{arguments}: {ty} ").unwrap();
                if field.owners.len() > 1 {
                    sdl.push_str("@shareable ");
                }
                if !field.requires.is_empty() {
                    write!(sdl, "@requires(fields: \"{}\") ", field.requires.join(" ")).unwrap();
                }
                if let Some(provides) = &field.provides {
                    write!(sdl, "@provides(fields: \"{provides}\") ").unwrap();
                }
            } else if is_required || is_provided {
                write!(sdl, "{name}{arguments}: {ty} @external ").unwrap();
            }
        }
        sdl.push_str("}\n");
        if position % 2 == number % 2 || number == 0 {
            let shareable = if number == 0 && position % 2 == 0 {
                ""
            } else {
                "@shareable"
            };
            let _ = shareable;
        }
        // The root fields of an entity belong to one subgraph, which moves with its position.
        if position % 2 == number % 2 && number < 2 {
            write!(
                query,
                "all{name}: [{name}!]! one{name}: {name} find{name}(id: ID!): {name} "
            )
            .unwrap();
        }
    }
    if number == node_owner {
        let members: Vec<_> = entities.iter().map(|entity| entity.name.clone()).collect();
        writeln!(sdl, "union Anything = {}", members.join(" | ")).unwrap();
        query.push_str("anything: [Anything!]! ");
        if has_nodes {
            query.push_str("nodes: [Node] ");
        }
    }
    if !query.is_empty() {
        writeln!(sdl, "type Query {{ {query} }}").unwrap();
    }
    sdl
}
