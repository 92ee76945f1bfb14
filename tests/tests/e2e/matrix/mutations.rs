//! Who writes what: each mutation is tried by everybody to whom the domain does not give it, on a row that exists and in its present
//! version. Nobody may learn or change anything.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use service_kit::Role;

use super::{Caller, Platform};

/// Roles of the domain with the mutations that are theirs. An administrator has every role. Whether the row is one of the caller's
/// is tested by each service.
pub const WRITERS: &[(&[Role], &[&str])] = &[
    // Tasks, by the table of states.
    (
        &[Role::Issuer],
        &[
            "createTask",
            "updateTask",
            "moveStart",
            "withdrawTask",
            "assignTask",
            "reassignTask",
            "cancelTask",
            "supersedeTask",
            "relateTasks",
            "unrelateTasks",
        ],
    ),
    (
        &[Role::Lead],
        &[
            "startTask",
            "returnTask",
            "blockTask",
            "unblockTask",
            "submitTask",
            "reportProgress",
            "addMilestone",
            "completeMilestone",
            "addEvidence",
            "openBlocker",
            "resolveBlocker",
            "answerReminder",
            "requestExtension",
            "requestDecision",
        ],
    ),
    (&[Role::Approver], &["acceptTask", "rejectSubmission", "decideExtension"]),
    (&[Role::Inspector], &["reopenTask"]),
    // Who is above the lead, or watches the whole.
    (&[Role::Ioc, Role::Issuer, Role::Approver, Role::Department, Role::Lead], &["remindTask"]),
    (&[Role::Ioc, Role::Issuer, Role::Lead], &["recordDecision"]),
    // Projects.
    (&[Role::Issuer], &["createProject", "updateProject", "suspendProject", "resumeProject", "cancelProject"]),
    (&[Role::Issuer, Role::Lead], &["advancePhase", "reviseForecast"]),
    (&[Role::Inspector], &["assessProject"]),
    // Land clearance: who works on parcels, who decides, who corrects.
    (
        &[Role::Ward, Role::Handler, Role::Lead],
        &[
            "scopeParcel",
            "notifyParcel",
            "agreeParcel",
            "persuadeParty",
            "inventoryParcel",
            "draftParcelPlan",
            "postParcelPlan",
            "holdDialogue",
            "appraiseParcelPlan",
            "payParcel",
            "depositParcel",
            "handOverParcel",
            "closeParcel",
            "holdParcel",
            "resumeParcel",
            "blockParcel",
            "unblockParcel",
            "postCompensationPlan",
        ],
    ),
    (
        &[Role::Approver],
        &[
            "inventoryCompulsorily",
            "approveParcelPlan",
            "decideRecovery",
            "decideEnforcement",
            "enforceRecovery",
            "withdrawParcel",
            "approveCompensationPlan",
        ],
    ),
    (
        &[Role::Handler, Role::Lead],
        &["payCompensation", "depositCompensation", "refuseCompensation", "reverseCompensation"],
    ),
    (&[Role::Inspector], &["correctMilestone"]),
    // KPIs: the city sets targets, the owner submits, the statistics office judges.
    (&[Role::Issuer], &["setKpiTarget", "changeKpiTarget", "correctKpiTarget", "withdrawKpiTarget"]),
    (&[Role::Lead, Role::Ward], &["recordObservation", "updateObservation", "submitObservation", "correctObservation"]),
    (&[Role::Approver], &["verifyObservation", "returnObservation", "publishObservation", "withdrawObservation"]),
    // Feedback: the intake, the organization that has the case, and whoever the sender speaks to.
    (
        &[Role::Ioc, Role::Issuer],
        &[
            "createFeedback",
            "acceptFeedback",
            "rejectFeedback",
            "mergeFeedback",
            "assignFeedback",
            "changeFeedbackLevel",
            "moderateFeedback",
            "rateFeedback",
            "closeFeedback",
        ],
    ),
    (&[Role::Ioc, Role::Issuer, Role::Inspector], &["reopenFeedback"]),
    (&[Role::Lead, Role::Handler], &["startFeedback", "askSender", "transferFeedback", "resolveFeedback"]),
    (&[Role::Ioc, Role::Issuer, Role::Lead, Role::Handler], &["answerQuestion", "noteFeedback"]),
    // Insights: who must act on an alert, and the operations center; briefings are the city's.
    (&[Role::Ioc, Role::Department, Role::Lead, Role::Ward], &["acknowledgeAlert", "assignAlert"]),
    (
        &[Role::Ioc, Role::Issuer],
        &["recordBriefing", "updateBriefing", "addConclusion", "addOpenPoint", "closeBriefing"],
    ),
    // The platform's own records.
    (&[], &["createApiKey", "revokeApiKey", "rotateApiKey", "registerSource"]),
    // Sources push. Nobody here has the source.
    (
        &[],
        &[
            "pushAppointments",
            "pushAreaSuccessions",
            "pushAreas",
            "pushAssessments",
            "pushCalendarDays",
            "pushCapitalPlans",
            "pushClearanceSheet",
            "pushCompensationPayments",
            "pushCompensationPlans",
            "pushContractModifications",
            "pushContracts",
            "pushDisbursements",
            "pushFeedback",
            "pushFeedbackAttachments",
            "pushFeedbackEvents",
            "pushFeedbackRatings",
            "pushFeedbackSenders",
            "pushGraveRelocations",
            "pushIndicators",
            "pushLegalRules",
            "pushObservations",
            "pushOfficials",
            "pushOrganizations",
            "pushParcelCases",
            "pushParcelEvents",
            "pushParcelRights",
            "pushParties",
            "pushPartyIdentities",
            "pushPositions",
            "pushProgrammes",
            "pushProjects",
            "pushResettlements",
            "pushSites",
            "pushTargets",
            "pushTaskBlockers",
            "pushTaskEvidence",
            "pushTaskMilestones",
            "pushTaskReminders",
            "pushTaskUpdates",
            "pushTasks",
            "pushUtilityRelocations",
            "retryPush",
            "discardPush",
            "undoDirectoryPush",
            "undoTasksPush",
            "undoProjectsPush",
            "undoKpisPush",
            "undoFeedbackPush",
        ],
    ),
];

/// Number of mutations in a request: their refusals are in the audit trail, up to 50 of a request.
const AT_ONCE: usize = 40;

/// A row that exists: its id and version.
type Target = (String, i32);

pub async fn check(platform: &Platform) -> Result<()> {
    let inputs = Inputs::read(platform).await?;
    let written = "SELECT count(*) FROM platform.audit_entry WHERE action IN ('WRITE', 'KEY')";
    let before: i64 = sqlx::query_scalar(written).fetch_one(&platform.pool).await?;
    let mut wrong = Vec::new();
    for caller in Caller::all() {
        let roles = &caller.principal.roles;
        if roles.contains(&Role::Admin) {
            continue;
        }
        let foreign = WRITERS.iter().filter(|(writers, _)| !writers.iter().any(|role| roles.contains(role)));
        let verbs: Vec<&str> = foreign.flat_map(|(_, verbs)| verbs.iter().copied()).collect();
        assert!(verbs.len() > 80, "{}", caller.name());
        for verbs in verbs.chunks(AT_ONCE) {
            let fields: Result<Vec<String>> = verbs.iter().map(|verb| inputs.field(verb)).collect();
            let answer = platform.ask(&caller, &format!("mutation {{ {} }}", fields?.join(" "))).await?;
            let data = answer.json()["data"].take();
            assert!(!data.as_object().is_some_and(|data| data.values().any(|value| !value.is_null())), "{data}");
            let errors = answer.json()["errors"].take();
            let errors = errors.as_array().map(Vec::as_slice).unwrap_or_default();
            // Pushes are refused without a path, so the errors are counted.
            assert_eq!(errors.len(), verbs.len(), "{} {verbs:?}: {}", caller.name(), answer.text);
            let allowed: &[&str] =
                if caller.principal.subject.is_some() { &["FORBIDDEN", "NOT_FOUND"] } else { &["UNAUTHENTICATED"] };
            let other = errors.iter().filter(|error| !allowed.iter().any(|code| error["extensions"]["code"] == *code));
            wrong.extend(other.map(|error| format!("{} {error}", caller.name())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after: i64 = sqlx::query_scalar(written).fetch_one(&platform.pool).await?;
    assert_eq!(after, before, "somebody wrote");
    Ok(())
}

/// What the schema says about inputs, and rows to put into them.
struct Inputs {
    types: BTreeMap<String, Value>,
    verbs: BTreeMap<String, Value>,
    rows: BTreeMap<&'static str, Target>,
}

impl Inputs {
    async fn read(platform: &Platform) -> Result<Self> {
        const OF: &str = "type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }";
        let document = format!(
            "{{ __schema {{ types {{ name kind inputFields {{ name defaultValue {OF} }} enumValues {{ name }} }} \
             mutationType {{ fields {{ name args {{ name defaultValue {OF} }} {OF} }} }} }} }}"
        );
        let schema = platform.ask(&Caller::operator(), &document).await?.data()["__schema"].take();
        let by_name = |list: &Value| -> BTreeMap<String, Value> {
            let list = list.as_array().cloned().unwrap_or_default();
            list.into_iter().filter_map(|item| Some((item["name"].as_str()?.to_owned(), item))).collect()
        };
        let mut rows = BTreeMap::new();
        for (payload, sql) in [
            (
                "TaskPayload",
                "SELECT id::text, version FROM tasks.task WHERE '00328' = ANY (area_codes) AND status <> 'DRAFT' AND deleted_at IS NULL ORDER BY code LIMIT 1",
            ),
            (
                "ProjectPayload",
                "SELECT id::text, version FROM projects.project WHERE '00328' = ANY (area_codes) AND deleted_at IS NULL ORDER BY code LIMIT 1",
            ),
            (
                "ParcelCasePayload",
                "SELECT c.id::text, c.version FROM projects.parcel_case AS c JOIN projects.site AS s ON s.code = c.site_code WHERE s.area_code = '00328' AND c.deleted_at IS NULL ORDER BY c.id LIMIT 1",
            ),
            (
                "ClearancePayload",
                "SELECT id::text, version FROM projects.compensation_plan WHERE deleted_at IS NULL ORDER BY id LIMIT 1",
            ),
            (
                "KpiTargetPayload",
                "SELECT id::text, version FROM kpis.target WHERE area_code = '00328' AND deleted_at IS NULL ORDER BY id LIMIT 1",
            ),
            (
                "ObservationPayload",
                "SELECT id::text, version FROM kpis.observation WHERE area_code = '00328' AND deleted_at IS NULL ORDER BY id LIMIT 1",
            ),
            (
                "FeedbackPayload",
                "SELECT id::text, version FROM feedback.feedback WHERE area_code = '00328' AND deleted_at IS NULL ORDER BY id LIMIT 1",
            ),
            ("BriefingPayload", "SELECT id::text, version FROM insights.briefing ORDER BY id LIMIT 1"),
        ] {
            rows.insert(payload, sqlx::query_as(sql).fetch_one(&platform.pool).await.context(payload)?);
        }
        let alert = platform.ask(&Caller::operator(), "{ alerts(first: 1) { nodes { id version } } }").await?.data();
        let alert = &alert["alerts"]["nodes"][0];
        let version = i32::try_from(alert["version"].as_i64().context("a version")?)?;
        rows.insert("AlertPayload", (alert["id"].as_str().context("an alert")?.to_owned(), version));
        Ok(Self { types: by_name(&schema["types"]), verbs: by_name(&schema["mutationType"]["fields"]), rows })
    }

    /// A mutation with every argument that it needs.
    fn field(&self, verb: &str) -> Result<String> {
        let found = self.verbs.get(verb).with_context(|| format!("there is no {verb}"))?;
        let payload = named(&found["type"]);
        let target = self.rows.get(match payload.as_str() {
            "WithdrawTaskPayload" => "TaskPayload",
            // A milestone is of a parcel, a payment of a plan.
            "ClearancePayload" if verb == "correctMilestone" => "ParcelCasePayload",
            other => other,
        });
        let arguments = self.stated(&found["args"], target);
        Ok(format!("{verb}({arguments}) {{ __typename }}"))
    }

    /// The fields of an input that must be stated, and those that name the row.
    fn stated(&self, fields: &Value, target: Option<&Target>) -> String {
        let needed = fields.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter(|field| {
            let name = field["name"].as_str().unwrap_or_default();
            field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null() || ["source", "area"].contains(&name)
        });
        let stated = needed.map(|field| {
            let name = field["name"].as_str().unwrap_or_default();
            format!("{name}: {}", self.value(name, &field["type"], target))
        });
        stated.collect::<Vec<_>>().join(", ")
    }

    fn value(&self, name: &str, of: &Value, target: Option<&Target>) -> String {
        match of["kind"].as_str() {
            Some("NON_NULL") => return self.value(name, &of["ofType"], target),
            Some("LIST") => return format!("[{}]", self.value(name, &of["ofType"], target)),
            _ => {}
        }
        let of = of["name"].as_str().unwrap_or_default();
        let known = self.types.get(of).unwrap_or(&Value::Null);
        match (known["kind"].as_str(), of, name) {
            (Some("INPUT_OBJECT"), ..) => format!("{{ {} }}", self.stated(&known["inputFields"], target)),
            (Some("ENUM"), ..) => known["enumValues"][0]["name"].as_str().unwrap_or_default().to_owned(),
            (_, _, "id") if target.is_some() => json!(target.map(|(id, _)| id)).to_string(),
            (_, _, "expectedVersion") => target.map_or(1, |(_, version)| *version).to_string(),
            (_, _, "source") => "\"mot-nguon-khac\"".to_owned(),
            (_, _, "receipt") => "\"00000000-0000-4000-8000-000000000000\"".to_owned(),
            (_, "ID", "organization") => "\"SYT\"".to_owned(),
            (_, "ID", "area") => "\"00328\"".to_owned(),
            (_, _, "uri") => "\"https://example.org/a\"".to_owned(),
            (_, _, "indicator") => "\"GRDP_CONTRIBUTION\"".to_owned(),
            (_, _, "period") => "\"2026-Q1\"".to_owned(),
            (_, "Int", _) => "1".to_owned(),
            (_, "Float", _) => "1.0".to_owned(),
            (_, "Boolean", _) => "true".to_owned(),
            (_, "Date", _) => "\"2026-11-20\"".to_owned(),
            (_, "DateTime", _) => "\"2026-11-20T02:00:00Z\"".to_owned(),
            (_, "Decimal", _) => "\"1\"".to_owned(),
            (_, "ID", _) => "\"00000000-0000-4000-8000-000000000000\"".to_owned(),
            _ => "\"Nội dung\"".to_owned(),
        }
    }
}

fn named(of: &Value) -> String {
    let mut of = of;
    while of["name"].is_null() && !of["ofType"].is_null() {
        of = &of["ofType"];
    }
    of["name"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn no_mutation_is_named_twice() {
    let all: Vec<&str> = WRITERS.iter().flat_map(|(_, verbs)| verbs.iter().copied()).collect();
    let once: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), once.len());
}
