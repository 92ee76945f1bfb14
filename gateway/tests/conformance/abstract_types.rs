//! Interfaces and unions that are spread unevenly, types that differ between members, `__typename` at every place.

use serde_json::json;

use crate::federation::{Builder, Federation};

pub fn library() -> Federation {
    Builder::new(json!({
        "Query": {
            "products": [{ "__typename": "Book", "id": "p1" }, { "__typename": "Magazine", "id": "p2" }, { "__typename": "Book", "id": "p3" }],
            "similar": [{ "__typename": "Magazine", "id": "p2" }, null],
            "anything": [{ "__typename": "Magazine", "id": "p2" }, { "__typename": "Agency", "id": "a1" }],
        },
        "Book": [
            { "id": "p1", "sku": "s1", "title": "Book 1", "pages": 10, "publisher": { "__typename": "Agency", "id": "a1" }, "reviews": [{ "id": 1 }, { "id": 2 }], "delivery": { "days": 1 } },
            { "id": "p3", "sku": null, "title": "Book 3", "pages": 30, "publisher": { "__typename": "SelfMade", "email": "me@x" }, "reviews": [], "delivery": null },
        ],
        "Magazine": [{ "id": "p2", "sku": "s2", "title": "Mag 2", "issue": "May", "publisher": null, "reviews": [{ "id": 3 }], "delivery": { "days": 2 } }],
        "Agency": [{ "id": "a1", "name": "Big" }],
        "Review": [
            { "id": 1, "body": "good", "product": { "__typename": "Book", "id": "p1" } },
            { "id": 2, "body": "bad", "product": { "__typename": "Book", "id": "p1" } },
            { "id": 3, "body": "meh", "product": { "__typename": "Magazine", "id": "p2" } },
        ],
    }))
    .subgraph(
        "products",
        "type Query { products: [Product!] similar: [Similar] anything: [Anything!]! }
         interface Product { id: ID! sku: String }
         interface Similar { id: ID! }
         union Anything = Book | Magazine | Agency
         union Publisher = Agency | SelfMade
         type Agency @key(fields: \"id\") { id: ID! }
         type SelfMade { email: String! }
         type Book implements Product & Similar @key(fields: \"id\") { id: ID! sku: String publisher: Publisher }
         type Magazine implements Product & Similar @key(fields: \"id\") { id: ID! sku: String publisher: Publisher }",
    )
    .subgraph("books", "type Book @key(fields: \"id\") { id: ID! title: String pages: Int! }")
    .subgraph("magazines", "type Magazine @key(fields: \"id\") { id: ID! title: String issue: String }")
    .subgraph("agency", "type Agency @key(fields: \"id\") { id: ID! name: String }")
    .subgraph(
        "inventory",
        "interface Product { id: ID! delivery: Delivery } type Delivery { days: Int }
         type Book implements Product @key(fields: \"id\") { id: ID! delivery: Delivery }
         type Magazine implements Product @key(fields: \"id\") { id: ID! delivery: Delivery }",
    )
    .subgraph(
        "reviews",
        "interface Product { id: ID! reviews: [Review!]! }
         type Book implements Product @key(fields: \"id\") { id: ID! reviews: [Review!]! }
         type Magazine implements Product @key(fields: \"id\") { id: ID! reviews: [Review!]! }
         type Review { id: Int! body: String product: Product }",
    )
    .build()
}

#[tokio::test]
async fn interfaces_that_several_subgraphs_extend() {
    let federation = library();
    for query in [
        "{ products { id delivery { days } } }",
        "{ products { sku ... on Product { sku } ... on Book { sku title } ... on Magazine { sku } ... on Similar { __typename type: __typename } } }",
        "{ products { id reviews { product { sku ... on Magazine { title } ... on Book { pages } } } } }",
        "query($t: Boolean = true) { products { id reviews { product { id ... on Book @include(if: $t) { title ... on Book @skip(if: $t) { sku } } ... on Magazine { sku } } } } }",
        "query($t: Boolean = false) { products { id reviews { product { id ... on Book @skip(if: $t) { title } ... on Book { sku } ... on Magazine { sku } } } } }",
        "{ products { ... on Book { publisher { ...P } } ... on Magazine { publisher { ...P } } } } fragment P on Publisher { ... on Agency { id name } ... on SelfMade { email } __typename }",
        "{ similar { id ... on Product { delivery { days } reviews { id } } } }",
        "{ anything { __typename ... on Product { id sku delivery { days } } ... on Agency { name } ... on Similar { id } } }",
        "{ anything { t: __typename ... on Book { pages } } }",
        "{ products { ... on Similar { ... on Product { ... on Book { pages } } } } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn one_alias_for_different_fields_of_different_types() {
    let federation = library();
    for query in [
        "{ products { ... on Book { x: title } ... on Magazine { x: issue } } }",
        "{ products { ... on Book { x: __typename } ... on Magazine { y: sku x: __typename } } }",
        "{ products { ... on Book { n: pages id: title } ... on Magazine { id: issue } } }",
        "{ products { ... on Book { sku: id title } ... on Magazine { sku: id title: sku } } }",
        "{ products { reviews: delivery { reviews: days } delivery: reviews { body: id id: body } } }",
        "{ products { __typename: id } }",
        "{ a: products { id } products { title: id ... on Book { b: title } } }",
    ] {
        federation.data(query).await;
    }
}

/// A subgraph may have stricter types than the supergraph. There `User.id` and `Admin.id` cannot share a response key.
#[tokio::test]
async fn members_that_differ_in_nullability() {
    let both = json!([{ "__typename": "User", "id": "u1" }, { "__typename": "Admin", "id": "a1" }]);
    let federation = Builder::new(json!({
        "Query": { "users": [{ "__typename": "User", "id": "u1" }], "accounts": both },
        "User": [{ "id": "u1", "name": "u1-name", "similar": both }],
        "Admin": [{ "id": "a1", "name": "a1-name", "similar": both }],
    }))
    .subgraph("a", "type Query { users: [User!]! } type User { id: ID }")
    .subgraph(
        "b",
        "type Query { accounts: [Account!]! } union Account = User | Admin
         type User @key(fields: \"id\") { id: ID! name: String similar: [Account!]! }
         type Admin @key(fields: \"id\") { id: ID name: String similar: [Account!]! }",
    )
    .supergraph(
        "union Account @join__type(graph: B) @join__unionMember(graph: B, member: \"User\") @join__unionMember(graph: B, member: \"Admin\") = User | Admin
         type User @join__type(graph: A) @join__type(graph: B, key: \"id\") {
            id: ID @join__field(graph: A, type: \"ID\") @join__field(graph: B, type: \"ID!\")
            name: String @join__field(graph: B) similar: [Account!]! @join__field(graph: B) }
         type Admin @join__type(graph: B) { id: ID name: String similar: [Account!]! }
         type Query @join__type(graph: A) @join__type(graph: B) { users: [User!]! @join__field(graph: A) accounts: [Account!]! @join__field(graph: B) }",
    )
    .build();
    for query in [
        "{ users { id name } accounts { ... on User { id name } ... on Admin { id name } } }",
        "{ users { id } accounts { ...A } } fragment A on Account { ... on User { id name similar { ...B } } ... on Admin { id name similar { ...B } } }
           fragment B on Account { ... on User { id name similar { ...C } } ... on Admin { id name similar { ...C } } }
           fragment C on Account { ... on User { id name } ... on Admin { id name } }",
        "{ accounts { ... on User { x: id } ... on Admin { x: id } } }",
        "{ accounts { ... on User { name: id id: name } ... on Admin { id: name name: id } } }",
    ] {
        federation.data(query).await;
    }
}

pub fn kitchen() -> Federation {
    Builder::new(json!({
        "Query": {
            "products": [{ "__typename": "Oven", "id": "o1" }, { "__typename": "Toaster", "id": "t1" }],
            "nodes": [{ "__typename": "Toaster", "id": "t1" }],
            "toasters": [{ "__typename": "Toaster", "id": "t1" }],
            "oven": { "__typename": "Oven", "id": "o1" },
        },
        "Oven": [{ "id": "o1", "warranty": 1 }],
        "Toaster": [{ "id": "t1", "warranty": 3 }],
    }))
    .subgraph(
        "a",
        "type Query { products: [Product] } union Product = Oven | Toaster
         interface Node { id: ID! }
         type Oven @key(fields: \"id\") { id: ID! }
         type Toaster implements Node @key(fields: \"id\") { id: ID! warranty: Int }",
    )
    .subgraph(
        "b",
        "type Query { nodes: [Node] toasters: [Toaster] oven: Product } union Product = Oven
         interface Node { id: ID! } interface WithWarranty { warranty: Int }
         type Oven implements WithWarranty @key(fields: \"id\") { id: ID! warranty: Int }
         type Toaster implements Node & WithWarranty @key(fields: \"id\") { id: ID! warranty: Int @shareable }",
    )
    .supergraph(
        "union Product @join__type(graph: A) @join__type(graph: B) @join__unionMember(graph: A, member: \"Oven\") @join__unionMember(graph: B, member: \"Oven\") @join__unionMember(graph: A, member: \"Toaster\") = Oven | Toaster
         interface Node @join__type(graph: A) @join__type(graph: B) { id: ID! }
         interface WithWarranty @join__type(graph: B) { warranty: Int }
         type Oven implements WithWarranty @join__implements(graph: B, interface: \"WithWarranty\") @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") {
            id: ID! warranty: Int @join__field(graph: B) }
         type Toaster implements Node & WithWarranty @join__implements(graph: A, interface: \"Node\") @join__implements(graph: B, interface: \"Node\") @join__implements(graph: B, interface: \"WithWarranty\")
            @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") { id: ID! warranty: Int }
         type Query @join__type(graph: A) @join__type(graph: B) {
            products: [Product] @join__field(graph: A) nodes: [Node] @join__field(graph: B) toasters: [Toaster] @join__field(graph: B) oven: Product @join__field(graph: B) }",
    )
    .build()
}

#[tokio::test]
async fn members_that_only_some_subgraphs_have() {
    let federation = kitchen();
    for query in [
        "{ products { ... on Node { id } } }",
        "{ products { ... on WithWarranty { warranty } __typename } }",
        "{ nodes { ... on Toaster { warranty } ... on Node { id ... on Node { id ... on WithWarranty { warranty } } } } }",
        "{ toasters { ...T ...N } } fragment T on Toaster { id } fragment N on Node { id __typename }",
        "{ oven { ... on Toaster { warranty } ... on Oven { warranty } } }",
        "{ oven { __typename ... on Node { id } } }",
        "{ products { ... on Oven { id warranty } ... on Toaster { id w: warranty } } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn typename_is_answered_everywhere() {
    let federation = library();
    for query in [
        "{ __typename }",
        "{ t: __typename __typename products { id } u: __typename }",
        "{ ... on Query { __typename } ...Q } fragment Q on Query { q: __typename }",
        "{ products { __typename } }",
        "{ products { delivery { __typename t: __typename } reviews { __typename product { __typename } } } }",
        "query($no: Boolean = false) { __typename @include(if: $no) products { __typename @skip(if: $no) } }",
    ] {
        federation.data(query).await;
    }
    assert_eq!(federation.ask("{ __typename }", &json!({})).await, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn an_alias_may_have_the_name_of_the_type() {
    let library = library();
    for query in [
        "{ products { a: __typename __typename: id sku } }",
        "{ products { __typename: sku ... on Book { title } ... on Magazine { issue } } anything { ... on Agency { __typename: name } } }",
        "{ products { ... on Book { __typename: title reviews { __typename: id product { __typename: id delivery { days } } } } } }",
    ] {
        library.data(query).await;
    }
}

/// A union in a shared field. Which members an answer can have depends on the subgraph that is asked, and nothing else.
#[tokio::test]
async fn a_union_that_differs_between_the_subgraphs_of_a_shared_field() {
    let part = |name: &str| json!({ "__typename": name, "size": 3, "grade": "A", "thread": 8, "id": "g1" });
    let parts = json!([part("Wheel"), part("Bolt"), part("Gear")]);
    let both = json!([part("Wheel"), part("Gear")]);
    let federation = Builder::new(json!({
        "Query": { "box": { "id": "1" }, "crate": { "id": "2" }, "either": { "id": "3" }, "single": part("Gear") },
        "Box": [
            { "id": "1", "wrapper": { "parts": parts, "count": 3 }, "spare": part("Bolt"), "price": 1 },
            { "id": "2", "wrapper": { "parts": [part("Wheel"), part("Nut")], "count": 2 }, "spare": part("Nut"), "price": 2 },
            { "id": "3", "wrapper": { "parts": both, "count": 2 }, "spare": null, "price": 3 },
        ],
        "Gear": [{ "id": "g1", "teeth": 12, "weight": 7 }],
    }))
    .subgraph(
        "a",
        "type Query { box: Box either: Box @shareable single: Part @shareable }
         type Box @key(fields: \"id\") { id: ID! wrapper: Wrapper @shareable spare: Part @shareable }
         type Wrapper @shareable { parts(first: Int): [Part!]! count: Int } union Part = Wheel | Bolt | Gear
         type Wheel @shareable { size: Int } type Bolt { grade: String }
         type Gear @key(fields: \"id\") { id: ID! teeth: Int @shareable }",
    )
    .subgraph(
        "b",
        "type Query { crate: Box either: Box @shareable single: Part @shareable }
         type Box @key(fields: \"id\") { id: ID! wrapper: Wrapper @shareable spare: Part @shareable price: Int }
         type Wrapper @shareable { parts(first: Int): [Part!]! count: Int } union Part = Wheel | Nut | Gear
         type Wheel @shareable { size: Int } type Nut { thread: Int }
         type Gear @key(fields: \"id\") { id: ID! }",
    )
    .subgraph("c", "type Gear @key(fields: \"id\") { id: ID! teeth: Int @shareable weight: Int }")
    .build();
    let members =
        "__typename ... on Wheel { size } ... on Bolt { grade } ... on Nut { thread } ... on Gear { teeth weight }";
    for query in [
        format!("{{ box {{ wrapper {{ parts {{ {members} }} }} }} }}"),
        format!("{{ crate {{ wrapper {{ parts {{ {members} }} }} }} }}"),
        format!("{{ box {{ price wrapper {{ count parts(first: 9) {{ {members} }} }} }} crate {{ id wrapper {{ p: parts {{ {members} }} count }} }} }}"),
        format!("{{ either {{ price wrapper {{ parts {{ {members} }} }} }} single {{ {members} }} }}"),
        format!("{{ box {{ spare {{ {members} }} }} crate {{ spare {{ {members} }} price }} }}"),
        "{ box { wrapper { parts { ... on Bolt { grade } } } } }".to_owned(),
        "{ box { wrapper { parts { ... on Nut { thread } } } spare { ... on Nut { thread } } } }".to_owned(),
        "{ crate { wrapper { a: parts { ... on Gear { weight } } b: parts { ... on Nut { parts: thread } } } } }".to_owned(),
        "query($n: Int = 2) { box { wrapper { parts(first: $n) { ... on Gear { b: teeth } ... on Wheel { b: size } } } } }".to_owned(),
    ] {
        federation.data(&query).await;
    }
    federation
        .check(
            "{ box { wrapper { parts { ... on Bolt { grade } ... on Gear { weight } } } } }",
            json!({ "box": { "wrapper": { "parts": [{}, { "grade": "A" }, { "weight": 7 }] } } }),
        )
        .await;
}

/// No member is known everywhere, so that the planner alone finds no way at all.
#[tokio::test]
async fn a_union_whose_members_are_never_the_same() {
    let federation = Builder::new(json!({
        "Query": { "box": { "id": "1" } },
        "Box": [{ "id": "1", "part": { "__typename": "Bolt", "grade": "A" } }],
    }))
    .subgraph(
        "a",
        "type Query { box: Box } type Box @key(fields: \"id\") { id: ID! part: Part @shareable }
         union Part = Bolt type Bolt { grade: String }",
    )
    .subgraph(
        "b",
        "type Box @key(fields: \"id\") { id: ID! part: Part @shareable } union Part = Nut type Nut { thread: Int }",
    )
    .build();
    federation
        .check(
            "{ box { part { __typename ... on Bolt { grade } ... on Nut { thread } } } }",
            json!({ "box": { "part": { "__typename": "Bolt", "grade": "A" } } }),
        )
        .await;
}
