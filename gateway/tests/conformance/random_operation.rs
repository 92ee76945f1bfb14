//! Random operations over any schema, and how to make a failing one small.

use std::fmt::Write;

use apollo_compiler::{
    Name, Schema,
    schema::{ExtendedType, Type},
};

use crate::random::Random;

/// One selection; what is printed of it can be taken away piece by piece.
#[derive(Clone, Debug)]
pub enum Selected {
    Field {
        alias: Option<String>,
        name: String,
        arguments: String,
        directive: String,
        inner: Vec<Selected>,
    },
    Fragment {
        condition: Option<String>,
        directive: String,
        /// Printed as a fragment of its own.
        named: bool,
        inner: Vec<Selected>,
    },
}

/// An operation with two Boolean variables.
#[derive(Clone, Debug)]
pub struct Operation(pub Vec<Selected>);

const DIRECTIVES: [&str; 6] = [
    "@include(if: $yes)",
    "@skip(if: $yes)",
    "@include(if: $no)",
    "@skip(if: $no)",
    "@include(if: true)",
    "@skip(if: true)",
];

/// Makes random operations over a schema.
pub struct Generator<'s> {
    pub schema: &'s Schema,
    pub random: Random,
    /// How many more fields may be selected.
    budget: usize,
}

impl<'s> Generator<'s> {
    pub fn new(schema: &'s Schema, seed: u64) -> Self {
        Self { schema, random: Random::new(seed), budget: 0 }
    }

    pub fn operation(&mut self) -> Operation {
        self.budget = 3 + self.random.below(18);
        let query = self.schema.root_operation(apollo_compiler::executable::OperationType::Query);
        let query = query.expect("a query type").clone();
        let mut selections = Vec::new();
        for _ in 0..=self.random.below(2) {
            selections.extend(self.selections(&query, 0));
        }
        Operation(selections)
    }

    fn selections(&mut self, parent: &Name, depth: usize) -> Vec<Selected> {
        let mut selected = Vec::new();
        for _ in 0..=self.random.below(4) {
            if self.budget == 0 && !selected.is_empty() {
                break;
            }
            self.budget = self.budget.saturating_sub(1);
            selected.push(self.selection(parent, depth));
        }
        if self.random.percent(6) {
            let again = self.random.pick(&selected).clone();
            selected.push(again);
        }
        if self.random.percent(6) {
            selected = vec![self.around(parent, selected)];
        }
        selected
    }

    /// A fragment on the parent type, which is conditional as a rule.
    fn around(&mut self, parent: &Name, inner: Vec<Selected>) -> Selected {
        Selected::Fragment {
            condition: self.random.percent(50).then(|| parent.to_string()),
            directive: (*self.random.pick(&DIRECTIVES)).to_owned(),
            named: false,
            inner,
        }
    }

    fn selection(&mut self, parent: &Name, depth: usize) -> Selected {
        let fields = self.fields(parent);
        if fields.is_empty() || self.random.percent(22) {
            let condition = self.condition(parent);
            if let Some(condition) = condition {
                let inner = self.selections(&condition, depth);
                return Selected::Fragment {
                    condition: (condition != *parent || self.random.percent(50)).then(|| condition.to_string()),
                    directive: self.directive(),
                    named: self.random.percent(40),
                    inner,
                };
            }
        }
        if fields.is_empty() || self.random.percent(10) {
            return Selected::Field {
                alias: self.random.percent(30).then(|| "t".to_owned()),
                name: "__typename".to_owned(),
                arguments: String::new(),
                directive: self.directive(),
                inner: Vec::new(),
            };
        }
        let shallow: Vec<_> = fields.iter().filter(|(_, ty)| !self.is_composite(ty)).cloned().collect();
        let candidates = if (depth > 4 || self.budget == 0) && !shallow.is_empty() { &shallow } else { &fields };
        let (name, ty) = self.random.pick(candidates).clone();
        let inner = if self.is_composite(&ty) { self.selections(ty.inner_named_type(), depth + 1) } else { Vec::new() };
        // Aliases come from a small pool that holds names of fields too, so that they collide.
        let alias = self.random.percent(25).then(|| {
            let other = self.random.pick(&fields).0.to_string();
            self.random.pick(&["a".to_owned(), "b".to_owned(), "id".to_owned(), "__typename".to_owned(), other]).clone()
        });
        let arguments = self.arguments(parent, &name);
        Selected::Field { alias, name: name.to_string(), arguments, directive: self.directive(), inner }
    }

    fn is_composite(&self, ty: &Type) -> bool {
        let definition = self.schema.types.get(ty.inner_named_type());
        definition
            .is_some_and(|definition| definition.is_object() || definition.is_interface() || definition.is_union())
    }

    fn fields(&self, parent: &Name) -> Vec<(Name, Type)> {
        let fields = match self.schema.types.get(parent) {
            Some(ExtendedType::Object(object)) => &object.fields,
            Some(ExtendedType::Interface(interface)) => &interface.fields,
            _ => return Vec::new(),
        };
        fields.iter().map(|(name, field)| (name.clone(), field.ty.clone())).collect()
    }

    /// A type that an object of the parent type may have.
    fn condition(&mut self, parent: &Name) -> Option<Name> {
        let possible = |name: &Name| -> Vec<Name> {
            match self.schema.types.get(name) {
                Some(ExtendedType::Object(_)) => vec![name.clone()],
                _ => self
                    .schema
                    .types
                    .keys()
                    .filter(|object| self.schema.get_object(object).is_some() && self.schema.is_subtype(name, object))
                    .cloned()
                    .collect(),
            }
        };
        let own = possible(parent);
        let candidates: Vec<_> = self
            .schema
            .types
            .iter()
            .filter(|(name, definition)| {
                !name.starts_with("__")
                    && (definition.is_object() || definition.is_interface() || definition.is_union())
            })
            .map(|(name, _)| name.clone())
            .filter(|name| name == parent || possible(name).iter().any(|object| own.contains(object)))
            .collect();
        (!candidates.is_empty()).then(|| self.random.pick(&candidates).clone())
    }

    fn directive(&mut self) -> String {
        if self.random.percent(12) { (*self.random.pick(&DIRECTIVES)).to_owned() } else { String::new() }
    }

    fn arguments(&mut self, parent: &Name, field: &Name) -> String {
        let Ok(definition) = self.schema.type_field(parent, field) else {
            return String::new();
        };
        let mut given = Vec::new();
        for argument in &definition.arguments {
            if !argument.is_required() && self.random.percent(50) {
                continue;
            }
            let value = match argument.ty.inner_named_type().as_str() {
                "Int" => (*self.random.pick(&["1", "2", "$number"])).to_owned(),
                "Boolean" => "true".to_owned(),
                "String" => (*self.random.pick(&["\"USD\"", "\"EUR\""])).to_owned(),
                "ID" => (*self.random.pick(&["\"0\"", "\"1\""])).to_owned(),
                _ => continue,
            };
            given.push(format!("{}: {value}", argument.name));
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }
}

impl Operation {
    /// The document; fragments follow the operation.
    pub fn text(&self) -> String {
        let mut fragments = String::new();
        let mut body = String::new();
        let mut number = 0;
        print(&self.0, &mut body, &mut fragments, &mut number);
        let variables: Vec<_> = [("$yes", "Boolean! = true"), ("$no", "Boolean! = false"), ("$number", "Int! = 2")]
            .into_iter()
            .filter(|(name, _)| body.contains(name) || fragments.contains(name))
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        let head = if variables.is_empty() { String::new() } else { format!("query({}) ", variables.join(", ")) };
        format!("{head}{body}{fragments}")
    }

    /// Every operation that is one step smaller.
    pub fn smaller(&self) -> Vec<Self> {
        smaller(&self.0).into_iter().map(Self).collect()
    }
}

fn print(selections: &[Selected], body: &mut String, fragments: &mut String, number: &mut usize) {
    body.push_str("{ ");
    for selection in selections {
        match selection {
            Selected::Field { alias, name, arguments, directive, inner } => {
                if let Some(alias) = alias {
                    write!(body, "{alias}: ").unwrap();
                }
                write!(body, "{name}{arguments} {directive} ").unwrap();
                if !inner.is_empty() {
                    print(inner, body, fragments, number);
                }
            }
            Selected::Fragment { condition: Some(condition), directive, named: true, inner } => {
                *number += 1;
                let own = *number;
                write!(body, "...F{own} {directive} ").unwrap();
                let mut text = String::new();
                print(inner, &mut text, fragments, number);
                write!(fragments, " fragment F{own} on {condition} {text}").unwrap();
            }
            Selected::Fragment { condition, directive, inner, .. } => {
                body.push_str("... ");
                if let Some(condition) = condition {
                    write!(body, "on {condition} ").unwrap();
                }
                write!(body, "{directive} ").unwrap();
                print(inner, body, fragments, number);
            }
        }
    }
    body.push_str("} ");
}

fn smaller(selections: &[Selected]) -> Vec<Vec<Selected>> {
    let mut found = Vec::new();
    for index in 0..selections.len() {
        let with = |replacement: Vec<Selected>| {
            let mut copy = selections.to_vec();
            copy.splice(index..=index, replacement);
            copy
        };
        if selections.len() > 1 {
            found.push(with(Vec::new()));
        }
        match &selections[index] {
            Selected::Field { alias, directive, inner, name, arguments } => {
                let copy = |alias: Option<String>, directive: String, inner: Vec<Selected>| {
                    with(vec![Selected::Field {
                        alias,
                        name: name.clone(),
                        arguments: arguments.clone(),
                        directive,
                        inner,
                    }])
                };
                if alias.is_some() {
                    found.push(copy(None, directive.clone(), inner.clone()));
                }
                if !directive.is_empty() {
                    found.push(copy(alias.clone(), String::new(), inner.clone()));
                }
                let less = smaller(inner).into_iter();
                found.extend(less.map(|inner| copy(alias.clone(), directive.clone(), inner)));
            }
            Selected::Fragment { condition, directive, named, inner } => {
                found.push(with(inner.clone()));
                let copy = |directive: String, named: bool, inner: Vec<Selected>| {
                    with(vec![Selected::Fragment { condition: condition.clone(), directive, named, inner }])
                };
                if *named {
                    found.push(copy(directive.clone(), false, inner.clone()));
                }
                if !directive.is_empty() {
                    found.push(copy(String::new(), *named, inner.clone()));
                }
                found.extend(smaller(inner).into_iter().map(|inner| copy(directive.clone(), *named, inner)));
            }
        }
    }
    found
}
