//! The structure of the exchange: a data structure definition with its codelists and concepts, in SDMX-ML 3.0.

use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use service_kit::{Budget, Database, Principal, Problem, Reader};

use super::component::{AGENCY, COMPONENTS, Component, DATAFLOW, DEFINITION, NOT_APPLICABLE, Role, VERSION, Values};
use super::period::FREQUENCIES;
use super::xml::Document;
use super::{code, status};
use crate::model::{INDICATORS, ObservationFlag, ObservationStatus};
use crate::store::sdmx::{self as store, Codes};

/// Namespaces of a message.
const NAMESPACES: [(&str, &str); 3] = [
    ("xmlns:mes", "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"),
    ("xmlns:str", "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure"),
    ("xmlns:com", "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common"),
];

/// Id of the concept scheme.
const CONCEPTS: &str = "CS_KPI";

/// The structure as of now. Its codes are public: the catalogue of indicators, areas and organizations.
///
/// # Errors
/// The problem of a statement.
pub async fn structure(database: &Database, principal: &Principal, now: DateTime<Utc>) -> Result<Vec<u8>, Problem> {
    INDICATORS.permit_list(principal)?;
    let reader = Reader::new(database.clone(), Budget::new(Budget::DEFAULT), principal.clone()).rows(&INDICATORS);
    let codes = store::codes(&reader).await;
    reader.end().await;
    document(&codes?, now).map_err(Problem::internal)
}

fn document(codes: &Codes, now: DateTime<Utc>) -> io::Result<Vec<u8>> {
    let mut document = Document::new()?;
    document.element("mes:Structure", &NAMESPACES, |document| {
        document.element("mes:Header", &[], |document| {
            document.text("mes:ID", &[], &format!("{DEFINITION}_{}", now.timestamp()))?;
            document.text("mes:Test", &[], "false")?;
            document.text("mes:Prepared", &[], &now.to_rfc3339_opts(SecondsFormat::Secs, true))?;
            document.empty("mes:Sender", &[("id", AGENCY)])
        })?;
        document.element("mes:Structures", &[], |document| {
            document.element("str:Codelists", &[], |document| codelists(document, codes))?;
            document.element("str:ConceptSchemes", &[], concepts)?;
            document.element("str:DataStructures", &[], definition)?;
            document.element("str:Dataflows", &[], dataflow)
        })
    })?;
    Ok(document.finish())
}

/// Writes an artefact that the agency maintains.
fn maintained(
    document: &mut Document,
    element: &str,
    id: &str,
    name: (&str, &str),
    content: impl FnOnce(&mut Document) -> io::Result<()>,
) -> io::Result<()> {
    document.element(element, &[("id", id), ("agencyID", AGENCY), ("version", VERSION)], |document| {
        named(document, name)?;
        content(document)
    })
}

/// Writes a name in English and in Vietnamese.
fn named(document: &mut Document, (en, vi): (&str, &str)) -> io::Result<()> {
    document.text("com:Name", &[("xml:lang", "vi")], vi)?;
    document.text("com:Name", &[("xml:lang", "en")], en)
}

fn urn(class: &str, id: &str) -> String {
    format!("urn:sdmx:org.sdmx.infomodel.{class}={AGENCY}:{id}({VERSION})")
}

fn codelists(document: &mut Document, codes: &Codes) -> io::Result<()> {
    const OF_ANOTHER: (&str, &str) = ("Not applicable", "Không áp dụng");
    let flags = ObservationFlag::ALL.iter().map(|flag| (status::code(*flag), status::name(*flag)));
    let states = ObservationStatus::ALL.iter().map(|state| (state.as_str(), status::state(*state)));
    let frequencies = FREQUENCIES.into_iter().map(|(code, en, vi)| (code, (en, vi)));
    codelist(document, "CL_FREQ", ("Frequency", "Kỳ báo cáo"), frequencies)?;
    codelist(document, "CL_OBS_STATUS", ("Status of the value", "Ghi chú số liệu"), flags)?;
    codelist(document, "CL_PUBLICATION_STATUS", ("State of publication", "Trạng thái công bố"), states)?;
    for (id, name, own, has_none) in [
        ("CL_INDICATOR", ("Indicators", "Danh mục chỉ tiêu"), &codes.indicators, false),
        ("CL_AREA", ("Areas", "Đơn vị hành chính"), &codes.areas, true),
        ("CL_ORGANIZATION", ("Organizations", "Cơ quan, tổ chức"), &codes.organizations, true),
    ] {
        maintained(document, "str:Codelist", id, name, |document| {
            if has_none {
                document.element("str:Code", &[("id", NOT_APPLICABLE)], |document| named(document, OF_ANOTHER))?;
            }
            for (code, name) in own {
                document.element("str:Code", &[("id", &code::id(code))], |document| {
                    document.text("com:Name", &[("xml:lang", "vi")], name)
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn codelist<'a>(
    document: &mut Document,
    id: &str,
    name: (&str, &str),
    codes: impl Iterator<Item = (&'a str, (&'a str, &'a str))>,
) -> io::Result<()> {
    maintained(document, "str:Codelist", id, name, |document| {
        for (code, name) in codes {
            document.element("str:Code", &[("id", code)], |document| named(document, name))?;
        }
        Ok(())
    })
}

fn concepts(document: &mut Document) -> io::Result<()> {
    maintained(
        document,
        "str:ConceptScheme",
        CONCEPTS,
        ("Concepts of KPIs", "Khái niệm của chỉ tiêu"),
        |document| {
            for component in &COMPONENTS {
                document.element("str:Concept", &[("id", component.id)], |document| named(document, component.name))?;
            }
            Ok(())
        },
    )
}

fn definition(document: &mut Document) -> io::Result<()> {
    let name = ("Published observations of indicators", "Số liệu chỉ tiêu đã công bố");
    maintained(document, "str:DataStructure", DEFINITION, name, |document| {
        document.element("str:DataStructureComponents", &[], |document| {
            document.element("str:DimensionList", &[("id", "DimensionDescriptor")], |document| {
                let is_dimension = |component: &&Component| matches!(component.role, Role::Dimension | Role::Time);
                for (place, of) in (1..).zip(COMPONENTS.iter().filter(is_dimension)) {
                    let place = i32::to_string(&place);
                    match of.role {
                        Role::Time => component(document, "str:TimeDimension", &[], of)?,
                        _ => component(document, "str:Dimension", &[("position", &place)], of)?,
                    }
                }
                Ok(())
            })?;
            document.element("str:AttributeList", &[("id", "AttributeDescriptor")], |document| {
                let attributes = COMPONENTS.iter().filter(|of| matches!(of.role, Role::Attribute | Role::OfIndicator));
                for of in attributes {
                    let usage = if of.is_multiple() { "mandatory" } else { "optional" };
                    component(document, "str:Attribute", &[("usage", usage)], of)?;
                }
                Ok(())
            })?;
            document.element("str:MeasureList", &[("id", "MeasureDescriptor")], |document| {
                for of in COMPONENTS.iter().filter(|of| of.role == Role::Measure) {
                    component(document, "str:Measure", &[("usage", "optional")], of)?;
                }
                Ok(())
            })
        })
    })
}

fn component(document: &mut Document, element: &str, more: &[(&str, &str)], of: &Component) -> io::Result<()> {
    let attributes: Vec<(&str, &str)> = [("id", of.id)].iter().chain(more).copied().collect();
    document.element(element, &attributes, |document| {
        document.text("str:ConceptIdentity", &[], &format!("{}.{}", urn("conceptscheme.Concept", CONCEPTS), of.id))?;
        let occurs: &[(&str, &str)] =
            if of.is_multiple() { &[("minOccurs", "1"), ("maxOccurs", "unbounded")] } else { &[] };
        document.element("str:LocalRepresentation", occurs, |document| match of.values {
            Values::Codes(codelist) => document.text("str:Enumeration", &[], &urn("codelist.Codelist", codelist)),
            Values::Typed(name) => document.empty("str:TextFormat", &[("textType", name)]),
        })?;
        match of.role {
            Role::OfIndicator => document
                .element("str:AttributeRelationship", &[], |document| document.text("str:Dimension", &[], "INDICATOR")),
            Role::Attribute => {
                document.element("str:AttributeRelationship", &[], |document| document.empty("str:Observation", &[]))
            }
            Role::Dimension | Role::Time | Role::Measure => Ok(()),
        }
    })
}

fn dataflow(document: &mut Document) -> io::Result<()> {
    let name = ("Published observations of indicators", "Số liệu chỉ tiêu đã công bố");
    maintained(document, "str:Dataflow", DATAFLOW, name, |document| {
        document.text("str:Structure", &[], &urn("datastructure.DataStructure", DEFINITION))
    })
}
