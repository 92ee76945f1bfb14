//! Converts failed fetches and errors of subgraphs to errors at the paths that the client knows.

use serde_json::{Map, Value as Json};

use super::{
    representations::{Representations, locate},
    response::SubgraphError,
    tree::{ROOT, Tree, Value},
};
use crate::{
    config::SubgraphErrors,
    error::{ErrorCode, GraphQlError, PathSegment},
    planning::{EntityOutput, Fetch, FetchTarget, ReadObject, ReadValue},
    transport::TransportError,
};

/// How failures are reported to the client.
pub(crate) struct Failures {
    pub(crate) subgraph_errors: SubgraphErrors,
}

/// What is needed to find the objects of a fetch in the answer.
pub(crate) struct Place<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) fetch: &'a Fetch,
    pub(crate) objects: &'a [ReadObject],
    pub(crate) collected: &'a [Representations],
}

/// A place of the answer.
pub(super) type Path = Vec<PathSegment>;

/// Selects entities of a fetch.
#[derive(Clone, Copy)]
enum Meant {
    /// The entities that share this representation.
    Representation(usize),
    /// The entities without a value in this slot.
    Lacking(u32),
    All,
}

impl Failures {
    /// One error for each field that the client does not get because the subgraph gave no response.
    pub(crate) fn unavailable(place: &Place<'_>, error: &TransportError) -> Vec<GraphQlError> {
        let service = &*place.fetch.service;
        if matches!(error, TransportError::CircuitOpen) {
            // The circuit breaker logs once when it opens. A warning for each refused fetch would flood the log.
            tracing::debug!(subgraph = service, %error, "a subgraph was not asked");
        } else {
            tracing::warn!(subgraph = service, %error, "a subgraph gave no response");
        }
        let (code, message) = match error {
            TransportError::Timeout => (ErrorCode::Timeout, format!("subgraph `{service}` did not answer in time")),
            _ => (ErrorCode::SubgraphUnavailable, format!("subgraph `{service}` is unavailable")),
        };
        let paths = place.all_fields().into_iter();
        paths.map(|path| GraphQlError::new(code, message.clone()).with("service", service).at(path)).collect()
    }

    /// The error for a field that the subgraph left out though it answered.
    pub(super) fn unanswered(service: &str, path: Path) -> GraphQlError {
        let message = format!("subgraph `{service}` did not answer what it was asked");
        GraphQlError::new(ErrorCode::SubgraphUnavailable, message).with("service", service).at(path)
    }

    /// The errors of a subgraph, each at every place of the answer that it concerns.
    pub(crate) fn reported(&self, place: &Place<'_>, reported: Vec<SubgraphError>) -> Vec<GraphQlError> {
        let mut errors = Vec::new();
        for error in reported {
            let paths = match &error.path {
                Some(path) if !path.is_empty() => place.client_paths(path),
                _ => Vec::new(),
            };
            let error = self.told(&place.fetch.service, error);
            if paths.is_empty() {
                errors.push(error);
            } else {
                errors.extend(paths.into_iter().map(|path| error.clone().at(path)));
            }
        }
        errors
    }

    fn masks(&self, extensions: &Map<String, Json>) -> bool {
        match self.subgraph_errors {
            SubgraphErrors::PassThrough => false,
            SubgraphErrors::Mask => true,
            SubgraphErrors::MaskUnclassified => extensions
                .get("code")
                .and_then(Json::as_str)
                // `INTERNAL_SERVER_ERROR` is the code that Apollo Server gives to uncaught exceptions.
                .is_none_or(|code| code.starts_with(ErrorCode::Internal.as_str())),
        }
    }

    fn told(&self, service: &str, error: SubgraphError) -> GraphQlError {
        let mut extensions = error.extensions.unwrap_or_default();
        let message = if self.masks(&extensions) {
            tracing::warn!(
                subgraph = service,
                message = error.message,
                extensions = %Json::Object(extensions.clone()),
                "a subgraph reported an error"
            );
            extensions.retain(|key, _| key == "code");
            "the subgraph reported an error".to_owned()
        } else {
            error.message
        };
        extensions.entry("code").or_insert_with(|| Json::from(ErrorCode::Internal.as_str()));
        extensions.entry("service").or_insert_with(|| Json::from(service));
        GraphQlError { message, locations: Vec::new(), path: None, extensions: Box::new(extensions) }
    }
}

impl Place<'_> {
    /// The client's paths of the selected objects.
    fn objects(&self, output: &EntityOutput, meant: Meant) -> Vec<Path> {
        let FetchTarget::Entities { inputs, .. } = &self.fetch.target else {
            return Vec::new();
        };
        let collected = &self.collected[output.input];
        let stands_for = |number: usize, base: u32| collected.targets(number).any(|target| target.base == base);
        let stands_for_any = |base: u32| (0..collected.len()).any(|number| stands_for(number, base));
        let wanted = |base: u32| match meant {
            Meant::Representation(number) => stands_for(number, base),
            Meant::Lacking(slot) => {
                let value = self.tree.get(base, slot);
                (value == Value::Null || !value.is_answered()) && stands_for_any(base)
            }
            Meant::All => stands_for_any(base),
        };
        let mut paths = Vec::new();
        for steps in &inputs[output.input].paths {
            locate(self.tree, Value::Object { base: ROOT }, steps, &mut Vec::new(), &mut |base, path| {
                if wanted(base) {
                    paths.push(path.to_vec());
                }
            });
        }
        paths
    }

    /// Finds the objects of an error whose path lacks the entity's index, as some servers send it. Entities without a
    /// value in the field are assumed, or all entities if there are none.
    fn objects_without_index(&self, output: &EntityOutput, rest: &[PathSegment]) -> Vec<Path> {
        let slot = rest.first().and_then(|segment| match segment {
            PathSegment::Key(key) => self.objects[output.object].fields.iter().find(|field| *field.key == **key),
            PathSegment::Index(_) => None,
        });
        let lacking = slot.map(|field| self.objects(output, Meant::Lacking(field.slot))).unwrap_or_default();
        if lacking.is_empty() { self.objects(output, Meant::All) } else { lacking }
    }

    fn root_objects(&self) -> Vec<Path> {
        let FetchTarget::Root { path, .. } = &self.fetch.target else {
            return Vec::new();
        };
        let Some(steps) = path else { return vec![Path::new()] };
        let mut paths = Vec::new();
        locate(self.tree, Value::Object { base: ROOT }, steps, &mut Vec::new(), &mut |_, path| {
            paths.push(path.to_vec());
        });
        paths
    }

    /// The paths of all fields that the client would have seen from this fetch.
    fn all_fields(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        match &self.fetch.target {
            FetchTarget::Root { output, .. } => extend_fields(&mut paths, &self.root_objects(), &output.visible),
            FetchTarget::Entities { outputs, .. } => {
                for output in outputs {
                    paths.extend(self.entity_fields(output));
                }
            }
        }
        paths
    }

    /// Every field that the client would have seen of some entities.
    pub(super) fn entity_fields(&self, output: &EntityOutput) -> Vec<Path> {
        let mut paths = Vec::new();
        extend_fields(&mut paths, &self.objects(output, Meant::All), &output.visible);
        paths
    }

    /// The client's paths for a path of the subgraph's response.
    fn client_paths(&self, path: &[PathSegment]) -> Vec<Path> {
        let (objects, program, rest) = match &self.fetch.target {
            FetchTarget::Root { output, .. } => (self.root_objects(), output.object, path),
            FetchTarget::Entities { outputs, .. } => {
                let [PathSegment::Key(alias), rest @ ..] = path else {
                    return Vec::new();
                };
                let Some(output) = outputs.iter().find(|output| *output.alias == **alias) else {
                    return Vec::new();
                };
                match rest {
                    [PathSegment::Index(index), rest @ ..] => {
                        let number = usize::try_from(*index).unwrap_or(usize::MAX);
                        (self.objects(output, Meant::Representation(number)), output.object, rest)
                    }
                    rest => (self.objects_without_index(output, rest), output.object, rest),
                }
            }
        };
        let rest = self.client_keys(program, rest);
        objects.into_iter().map(|object| object.into_iter().chain(rest.iter().cloned()).collect()).collect()
    }

    /// Replaces the planner's made-up keys with the client's keys.
    fn client_keys(&self, program: usize, path: &[PathSegment]) -> Path {
        let mut program = Some(program);
        let segments = path.iter().map(|segment| match segment {
            PathSegment::Index(index) => PathSegment::Index(*index),
            PathSegment::Key(key) => {
                let fields = program.map(|number| &self.objects[number].fields);
                let field = fields.and_then(|fields| fields.iter().find(|field| *field.key == **key));
                program = field.and_then(|field| match field.value {
                    ReadValue::Object(inner) => Some(inner),
                    ReadValue::Leaf | ReadValue::Typename => None,
                });
                PathSegment::Key(field.map_or_else(|| key.clone(), |field| field.client_key.to_string()))
            }
        });
        segments.collect()
    }
}

fn extend_fields(paths: &mut Vec<Path>, objects: &[Path], visible: &[Box<str>]) {
    for object in objects {
        if visible.is_empty() {
            paths.push(object.clone());
        }
        for key in visible {
            paths.push(object.iter().cloned().chain([PathSegment::Key(key.to_string())]).collect());
        }
    }
}
