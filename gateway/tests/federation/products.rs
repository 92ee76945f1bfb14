//! Products, an interface and a union over them, and values that clients may not see.

use async_graphql::{Context, EmptySubscription, Enum, ID, Interface, Json, Object, Schema, SimpleObject, Union};
use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Listed,
    #[graphql(inaccessible)]
    Secret,
}

#[derive(SimpleObject, Clone)]
pub struct Shelf {
    aisle: String,
    number: i32,
}

#[derive(SimpleObject, Clone)]
pub struct Product {
    upc: ID,
    name: Option<String>,
    price: i32,
    weight: Option<i32>,
    status: Option<Status>,
    shelf: Option<Shelf>,
    attributes: Json<serde_json::Value>,
    tags: Vec<Option<String>>,
}

#[derive(SimpleObject, Clone)]
pub struct Voucher {
    upc: ID,
    name: Option<String>,
    amount: i32,
}

#[derive(Interface, Clone)]
#[graphql(field(name = "upc", ty = "&ID"), field(name = "name", ty = "&Option<String>"))]
pub enum Item {
    Product(Product),
    Voucher(Voucher),
}

#[derive(Union, Clone)]
pub enum Found {
    Product(Product),
    Voucher(Voucher),
}

pub fn product(upc: &str) -> Option<Product> {
    let (name, price, weight, status) = match upc {
        "1" => ("Table", 899, Some(100), Status::Listed),
        "2" => ("Couch", 1299, Some(1000), Status::Secret),
        "3" => ("Chair", 54, None, Status::Listed),
        _ => return None,
    };
    Some(Product {
        upc: ID::from(upc),
        name: Some(name.to_owned()),
        price,
        weight,
        status: Some(status),
        shelf: Some(Shelf { aisle: "A".to_owned(), number: price % 10 }),
        attributes: Json(serde_json::json!({ "deep": [1, { "x": null }], "text": "a\"b" })),
        tags: vec![Some("t".to_owned()), None],
    })
}

fn voucher() -> Voucher {
    Voucher { upc: ID::from("v"), name: Some("Gift".to_owned()), amount: 20 }
}

pub struct Query;

#[Object]
impl Query {
    async fn top_products(&self, #[graphql(default = 5)] first: usize) -> Vec<Product> {
        ["1", "2", "3"].into_iter().filter_map(product).take(first).collect()
    }

    async fn items(&self) -> Vec<Item> {
        product("1").map(Item::Product).into_iter().chain([Item::Voucher(voucher())]).collect()
    }

    async fn found(&self) -> Vec<Found> {
        [Found::Voucher(voucher())].into_iter().chain(product("3").map(Found::Product)).collect()
    }

    #[graphql(entity)]
    async fn find_product_by_upc(&self, upc: ID) -> Option<Product> {
        product(&upc)
    }

    #[graphql(entity)]
    async fn find_shelf(&self, aisle: String, number: i32) -> Shelf {
        Shelf { aisle, number }
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn tally(&self, context: &Context<'_>) -> i32 {
        context.data_unchecked::<Arc<AtomicI32>>().fetch_add(1, Ordering::SeqCst)
    }
}

pub type ProductsSchema = Schema<Query, Mutation, EmptySubscription>;

pub fn schema(counter: Arc<AtomicI32>) -> ProductsSchema {
    Schema::build(Query, Mutation, EmptySubscription)
        .register_output_type::<Item>()
        .data(counter)
        .enable_federation()
        .finish()
}
