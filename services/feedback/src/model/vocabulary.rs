//! Vocabularies of feedback.

use async_graphql::Enum;
use service_kit::vocabulary;

vocabulary! {
    /// Kind of feedback.
    #[derive(Default)]
    pub enum FeedbackKind {
        /// Something in the city (hiện trường).
        #[default]
        Field = "FIELD",
        /// An administrative procedure (thủ tục hành chính).
        AdminProcedure = "ADMIN_PROCEDURE",
        /// Waste of public money (lãng phí).
        Waste = "WASTE",
        /// A proposal (sáng kiến).
        Initiative = "INITIATIVE",
    }
}

vocabulary! {
    /// Kind of a sender.
    #[derive(Default)]
    pub enum SenderKind {
        /// Person.
        #[default]
        Citizen = "CITIZEN",
        /// Business or household business.
        Business = "BUSINESS",
        /// Agency or association.
        Organization = "ORGANIZATION",
    }
}

vocabulary! {
    /// Channel through which feedback comes.
    #[derive(Default)]
    pub enum FeedbackChannel {
        /// The city's app.
        Ihanoi = "IHANOI",
        /// The telephone line 1022.
        Hotline1022 = "HOTLINE_1022",
        /// A web portal.
        #[default]
        Portal = "PORTAL",
        /// A client of the standard `GeoReport` v2.
        #[graphql(name = "OPEN311")]
        Open311 = "OPEN311",
        /// A counter of a ward or department.
        Counter = "COUNTER",
    }
}

vocabulary! {
    /// Level of a case, which decides its deadline.
    #[derive(Default)]
    pub enum FeedbackLevel {
        /// Usual case.
        #[default]
        Normal = "NORMAL",
        /// Urgent case.
        Urgent = "URGENT",
        /// Case that needs several organizations or an inspection.
        Complex = "COMPLEX",
    }
}

vocabulary! {
    /// State of a case.
    #[derive(Default)]
    pub enum FeedbackStatus {
        /// Received, not looked at.
        #[default]
        Received = "RECEIVED",
        /// Accepted by the intake, not assigned.
        Accepted = "ACCEPTED",
        /// Refused with a reason.
        Rejected = "REJECTED",
        /// Merged into another case.
        Merged = "MERGED",
        /// Assigned to an organization.
        Assigned = "ASSIGNED",
        /// The organization works on it.
        InProgress = "IN_PROGRESS",
        /// The sender was asked a question; the clock stands still.
        WaitingCitizen = "WAITING_CITIZEN",
        /// The organization passed it on; the clock runs.
        Transferred = "TRANSFERRED",
        /// Answered.
        Resolved = "RESOLVED",
        /// Answered, and the sender agrees or has said nothing for the days of the rule.
        Closed = "CLOSED",
        /// Opened again after an answer.
        Reopened = "REOPENED",
    }
}

impl FeedbackStatus {
    /// Whether the case waits for an answer.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Rejected | Self::Merged | Self::Resolved | Self::Closed)
    }
}

vocabulary! {
    /// What an attachment is for.
    pub enum AttachmentRole {
        /// Sent with the case.
        Report = "REPORT",
        /// Shows that the case was resolved.
        Evidence = "EVIDENCE",
    }
}

vocabulary! {
    /// Type of an attribute of a category (Open311).
    pub enum AttributeType {
        /// Short text.
        String = "STRING",
        /// Number.
        Number = "NUMBER",
        /// Date and time.
        Datetime = "DATETIME",
        /// Long text.
        Text = "TEXT",
        /// One of the options.
        Singlevaluelist = "SINGLEVALUELIST",
        /// Some of the options.
        Multivaluelist = "MULTIVALUELIST",
    }
}

schema::string_enum! {
    /// Dimension by which cases are grouped.
    #[derive(Enum)]
    pub enum FeedbackDimension {
        /// Kind.
        Kind = "KIND",
        /// Kind of the sender.
        Sender = "SENDER",
        /// Channel.
        Channel = "CHANNEL",
        /// Category.
        Category = "CATEGORY",
        /// Level of the case.
        Level = "LEVEL",
        /// State.
        Status = "STATUS",
        /// Area.
        Area = "AREA",
        /// Organization that has the case.
        Organization = "ORGANIZATION",
        /// Axis of the organization.
        Axis = "AXIS",
        /// Project that it is about.
        Project = "PROJECT",
        /// Programme that it belongs to; a case can have several.
        Programme = "PROGRAMME",
        /// Bottleneck that it is about; a case can have several.
        Bottleneck = "BOTTLENECK",
        /// Holder of the accountable position on the day.
        Official = "OFFICIAL",
    }
}
