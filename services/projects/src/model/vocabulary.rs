//! Vocabularies of projects and land clearance.

use async_graphql::Enum;
use service_kit::vocabulary;

vocabulary! {
    /// Kind of a catalogue item.
    #[derive(Default)]
    pub enum ProjectKind {
        /// Project (dự án).
        #[default]
        Project = "PROJECT",
        /// Work (công trình).
        Work = "WORK",
        /// Scheme (đề án).
        Scheme = "SCHEME",
        /// Task of the catalogue (nhiệm vụ).
        Task = "TASK",
    }
}

vocabulary! {
    /// Phase of a project.
    #[derive(Default)]
    pub enum ProjectPhase {
        /// Named, not studied.
        #[default]
        Identification = "IDENTIFICATION",
        /// Study, approval, tender.
        Preparation = "PREPARATION",
        /// Construction or execution.
        Implementation = "IMPLEMENTATION",
        /// Acceptance, final accounts.
        Completion = "COMPLETION",
        /// Completed.
        Completed = "COMPLETED",
        /// Cancelled by a document.
        Cancelled = "CANCELLED",
    }
}

vocabulary! {
    /// Basis of a capital plan. A rate of disbursement always names its basis: the same money gives different rates.
    pub enum PlanBasis {
        /// Assigned by the Prime Minister.
        Pm = "PM",
        /// Assigned by the city.
        City = "CITY",
        /// Adjusted within the year.
        Adjusted = "ADJUSTED",
        /// Carried over from the year before.
        CarriedOver = "CARRIED_OVER",
    }
}

vocabulary! {
    /// Kind of a change of a contract.
    pub enum ModificationKind {
        /// Its end.
        Duration = "DURATION",
        /// Its amount.
        Value = "VALUE",
        /// Its work.
        Scope = "SCOPE",
    }
}

vocabulary! {
    /// Judgement of a reviewer.
    pub enum Rag {
        /// On track.
        Green = "GREEN",
        /// In doubt.
        Amber = "AMBER",
        /// In danger.
        Red = "RED",
    }
}

vocabulary! {
    /// Type of land.
    #[derive(Default)]
    pub enum LandType {
        /// Agricultural land.
        #[default]
        Agri = "AGRI",
        /// Residential land.
        Residential = "RESIDENTIAL",
        /// Other land.
        Other = "OTHER",
    }
}

vocabulary! {
    /// What blocks a parcel.
    pub enum ParcelBlocker {
        /// The price is disputed.
        Price = "PRICE",
        /// The origin of the land is not clear.
        Origin = "ORIGIN",
        /// Parties dispute the land.
        Dispute = "DISPUTE",
        /// The resettlement is not ready.
        Resettlement = "RESETTLEMENT",
        /// Graves.
        Graves = "GRAVES",
        /// Pipes and cables.
        Utilities = "UTILITIES",
        /// Documents are missing.
        Documents = "DOCUMENTS",
        /// The party cannot be found.
        Absent = "ABSENT",
        /// Anything else.
        Other = "OTHER",
    }
}

vocabulary! {
    /// Kind of a party.
    pub enum PartyKind {
        /// Household.
        Household = "HOUSEHOLD",
        /// Person.
        Individual = "INDIVIDUAL",
        /// Organization.
        Organization = "ORGANIZATION",
        /// Religious establishment.
        Religious = "RELIGIOUS",
        /// Residential community.
        Community = "COMMUNITY",
    }
}

vocabulary! {
    /// Kind of a right to a parcel.
    pub enum RightKind {
        /// Right to use the land.
        LandUse = "LAND_USE",
        /// House on it.
        House = "HOUSE",
        /// Crops on it.
        Crops = "CROPS",
    }
}

vocabulary! {
    /// What happened to a parcel.
    pub enum MilestoneKind {
        /// Within the boundary of the project.
        Scoped = "SCOPED",
        /// Notice of recovery issued.
        Notified = "NOTIFIED",
        /// All concerned agree to the recovery.
        Agreed = "AGREED",
        /// Persuasion begun.
        Persuaded = "PERSUADED",
        /// Compulsory inventory decided.
        CompulsoryInventory = "COMPULSORY_INVENTORY",
        /// Land and assets counted.
        Inventoried = "INVENTORIED",
        /// Compensation plan drafted.
        PlanDrafted = "PLAN_DRAFTED",
        /// Compensation plan posted.
        Posted = "POSTED",
        /// Dialogue with those who do not agree.
        Dialogue = "DIALOGUE",
        /// Compensation plan appraised.
        Appraised = "APPRAISED",
        /// Compensation plan approved.
        Approved = "APPROVED",
        /// Compensation paid.
        Paid = "PAID",
        /// Compensation deposited, since it was refused.
        Deposited = "DEPOSITED",
        /// Recovery decided.
        RecoveryDecided = "RECOVERY_DECIDED",
        /// Enforcement decided.
        EnforcementDecided = "ENFORCEMENT_DECIDED",
        /// Recovery enforced.
        Enforced = "ENFORCED",
        /// Land handed over.
        HandedOver = "HANDED_OVER",
        /// File closed.
        Closed = "CLOSED",
        /// Put on hold.
        OnHold = "ON_HOLD",
        /// Taken up again.
        Resumed = "RESUMED",
        /// Taken out of the project.
        Withdrawn = "WITHDRAWN",
    }
}

vocabulary! {
    /// Kind of a payment of compensation.
    pub enum PaymentKind {
        /// Paid to the party.
        Paid = "PAID",
        /// Deposited at the treasury or a bank.
        Deposited = "DEPOSITED",
        /// Refused by the party.
        Refused = "REFUSED",
        /// Taken back.
        Reversed = "REVERSED",
    }
}

vocabulary! {
    /// Form of a resettlement.
    pub enum ResettlementForm {
        /// Land.
        Land = "LAND",
        /// Apartment.
        Apartment = "APARTMENT",
        /// Money.
        Money = "MONEY",
    }
}

vocabulary! {
    /// Kind of a utility.
    pub enum UtilityKind {
        /// Power line.
        Power = "POWER",
        /// Water main.
        Water = "WATER",
        /// Drain.
        Drainage = "DRAINAGE",
        /// Telecommunication.
        Telecom = "TELECOM",
        /// Gas pipe.
        Gas = "GAS",
        /// Irrigation.
        Irrigation = "IRRIGATION",
    }
}

vocabulary! {
    /// Rule of the law that a parcel breaks.
    pub enum ViolationCode {
        /// Approved before the plan was posted long enough.
        PostingTooShort = "POSTING_TOO_SHORT",
        /// Approved without a posting before it.
        NotPosted = "NOT_POSTED",
        /// Recovery decided before the time of the notice was over.
        RecoveryWithinNotice = "RECOVERY_WITHIN_NOTICE",
        /// Recovery decided after the notice had lapsed.
        NoticeLapsed = "NOTICE_LAPSED",
        /// Recovery decided too long after the approval.
        RecoveryLate = "RECOVERY_LATE",
        /// Recovery decided without an approved plan, and without the agreement that the law accepts instead.
        RecoveryBeforeApproval = "RECOVERY_BEFORE_APPROVAL",
        /// Enforced around the lunar new year.
        EnforcedAtTet = "ENFORCED_AT_TET",
        /// Enforced at night.
        EnforcedAtNight = "ENFORCED_AT_NIGHT",
        /// Enforced on a day off.
        EnforcedOnDayOff = "ENFORCED_ON_DAY_OFF",
        /// Enforced without a decision before it.
        EnforcedWithoutDecision = "ENFORCED_WITHOUT_DECISION",
        /// Compulsory inventory without persuasion.
        CompulsoryWithoutPersuasion = "COMPULSORY_WITHOUT_PERSUASION",
        /// Dialogue too long after the posting.
        DialogueTooLate = "DIALOGUE_TOO_LATE",
        /// The shares of one right do not sum to 1.
        SharesNotOne = "SHARES_NOT_ONE",
    }
}

vocabulary! {
    /// Furthest stage that a parcel has reached on a day. It is derived, never stored.
    #[derive(Default)]
    pub enum ClearanceStage {
        /// Nothing has happened yet.
        #[default]
        None = "NONE",
        /// Within the boundary of the project.
        Scoped = "SCOPED",
        /// Notice issued.
        Notified = "NOTIFIED",
        /// Counted.
        Inventoried = "INVENTORIED",
        /// Plan drafted.
        PlanDrafted = "PLAN_DRAFTED",
        /// Plan posted.
        Posted = "POSTED",
        /// Plan appraised.
        Appraised = "APPRAISED",
        /// Plan approved.
        Approved = "APPROVED",
        /// Paid or deposited.
        Settled = "SETTLED",
        /// Recovery decided.
        RecoveryDecided = "RECOVERY_DECIDED",
        /// Handed over, voluntarily or after an enforcement.
        HandedOver = "HANDED_OVER",
        /// File closed.
        Closed = "CLOSED",
    }
}

vocabulary! {
    /// What needs attention before it goes wrong.
    pub enum WarningKind {
        /// A notice lapses soon, and the recovery is not decided.
        NoticeLapsing = "NOTICE_LAPSING",
        /// A notice has lapsed, and the recovery is not decided.
        NoticeLapsed = "NOTICE_LAPSED",
        /// Compensation is paid late.
        PaymentLate = "PAYMENT_LATE",
        /// A parcel waits longer than nine in ten of those that have passed its stage.
        WaitingLong = "WAITING_LONG",
        /// A project's land will be cleared after its forecast end, at the pace of the last 90 days.
        ClearanceAfterForecast = "CLEARANCE_AFTER_FORECAST",
        /// A rule of the law was broken.
        Violation = "VIOLATION",
    }
}

schema::string_enum! {
    /// Dimension by which projects are grouped.
    #[derive(Enum)]
    pub enum ProjectDimension {
        /// Axis of the owner.
        Axis = "AXIS",
        /// Level of the owner.
        Level = "LEVEL",
        /// Owner.
        Organization = "ORGANIZATION",
        /// Holder of the accountable position on the day.
        Official = "OFFICIAL",
        /// Programme; a project can have several.
        Programme = "PROGRAMME",
        /// Bottleneck; a project can have several.
        Bottleneck = "BOTTLENECK",
        /// Indicator that the project serves; a project can be in several rows.
        Indicator = "INDICATOR",
        /// Area; a project can have several.
        Area = "AREA",
        /// Kind.
        Kind = "KIND",
        /// Phase.
        Phase = "PHASE",
        /// Day of the ground-breaking.
        Cohort = "COHORT",
        /// Project.
        Project = "PROJECT",
    }
}

schema::string_enum! {
    /// Dimension by which parcels are grouped.
    #[derive(Enum)]
    pub enum ClearanceDimension {
        /// Furthest stage on the day.
        Stage = "STAGE",
        /// Area of the site.
        Area = "AREA",
        /// Project of the site.
        Project = "PROJECT",
        /// Site.
        Site = "SITE",
        /// Owner of the project.
        Organization = "ORGANIZATION",
        /// Programme of the project; a project can have several.
        Programme = "PROGRAMME",
        /// Bottleneck of the project; a project can have several.
        Bottleneck = "BOTTLENECK",
        /// Holder of the project's accountable position on the day.
        Official = "OFFICIAL",
        /// Day of the project's ground-breaking.
        Cohort = "COHORT",
        /// Type of land.
        LandType = "LAND_TYPE",
        /// What blocks the parcel.
        Blocker = "BLOCKER",
        /// Kind of the party; a parcel can have several parties.
        PartyKind = "PARTY_KIND",
    }
}
