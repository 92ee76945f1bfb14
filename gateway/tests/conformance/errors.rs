//! Nulls and errors as section 6.4.4 of the GraphQL specification says, through entities, aliases and lists, and
//! subgraphs that do not answer as they should.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    config::SubgraphErrors,
    transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation, paths};

fn shop() -> Federation {
    let boom = json!({ "$error": "boom" });
    Builder::new(json!({
        "Query": {
            "all": [{ "id": "1" }, { "id": "2" }, { "id": "3" }],
            "strict": [{ "id": "1" }, { "id": "2" }],
            "one": { "id": "2" }, "must": { "id": "2" }, "top": boom, "lost": { "id": "lost" },
        },
        "Item": [
            { "id": "1", "name": "one", "size": 1, "stock": 1, "maker": { "name": "A", "city": "X" }, "tags": ["a", "b"], "parts": [{ "id": "1" }, { "id": "3" }] },
            { "id": "2", "name": boom, "size": boom, "stock": boom, "maker": { "name": boom, "city": null }, "tags": ["a", null], "parts": [{ "id": "2" }, { "id": "1" }] },
            { "id": "3", "name": null, "size": null, "stock": null, "maker": null, "tags": null, "parts": null },
        ],
    }))
    .subgraph(
        "a",
        "type Query { all: [Item] strict: [Item!]! one: Item must: Item! top: Int lost: Item } type Item @key(fields: \"id\") { id: ID! }",
    )
    .subgraph(
        "b",
        "type Item @key(fields: \"id\") { id: ID! name: String size: Int! maker: Maker tags: [String!] parts: [Item!] }
         type Maker { name: String! city: String! }",
    )
    .subgraph("c", "type Item @key(fields: \"id\") { id: ID! stock: Int! }")
    .build()
}

#[tokio::test]
async fn errors_have_the_paths_of_the_client() {
    let federation = shop();
    for query in [
        "{ all { id name } }",
        "{ x: all { y: name id } }",
        "{ one { name } again: one { n: name m: name } }",
        "{ top one { id } }",
        "{ t: top a: top }",
        "{ one { maker { name } } }",
        "{ one { m: maker { n: name } } }",
        "{ all { parts { name } } }",
        "{ all { name: id id: name } }",
        "{ one { parts { p: parts { q: name } } } }",
    ] {
        federation.same_errors(query).await;
    }
}

#[tokio::test]
async fn nulls_go_up_to_the_nearest_field_that_may_be_null() {
    let federation = shop();
    for query in [
        "{ one { id size } }",
        "{ one { stock } top }",
        "{ one { parts { stock } id } }",
        "{ strict { stock } }",
        "{ must { stock } }",
        "{ must { id } one { stock } }",
        "{ a: must { name maker { name } } }",
        "{ one { id ... @include(if: true) { stock } } }",
    ] {
        federation.same_errors(query).await;
    }
    // Null where the subgraph itself says non-null: its error and ours are one.
    for query in [
        "{ one { maker { city } } }",
        "{ all { size } }",
        "{ all { tags } }",
        "{ all { stock } }",
        "{ all { parts { stock } } }",
    ] {
        let answer = federation.ask(query, &json!({})).await;
        let expected = federation.expected(query, &json!({}));
        assert_eq!(answer["data"].to_string(), expected["data"].to_string(), "{query} {answer}");
        assert!(!paths(&answer).is_empty(), "{query}");
    }
}

#[tokio::test]
async fn an_entity_that_is_not_found_lacks_only_its_own_fields() {
    let federation = shop();
    let answer = federation.ask("{ lost { id name } }", &json!({})).await;
    assert_eq!(answer, json!({ "data": { "lost": { "id": "lost", "name": null } } }));
    let answer = federation.ask("{ lost { id stock } }", &json!({})).await;
    assert_eq!(answer["data"], json!({ "lost": null }));
    assert_eq!(paths(&answer), [r#"["lost","stock"]"#]);
}

/// A subgraph that always says the same.
struct Says(&'static str);

impl Transport for Says {
    fn fetch<'a>(&'a self, _: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        futures::future::ready(Ok(SubgraphResponse::json(self.0.as_bytes().into()))).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Ok(())).boxed()
    }
}

async fn answer_when(subgraph: &str, says: &'static str, query: &str) -> Json {
    answer_of(shop(), subgraph, says, query).await
}

async fn answer_of(federation: Federation, subgraph: &str, says: &'static str, query: &str) -> Json {
    struct Through(Arc<crate::memory::View>);
    impl Transport for Through {
        fn fetch<'a>(
            &'a self,
            request: SubgraphRequest<'a>,
        ) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
            let variables = request.variables.iter();
            let variables = variables
                .map(|variable| (variable.name.to_owned(), serde_json::from_slice(variable.json).unwrap()))
                .collect();
            let answer = self.0.execute(request.operation.text(), &variables);
            futures::future::ready(Ok(SubgraphResponse::json(answer.to_string().into()))).boxed()
        }

        fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
            futures::future::ready(Ok(())).boxed()
        }
    }
    let sdl = federation.gateway.engine().supergraph().sdl.clone();
    let mut builder = Gateway::builder(sdl)
        .config(GatewayConfig { subgraph_errors: SubgraphErrors::PassThrough, ..GatewayConfig::default() });
    for (name, view) in federation.views {
        builder = if name == subgraph {
            builder.transport(name, Arc::new(Says(says)))
        } else {
            builder.transport(name, Arc::new(Through(view)))
        };
    }
    let gateway = builder.build().unwrap();
    let response = gateway.execute(GraphQlRequest::new(query)).await;
    serde_json::from_slice(&response.body).unwrap()
}

#[tokio::test]
async fn answers_that_are_no_graphql_responses_are_failures_of_the_subgraph() {
    for says in [
        "<html>Bad Gateway</html>",
        "",
        "null",
        "[]",
        "{}",
        "{\"data\":",
        "{\"data\":null}",
        "\"text\"",
        "{\"data\":{\"_entities\":[{\"name\":\"x\"",
        "{\"data\":{\"_entities\":[{\"name\":\"x\"}]}} trailing",
    ] {
        let answer = answer_when("b", says, "{ one { id n: name } }").await;
        let name = &answer["data"]["one"]["n"];
        assert!(name.is_null() || name == "x", "{says} {answer}");
        assert_eq!(answer["data"]["one"]["id"], "2", "{says} {answer}");
        assert_eq!(paths(&answer), [r#"["one","n"]"#], "{says} {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SUBGRAPH_UNAVAILABLE", "{says} {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["service"], "b", "{says} {answer}");
    }
}

#[tokio::test]
async fn errors_without_data_or_path_are_told() {
    for says in [
        r#"{"data":null,"errors":[{"message":"no"}]}"#,
        r#"{"errors":[{"message":"no"}],"data":null}"#,
        r#"{"errors":[{"message":"no","path":null,"locations":[{"line":1,"column":1}]}]}"#,
        r#"{"errors":[{"message":"no","path":["elsewhere"]}]}"#,
        r#"{"data":{"_entities":null},"errors":[{"message":"no","path":["_entities"]}]}"#,
    ] {
        let answer = answer_when("b", says, "{ one { id n: name } }").await;
        assert_eq!(answer["data"], json!({ "one": { "id": "2", "n": null } }), "{says} {answer}");
        assert_eq!(answer["errors"][0]["message"], "no", "{says} {answer}");
        assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{says} {answer}");
        let answer = answer_when("b", says, "{ one { id size } }").await;
        assert_eq!(answer["data"], json!({ "one": null }), "{says} {answer}");
        assert!(!answer["errors"].as_array().unwrap().is_empty(), "{says} {answer}");
    }
    let answer = answer_when("a", r#"{"errors":[{"message":"no"}]}"#, "{ one { id } must { id } }").await;
    assert_eq!(answer["data"], Json::Null);
    assert_eq!(answer["errors"][0]["message"], "no");
}

#[tokio::test]
async fn values_of_the_wrong_kind_are_nulls_with_errors() {
    for (says, data) in [
        (r#"{"data":{"_entities":[{"name":"x","maker":"text"}]}}"#, json!({ "name": "x", "maker": null })),
        (r#"{"data":{"_entities":[{"name":"x","maker":[]}]}}"#, json!({ "name": "x", "maker": null })),
        (r#"{"data":{"_entities":[{"name":"x","maker":{}}]}}"#, json!({ "name": "x", "maker": null })),
        (r#"{"data":{"_entities":[{"name":"x"}]}}"#, json!({ "name": "x", "maker": null })),
        (
            r#"{"data":{"_entities":[{"maker":{"name":"m","extra":{"a":[1,{"b":"}"}]}},"name":"x","other":1}],"more":[]}}"#,
            json!({ "name": "x", "maker": { "name": "m" } }),
        ),
    ] {
        let answer = answer_when("b", says, "{ one { name maker { name } } }").await;
        assert_eq!(answer["data"]["one"], data, "{says} {answer}");
    }
    for (says, data) in [
        (r#"{"data":{"_entities":[{"tags":"text"}]}}"#, Json::Null),
        (r#"{"data":{"_entities":[{"tags":{}}]}}"#, Json::Null),
        (r#"{"data":{"_entities":[{"tags":[]}]}}"#, json!([])),
        (r#"{"data":{"_entities":[null]}}"#, Json::Null),
    ] {
        let answer = answer_when("b", says, "{ one { tags } }").await;
        assert_eq!(answer["data"]["one"]["tags"], data, "{says} {answer}");
    }
}

#[tokio::test]
async fn entities_that_do_not_come_are_errors_at_their_fields() {
    for says in [
        r#"{"data":{}}"#,
        r#"{"data":{"_entities":null}}"#,
        r#"{"data":{"_entities":[]}}"#,
        r#"{"data":{"_entities":[{"name":"a"},{"name":"b"}]}}"#,
        r#"{"data":{"_entities":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"of nobody"}]}}"#,
        r#"{"data":{"_entities":[{"name":"a"},"b",{"name":"c"}]}}"#,
        r#"{"data":{"_entities":{"name":"a"}}}"#,
        r#"{"data":{"_entities":"text"},"errors":[]}"#,
        r#"{"data":{"_entities":null},"errors":null}"#,
    ] {
        let answer = answer_when("b", says, "{ all { id n: name } }").await;
        let all = json!([{ "id": "1", "n": null }, { "id": "2", "n": null }, { "id": "3", "n": null }]);
        assert_eq!(answer["data"]["all"], all, "{says} {answer}");
        let places = [r#"["all",0,"n"]"#, r#"["all",1,"n"]"#, r#"["all",2,"n"]"#];
        assert_eq!(paths(&answer), places, "{says} {answer}");
        for error in answer["errors"].as_array().unwrap() {
            assert_eq!(error["extensions"], json!({ "code": "SUBGRAPH_UNAVAILABLE", "service": "b" }), "{says}");
        }
    }
    // What the subgraph says of it is enough, and a null entity is one that it does not have.
    let told = r#"{"data":{"_entities":null},"errors":[{"message":"no","path":["_entities"]}]}"#;
    let answer = answer_when("b", told, "{ all { n: name } }").await;
    assert_eq!(paths(&answer), [r#"["all",0]"#, r#"["all",1]"#, r#"["all",2]"#], "{answer}");
    let answer = answer_when("b", r#"{"data":{"_entities":[null,{"name":"b"},null]}}"#, "{ all { name } }").await;
    assert_eq!(answer, json!({ "data": { "all": [{ "name": null }, { "name": "b" }, { "name": null }] } }));
}

#[tokio::test]
async fn root_fields_that_do_not_come_are_errors() {
    let answer = answer_when("a", r#"{"data":{"top":1}}"#, "{ t: top one { id } }").await;
    assert_eq!(answer["data"], json!({ "t": null, "one": null }), "{answer}");
    assert_eq!(paths(&answer), [r#"["one"]"#, r#"["t"]"#], "{answer}");
    let answer = answer_when("a", r#"{"data":{"top":null}}"#, "{ top }").await;
    assert_eq!(answer, json!({ "data": { "top": null } }));
}

#[tokio::test]
async fn errors_that_are_no_list_are_errors() {
    for errors in ["{}", "\"no\"", "1", "true", r#"[{"message":1e999}]"#, r#"["no"]"#] {
        let says = format!(r#"{{"data":{{"_entities":[{{"name":"x"}}]}},"errors":{errors}}}"#);
        let answer = answer_when("b", says.leak(), "{ one { name } }").await;
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{errors} {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["service"], "b", "{errors} {answer}");
    }
    for errors in ["null", "[]"] {
        let says = format!(r#"{{"data":{{"_entities":[{{"name":"x"}}]}},"errors":{errors}}}"#);
        let answer = answer_when("b", says.leak(), "{ one { name } }").await;
        assert_eq!(answer, json!({ "data": { "one": { "name": "x" } } }), "{errors}");
    }
}

#[tokio::test]
async fn built_in_scalars_of_the_wrong_type_are_errors_at_their_places() {
    for (value, field) in [
        ("1", "name"),
        ("{}", "name"),
        ("[\"x\"]", "name"),
        ("true", "name"),
        ("{\"a\":1}", "name"),
        ("\"1\"", "size"),
        ("1.5", "size"),
        ("1e2", "size"),
        ("2147483648", "size"),
        ("true", "size"),
        ("{}", "size"),
    ] {
        let says = format!(r#"{{"data":{{"_entities":[{{"{field}":{value}}}]}}}}"#);
        let answer = answer_when("b", says.leak(), &format!("{{ one {{ id {field} }} }}")).await;
        let one = if field == "size" { Json::Null } else { json!({ "id": "2", "name": null }) };
        assert_eq!(answer["data"]["one"], one, "{value} {answer}");
        assert_eq!(paths(&answer), [json!(["one", field]).to_string()], "{value} {answer}");
    }
    // Lists are looked into, non-null items or not.
    let answer = answer_when("b", r#"{"data":{"_entities":[{"tags":["a",1]}]}}"#, "{ one { tags } }").await;
    assert_eq!(answer["data"]["one"]["tags"], Json::Null, "{answer}");
    assert_eq!(paths(&answer), [r#"["one","tags",1]"#], "{answer}");
    let answer = answer_when("a", r#"{"data":{"top":"1"}}"#, "{ top }").await;
    assert_eq!((&answer["data"]["top"], paths(&answer)), (&Json::Null, vec![r#"["top"]"#.to_owned()]), "{answer}");
}

fn assert_unanswered(answer: &Json, service: &str) {
    for error in answer["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"], json!({ "code": "SUBGRAPH_UNAVAILABLE", "service": service }), "{answer}");
    }
}

#[tokio::test]
async fn fields_that_an_object_lacks_are_errors_at_their_places() {
    for (says, query, one, places) in [
        // A field of an entity, under its alias; one that is null is only null.
        (
            r#"{"name":"x"}"#,
            "{ one { name tags t: tags } }",
            json!({ "name": "x", "tags": null, "t": null }),
            vec![r#"["one","t"]"#, r#"["one","tags"]"#],
        ),
        (
            r#"{"name":"x","tags":null,"t":null}"#,
            "{ one { name tags t: tags } }",
            json!({ "name": "x", "tags": null, "t": null }),
            vec![],
        ),
        (r"{}", "{ one { name } }", json!({ "name": null }), vec![r#"["one","name"]"#]),
        // In another order than it was asked, and twice.
        (
            r#"{"tags":[],"maker":null}"#,
            "{ one { maker { name } name tags } }",
            json!({ "maker": null, "name": null, "tags": [] }),
            vec![r#"["one","name"]"#],
        ),
        (
            r#"{"name":"x","name":"x","n":"x"}"#,
            "{ one { name n: name tags } }",
            json!({ "name": "x", "n": "x", "tags": null }),
            vec![r#"["one","tags"]"#],
        ),
        (
            r#"{"extra":1,"name":"x"}"#,
            "{ one { name tags } }",
            json!({ "name": "x", "tags": null }),
            vec![r#"["one","tags"]"#],
        ),
        // A non-null field takes the nearest nullable parent with it.
        (
            r#"{"maker":{}}"#,
            "{ one { id maker { name } } }",
            json!({ "id": "2", "maker": null }),
            vec![r#"["one","maker","name"]"#],
        ),
        (r#"{"name":"x"}"#, "{ one { name size } }", Json::Null, vec![r#"["one","size"]"#]),
        // What was not asked is not absent.
        (
            r#"{"name":"x"}"#,
            "{ one { name tags @skip(if: true) ... @include(if: false) { size } } }",
            json!({ "name": "x" }),
            vec![],
        ),
    ] {
        let says = format!(r#"{{"data":{{"_entities":[{says}]}}}}"#);
        let answer = answer_when("b", says.clone().leak(), query).await;
        assert_eq!(
            (&answer["data"]["one"], paths(&answer)),
            (&one, places.into_iter().map(str::to_owned).collect()),
            "{says} {answer}"
        );
        if answer.get("errors").is_some() {
            assert_unanswered(&answer, "b");
        }
    }
}

#[tokio::test]
async fn fields_that_objects_of_a_list_lack_are_errors_at_their_indexes() {
    let query = "{ one { ps: parts { n: name tags } } }";
    let said = r#"{"data":{"_entities":[{"ps":[{"n":"x"},{"tags":[]}]}]}}"#;
    let answer = answer_when("b", said, query).await;
    let parts = json!([{ "n": "x", "tags": null }, { "n": null, "tags": [] }]);
    assert_eq!(answer["data"]["one"]["ps"], parts, "{answer}");
    assert_eq!(paths(&answer), [r#"["one","ps",0,"tags"]"#, r#"["one","ps",1,"n"]"#], "{answer}");
    assert_unanswered(&answer, "b");
    let said = r#"{"data":{"_entities":[{},{"name":"b"},{"name":null}]}}"#;
    let answer = answer_when("b", said, "{ all { name } }").await;
    assert_eq!(answer["data"]["all"], json!([{ "name": null }, { "name": "b" }, { "name": null }]));
    assert_eq!(paths(&answer), [r#"["all",0,"name"]"#], "{answer}");
}

#[tokio::test]
async fn what_depends_on_a_field_that_is_lacking_is_an_error_too() {
    // Without its key, the entity cannot be asked for. The subgraph that left the key out is at fault.
    for says in [r#"{"data":{"one":{}}}"#, r#"{"data":{"one":{"__typename":"Item"}}}"#] {
        let answer = answer_when("a", says, "{ one { n: name } }").await;
        assert_eq!(answer["data"], json!({ "one": { "n": null } }), "{says} {answer}");
        assert_eq!(paths(&answer), [r#"["one","n"]"#], "{says} {answer}");
        assert_unanswered(&answer, "a");
    }
    let answer = answer_when("a", r#"{"data":{"one":{"__typename":"Item","id":null}}}"#, "{ one { name } }").await;
    assert_eq!(answer, json!({ "data": { "one": { "name": null } } }));
}

#[tokio::test]
async fn an_error_of_the_subgraph_is_enough_for_a_field_that_it_lacks() {
    let says = r#"{"data":{"_entities":[{"name":"x"}]},"errors":[{"message":"no","path":["_entities",0,"tags"]}]}"#;
    let answer = answer_when("b", says, "{ one { name tags } }").await;
    assert_eq!(answer["data"], json!({ "one": { "name": "x", "tags": null } }), "{answer}");
    assert_eq!((answer["errors"].as_array().unwrap().len(), &answer["errors"][0]["message"]), (1, &json!("no")));
}

#[tokio::test]
async fn a_field_under_a_type_condition_is_lacking_only_in_objects_of_the_type() {
    let library = || {
        let fields = "id: ID! title: String";
        let sdl = format!(
            "type Query {{ media: [Media] any: Any }} interface Media {{ {fields} }} union Any = Book | Film
             type Book implements Media @key(fields: \"id\") {{ {fields} pages: Int next: Media }}
             type Film implements Media @key(fields: \"id\") {{ {fields} minutes: Int next: Film }}"
        );
        let data = json!({ "Query": { "media": [] }, "Book": [], "Film": [] });
        let more = "type Book @key(fields: \"id\") { id: ID! stock: Int }";
        Builder::new(data).subgraph("a", &sdl).subgraph("b", more).build()
    };
    let query = "{ media { title ... on Book { pages next { title ... on Film { m: minutes } } } ... on Film { minutes next { title } } } }";
    for (media, places) in [
        (r#"{"__typename":"Book","title":"t","pages":1,"next":null}"#, vec![]),
        (r#"{"__typename":"Film","title":"t","minutes":1,"next":{"title":"u"}}"#, vec![]),
        (r#"{"__typename":"Book","title":"t","minutes":1,"next":null}"#, vec![r#"["media",0,"pages"]"#]),
        (
            r#"{"__typename":"Film","pages":1,"next":{}}"#,
            vec![r#"["media",0,"minutes"]"#, r#"["media",0,"next","title"]"#, r#"["media",0,"title"]"#],
        ),
        (
            r#"{"__typename":"Book","title":"t","pages":1,"next":{"__typename":"Film","title":"u"}}"#,
            vec![r#"["media",0,"next","m"]"#],
        ),
        (r#"{"__typename":"Book","title":"t","pages":1,"next":{"__typename":"Book","title":"u"}}"#, vec![]),
        // Without its type, nothing can be said of the object.
        (r#"{"title":"t","pages":1,"minutes":1,"next":null}"#, vec![r#"["media",0]"#]),
        (r#"{"__typename":null,"title":"t"}"#, vec![r#"["media",0]"#]),
    ] {
        let says = format!(r#"{{"data":{{"media":[{media}]}}}}"#);
        let answer = answer_of(library(), "a", says.leak(), query).await;
        assert_eq!(paths(&answer), places, "{media} {answer}");
        if !places.is_empty() {
            assert_unanswered(&answer, "a");
        }
    }
    // An entity of one type among several: only its own fields are asked for.
    let query = "{ any { ... on Book { stock } ... on Film { minutes } } }";
    for (any, places) in [
        (r#"{"__typename":"Film","id":"1","minutes":1}"#, vec![]),
        (r#"{"__typename":"Film","id":"1"}"#, vec![r#"["any","minutes"]"#]),
        (r#"{"__typename":"Book"}"#, vec![r#"["any","stock"]"#]),
    ] {
        let says = format!(r#"{{"data":{{"any":{any}}}}}"#);
        let answer = answer_of(library(), "a", says.leak(), query).await;
        assert_eq!(paths(&answer), places, "{any} {answer}");
    }
}
