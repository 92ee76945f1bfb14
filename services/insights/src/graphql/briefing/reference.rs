//! Entities that changes refer to. Their owner resolves them, with its own rules of access.

use async_graphql::{ID, Object, SimpleObject};

macro_rules! references {
    ($($(#[$attribute:meta])* $name:ident $resolver:ident;)+) => {
        $(
            $(#[$attribute])*
            #[derive(SimpleObject, Debug, Clone)]
            pub struct $name {
                /// Platform id.
                id: ID,
            }

            impl $name {
                /// Refers to an entity by its id.
                pub fn new(id: &str) -> Self {
                    Self { id: ID(id.to_owned()) }
                }
            }
        )+

        #[derive(Default)]
        pub struct ReferenceQuery;

        #[Object]
        impl ReferenceQuery {
            $(
                #[graphql(entity)]
                async fn $resolver(&self, id: ID) -> $name {
                    $name { id }
                }
            )+
        }
    };
}

references! {
    /// Task that changed.
    Task task_entity;
    /// Parcel that changed.
    ParcelCase parcel_case_entity;
    /// Feedback case that changed.
    Feedback feedback_entity;
}
