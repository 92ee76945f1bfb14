//! Entities that insights refer to. Their owner resolves them, with its own rules of access.

use async_graphql::{ID, Object, SimpleObject};

macro_rules! references {
    ($($(#[$attribute:meta])* $name:ident { $key:ident } $resolver:ident;)+) => {
        $(
            $(#[$attribute])*
            #[derive(SimpleObject, Debug, Clone)]
            pub struct $name {
                /// Key of the entity.
                $key: ID,
            }

            impl $name {
                /// Refers to an entity by its key.
                pub fn new(key: &str) -> Self {
                    Self { $key: ID(key.to_owned()) }
                }
            }
        )+

        #[derive(Default)]
        pub struct ReferenceQuery;

        #[Object]
        impl ReferenceQuery {
            $(
                #[graphql(entity)]
                async fn $resolver(&self, $key: ID) -> $name {
                    $name { $key }
                }
            )+
        }
    };
}

references! {
    /// Task that is named.
    Task { id } task_entity;
    /// Parcel that is named.
    ParcelCase { id } parcel_case_entity;
    /// Feedback case that is named.
    Feedback { id } feedback_entity;
    /// Position that is accountable.
    Position { code } position_entity;
}
