//! Categories of feedback, and what is asked in each.

use async_graphql::SimpleObject;
use sqlx::FromRow;

use super::vocabulary::AttributeType;

/// Category of feedback.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackCategory", complex)]
pub struct Category {
    /// Stable code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What belongs to it.
    pub description: String,
    /// Name of the group of categories.
    #[graphql(name = "group")]
    pub group_name: String,
    #[graphql(skip)]
    pub bottleneck_code: Option<String>,
    /// Words by which it is found.
    pub keywords: Vec<String>,
    /// Whether new cases may name it.
    pub is_active: bool,
}

/// Attribute that is asked of who reports in a category.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackAttribute")]
pub struct CategoryAttribute {
    #[graphql(skip)]
    pub category_code: String,
    /// Code within the category.
    pub code: String,
    /// Position among the attributes.
    pub ordinal: i16,
    /// Type of the answer.
    pub datatype: AttributeType,
    /// Whether an answer is needed.
    pub required: bool,
    /// False for a text that is shown only.
    pub variable: bool,
    /// Question.
    pub description: String,
    /// How the answer is written.
    pub datatype_description: Option<String>,
    /// Accepted answers, each as `key=name`.
    pub options: Vec<String>,
}

impl CategoryAttribute {
    /// The accepted answers of a list as pairs of key and name.
    pub fn choices(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().filter_map(|option| option.split_once('='))
    }

    /// Whether it takes several answers.
    pub fn is_several(&self) -> bool {
        self.datatype == AttributeType::Multivaluelist
    }

    /// Checks an answer.
    ///
    /// # Errors
    /// What is accepted.
    pub fn check(&self, answer: &str) -> Result<(), String> {
        let is_choice = |value: &str| self.choices().any(|(key, _)| key == value);
        let keys = || self.choices().map(|(key, _)| key).collect::<Vec<_>>().join(", ");
        match self.datatype {
            AttributeType::Singlevaluelist | AttributeType::Multivaluelist if !is_choice(answer) => Err(keys()),
            AttributeType::Number if answer.parse::<f64>().is_ok_and(f64::is_finite) => Ok(()),
            AttributeType::Number => Err("a number".to_owned()),
            AttributeType::Datetime if answer.parse::<chrono::DateTime<chrono::Utc>>().is_ok() => Ok(()),
            AttributeType::Datetime => Err("a date and time with its offset, as 2026-03-15T08:00:00+07:00".to_owned()),
            _ if answer.is_empty() => Err("an answer that is not empty".to_owned()),
            _ => Ok(()),
        }
    }
}
