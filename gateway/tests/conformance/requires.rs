//! `@requires`: chains, arguments, fragments, interfaces, circles.

use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation};

fn number(value: &Json) -> i64 {
    value.as_i64().unwrap_or_default()
}

pub fn products() -> Federation {
    Builder::new(json!({
        "Query": { "products": [{ "upc": "p1" }, { "upc": "p2" }] },
        "Product": [
            { "upc": "p1", "weight": 1, "cost": 11, "stock": true },
            { "upc": "p2", "weight": 2, "cost": 22, "stock": false },
        ],
    }))
    .subgraph(
        "a",
        "type Query { products: [Product] }
         type Product @key(fields: \"upc\") { upc: ID! weight: Int cost(currency: String!): Int category: Category }
         type Category { averagePrice(currency: String!): Int }",
    )
    .subgraph(
        "b",
        "type Product @key(fields: \"upc\") {
            upc: ID! weight: Int @external cost(currency: String!): Int @external category: Category @external
            shipping: Int @requires(fields: \"cost(currency: \\\"USD\\\") weight\")
            shippingEuro: Int @requires(fields: \"cost(currency: \\\"EUR\\\") weight\")
            dutyFree: Int @requires(fields: \"cost(currency: \\\"EUR\\\")\")
            isExpensiveCategory: Boolean @requires(fields: \"category { averagePrice(currency: \\\"USD\\\") }\") }
         type Category { averagePrice(currency: String!): Int @external }",
    )
    .subgraph(
        "c",
        "type Product @key(fields: \"upc\") {
            upc: ID! shipping: Int @external shippingEuro: Int @external
            insured: Boolean @requires(fields: \"shipping shippingEuro\")
            express: Int @requires(fields: \"shipping\")
            free: Boolean @requires(fields: \"shipping\") }",
    )
    .subgraph(
        "d",
        "type Product @key(fields: \"upc\") {
            upc: ID! express: Int @external free: Boolean @external stock: Boolean
            offer: String @requires(fields: \"express free\") }",
    )
    .resolve("Product.cost", |product, arguments| {
        let factor = if arguments["currency"] == "EUR" { 2 } else { 1 };
        Ok(json!(number(&product.get("upc")?.as_str().unwrap()[1..].parse().unwrap()) * 11 * factor))
    })
    .resolve("Product.dutyFree", |product, _| product.with("cost", &json!({ "currency": "EUR" })))
    .resolve("Product.insured", |product, _| Ok(json!(product.get("shipping")? == product.get("shippingEuro")?)))
    .resolve("Product.category", |_, _| Ok(json!({ "__typename": "Category" })))
    .resolve("Category.averagePrice", |_, arguments| Ok(json!(if arguments["currency"] == "USD" { 11 } else { 99 })))
    .resolve("Product.shipping", |product, _| {
        let cost = product.with("cost", &json!({ "currency": "USD" }))?;
        Ok(json!(number(&cost) + number(&product.get("weight")?)))
    })
    .resolve("Product.shippingEuro", |product, _| {
        let cost = product.with("cost", &json!({ "currency": "EUR" }))?;
        Ok(json!(number(&cost) + number(&product.get("weight")?)))
    })
    .resolve("Product.isExpensiveCategory", |product, _| {
        let category = product.get("category")?;
        Ok(json!(category.get("averagePrice").is_none_or(|price| number(price) == 11)))
    })
    .resolve("Product.express", |product, _| Ok(json!(number(&product.get("shipping")?) * 10)))
    .resolve("Product.free", |product, _| Ok(json!(number(&product.get("shipping")?) < 20)))
    .resolve("Product.offer", |product, _| Ok(json!(format!("{} {}", product.get("express")?, product.get("free")?))))
    .build()
}

#[tokio::test]
async fn requirements_of_requirements_are_fetched_first() {
    let federation = products();
    federation
        .check("{ products { offer } }", json!({ "products": [{ "offer": "120 true" }, { "offer": "240 false" }] }))
        .await;
    federation.data("{ products { offer stock express free shipping weight upc isExpensiveCategory } }").await;
    federation.data("{ products { free express } }").await;
}

#[tokio::test]
async fn requirements_with_conflicting_arguments_get_their_own_values() {
    let federation = products();
    federation
        .check(
            "{ products { shippingEuro shipping } }",
            json!({ "products": [{ "shippingEuro": 23, "shipping": 12 }, { "shippingEuro": 46, "shipping": 24 }] }),
        )
        .await;
    federation
        .check(
            "{ products { shipping cost(currency: \"EUR\") } }",
            json!({ "products": [{ "shipping": 12, "cost": 22 }, { "shipping": 24, "cost": 44 }] }),
        )
        .await;
    federation
        .check(
            "{ products { cost: shipping price: cost(currency: \"EUR\") shippingEuro weight: upc } }",
            json!({ "products": [
                { "cost": 12, "price": 22, "shippingEuro": 23, "weight": "p1" },
                { "cost": 24, "price": 44, "shippingEuro": 46, "weight": "p2" },
            ] }),
        )
        .await;
    federation
        .check(
            "{ products { category { averagePrice(currency: \"EUR\") } isExpensiveCategory } }",
            json!({ "products": [
                { "category": { "averagePrice": 99 }, "isExpensiveCategory": true },
                { "category": { "averagePrice": 99 }, "isExpensiveCategory": true },
            ] }),
        )
        .await;
}

#[tokio::test]
async fn requirements_that_exclude_each_other_are_sent_apart() {
    let federation = products();
    for query in [
        "{ products { shippingEuro isExpensiveCategory shipping } }",
        "{ products { isExpensiveCategory shippingEuro shipping } }",
        "{ products { shipping shippingEuro isExpensiveCategory a: shipping b: shippingEuro dutyFree } }",
        "{ products { weight shipping free insured express offer stock shippingEuro dutyFree cost(currency: \"EUR\") usd: cost(currency: \"USD\") } }",
        "{ products { insured } more: products { shippingEuro isExpensiveCategory a: shipping } }",
    ] {
        federation.data(query).await;
    }
    federation
        .check(
            "{ products { isExpensiveCategory shipping shippingEuro insured } }",
            json!({ "products": [
                { "isExpensiveCategory": true, "shipping": 12, "shippingEuro": 23, "insured": false },
                { "isExpensiveCategory": true, "shipping": 24, "shippingEuro": 46, "insured": false },
            ] }),
        )
        .await;
    let skipped =
        "query($no: Boolean!) { products { shipping } products { shippingEuro @skip(if: $no) isExpensiveCategory } }";
    federation.data_with(skipped, &json!({ "no": true })).await;
    federation.data_with(skipped, &json!({ "no": false })).await;
}

#[tokio::test]
async fn one_request_is_split_only_where_requirements_exclude_each_other() {
    let federation = products();
    federation.asked();
    federation.data("{ products { shippingEuro dutyFree isExpensiveCategory } }").await;
    assert_eq!(federation.asked(), ["a", "b"]);
    federation.data("{ products { shippingEuro dutyFree isExpensiveCategory shipping } }").await;
    assert_eq!(federation.asked(), ["a", "b", "b"]);
}

#[tokio::test]
async fn a_requirement_takes_the_lists_of_other_entities() {
    let federation = Builder::new(json!({
        "Query": { "feed": [{ "id": "p1" }, { "id": "p2" }] },
        "Post": [
            { "id": "p1", "comments": [{ "__typename": "Comment", "id": "c1" }, { "__typename": "Comment", "id": "c2" }] },
            { "id": "p2", "comments": [] },
        ],
        "Comment": [{ "id": "c1", "authorId": "a1" }, { "id": "c2", "authorId": "a2" }],
        "Author": [{ "id": "a1", "name": "Ada" }, { "id": "a2", "name": "Bob" }],
    }))
    .subgraph(
        "a",
        "type Query { feed: [Post] }
         type Post @key(fields: \"id\") { id: ID! comments: [Comment] @external authorId: ID author: Author @requires(fields: \"comments { authorId }\") }
         type Comment @key(fields: \"id\") { id: ID! authorId: ID }
         type Author { id: ID! name: String }",
    )
    .subgraph(
        "b",
        "type Post @key(fields: \"id\") { id: ID! comments: [Comment] }
         type Comment @key(fields: \"id\", resolvable: false) { id: ID! }",
    )
    .resolve("Post.author", |post, _| {
        let authors = post.get("comments.authorId")?;
        let last = authors.as_array().and_then(|authors| authors.last()).cloned();
        Ok(last.map_or(Json::Null, |id| json!({ "__typename": "Author", "id": id, "name": format!("of {id}") })))
    })
    .build();
    federation
        .check("{ feed { author { id } } }", json!({ "feed": [{ "author": { "id": "a2" } }, { "author": null }] }))
        .await;
    federation.data("{ feed { comments { id authorId } author { name } } }").await;
}

#[tokio::test]
async fn subgraphs_may_require_from_each_other() {
    let federation = Builder::new(json!({
        "Query": { "feed": [{ "id": "p1" }, { "id": "p2" }] },
        "Post": [{ "id": "p1", "byNovice": true, "score": 1 }, { "id": "p2", "byNovice": false, "score": 7 }],
    }))
    .subgraph(
        "a",
        "type Query { feed: [Post] }
         type Post @key(fields: \"id\") { id: ID! score: Int! byNovice: Boolean! @external byExpert: Boolean! @requires(fields: \"byNovice\") }",
    )
    .subgraph(
        "b",
        "type Post @key(fields: \"id\") { id: ID! score: Int! @external byExpert: Boolean! @external
            byNovice: Boolean! @requires(fields: \"score\") label: String! @requires(fields: \"byExpert\") }",
    )
    .resolve("Post.byNovice", |post, _| Ok(json!(number(&post.get("score")?) < 5)))
    .resolve("Post.byExpert", |post, _| Ok(json!(post.get("byNovice")? == json!(false))))
    .resolve("Post.label", |post, _| Ok(json!(format!("expert: {}", post.get("byExpert")?))))
    .build();
    federation
        .check("{ feed { label } }", json!({ "feed": [{ "label": "expert: false" }, { "label": "expert: true" }] }))
        .await;
    federation.data("{ feed { byExpert byNovice label id } }").await;
}

pub fn zoo() -> Federation {
    Builder::new(json!({
        "Query": { "animals": [{ "id": "1" }, { "id": "2" }, { "id": "3" }] },
        "Animal": [
            { "id": "1", "food": { "__typename": "Meat", "kilo": 3, "kind": "beef" } },
            { "id": "2", "food": { "__typename": "Plant", "leaves": 9, "kind": "grass" } },
            { "id": "3", "food": null },
        ],
    }))
    .subgraph("a", "type Query { animals: [Animal!]! } type Animal @key(fields: \"id\") { id: ID! }")
    .subgraph(
        "b",
        "type Animal @key(fields: \"id\") { id: ID! food: Food }
         interface Food { kind: String! }
         type Meat implements Food @shareable { kind: String! kilo: Int! }
         type Plant implements Food @shareable { kind: String! leaves: Int! }",
    )
    .subgraph(
        "c",
        "type Animal @key(fields: \"id\") { id: ID! food: Food @external
            cost: Int @requires(fields: \"food { kind ... on Meat { kilo } ... on Plant { leaves } }\")
            taste: String @requires(fields: \"food { kind }\") }
         interface Food { kind: String! }
         type Meat implements Food { kind: String! @external kilo: Int! @external }
         type Plant implements Food { kind: String! @external leaves: Int! @external }",
    )
    .resolve("Animal.cost", |animal, _| {
        let food = animal.get("food")?;
        Ok(match food["__typename"].as_str() {
            Some("Meat") => json!(number(&food["kilo"]) * 100),
            Some("Plant") => json!(number(&food["leaves"])),
            _ => Json::Null,
        })
    })
    .resolve("Animal.taste", |animal, _| Ok(animal.get("food")?["kind"].clone()))
    .build()
}

#[tokio::test]
async fn requirements_with_fragments_are_sent_by_type() {
    zoo()
        .check(
            "{ animals { cost taste } }",
            json!({ "animals": [{ "cost": 300, "taste": "beef" }, { "cost": 9, "taste": "grass" }, { "cost": null, "taste": null }] }),
        )
        .await;
    zoo().data("{ animals { food { __typename ... on Meat { kilo: kind } ... on Plant { n: leaves } } cost } }").await;
}

#[tokio::test]
async fn a_requirement_behind_a_condition_is_fetched_only_when_needed() {
    let federation = products();
    let query = "query($yes: Boolean = false) { products { upc offer @include(if: $yes) } }";
    federation.asked();
    assert_eq!(
        federation.data_with(query, &json!({})).await,
        json!({ "products": [{ "upc": "p1" }, { "upc": "p2" }] })
    );
    assert_eq!(federation.asked(), ["a"]);
    federation.data_with(query, &json!({ "yes": true })).await;
    let query = "query($no: Boolean = true) { products { upc express @skip(if: $no) } }";
    federation.data_with(query, &json!({})).await;
    federation.data_with(query, &json!({ "no": false })).await;
}

/// The fetch that reaches the inner user is one of users itself.
#[tokio::test]
async fn a_requirement_of_an_object_inside_an_object_of_its_type() {
    let federation = Builder::new(json!({
        "Query": { "user": { "id": "1" }, "users": [{ "id": "1" }, { "id": "2" }], "box": { "owner": { "id": "2" } } },
        "User": [
            { "id": "1", "friend": { "id": "2" }, "score": 5, "badge": { "level": 1 }, "fans": [{ "id": "2" }, { "id": "1" }] },
            { "id": "2", "friend": { "id": "1" }, "score": 7, "badge": null, "fans": [] },
        ],
    }))
    .subgraph("roots", "type Query { user: User } type User @key(fields: \"id\") { id: ID! }")
    .subgraph(
        "social",
        "type Query { users: [User!]! box: Box } type Box { owner: User }
         type User @key(fields: \"id\") { id: ID! friend: User fans: [User!]! score: Int @external
            rating: String @requires(fields: \"score\") badge: Badge @requires(fields: \"score\") rank: String @requires(fields: \"league\") league: String @external }
         type Badge { level: Int holder: User }",
    )
    .subgraph(
        "games",
        "type User @key(fields: \"id\") { id: ID! score: Int rating: String @external league: String @requires(fields: \"rating\") }",
    )
    .resolve("User.rating", |object, _| Ok(json!(format!("rating of {}", object.get("score")?))))
    .resolve("User.league", |object, _| Ok(json!(format!("league of {}", object.get("rating")?))))
    .resolve("User.rank", |object, _| Ok(json!(format!("rank of {}", object.get("league")?))))
    .build();
    for query in [
        "{ user { friend { friend { rating } } } }",
        "{ user { friend { rating friend { rating friend { rating } } } } }",
        "{ user { fans { fans { rating badge { level holder { rating } } } } } }",
        "{ users { friend { rank league } } }",
        "{ user { friend { friend { rank } fans { a: rank league } } } }",
        "{ box { owner { friend { friend { x: rating score } } } } }",
    ] {
        federation.data(query).await;
    }
    federation
        .check(
            "{ user { friend { friend { rating } } } }",
            json!({ "user": { "friend": { "friend": { "rating": "rating of 5" } } } }),
        )
        .await;
}

/// What is sent to a subgraph must have a key by which that subgraph finds the entity; the first that comes to hand need not
/// be one.
#[tokio::test]
async fn a_requirement_of_an_entity_that_subgraphs_find_by_different_keys() {
    let federation = Builder::new(json!({
        "Query": { "part": { "code": "c1" }, "parts": [{ "code": "c2" }, { "code": "c1" }] },
        "Part": [{ "id": "1", "code": "c1", "weight": 5, "note": "n1" }, { "id": "2", "code": "c2", "weight": 7, "note": null }],
    }))
    .subgraph(
        "a",
        "type Part @key(fields: \"id\") @key(fields: \"code\") { id: ID! @shareable code: ID! weight: Int }",
    )
    .subgraph(
        "b",
        "type Query { part: Part parts: [Part!]! }
         type Part @key(fields: \"code\") { id: ID! @shareable code: ID! weight: Int @external postage: String @requires(fields: \"weight\") }",
    )
    .subgraph("c", "type Part @key(fields: \"id\") { id: ID! note: String }")
    .resolve("Part.postage", |part, _| Ok(json!(format!("postage of {}", part.get("weight")?))))
    .build();
    for query in ["{ part { postage } }", "{ part { id postage weight } parts { postage code note } }"] {
        federation.data(query).await;
    }
}

/// The planner knows a required field with arguments by a made-up name, which a client may hit upon.
#[tokio::test]
async fn an_alias_that_is_a_made_up_name() {
    let federation = Builder::new(json!({
        "Query": { "product": { "id": "1" } },
        "Product": [{ "id": "1", "name": "Table", "price": 9 }],
    }))
    .subgraph("a", "type Query { product: Product } type Product @key(fields: \"id\") { id: ID! name: String }")
    .subgraph("b", "type Product @key(fields: \"id\") { id: ID! price(currency: String): Int }")
    .subgraph(
        "c",
        "type Product @key(fields: \"id\") { id: ID! price(currency: String): Int @external
           shipping: String @requires(fields: \"price(currency: \\\"USD\\\")\") }",
    )
    .resolve("Product.shipping", |product, _| Ok(json!(format!("for {}", product.get("price")?))))
    .build();
    for query in [
        "{ product { price_1: name shipping } }",
        "{ product { shipping price_1: name price_2: id price: name } }",
        "{ product { price_1: price(currency: \"EUR\") shipping } }",
    ] {
        federation.data(query).await;
    }
}
