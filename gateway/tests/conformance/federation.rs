//! Puts a world, its subgraphs and a gateway together, and compares with one schema over the same world.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json as JsonBody, Router, routing::post};
use gateway::{
    Gateway, GraphQlRequest,
    compose::{SubgraphSdl, compose},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    memory::{Log, MemorySubgraph, Source, View, keys, subgraph_schema},
    world::World,
};

/// Collects a federation.
pub struct Builder {
    world: World,
    subgraphs: Vec<(String, String)>,
    supergraph: Option<String>,
}

/// A gateway, its subgraphs, and the one schema that says what is right.
pub struct Federation {
    pub gateway: Gateway,
    pub whole: View,
    pub views: BTreeMap<String, Arc<View>>,
    pub log: Log,
}

const LINK: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@override", "@interfaceObject", "@inaccessible", "@tag", "@extends"])
"#;
const PRELUDE: &str = include_str!("supergraph_prelude.graphql");
const SCHEMA: &str = r#"schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY) { query: Query }"#;

impl Builder {
    pub fn new(data: Json) -> Self {
        Self { world: World::new(data), subgraphs: Vec::new(), supergraph: None }
    }

    /// Adds a subgraph with a Federation 2 schema.
    pub fn subgraph(mut self, name: &str, sdl: &str) -> Self {
        self.subgraphs.push((name.to_owned(), format!("{LINK}{sdl}")));
        self
    }

    /// Adds a subgraph whose schema does not say that it is Federation 2.
    pub fn subgraph_v1(mut self, name: &str, sdl: &str) -> Self {
        self.subgraphs.push((name.to_owned(), sdl.to_owned()));
        self
    }

    /// Resolves `Type.field` with a function.
    pub fn resolve(
        mut self,
        field: &str,
        resolve: impl Fn(&Source<'_>, &Json) -> Result<Json, String> + Send + Sync + 'static,
    ) -> Self {
        self.world.resolve(field, resolve);
        self
    }

    /// Resolves a root field with an argument as the reference to an entity.
    pub fn lookup(self, field: &str, type_name: &'static str, argument: &'static str) -> Self {
        self.resolve(field, move |_, arguments| {
            let mut reference = Map::new();
            reference.insert("__typename".to_owned(), json!(type_name));
            reference.insert(argument.to_owned(), arguments[argument].clone());
            Ok(Json::Object(reference))
        })
    }

    /// Takes the types of a supergraph as another composer would write them. Graphs are the subgraphs in capitals.
    pub fn supergraph(mut self, types: &str) -> Self {
        self.supergraph = Some(types.to_owned());
        self
    }

    fn compose(&self) -> String {
        if let Some(types) = &self.supergraph {
            let graphs = self.subgraphs.iter().map(|(name, _)| {
                let graph = name.to_uppercase();
                format!("{graph} @join__graph(name: \"{name}\", url: \"\")")
            });
            let graphs: Vec<_> = graphs.collect();
            let schema = if types.contains("schema ") { "" } else { SCHEMA };
            return format!("{PRELUDE}\n{schema}\nenum join__Graph {{ {} }}\n{types}", graphs.join(" "));
        }
        let subgraphs: Vec<_> = self
            .subgraphs
            .iter()
            .map(|(name, sdl)| SubgraphSdl { name: name.clone(), url: String::new(), sdl: sdl.clone() })
            .collect();
        compose(&subgraphs).unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn build(self) -> Federation {
        let supergraph = self.compose();
        let mut world = self.world;
        for (_, sdl) in &self.subgraphs {
            for (name, keys) in keys(sdl) {
                world.keys.entry(name).or_default().extend(keys);
            }
            for (interface, implementers) in subgraph_schema(sdl).implementers_map() {
                let known = world.implementers.entry(interface.to_string()).or_default();
                for object in implementers.objects {
                    if !known.iter().any(|name| *name == object.as_str()) {
                        known.push(object.to_string());
                    }
                }
            }
        }
        let world = Arc::new(world);
        let log = Log::default();
        let mut builder = Gateway::builder(supergraph);
        let mut views = BTreeMap::new();
        for (name, sdl) in self.subgraphs {
            let view = Arc::new(View::subgraph(world.clone(), &sdl));
            let transport = MemorySubgraph { name: name.clone(), view: view.clone(), log: log.clone() };
            builder = builder.transport(name.clone(), Arc::new(transport));
            views.insert(name, view);
        }
        let gateway = builder.build().unwrap_or_else(|error| panic!("{error}"));
        let whole = View::whole(world, gateway.engine().supergraph().api.clone());
        Federation { gateway, whole, views, log }
    }
}

impl Federation {
    /// The gateway's answer.
    pub async fn ask(&self, query: &str, variables: &Json) -> Json {
        let request = GraphQlRequest::new(query).with_variables(variables).unwrap();
        serde_json::from_slice(&self.gateway.execute(request).await.body).unwrap()
    }

    /// The answer of the one schema.
    pub fn expected(&self, query: &str, variables: &Json) -> Json {
        let variables = variables.as_object().cloned().unwrap_or_default();
        self.whole.execute(query, &variables)
    }

    /// Asks, demands the data of the one schema in the same order and no error, and gives them.
    pub async fn data(&self, query: &str) -> Json {
        self.data_with(query, &json!({})).await
    }

    pub async fn data_with(&self, query: &str, variables: &Json) -> Json {
        let answer = self.ask(query, variables).await;
        if answer.get("errors").is_some() {
            let plan = self.gateway.engine().explain(query, None).await;
            panic!("{query}\n{answer:#}\n{}", plan.unwrap_or_default());
        }
        let expected = self.expected(query, variables);
        assert_eq!(expected.get("errors"), None, "{query}\n{expected:#}");
        let (given, wanted) = (answer["data"].to_string(), expected["data"].to_string());
        if given != wanted {
            let plan = self.gateway.engine().explain(query, None).await.unwrap_or_default();
            panic!("{query}\ngateway:   {}\nexpected: {}\n{plan}", answer["data"], expected["data"]);
        }
        answer["data"].clone()
    }

    /// Like [`Self::data`], and the data must be these.
    pub async fn check(&self, query: &str, data: Json) {
        assert_eq!(self.data(query).await, data, "{query}");
    }

    /// Asks, demands the data of the one schema, and errors at the same places.
    pub async fn same_errors(&self, query: &str) -> Json {
        let answer = self.ask(query, &json!({})).await;
        let expected = self.expected(query, &json!({}));
        let plan = self.gateway.engine().explain(query, None).await.unwrap_or_default();
        assert_eq!(answer["data"].to_string(), expected["data"].to_string(), "{query}\n{answer:#}\n{plan}");
        assert_eq!(paths(&answer), paths(&expected), "{query}\n{answer:#}\n{plan}");
        answer
    }

    /// The same federation with every subgraph behind HTTP.
    pub async fn over_http(&self) -> Gateway {
        let mut builder = Gateway::builder(self.gateway.engine().supergraph().sdl.clone());
        for (name, view) in &self.views {
            builder = builder.url(name, serve(view.clone()).await);
        }
        builder.build().unwrap()
    }

    /// Which subgraphs were asked since the last call, in order.
    pub fn asked(&self) -> Vec<String> {
        self.log.lock().unwrap().drain(..).map(|(name, ..)| name).collect()
    }
}

/// Places of errors, sorted.
pub fn paths(answer: &Json) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let mut paths: Vec<_> = errors.iter().map(|error| error["path"].to_string()).collect();
    paths.sort();
    paths
}

/// Serves a subgraph on a free port; gives its URL.
async fn serve(view: Arc<View>) -> String {
    let answer =
        async move |JsonBody(request): JsonBody<Body>| JsonBody(view.execute(&request.query, &request.variables));
    let router = Router::new().route("/", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

#[derive(serde::Deserialize)]
struct Body {
    query: String,
    #[serde(default)]
    variables: Map<String, Json>,
}
