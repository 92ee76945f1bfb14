//! Coerces the variables of a request according to the specification. An error has the variable and the position in its
//! value.
//!
//! Values stay JSON text. A value that needs no change is copied, so custom scalars keep every digit.

use apollo_compiler::{
    Node, Schema,
    ast::{Type, Value as Literal, VariableDefinition},
    executable::Operation,
    schema::{ExtendedType, InputObjectType},
    validation::Valid,
};

use crate::{
    error::{ErrorCode, GraphQlError},
    execution::VariableValues,
    json::{JsonError, Scanner, write_string},
};

/// Coerces all variables of an operation.
pub(crate) fn coerce_variables(
    schema: &Valid<Schema>,
    operation: &Operation,
    given: Option<&str>,
) -> Result<VariableValues, Vec<GraphQlError>> {
    let members = match given {
        Some(text) => members(text.as_bytes())
            .map_err(|error| vec![GraphQlError::new(ErrorCode::BadRequest, format!("`variables`: {error}"))])?,
        None => Vec::new(),
    };
    let mut errors = Vec::new();
    let mut values = Vec::with_capacity(operation.variables.len());
    for variable in &operation.variables {
        let name = variable.name.as_str();
        let given = members.iter().rev().find(|(key, _)| key == name);
        let value = match (given, &variable.default_value) {
            (Some((_, json)), _) => {
                let mut coercion =
                    Coercion { schema, out: Vec::with_capacity(json.len()), path: vec![format!("${name}")] };
                match coercion.value(&variable.ty, json) {
                    Ok(()) => Some(coercion.out.into_boxed_slice()),
                    Err(problem) => {
                        errors.push(coercion.error(name, &problem));
                        None
                    }
                }
            }
            (None, Some(default)) => {
                let mut out = Vec::new();
                write_literal(&mut out, default);
                Some(out.into_boxed_slice())
            }
            (None, None) => {
                if variable.ty.is_non_null() {
                    let message = format!("variable `${name}` of type `{}` was not given", variable.ty);
                    errors.push(GraphQlError::new(ErrorCode::Validation, message).with("variable", name));
                }
                None
            }
        };
        values.push(value);
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// For each variable of an operation: whether its value, or its default, is the Boolean `true`.
pub(super) fn boolean_values(operation: &Operation, given: Option<&str>) -> Vec<bool> {
    let members = given.and_then(|text| members(text.as_bytes()).ok()).unwrap_or_default();
    let variables = operation.variables.iter();
    let value = |variable: &Node<VariableDefinition>| match members
        .iter()
        .rev()
        .find(|(key, _)| *key == variable.name.as_str())
    {
        Some((_, json)) => *json == b"true",
        None => variable.default_value.as_ref().and_then(|value| value.to_bool()) == Some(true),
    };
    variables.map(value).collect()
}

/// The members of a JSON object, with decoded keys and raw values.
fn members(json: &[u8]) -> Result<Vec<(String, &[u8])>, JsonError> {
    let mut scanner = Scanner::new(json);
    let mut members = Vec::new();
    scanner.expect(b'{', "expected an object")?;
    if scanner.peek() == b'}' {
        return Ok(members);
    }
    loop {
        scanner.peek();
        let raw_key = scanner.value()?;
        let key = serde_json::from_slice::<String>(raw_key).map_err(|_| scanner.error("expected a key"))?;
        scanner.expect(b':', "expected a colon")?;
        scanner.peek();
        members.push((key, scanner.value()?));
        match scanner.peek() {
            b',' => scanner.bump(),
            b'}' => return Ok(members),
            _ => return Err(scanner.error("expected a comma or the end of the object")),
        }
    }
}

fn elements(json: &[u8]) -> Result<Vec<&[u8]>, JsonError> {
    let mut scanner = Scanner::new(json);
    let mut elements = Vec::new();
    scanner.expect(b'[', "expected a list")?;
    if scanner.peek() == b']' {
        return Ok(elements);
    }
    loop {
        scanner.peek();
        elements.push(scanner.value()?);
        match scanner.peek() {
            b',' => scanner.bump(),
            b']' => return Ok(elements),
            _ => return Err(scanner.error("expected a comma or the end of the list")),
        }
    }
}

struct Coercion<'a> {
    schema: &'a Schema,
    out: Vec<u8>,
    /// The position of the value: the variable, followed by `.field` and `[index]`.
    path: Vec<String>,
}

impl Coercion<'_> {
    fn error(&self, name: &str, problem: &str) -> GraphQlError {
        let place = self.path.concat();
        GraphQlError::new(ErrorCode::Validation, format!("variable `${name}` at `{place}`: {problem}"))
            .with("variable", name)
            .with("variablePath", place)
    }

    fn value(&mut self, ty: &Type, json: &[u8]) -> Result<(), String> {
        if json == b"null" {
            if ty.is_non_null() {
                return Err(format!("`{ty}` cannot be null"));
            }
            self.out.extend_from_slice(json);
            return Ok(());
        }
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => self.list(inner, json),
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, json),
        }
    }

    fn list(&mut self, inner: &Type, json: &[u8]) -> Result<(), String> {
        self.out.push(b'[');
        if json.starts_with(b"[") {
            for (index, element) in elements(json).map_err(|error| error.to_string())?.into_iter().enumerate() {
                if index > 0 {
                    self.out.push(b',');
                }
                self.path.push(format!("[{index}]"));
                self.value(inner, element)?;
                self.path.pop();
            }
        } else {
            // A single value is coerced to a list with one element.
            self.value(inner, json)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn named(&mut self, name: &str, json: &[u8]) -> Result<(), String> {
        let expected = || format!("expected `{name}`, found {}", excerpt(json));
        match name {
            "Int" => self.integer(json).ok_or_else(expected),
            "Float" => self.copy_if(is_number(json), json).ok_or_else(expected),
            "Boolean" => self.copy_if(matches!(json, b"true" | b"false"), json).ok_or_else(expected),
            "ID" if is_integer(json) => {
                self.out.push(b'"');
                self.out.extend_from_slice(json);
                self.out.push(b'"');
                Ok(())
            }
            "String" | "ID" => self.copy_if(json.starts_with(b"\""), json).ok_or_else(expected),
            _ => match self.schema.types.get(name) {
                Some(ExtendedType::Enum(definition)) => {
                    let known = serde_json::from_slice::<String>(json)
                        .is_ok_and(|value| definition.values.contains_key(value.as_str()));
                    self.copy_if(known, json).ok_or_else(|| format!("{} is no value of enum `{name}`", excerpt(json)))
                }
                Some(ExtendedType::InputObject(definition)) => {
                    if json.starts_with(b"{") {
                        self.input_object(&definition.clone(), json)
                    } else {
                        Err(expected())
                    }
                }
                _ => {
                    self.out.extend_from_slice(json);
                    Ok(())
                }
            },
        }
    }

    fn copy_if(&mut self, fits: bool, json: &[u8]) -> Option<()> {
        if fits {
            self.out.extend_from_slice(json);
        }
        fits.then_some(())
    }

    fn integer(&mut self, json: &[u8]) -> Option<()> {
        let text = std::str::from_utf8(json).ok()?;
        if !is_number(json) {
            return None;
        }
        let number = if let Ok(number) = text.parse::<i32>() {
            number
        } else {
            // JSON does not distinguish 1 and 1.0, so a number such as 1.0 is accepted as an Int.
            let float: f64 = text.parse().ok()?;
            if float.fract() != 0.0 {
                return None;
            }
            format!("{float:.0}").parse().ok()?
        };
        self.out.extend_from_slice(number.to_string().as_bytes());
        Some(())
    }

    fn input_object(&mut self, definition: &InputObjectType, json: &[u8]) -> Result<(), String> {
        let members = members(json).map_err(|error| error.to_string())?;
        if let Some((key, _)) = members.iter().find(|(key, _)| !definition.fields.contains_key(key.as_str())) {
            return Err(format!("input type `{}` has no field `{key}`", definition.name));
        }
        if definition.directives.has("oneOf")
            && (members.len() != 1 || members.iter().any(|(_, value)| *value == b"null"))
        {
            return Err(format!("exactly one field of `{}` must be given, and not null", definition.name));
        }
        self.out.push(b'{');
        let mut first = true;
        for (key, field) in &definition.fields {
            let given = members.iter().rev().find(|(given, _)| given == key.as_str());
            let Some((_, value)) = given else {
                if field.ty.is_non_null() && field.default_value.is_none() {
                    self.path.push(format!(".{key}"));
                    return Err(format!("required field of type `{}` was not given", field.ty));
                }
                continue;
            };
            if !first {
                self.out.push(b',');
            }
            first = false;
            write_string(&mut self.out, key);
            self.out.push(b':');
            self.path.push(format!(".{key}"));
            self.value(&field.ty, value)?;
            self.path.pop();
        }
        self.out.push(b'}');
        Ok(())
    }
}

fn is_number(json: &[u8]) -> bool {
    json.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
}

fn is_integer(json: &[u8]) -> bool {
    let digits = json.strip_prefix(b"-").unwrap_or(json);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// The beginning of a value, for an error message.
fn excerpt(json: &[u8]) -> String {
    let text = String::from_utf8_lossy(json);
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A literal as JSON text; a variable in it is null.
pub(super) fn literal_json(literal: &Literal) -> String {
    let mut out = Vec::new();
    write_literal(&mut out, literal);
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a default value as JSON.
fn write_literal(out: &mut Vec<u8>, literal: &Literal) {
    match literal {
        Literal::Null | Literal::Variable(_) => out.extend_from_slice(b"null"),
        Literal::Enum(name) => write_string(out, name),
        Literal::String(text) => write_string(out, text),
        Literal::Float(number) => out.extend_from_slice(number.as_str().as_bytes()),
        Literal::Int(number) => out.extend_from_slice(number.as_str().as_bytes()),
        Literal::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Literal::List(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_literal(out, value);
            }
            out.push(b']');
        }
        Literal::Object(fields) => {
            out.push(b'{');
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(out, name);
                out.push(b':');
                write_literal(out, value);
            }
            out.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::ExecutableDocument;

    use super::*;

    const SCHEMA: &str = r"
        directive @oneOf on INPUT_OBJECT
        scalar Big
        enum Color { RED GREEN }
        input Item { price: Float!, tags: [String!], color: Color = RED, count: Int }
        input By @oneOf { id: ID, name: String }
        type Query { f(items: [Item!], by: By, big: Big, n: Int!, id: ID): Int }
    ";

    fn coerce(declared: &str, given: &str) -> Result<Vec<Option<String>>, Vec<String>> {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let text = format!("query({declared}) {{ __typename }}");
        let document = ExecutableDocument::parse(&schema, text, "document").unwrap();
        coerce_variables(&schema, document.operations.get(None).unwrap(), Some(given))
            .map(|values| {
                values.into_iter().map(|value| value.map(|json| String::from_utf8(json.into()).unwrap())).collect()
            })
            .map_err(|errors| errors.into_iter().map(|error| error.message).collect())
    }

    #[test]
    fn values_that_fit_keep_their_text() {
        let given = r#"{"items": {"price": 1.50, "tags": "x", "color": "GREEN"}, "big": 12345678901234567890.123, "n": 3.0, "id": 7}"#;
        let values =
            coerce("$items: [Item!], $big: Big, $n: Int!, $id: ID, $none: Int, $d: [Color] = [RED]", given).unwrap();
        let expected = [
            Some(r#"[{"price":1.50,"tags":["x"],"color":"GREEN"}]"#),
            Some("12345678901234567890.123"),
            Some("3"),
            Some("\"7\""),
            None,
            Some("[\"RED\"]"),
        ];
        assert_eq!(values.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_error_names_the_variable_and_the_place_in_it() {
        let cases = [
            (
                "$items: [Item!]",
                r#"{"items":[{"price":1},{"price":"x"}]}"#,
                "variable `$items` at `$items[1].price`: expected `Float`, found \"x\"",
            ),
            (
                "$items: [Item!]",
                r#"{"items":[{"tags":[]}]}"#,
                "variable `$items` at `$items[0].price`: required field of type `Float!` was not given",
            ),
            (
                "$items: [Item!]",
                r#"{"items":[{"price":1,"colour":"RED"}]}"#,
                "variable `$items` at `$items[0]`: input type `Item` has no field `colour`",
            ),
            (
                "$items: [Item!]",
                r#"{"items":[{"price":1,"color":"BLUE"}]}"#,
                "variable `$items` at `$items[0].color`: \"BLUE\" is no value of enum `Color`",
            ),
            ("$n: Int!", "{}", "variable `$n` of type `Int!` was not given"),
            ("$n: Int!", r#"{"n":null}"#, "variable `$n` at `$n`: `Int!` cannot be null"),
            ("$n: Int!", r#"{"n":2147483648}"#, "variable `$n` at `$n`: expected `Int`, found 2147483648"),
            ("$n: Int!", r#"{"n":1.5}"#, "variable `$n` at `$n`: expected `Int`, found 1.5"),
            (
                "$by: By",
                r#"{"by":{"id":"1","name":"a"}}"#,
                "variable `$by` at `$by`: exactly one field of `By` must be given, and not null",
            ),
            (
                "$by: By",
                r#"{"by":{"id":null}}"#,
                "variable `$by` at `$by`: exactly one field of `By` must be given, and not null",
            ),
        ];
        for (declared, given, message) in cases {
            assert_eq!(coerce(declared, given).unwrap_err(), [message]);
        }
    }
}
