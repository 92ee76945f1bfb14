//! Entities that other subgraphs refer to by code.

use async_graphql::{Context, ID, Object, Result};

use super::by_code;
use crate::model::{Area, Bottleneck, Official, Organization, Position, Programme, TaskGroup};

/// Declares the resolvers of references to entities (`_entities`).
macro_rules! entities {
    ($($resolver:ident: $entity:ty;)+) => {
        #[derive(Default)]
        pub struct EntityQuery;

        #[Object]
        impl EntityQuery {
            $(
                #[graphql(entity)]
                async fn $resolver(&self, ctx: &Context<'_>, code: ID) -> Result<Option<$entity>> {
                    by_code(ctx, &code).await
                }
            )+
        }
    };
}

entities! {
    area_entity: Area;
    organization_entity: Organization;
    programme_entity: Programme;
    official_entity: Official;
    position_entity: Position;
    task_group_entity: TaskGroup;
    bottleneck_entity: Bottleneck;
}
