//! What clients may not see, and enums and input objects that differ between subgraphs.

use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation, paths};

fn people() -> Federation {
    Builder::new(json!({
        "Query": {
            "users": [{ "id": "u1" }, { "id": "u2" }],
            "things": [{ "__typename": "Open", "id": "1", "name": "open" }, { "__typename": "Hidden", "id": "2" }],
            "strict": [{ "__typename": "Hidden", "id": "2" }],
        },
        "User": [
            { "id": "u1", "type": "REGULAR", "secret": "s1", "friends": [{ "__typename": "User", "id": "u2" }] },
            { "id": "u2", "type": "ANONYMOUS", "secret": "s2", "friends": [] },
        ],
        "Open": [{ "id": "1", "name": "open" }],
        "Hidden": [{ "id": "2", "name": "hidden" }],
    }))
    .subgraph(
        "a",
        "type Query { users: [User!]! things: [Thing] strict: [Thing!] usersByType(type: UserType): Int filtered(filter: Filter): String }
         type User @key(fields: \"id secret\") @key(fields: \"id\") { id: ID! secret: String @inaccessible type: UserType friends(of: Kind = FAMILY): [User!] }
         interface Thing { id: ID! }
         type Open implements Thing { id: ID! name: String }
         type Hidden implements Thing @inaccessible { id: ID! name: String }
         enum UserType { REGULAR ANONYMOUS @inaccessible }
         enum Kind { FAMILY @inaccessible FRIEND }
         input Filter { text: String only: Int @inaccessible }",
    )
    .subgraph(
        "b",
        "type User @key(fields: \"id secret\") { id: ID! secret: String @external shout: String }",
    )
    .resolve("Query.usersByType", |_, arguments| Ok(json!(i32::from(arguments["type"] == "REGULAR"))))
    .resolve("Query.filtered", |_, arguments| Ok(json!(arguments["filter"].to_string())))
    .resolve("User.shout", |user, _| Ok(json!(format!("{}!", user.get("secret")?.as_str().unwrap()))))
    .supergraph(
        "type Query @join__type(graph: A) @join__type(graph: B) {
            users: [User!]! @join__field(graph: A) things: [Thing] @join__field(graph: A) strict: [Thing!] @join__field(graph: A)
            usersByType(type: UserType): Int @join__field(graph: A) filtered(filter: Filter): String @join__field(graph: A) }
         type User @join__type(graph: A, key: \"id secret\") @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id secret\") {
            id: ID! secret: String @inaccessible @join__field(graph: A) @join__field(graph: B, external: true)
            type: UserType @join__field(graph: A) friends(of: Kind = FAMILY @inaccessible): [User!] @join__field(graph: A) shout: String @join__field(graph: B) }
         interface Thing @join__type(graph: A) { id: ID! }
         type Open implements Thing @join__implements(graph: A, interface: \"Thing\") @join__type(graph: A) { id: ID! name: String }
         type Hidden implements Thing @join__implements(graph: A, interface: \"Thing\") @join__type(graph: A) @inaccessible { id: ID! name: String }
         enum UserType @join__type(graph: A) { REGULAR @join__enumValue(graph: A) ANONYMOUS @inaccessible @join__enumValue(graph: A) }
         enum Kind @join__type(graph: A) { FAMILY @inaccessible @join__enumValue(graph: A) FRIEND @join__enumValue(graph: A) }
         input Filter @join__type(graph: A) { text: String only: Int @inaccessible }",
    )
    .build()
}

#[tokio::test]
async fn what_is_inaccessible_cannot_be_asked_for() {
    let federation = people();
    for query in [
        "{ users { secret } }",
        "{ users { friends(of: FRIEND) { id } } }",
        "{ usersByType(type: ANONYMOUS) }",
        "{ filtered(filter: { only: 1 }) }",
        "{ things { ... on Hidden { name } } }",
        "{ __type(name: \"Hidden\") { name } users { secret } }",
    ] {
        let answer = federation.ask(query, &json!({})).await;
        assert_eq!(answer.get("data"), None, "{query} {answer}");
        assert!(!answer["errors"].as_array().unwrap().is_empty());
    }
    for variables in [json!({ "t": "ANONYMOUS" }), json!({ "t": "REGULAR", "f": { "only": 1 } })] {
        let query = "query($t: UserType, $f: Filter) { usersByType(type: $t) filtered(filter: $f) }";
        let answer = federation.ask(query, &variables).await;
        assert_eq!(answer.get("data"), None, "{answer}");
    }
}

#[tokio::test]
async fn inaccessible_fields_still_serve_the_gateway() {
    let federation = people();
    assert_eq!(
        federation.ask("{ users { shout friends { id } } }", &json!({})).await,
        json!({ "data": { "users": [{ "shout": "s1!", "friends": [{ "id": "u2" }] }, { "shout": "s2!", "friends": [] }] } })
    );
}

#[tokio::test]
async fn hidden_values_and_types_become_nulls_where_nulls_may_be() {
    let federation = people();
    let completed = |path: Json| json!([{ "message": "the value is one that clients may not see", "path": path }]);
    assert_eq!(
        federation.ask("{ users { id type } }", &json!({})).await,
        json!({
            "data": { "users": [{ "id": "u1", "type": "REGULAR" }, { "id": "u2", "type": null }] },
            "extensions": { "valueCompletion": completed(json!(["users", 1, "type"])) },
        })
    );
    assert_eq!(
        federation.ask("{ things { __typename id ... on Open { name } } }", &json!({})).await,
        json!({
            "data": { "things": [{ "__typename": "Open", "id": "1", "name": "open" }, null] },
            "extensions": { "valueCompletion": completed(json!(["things", 1])) },
        })
    );
    let answer = federation.ask("{ strict { id } }", &json!({})).await;
    assert_eq!(answer["data"], json!({ "strict": null }));
    assert_eq!(paths(&answer), [r#"["strict",0]"#]);
}

/// Nobody meant these: no subgraph has declared them.
#[tokio::test]
async fn values_and_types_that_nobody_has_declared_are_errors() {
    let federation = Builder::new(json!({
        "Query": { "user": { "id": "u1" }, "thing": { "__typename": "Open", "id": "1" } },
        "User": [{ "id": "u1", "type": "UNHEARD" }],
    }))
    .subgraph(
        "a",
        "type Query { user: User thing: Thing } type User @key(fields: \"id\") { id: ID! type: UserType }
         enum UserType { REGULAR UNHEARD } interface Thing { id: ID! } type Open implements Thing { id: ID! }",
    )
    .supergraph(
        "type Query @join__type(graph: A) { user: User @join__field(graph: A) thing: Thing @join__field(graph: A) }
         type User @join__type(graph: A, key: \"id\") { id: ID! type: UserType @join__field(graph: A) }
         enum UserType @join__type(graph: A) { REGULAR @join__enumValue(graph: A) }
         interface Thing @join__type(graph: A) { id: ID! }
         type Other implements Thing @join__implements(graph: A, interface: \"Thing\") @join__type(graph: A) { id: ID! }",
    )
    .build();
    let answer = federation.ask("{ user { id type } thing { __typename id } }", &json!({})).await;
    assert_eq!(answer["data"], json!({ "user": { "id": "u1", "type": null }, "thing": null }));
    assert_eq!(paths(&answer), [r#"["thing"]"#, r#"["user","type"]"#]);
}

#[tokio::test]
async fn enums_and_input_objects_may_differ_between_subgraphs() {
    let federation = Builder::new(json!({
        "Query": { "usersInA": [{ "id": "u1" }], "usersInB": [{ "id": "u1" }, { "id": "u2" }] },
        "User": [{ "id": "u1", "type": "REGULAR" }, { "id": "u2", "type": "GUEST" }],
    }))
    .subgraph(
        "a",
        "type Query { usersInA(filter: UsersFilter!): [User!] typeInA: UserType }
         type User @key(fields: \"id\") { id: ID! type: UserType @shareable }
         input UsersFilter { offset: Int first: Int! } enum UserType { REGULAR GUEST }",
    )
    .subgraph(
        "b",
        "type Query { usersInB(filter: UsersFilter!): [User!] }
         type User @key(fields: \"id\") { id: ID! type: UserType @shareable }
         input UsersFilter { first: Int! } enum UserType { REGULAR GUEST ADMIN }",
    )
    .resolve("Query.usersInA", |_, arguments| {
        assert_eq!(arguments["filter"], json!({ "first": 1 }));
        Ok(json!([{ "id": "u1" }]))
    })
    .build();
    federation.data("{ usersInA(filter: { first: 1 }) { id type } }").await;
    federation.data("{ usersInB(filter: { first: 1 }) { id type } }").await;
    federation
        .data_with("query($first: Int!) { usersInA(filter: { first: $first }) { id } }", &json!({ "first": 1 }))
        .await;
    let answer = federation.ask("{ usersInA(filter: { first: 1, offset: 1 }) { id } }", &json!({})).await;
    assert_eq!(answer.get("data"), None, "{answer}");
}

#[tokio::test]
async fn executable_directives_of_a_supergraph_are_valid_and_stay_in_the_gateway() {
    let federation = Builder::new(json!({ "Query": { "a": "a", "b": "b" } }))
        .subgraph("a", "type Query { a: String }")
        .subgraph("b", "type Query { b: String }")
        .supergraph(
            "directive @access(scope: Scope! = PUBLIC) on FIELD
             enum Scope @join__type(graph: A) @join__type(graph: B) { PUBLIC @join__enumValue(graph: A) @join__enumValue(graph: B) PRIVATE @join__enumValue(graph: A) @join__enumValue(graph: B) }
             type Query @join__type(graph: A) @join__type(graph: B) { a: String @join__field(graph: A) b: String @join__field(graph: B) }",
        )
        .build();
    federation.check("{ a @access b @access(scope: PRIVATE) }", json!({ "a": "a", "b": "b" })).await;
}
