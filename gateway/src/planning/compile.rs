//! Compiles the library's plan into ours in two passes: the first assigns a slot to every key, the second writes the
//! programs.

use std::sync::Arc;

use apollo_compiler::{ast::OperationType, executable::Operation};
use hive_router_query_planner::{
    ast::operation::SubgraphFetchOperation,
    planner::plan_nodes::{
        BatchFetchNode, EntityBatchAlias, FetchNode, FetchRewrite, FlattenNodePath, PlanNode as LibraryNode,
    },
    state::supergraph_state::OperationKind as LibraryKind,
};

use super::{
    check::check,
    entities::{Requirement, compile_path, compile_requirement, declare_path},
    forms::{Form, written_as},
    keys::{PlanningKeys, Renaming},
    layout::{LayoutId, Layouts},
    plan::{EntityInput, EntityOutput, Fetch, FetchTarget, Plan, PlanNode, RootOutput},
    planner::{Planner, PlannerError, PlanningTime},
    projection::Projection,
    projection_compiler::ProjectionCompiler,
    read::{ReadObject, Selection, renames},
    type_conditions::SubgraphView,
};
use crate::{
    supergraph::{Supergraph, TypeSet},
    transport::{OperationKind, SubgraphOperation, Transports},
};

/// What a compilation depends on, besides the operation.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    pub(crate) supergraph: &'a Supergraph,
    pub(crate) planner: &'a Planner,
    pub(crate) transports: &'a Transports,
}

impl<'a> Environment<'a> {
    fn subgraph(&self, name: &'a str) -> SubgraphView<'a> {
        SubgraphView { name, subgraphs: self.planner.subgraph_types(), types: &self.supergraph.types }
    }
}

/// Plans and compiles one simplified operation.
pub(crate) fn compile(environment: Environment<'_>, operation: &Operation) -> Result<Plan, PlannerError> {
    let made_up = environment.planner.made_up_fields();
    let keys = |renaming| PlanningKeys::new(operation, environment.supergraph, made_up, renaming);
    let time = PlanningTime::start();
    let usual = keys(Renaming::Colliding);
    let first = compile_form(environment, operation, &usual, operation, &time);
    first.or_else(|refusal| {
        let compile = |keys: &PlanningKeys, form: &Operation| {
            (!time.is_over()).then(|| compile_form(environment, operation, keys, form, &time).ok()).flatten()
        };
        let in_form = |form| compile(&usual, &written_as(form, operation, environment.supergraph)?);
        let other = in_form(Form::Hoisted).or_else(|| in_form(Form::SpelledOut));
        other.or_else(|| compile(&keys(Renaming::All), operation)).ok_or(refusal)
    })
}

/// Plans and compiles one form of an operation.
fn compile_form(
    environment: Environment<'_>,
    operation: &Operation,
    keys: &PlanningKeys,
    form: &Operation,
    time: &PlanningTime,
) -> Result<Plan, PlannerError> {
    let compile = |root: Option<&LibraryNode>| compile_plan(environment, operation, keys, root);
    let Some(text) = keys.rewrite(form, environment.supergraph) else {
        return compile(None);
    };
    let planned = environment.planner.plan(&text, time);
    let compiled = planned.and_then(|root| compile(root.as_ref()));
    compiled.or_else(|refusal| {
        let apart = environment.planner.plan_apart(&text, time);
        apart.and_then(|root| compile(Some(&root)).ok()).ok_or(refusal)
    })
}

/// Compiles what the library planned, and checks what comes out.
fn compile_plan(
    environment: Environment<'_>,
    operation: &Operation,
    keys: &PlanningKeys,
    root: Option<&LibraryNode>,
) -> Result<Plan, PlannerError> {
    let mut layouts = Layouts::new();
    if let Some(root) = root {
        declare(environment, &mut layouts, root, None)?;
    }
    let mut projection = ProjectionCompiler::new(environment.supergraph, operation, &layouts, keys);
    let root_object = projection.operation();
    let mut compiler = Compiler {
        environment,
        operation,
        layouts: &layouts,
        keys,
        projection: &projection,
        fetches: Vec::new(),
        objects: Vec::new(),
    };
    let root = root.map(|root| compiler.node(root, None)).transpose()?;
    let (fetches, objects) = (compiler.fetches, compiler.objects);
    let root_len = layouts.len(layouts.root());
    let projection: Projection = projection.finish(root_object);
    let plan = Plan { root, fetches, objects, root_len, projection };
    let (types, subgraphs) = (&environment.supergraph.types, environment.planner.subgraph_types());
    check(&plan, operation.operation_type, types, subgraphs)?;
    Ok(plan)
}

/// The selection of root fields.
fn selection<'a>(
    subgraph: SubgraphView<'a>,
    operation: &'a SubgraphFetchOperation,
    rewrites: Option<&'a [FetchRewrite]>,
) -> Selection<'a> {
    let document = &operation.document;
    let kind = match document.operation.operation_kind {
        None | Some(LibraryKind::Query) => OperationType::Query,
        Some(LibraryKind::Mutation) => OperationType::Mutation,
        Some(LibraryKind::Subscription) => OperationType::Subscription,
    };
    let root = subgraph.subgraphs.root(kind);
    let sets = vec![(Some(root), &document.operation.selection_set)];
    Selection { subgraph, fragments: &document.fragments, sets, renames: renames(rewrites) }
}

/// The selection under one `_entities` field.
fn entity_selection<'a>(
    subgraph: SubgraphView<'a>,
    operation: &'a SubgraphFetchOperation,
    alias: &str,
    rewrites: Option<&'a [FetchRewrite]>,
) -> Result<Selection<'a>, PlannerError> {
    use hive_router_query_planner::ast::selection_item::SelectionItem;
    let document = &operation.document;
    let found = document.operation.selection_set.items.iter().find_map(|item| match item {
        SelectionItem::Field(field) if field.alias.as_deref().unwrap_or(&field.name) == alias => {
            Some(&field.selections)
        }
        _ => None,
    });
    let set = found.ok_or_else(|| PlannerError::Operation(format!("the fetch has no field `{alias}`")))?;
    let mut selection =
        Selection { subgraph, fragments: &document.fragments, sets: vec![(None, set)], renames: renames(rewrites) };
    // With one type condition, only entities of this type are asked for.
    let conditions: Vec<_> = selection.type_conditions().collect();
    let only = conditions.first().filter(|first| conditions.iter().all(|other| other == *first)).copied();
    selection.sets = vec![(only, set)];
    Ok(selection)
}

fn declare(
    environment: Environment<'_>,
    layouts: &mut Layouts,
    node: &LibraryNode,
    path: Option<&FlattenNodePath>,
) -> Result<(), PlannerError> {
    match node {
        LibraryNode::Fetch(fetch) => {
            let layout = match path {
                Some(path) => declare_path(layouts, path),
                None => layouts.root(),
            };
            let rewrites = fetch.output_rewrites.as_deref();
            let subgraph = environment.subgraph(&fetch.service_name);
            if fetch.requires.is_some() {
                entity_selection(subgraph, &fetch.operation, "_entities", rewrites)?.declare(layouts, layout);
            } else {
                selection(subgraph, &fetch.operation, rewrites).declare(layouts, layout);
            }
        }
        LibraryNode::BatchFetch(batch) => {
            for alias in &batch.entity_batch.aliases {
                let mut paths = alias.merge_paths.iter();
                let Some(first) = paths.next() else { continue };
                let layout = declare_path(layouts, first);
                for path in paths {
                    let other = declare_path(layouts, path);
                    layouts.unite(layout, other);
                }
                let rewrites = alias.output_rewrites.as_deref();
                let subgraph = environment.subgraph(&batch.service_name);
                entity_selection(subgraph, &batch.operation, &alias.alias, rewrites)?.declare(layouts, layout);
            }
        }
        LibraryNode::Flatten(flatten) => declare(environment, layouts, &flatten.node, Some(&flatten.path))?,
        LibraryNode::Sequence(sequence) => {
            for node in &sequence.nodes {
                declare(environment, layouts, node, path)?;
            }
        }
        LibraryNode::Parallel(parallel) => {
            for node in &parallel.nodes {
                declare(environment, layouts, node, path)?;
            }
        }
        LibraryNode::Condition(_) => return Err(PlannerError::Unsupported("conditions")),
        LibraryNode::Subscription(_) => return Err(PlannerError::Unsupported("subscriptions")),
        LibraryNode::Defer(_) => return Err(PlannerError::Unsupported("deferred fragments")),
    }
    Ok(())
}

struct Compiler<'a> {
    environment: Environment<'a>,
    operation: &'a Operation,
    layouts: &'a Layouts,
    keys: &'a PlanningKeys,
    projection: &'a ProjectionCompiler<'a>,
    fetches: Vec<Fetch>,
    objects: Vec<ReadObject>,
}

impl Compiler<'_> {
    fn node(&mut self, node: &LibraryNode, path: Option<&FlattenNodePath>) -> Result<PlanNode, PlannerError> {
        Ok(match node {
            LibraryNode::Fetch(fetch) => PlanNode::Fetch(self.fetch(fetch, path)?),
            LibraryNode::BatchFetch(batch) => PlanNode::Fetch(self.batch(batch)?),
            LibraryNode::Flatten(flatten) => self.node(&flatten.node, Some(&flatten.path))?,
            LibraryNode::Sequence(sequence) => PlanNode::Sequence(self.nodes(&sequence.nodes, path)?),
            LibraryNode::Parallel(parallel) => PlanNode::Parallel(self.nodes(&parallel.nodes, path)?),
            LibraryNode::Condition(_) => return Err(PlannerError::Unsupported("conditions")),
            LibraryNode::Subscription(_) => return Err(PlannerError::Unsupported("subscriptions")),
            LibraryNode::Defer(_) => return Err(PlannerError::Unsupported("deferred fragments")),
        })
    }

    fn nodes(&mut self, nodes: &[LibraryNode], path: Option<&FlattenNodePath>) -> Result<Vec<PlanNode>, PlannerError> {
        nodes.iter().map(|node| self.node(node, path)).collect()
    }

    fn fetch(&mut self, fetch: &FetchNode, path: Option<&FlattenNodePath>) -> Result<usize, PlannerError> {
        let rewrites = fetch.output_rewrites.as_deref();
        let target = match (&fetch.requires, path) {
            (Some(requires), Some(path)) => {
                let alias = EntityBatchAlias {
                    alias: "_entities".to_owned(),
                    representations_variable_name: "representations".to_owned(),
                    merge_paths: vec![path.clone()],
                    requires: requires.clone(),
                    input_rewrites: fetch.input_rewrites.clone(),
                    output_rewrites: fetch.output_rewrites.clone(),
                };
                self.entities(&fetch.service_name, &fetch.operation, std::slice::from_ref(&alias))?
            }
            (Some(_), None) => return Err(PlannerError::Operation("an entity fetch has no path".to_owned())),
            (None, path) => {
                let (layout, path) = match path {
                    None => (self.layouts.root(), None),
                    Some(path) => {
                        let (layout, steps) =
                            compile_path(self.layouts, self.keys, &self.environment.supergraph.types, path)?;
                        (layout, Some(steps))
                    }
                };
                let subgraph = self.environment.subgraph(&fetch.service_name);
                let selection = selection(subgraph, &fetch.operation, rewrites);
                let object = selection.compile(self.layouts, self.keys, layout, &mut self.objects);
                let visible = self.visible(layout, object);
                FetchTarget::Root { path, output: RootOutput { object, visible } }
            }
        };
        self.push(&fetch.service_name, &fetch.operation, fetch.variable_usages.as_ref(), target)
    }

    fn batch(&mut self, batch: &BatchFetchNode) -> Result<usize, PlannerError> {
        let target = self.entities(&batch.service_name, &batch.operation, &batch.entity_batch.aliases)?;
        self.push(&batch.service_name, &batch.operation, batch.variable_usages.as_ref(), target)
    }

    fn entities(
        &mut self,
        service: &str,
        operation: &SubgraphFetchOperation,
        aliases: &[EntityBatchAlias],
    ) -> Result<FetchTarget, PlannerError> {
        let types = &self.environment.supergraph.types;
        let fields = self.environment.planner.made_up_fields();
        let mut inputs: Vec<EntityInput> = Vec::new();
        let mut outputs = Vec::new();
        for alias in aliases {
            let mut paths = Vec::new();
            let mut layout = None;
            for path in &alias.merge_paths {
                let (end, steps) = compile_path(self.layouts, self.keys, types, path)?;
                layout = Some(end);
                paths.push(steps);
            }
            let layout = layout.ok_or_else(|| PlannerError::Operation("an entity batch has no path".to_owned()))?;
            let variable = alias.representations_variable_name.as_str();
            let subgraph = self.environment.subgraph(service);
            let selection = entity_selection(subgraph, operation, &alias.alias, alias.output_rewrites.as_deref())?;
            let object = selection.compile(self.layouts, self.keys, layout, &mut self.objects);
            let known = inputs.iter().position(|input| &*input.variable == variable);
            let input = if let Some(known) = known {
                known
            } else {
                let rewrites = alias.input_rewrites.as_deref();
                let mut requirement =
                    compile_requirement(self.layouts, types, layout, fields, &alias.requires, rewrites)?;
                for name in selection.type_conditions() {
                    let known = (service.to_owned(), name.to_owned());
                    if self.environment.supergraph.interface_objects.contains(&known) {
                        requirement.call(types.satisfying([name]), name);
                    }
                }
                requirement.widen(&self.types_showing(layout, object, &requirement));
                inputs.push(EntityInput { variable: variable.into(), paths, requirement });
                inputs.len() - 1
            };
            let visible = self.visible(layout, object);
            outputs.push(EntityOutput { alias: alias.alias.as_str().into(), input, object, visible });
        }
        Ok(FetchTarget::Entities { inputs, outputs })
    }

    /// The types for which the fetch brings a field that the client sees and that is not already known.
    fn types_showing(&self, layout: LayoutId, object: usize, requirement: &Requirement) -> TypeSet {
        let known = requirement.slots();
        let slots = self.objects[object].fields.iter().map(|field| field.slot);
        self.projection.types_showing(layout, slots.filter(|slot| !known.contains(slot)))
    }

    fn visible(&self, layout: LayoutId, object: usize) -> Vec<Box<str>> {
        let fields = self.objects[object].fields.iter();
        fields.filter(|field| self.projection.shows(layout, field.slot)).map(|field| field.client_key.clone()).collect()
    }

    fn push(
        &mut self,
        service: &str,
        operation: &SubgraphFetchOperation,
        usages: Option<&std::collections::BTreeSet<String>>,
        target: FetchTarget,
    ) -> Result<usize, PlannerError> {
        let kind = match operation.document.operation.operation_kind {
            None | Some(LibraryKind::Query) => OperationKind::Query,
            Some(LibraryKind::Mutation) => OperationKind::Mutation,
            Some(LibraryKind::Subscription) => return Err(PlannerError::Unsupported("subscriptions")),
        };
        let transport = self
            .environment
            .transports
            .get(service)
            .ok_or_else(|| PlannerError::Operation(format!("subgraph `{service}` has no transport")))?;
        let client_variables = usages.into_iter().flatten().filter(|name| {
            !matches!(&target, FetchTarget::Entities { inputs, .. }
                if inputs.iter().any(|input| *input.variable == ***name))
        });
        let variables = client_variables.map(|name| self.variable(name)).collect::<Result<_, _>>()?;
        self.fetches.push(Fetch {
            service: Arc::from(service),
            transport: transport.clone(),
            operation: SubgraphOperation::new(operation.document_str.clone(), kind),
            variables,
            target,
        });
        Ok(self.fetches.len() - 1)
    }

    fn variable(&self, name: &str) -> Result<usize, PlannerError> {
        let position = self.operation.variables.iter().position(|variable| variable.name == name);
        position
            .ok_or_else(|| PlannerError::Operation(format!("the plan uses variable `${name}`, which nothing declares")))
    }
}
