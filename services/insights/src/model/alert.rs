//! Vocabularies of alerts.

service_kit::vocabulary! {
    /// Kind of an alert.
    pub enum AlertKind {
        /// Open work past its date: a task past its due date, a project past its baseline or forecast to end after it.
        Overdue = "OVERDUE",
        /// Open task that is at risk and not overdue.
        AtRisk = "AT_RISK",
        /// Notice of land recovery that is about to lapse.
        NoticeLapsing = "NOTICE_LAPSING",
        /// Compensation that should have been paid.
        PaymentLate = "PAYMENT_LATE",
        /// Target that is judged red.
        KpiRed = "KPI_RED",
        /// Citizen feedback past its deadline.
        SlaBreach = "SLA_BREACH",
        /// Satisfaction with feedback that fell from one month to the next.
        SatisfactionFalling = "SATISFACTION_FALLING",
        /// Source that should have pushed.
        SourceSilent = "SOURCE_SILENT",
        /// Position that is accountable and has no holder.
        NoHolder = "NO_HOLDER",
    }
}

service_kit::vocabulary! {
    /// Severity of an alert.
    pub enum AlertSeverity {
        /// To be watched.
        Medium = "MEDIUM",
        /// To be acted on.
        High = "HIGH",
        /// To be acted on before everything else: a broken limit of something urgent, key or critical.
        Critical = "CRITICAL",
    }
}

service_kit::vocabulary! {
    /// What alerts are ordered by.
    pub enum AlertOrderField {
        /// Severity; ascending begins with the mildest.
        Severity = "SEVERITY",
        /// First day of the alert.
        Since = "SINCE",
        /// Kind, in the order of `AlertKind`.
        Kind = "KIND",
    }
}
