//! JSON Schema of the lines of an NDJSON.

use crate::field::{Field, Form};
use serde_json::{Map, Value, json};

/// JSON Schema (draft 2020-12) of a line of an NDJSON with these fields.
pub fn json_schema(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "patternProperties": { "^#": true },
        "additionalProperties": false,
    })
}

fn property(field: &Field) -> Value {
    let mut schema = match field.form {
        Form::Text(max) => json!({ "type": "string", "minLength": 1, "maxLength": max }),
        Form::Digits(width) => json!({ "type": "string", "pattern": format!("^[0-9]{{1,{width}}}$") }),
        Form::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        // The limits of a number; those of a text are its digits.
        Form::Decimal(min, max) => json!({
            "type": ["string", "number"], "minimum": min, "maximum": max,
            "pattern": format!(r"^{}0*[0-9]{{1,{}}}(\.[0-9]{{1,28}})?$", if min < 0 { "-?" } else { "" }, max.to_string().len()),
        }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Date => json!({ "type": "string", "format": "date" }),
        Form::DateTime => json!({ "type": "string", "format": "date-time" }),
        Form::Choice(choices) => {
            json!({ "type": "string", "enum": choices.iter().map(|(value, _)| value).collect::<Vec<_>>() })
        }
        Form::Texts(max) => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1, "maxLength": max } })
        }
    };
    if !field.required {
        // Null clears the value.
        if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            values.push(Value::Null);
        }
        let mut types = match schema["type"].take() {
            Value::Array(types) => types,
            one => vec![one],
        };
        types.push("null".into());
        schema["type"] = types.into();
    }
    let (en, vi) = field.description;
    schema["title"] = json!(field.title);
    schema["description"] = json!(format!("{en} / {vi}"));
    schema
}
