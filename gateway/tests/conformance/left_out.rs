//! Subgraphs that leave out fields at random: whatever the client misses has an error at its place.

use std::sync::{Arc, Mutex};

use apollo_compiler::ExecutableDocument;
use futures::future::{BoxFuture, FutureExt, ready};
use gateway::{
    Gateway, GraphQlRequest,
    transport::{SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use http::HeaderMap;
use serde_json::{Value as Json, json};

use crate::{federation::Federation, memory::View, random::Random, random_federation, random_operation::Generator};

/// Leaves out some fields of a subgraph's answers, which come over HTTP or from the same process.
struct Forgetful {
    view: Arc<View>,
    random: Arc<Mutex<Random>>,
}

fn forget(value: &mut Json, random: &mut Random) {
    match value {
        Json::Object(members) => {
            members.retain(|key, _| key == "_entities" || !random.percent(4));
            members.values_mut().for_each(|value| forget(value, random));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| forget(item, random)),
        _ => {}
    }
}

impl Transport for Forgetful {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        let value = |json| serde_json::from_slice(json).unwrap();
        let variables = request.variables.iter().map(|variable| (variable.name.to_owned(), value(variable.json)));
        let mut answer = self.view.execute(request.operation.text(), &variables.collect());
        let mut random = self.random.lock().unwrap();
        forget(&mut answer["data"], &mut random);
        let body = if answer.get("errors").is_none() && random.percent(50) {
            let data = async_graphql::Value::from_json(answer["data"].take()).unwrap();
            SubgraphBody::Tree(Box::new(async_graphql::Response::new(data)))
        } else {
            SubgraphBody::Json(answer.to_string().into())
        };
        ready(Ok(SubgraphResponse { body, headers: HeaderMap::new() })).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        ready(Ok(())).boxed()
    }
}

fn forgetful(federation: &Federation, random: &Arc<Mutex<Random>>) -> Gateway {
    let builder = Gateway::builder(federation.gateway.engine().supergraph().sdl.clone());
    let views = federation.views.iter();
    let builder = views.fold(builder, |builder, (name, view)| {
        builder.transport(name, Arc::new(Forgetful { view: view.clone(), random: random.clone() }))
    });
    builder.build().unwrap()
}

/// The first place where two answers differ and no error says so.
fn unexplained(whole: &Json, part: &Json, place: &mut Vec<Json>, errors: &[Vec<Json>]) -> Option<Vec<Json>> {
    let steps: Vec<(Json, &Json, &Json)> = match (whole, part) {
        _ if whole == part => return None,
        (Json::Object(whole), Json::Object(part)) if whole.keys().eq(part.keys()) => {
            whole.iter().map(|(key, value)| (json!(key), value, &part[key])).collect()
        }
        (Json::Array(whole), Json::Array(part)) if whole.len() == part.len() => {
            whole.iter().zip(part).enumerate().map(|(index, (whole, part))| (json!(index), whole, part)).collect()
        }
        _ => {
            let explains = |path: &Vec<Json>| path.starts_with(place) || place.starts_with(path);
            return (!errors.iter().any(explains)).then(|| place.clone());
        }
    };
    steps.into_iter().find_map(|(step, whole, part)| {
        place.push(step);
        let found = unexplained(whole, part, place, errors);
        place.pop();
        found
    })
}

#[tokio::test]
async fn no_field_that_a_subgraph_left_out_is_a_silent_null() {
    let mut lacking = 0;
    for seed in 1..=6 {
        let federation = random_federation::federation(seed);
        let random = Arc::new(Mutex::new(Random::new(seed)));
        let gateway = forgetful(&federation, &random);
        let mut generator = Generator::new(&federation.whole.schema, seed);
        for _ in 0..100 {
            let text = generator.operation().text();
            if ExecutableDocument::parse_and_validate(&federation.whole.schema, text.as_str(), "o.graphql").is_err() {
                continue;
            }
            let whole = federation.ask(&text, &json!({})).await;
            let part: Json =
                serde_json::from_slice(&gateway.execute(GraphQlRequest::new(text.as_str())).await.body).unwrap();
            let errors = part["errors"].as_array().cloned().unwrap_or_default();
            let places: Vec<Vec<Json>> =
                errors.iter().map(|error| error["path"].as_array().cloned().unwrap_or_default()).collect();
            if let Some(place) = unexplained(&whole["data"], &part["data"], &mut Vec::new(), &places) {
                let plan = federation.gateway.engine().explain(&text, None).await.unwrap_or_default();
                panic!("seed {seed}: nothing says why {place:?} differs\n{text}\n{whole}\n{part}\n{plan}");
            }
            lacking += usize::from(whole["data"] != part["data"]);
        }
    }
    assert!(lacking > 60, "{lacking}");
}
