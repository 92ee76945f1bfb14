//! Plans, as snapshots.

use crate::fixture::check_plan;

#[tokio::test]
async fn requirements_are_fetched_before_what_needs_them() {
    check_plan("requires", "{ topProducts { name shippingEstimate shelf { capacity } } }").await;
}

#[tokio::test]
async fn entities_at_several_places_share_one_request() {
    let query = "{ topProducts { reviews { author { name } } } users { reviews { product { inStock } } } }";
    check_plan("batches", query).await;
}

#[tokio::test]
async fn what_a_condition_leaves_out_is_not_planned() {
    let query = "query($stock: Boolean = false) { topProducts { name inStock @include(if: $stock) } }";
    check_plan("conditions", query).await;
}

#[tokio::test]
async fn mutations_stand_in_a_sequence() {
    check_plan("mutations", "mutation { a: count b: tally c: count }").await;
}
