//! Measures of land clearance, over the rows `f` of `store::parcel`: one for each party of a parcel. Parcels and areas are
//! counted over one row of each (`is_first`), parties as distinct ones, so nothing counts twice.

use service_kit::access::Kind;
use service_kit::measures::{Breakdown, FactMeasures, Measure, MeasureSet, Shape, Term, Whole};
use service_kit::store::template::Bare;

use crate::model::CLEARANCE;
use crate::store::parcel;

/// The measures of land clearance.
#[derive(Debug)]
pub struct ClearanceSet;

const PARCEL: &str = "f.in_scope AND f.is_first";
const PARTY: &str = "f.in_scope AND f.party IS NOT NULL";

/// What else shows all parties, of which some are a part.
const OF_PARTIES: &[Whole] =
    &[Whole::Rows("parties"), Whole::Rows("partiesCleared"), Whole::Rows("plansApproved"), Whole::Rows("settled")];

/// The same for households, whose cleared ones are a part of the cleared parties.
const OF_HOUSEHOLDS: &[Whole] =
    &[Whole::Rows("parties"), Whole::Terms("partiesCleared"), Whole::Rows("plansApproved"), Whole::Rows("settled")];

const fn reached(name: &'static str, description: &'static str, condition: &'static str) -> Measure {
    Measure::count(name, description, condition)
}

const fn wait(
    name: &'static str,
    description: &'static str,
    share: &'static str,
    days: &'static str,
    rows: &'static str,
) -> Measure {
    Measure::new(name, description, Shape::OfRows(Term::quantile(share, days, rows), Term::count(rows)))
}

const TO_INVENTORY: &str =
    "f.in_scope AND f.is_first AND f.inventoried_on <= f.as_of AND f.notified_on <= f.inventoried_on";
const TO_APPROVAL: &str =
    "f.in_scope AND f.is_first AND f.approved_on <= f.as_of AND f.inventoried_on <= f.approved_on";
const TO_PAYMENT: &str = "f.in_scope AND f.is_first AND least(f.paid_on, f.deposited_on) <= f.as_of AND f.approved_on <= least(f.paid_on, f.deposited_on)";
const TO_HANDOVER: &str = "f.in_scope AND f.is_first AND f.handed_on <= f.as_of AND f.notified_on <= f.handed_on";

impl MeasureSet for ClearanceSet {
    const PREFIX: &'static str = "Clearance";
    const DESCRIPTION: &'static str = "Measures of land clearance as of a date. The scope has the parcels that were not \
        withdrawn. Areas are in m². A parcel with several rights counts once, a party with several parcels too; a party is \
        cleared when all its parcels in the scope are handed over, so groups of parties overlap. Flows are counted in the period.";
    const KIND: &'static Kind = &CLEARANCE;
    const MEASURES: &'static [Measure] = &[
        Measure::count("parcels", "Number of parcels.", PARCEL),
        Measure::new(
            "parties",
            "Number of parties with a right to a parcel.",
            Shape::Int(Term::distinct("f.party", PARTY)),
        ),
        Measure::new("toAcquire", "Area to acquire in m².", Shape::Amount(Term::sum("f.to_acquire", PARCEL))),
        Measure::new(
            "remaining",
            "Area in m² that is not handed over.",
            Shape::Amount(Term::sum("f.to_acquire - f.cleared", PARCEL)),
        ),
        Measure::new(
            "areaCleared",
            "Share of the area that is handed over. Show it with `partiesCleared`: a road with 98.7 % of its land cleared had 590 of 953 household plans approved.",
            Shape::Rate(Term::sum("f.cleared", PARCEL), Term::sum("f.to_acquire", PARCEL)),
        ),
        Measure::new(
            "residentialCleared",
            "Share of the residential area that is handed over.",
            Shape::Rate(
                Term::sum("f.cleared", "f.in_scope AND f.is_first AND f.land_type = 'RESIDENTIAL'"),
                Term::sum("f.to_acquire", "f.in_scope AND f.is_first AND f.land_type = 'RESIDENTIAL'"),
            ),
        ),
        Measure::new(
            "partiesCleared",
            "Share of the parties all of whose parcels in the scope are handed over.",
            Shape::Rate(Term::whole("f.party", "f.is_cleared", PARTY), Term::distinct("f.party", PARTY)),
        )
        .of_persons(&[]),
        Measure::new(
            "householdsCleared",
            "Share of the households all of whose parcels in the scope are handed over.",
            Shape::Rate(
                Term::whole("f.party", "f.is_cleared", "f.in_scope AND f.party_kind = 'HOUSEHOLD'"),
                Term::distinct("f.party", "f.in_scope AND f.party_kind = 'HOUSEHOLD'"),
            ),
        )
        .of_persons(OF_HOUSEHOLDS),
        Measure::new(
            "plansApproved",
            "Share of the parties all of whose plans in the scope are approved.",
            Shape::Rate(Term::whole("f.party", "f.plan_on <= f.as_of", PARTY), Term::distinct("f.party", PARTY)),
        )
        .of_persons(&[]),
        Measure::new(
            "settled",
            "Share of the parties that were paid, or for whom the amount was deposited, for all their parcels in the scope.",
            Shape::Rate(Term::whole("f.party", "f.settled_on <= f.as_of", PARTY), Term::distinct("f.party", PARTY)),
        )
        .of_persons(&[]),
        Measure::new(
            "stages",
            "Number of parcels in each furthest stage; stages without a parcel are left out.",
            Shape::Breakdown(&Breakdown {
                entry: ("ClearanceStageCount", "Number of parcels in a furthest stage."),
                key: ("stage", "ClearanceStage"),
                count: "parcels",
                parts: &[
                    ("NONE", "f.in_scope AND f.is_first AND f.stage = 'NONE'"),
                    ("SCOPED", "f.in_scope AND f.is_first AND f.stage = 'SCOPED'"),
                    ("NOTIFIED", "f.in_scope AND f.is_first AND f.stage = 'NOTIFIED'"),
                    ("INVENTORIED", "f.in_scope AND f.is_first AND f.stage = 'INVENTORIED'"),
                    ("PLAN_DRAFTED", "f.in_scope AND f.is_first AND f.stage = 'PLAN_DRAFTED'"),
                    ("POSTED", "f.in_scope AND f.is_first AND f.stage = 'POSTED'"),
                    ("APPRAISED", "f.in_scope AND f.is_first AND f.stage = 'APPRAISED'"),
                    ("APPROVED", "f.in_scope AND f.is_first AND f.stage = 'APPROVED'"),
                    ("SETTLED", "f.in_scope AND f.is_first AND f.stage = 'SETTLED'"),
                    ("RECOVERY_DECIDED", "f.in_scope AND f.is_first AND f.stage = 'RECOVERY_DECIDED'"),
                    ("HANDED_OVER", "f.in_scope AND f.is_first AND f.stage = 'HANDED_OVER'"),
                    ("CLOSED", "f.in_scope AND f.is_first AND f.stage = 'CLOSED'"),
                ],
            }),
        ),
        Measure::new(
            "reached",
            "Number of parcels that have reached each milestone: the funnel.",
            Shape::Group(
                "ClearanceFunnel",
                "Number of parcels that have reached each milestone.",
                &[
                    reached(
                        "notified",
                        "A notice was issued.",
                        "f.in_scope AND f.is_first AND f.notified_on <= f.as_of",
                    ),
                    reached(
                        "inventoried",
                        "Land and assets were counted.",
                        "f.in_scope AND f.is_first AND f.inventoried_on <= f.as_of",
                    ),
                    reached("posted", "The plan was posted.", "f.in_scope AND f.is_first AND f.posted_on <= f.as_of"),
                    reached(
                        "approved",
                        "The plan was approved.",
                        "f.in_scope AND f.is_first AND f.approved_on <= f.as_of",
                    ),
                    reached(
                        "settled",
                        "The compensation was paid or deposited.",
                        "f.in_scope AND f.is_first AND least(f.paid_on, f.deposited_on) <= f.as_of",
                    ),
                    reached(
                        "recoveryDecided",
                        "The recovery was decided.",
                        "f.in_scope AND f.is_first AND f.recovery_on <= f.as_of",
                    ),
                    reached(
                        "handedOver",
                        "The land was handed over.",
                        "f.in_scope AND f.is_first AND f.handed_on <= f.as_of",
                    ),
                    reached("closed", "The file was closed.", "f.in_scope AND f.is_first AND f.closed_on <= f.as_of"),
                ],
            ),
        ),
        Measure::count_flow(
            "handedOver",
            "Number of parcels handed over within the period.",
            "f.in_scope AND f.is_first AND f.handed_on >= f.first_day AND f.handed_on < f.end_day",
        ),
        Measure::new(
            "areaHandedOver",
            "Area in m² of the parcels handed over within the period.",
            Shape::Amount(
                Term::sum(
                    "f.handed_area",
                    "f.in_scope AND f.is_first AND f.handed_on >= f.first_day AND f.handed_on < f.end_day",
                )
                .flow(),
            ),
        ),
        Measure::count(
            "voluntary",
            "Number of parcels handed over before the recovery was decided.",
            "f.in_scope AND f.is_first AND f.handed_on <= f.as_of AND f.enforced_on IS NULL AND coalesce(f.handed_on < f.recovery_on, true)",
        ),
        Measure::count(
            "compulsory",
            "Number of parcels with a compulsory inventory.",
            "f.in_scope AND f.is_first AND f.compulsory_on <= f.as_of",
        ),
        Measure::count(
            "enforced",
            "Number of parcels whose recovery was enforced.",
            "f.in_scope AND f.is_first AND f.enforced_on <= f.as_of",
        ),
        Measure::count("onHold", "Number of parcels on hold.", "f.in_scope AND f.is_first AND f.on_hold"),
        Measure::count(
            "withdrawn",
            "Number of parcels that were taken out of their project.",
            "f.is_first AND f.withdrawn_on <= f.as_of",
        ),
        Measure::count(
            "blocked",
            "Number of parcels with a blocker that are not handed over.",
            "f.in_scope AND f.is_first AND f.blocker IS NOT NULL AND NOT f.is_cleared",
        ),
        Measure::count(
            "overdue",
            "Number of parcels that are not handed over although the day on which their site was to be is past.",
            "f.in_scope AND f.is_first AND NOT f.is_cleared AND f.target_handover < f.as_of",
        ),
        Measure::count(
            "keyOverdue",
            "Number of parcels as `overdue`, of projects on the list of key projects.",
            "f.in_scope AND f.is_first AND NOT f.is_cleared AND f.target_handover < f.as_of AND f.key_list",
        ),
        Measure::new(
            "refused",
            "Number of parties that refused a payment and were not paid since.",
            Shape::Int(Term::distinct("f.party", "f.in_scope AND f.refused_on <= f.as_of AND f.settled_on IS NULL")),
        )
        .of_persons(OF_PARTIES),
        Measure::count(
            "noticesLapsing",
            "Number of parcels whose notice lapses within the days of the rule LAND_NOTICE_WARNING, and whose recovery is not decided.",
            "f.in_scope AND f.is_first AND f.waits_for_recovery AND f.notice_until BETWEEN f.as_of AND f.as_of + f.warning_days",
        ),
        Measure::count(
            "noticesLapsed",
            "Number of parcels whose notice has lapsed before the recovery was decided.",
            "f.in_scope AND f.is_first AND f.waits_for_recovery AND f.notice_until < f.as_of",
        ),
        Measure::new(
            "paymentsLate",
            "Number of parties that should have been paid already.",
            Shape::Int(Term::distinct("f.party", "f.in_scope AND f.payment_until < f.as_of AND NOT f.is_settled")),
        )
        .of_persons(OF_PARTIES),
        Measure::new(
            "paymentLateDays",
            "Mean days by which the late payments are late, over the rights of parties; null without one.",
            Shape::Mean(
                Term::sum("f.as_of - f.payment_until", "f.in_scope AND f.payment_until < f.as_of AND NOT f.is_settled"),
                Term::count("f.in_scope AND f.payment_until < f.as_of AND NOT f.is_settled"),
            ),
        ),
        Measure::count(
            "violations",
            "Number of parcels that break a rule of the law.",
            "f.is_first AND f.violated_on <= f.as_of",
        ),
        Measure::new(
            "waits",
            "Days between milestones of the parcels that have reached the second one: half and nine in ten took at most so long.",
            Shape::Group(
                "ClearanceWaits",
                "Days between milestones; null without a parcel.",
                &[
                    wait(
                        "inventoryP50",
                        "Notice to inventory, half.",
                        "0.5",
                        "f.inventoried_on - f.notified_on",
                        TO_INVENTORY,
                    ),
                    wait(
                        "inventoryP90",
                        "Notice to inventory, nine in ten.",
                        "0.9",
                        "f.inventoried_on - f.notified_on",
                        TO_INVENTORY,
                    ),
                    wait(
                        "approvalP50",
                        "Inventory to approval, half.",
                        "0.5",
                        "f.approved_on - f.inventoried_on",
                        TO_APPROVAL,
                    ),
                    wait(
                        "approvalP90",
                        "Inventory to approval, nine in ten.",
                        "0.9",
                        "f.approved_on - f.inventoried_on",
                        TO_APPROVAL,
                    ),
                    wait(
                        "paymentP50",
                        "Approval to payment or deposit, half.",
                        "0.5",
                        "least(f.paid_on, f.deposited_on) - f.approved_on",
                        TO_PAYMENT,
                    ),
                    wait(
                        "paymentP90",
                        "Approval to payment or deposit, nine in ten.",
                        "0.9",
                        "least(f.paid_on, f.deposited_on) - f.approved_on",
                        TO_PAYMENT,
                    ),
                    wait("handoverP50", "Notice to handover, half.", "0.5", "f.handed_on - f.notified_on", TO_HANDOVER),
                    wait(
                        "handoverP90",
                        "Notice to handover, nine in ten.",
                        "0.9",
                        "f.handed_on - f.notified_on",
                        TO_HANDOVER,
                    ),
                ],
            ),
        ),
    ];
}

impl FactMeasures for ClearanceSet {
    const TABLE: &'static str = "projects.parcel_fact";
    const PRESENT: &'static str = parcel::PRESENT;
    const ROWS: &'static str = parcel::MEASURED;
    const BARE: &'static [Bare<&'static str>] = parcel::MEASURED_BARE;
    const CURRENT: &'static str = parcel::CURRENT;
    const FED_BY: &'static [&'static str] = &[
        "sites",
        "parcel-cases",
        "parties",
        "parcel-rights",
        "parcel-events",
        "compensation-plans",
        "compensation-payments",
        "resettlements",
        "clearance-sheet",
    ];
    const PERSONS: Option<Term> = Some(Term::distinct("f.party", PARTY));
}
