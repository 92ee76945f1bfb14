//! Random federations: one random schema with its data, split over subgraphs at random.
//!
//! Every field of every entity belongs to one subgraph, or to two that share it, or has moved from one to another. Some
//! fields require fields of other subgraphs, some references provide fields of their targets, interfaces and unions stand
//! over the entities, and unions differ between subgraphs. Subgraphs find an entity by some of its keys, the first one by
//! all, so that there is always a way; an entity whose fields require something has the same plain keys everywhere
//! (decision 0110).

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
    /// The subgraph that had the field before, and still defines it.
    overridden: Option<usize>,
    /// Fields of the same entity that it is computed from, all owned by others.
    requires: Vec<String>,
    /// A field of the target that the owner gives along with the reference.
    provides: Option<String>,
    arguments: &'static str,
}

struct Entity {
    name: String,
    /// By subgraph; the first has all.
    keys: Vec<Vec<&'static str>>,
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
                builder = builder
                    .resolve(&coordinate, |_, arguments| Ok(json!(10 * arguments["by"].as_i64().unwrap_or_default())));
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
            keys: keys(random, subgraphs),
            fields: fields(random, subgraphs, &names),
            is_node: random.percent(70),
        })
        .collect();
    for entity in &mut entities {
        if random.percent(60) {
            add_requirements(random, entity, subgraphs);
            for keys in &mut entity.keys {
                keys.retain(|key| !key.contains('{'));
            }
        } else {
            drop_some_keys(random, entity);
        }
    }
    for number in 0..entities.len() {
        let targets: Vec<_> = entities
            .iter()
            .map(|entity| {
                let plain = entity.fields.iter().filter(|field| field.ty == "String" && field.requires.is_empty());
                (entity.name.clone(), plain.map(|field| (field.name.clone(), field.owners.clone())).collect::<Vec<_>>())
            })
            .collect();
        for field in &mut entities[number].fields {
            let target = targets.iter().find(|(name, _)| field.ty.trim_matches(['[', ']', '!']) == name);
            if let Some((_, candidates)) = target
                && field.owners.len() == 1
                && random.percent(30)
            {
                let foreign = candidates.iter().filter(|(_, owners)| !owners.contains(&field.owners[0]));
                field.provides = foreign.map(|(name, _)| name.clone()).next();
            }
        }
    }
    keep_overrides_apart(&mut entities);
    entities
}

fn keys(random: &mut Random, subgraphs: usize) -> Vec<Vec<&'static str>> {
    let mut all = vec!["id"];
    for key in ["code", "ref { id }"] {
        if random.percent(30) {
            all.push(key);
        }
    }
    vec![all; subgraphs]
}

fn drop_some_keys(random: &mut Random, entity: &mut Entity) {
    for keys in entity.keys.iter_mut().skip(1) {
        let kept: Vec<_> = keys.iter().copied().filter(|_| random.percent(70)).collect();
        if !kept.is_empty() {
            *keys = kept;
        }
    }
}

/// The subgraph that had a field before relies on others for it no more than on itself: of `@override` beside `@external`
/// the composer loses the latter.
fn keep_overrides_apart(entities: &mut [Entity]) {
    let mut relied_on = Vec::new();
    for entity in &*entities {
        for field in &entity.fields {
            let target = field.ty.trim_matches(['[', ']', '!']).to_owned();
            for &owner in &field.owners {
                let required = field.requires.iter().map(|name| (owner, entity.name.clone(), name.clone()));
                relied_on.extend(required);
                relied_on.extend(field.provides.iter().map(|name| (owner, target.clone(), name.clone())));
            }
        }
    }
    for entity in entities {
        for field in &mut entity.fields {
            field.overridden =
                field.overridden.filter(|from| !relied_on.contains(&(*from, entity.name.clone(), field.name.clone())));
        }
    }
}

fn fields(random: &mut Random, subgraphs: usize, names: &[String]) -> Vec<Field> {
    let count = 3 + random.below(4);
    (0..count)
        .map(|number| {
            let first = random.below(subgraphs);
            let second = random.below(subgraphs);
            let owners = if second != first && random.percent(25) { vec![first, second] } else { vec![first] };
            let target = random.pick(names).clone();
            let overridden = (owners.len() == 1 && second != first && random.percent(15)).then_some(second);
            let (ty, arguments) = match random.below(10) {
                0 => ("Int".to_owned(), "(by: Int! = 3)"),
                1 => (target, ""),
                2 => (format!("[{target}]"), ""),
                3 => (format!("[{target}!]!"), ""),
                4 => ("[String]".to_owned(), ""),
                5 => ("Value".to_owned(), ""),
                6 => ("[Some]".to_owned(), ""),
                _ => ("String".to_owned(), ""),
            };
            Field {
                name: format!("f{number}"),
                ty,
                owners,
                overridden,
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
            overridden: None,
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
            json!({ "__typename": name, "id": row.to_string(), "code": format!("c{row}"), "ref": { "id": format!("k{row}") } })
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
            row.insert("ref".to_owned(), json!({ "id": format!("k{number}") }));
            for field in &entity.fields {
                let target = field.ty.trim_matches(['[', ']', '!']);
                let value = match field.ty.as_str() {
                    "String" if random.percent(15) => Json::Null,
                    "String" => json!(format!("{}.{}.{number}", entity.name, field.name)),
                    "[String]" => json!(["x", null, number.to_string()]),
                    "Value" => json!({ "x": number, "y": { "x": null, "y": null } }),
                    "Int" => continue,
                    "[Some]" => {
                        // Members that every subgraph knows, and one that only the owner need know.
                        let mut members = vec![json!({ "__typename": "Value", "x": number }), Json::Null];
                        members.push(solid(random, &entities[0].name));
                        if let ([owner], None) = (&*field.owners, field.overridden)
                            && let Some(own) = own_member(entities, *owner)
                        {
                            members.push(solid(random, own));
                        }
                        Json::Array(members)
                    }
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

/// What a subgraph has in the union `Some` beside what all have.
fn own_member(entities: &[Entity], subgraph: usize) -> Option<&str> {
    let own = entities.get(1 + subgraph % entities.len());
    own.map(|entity| &*entity.name)
}

fn sdl(entities: &[Entity], number: usize, node_owner: usize) -> String {
    let has_nodes = entities.iter().any(|entity| entity.is_node);
    let mut sdl = "type Value @shareable { x: Int y: Value }\ntype Ref @shareable { id: ID! }\n".to_owned();
    let mut query = String::new();
    if has_nodes {
        sdl.push_str("interface Node { id: ID! }\n");
    }
    for (position, entity) in entities.iter().enumerate() {
        let name = &entity.name;
        let own_keys = &entity.keys[number];
        let is_stub = number > 0 && !entity.fields.iter().any(|field| field.owners.contains(&number));
        let resolvable = if is_stub && position % 2 == 0 { ", resolvable: false" } else { "" };
        let keys: Vec<_> = own_keys.iter().map(|key| format!("@key(fields: \"{key}\"{resolvable})")).collect();
        let implements = if entity.is_node { " implements Node" } else { "" };
        write!(sdl, "type {name}{implements} {} {{ id: ID! @shareable ", keys.join(" ")).unwrap();
        for (key, field) in [("code", "code: ID!"), ("ref { id }", "ref: Ref!")] {
            if own_keys.contains(&key) {
                write!(sdl, "{field} ").unwrap();
            }
        }
        for field in &entity.fields {
            let Field { name, ty, arguments, .. } = field;
            let is_own = field.owners.contains(&number);
            let is_required =
                entity.fields.iter().any(|other| other.owners.contains(&number) && other.requires.contains(name));
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
                if let Some(from) = field.overridden {
                    write!(sdl, "@override(from: \"s{from}\") ").unwrap();
                }
            } else if is_required || is_provided {
                write!(sdl, "{name}{arguments}: {ty} @external ").unwrap();
            } else if field.overridden == Some(number) {
                write!(sdl, "{name}{arguments}: {ty} ").unwrap();
            }
        }
        sdl.push_str("}\n");
        // The root fields of an entity belong to one of the first two subgraphs, or to both.
        let is_shared = position % 3 == 2;
        if number < 2 && (is_shared || position % 2 == number % 2) {
            let shareable = if is_shared { "@shareable " } else { "" };
            for root in
                [format!("all{name}: [{name}!]!"), format!("one{name}: {name}"), format!("find{name}(id: ID!): {name}")]
            {
                write!(query, "{root} {shareable}").unwrap();
            }
        }
    }
    // Each subgraph knows one member more than all do, and not the same one.
    let mut some = vec!["Value", &*entities[0].name];
    some.extend(own_member(entities, number));
    writeln!(sdl, "union Some = {}", some.join(" | ")).unwrap();
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
