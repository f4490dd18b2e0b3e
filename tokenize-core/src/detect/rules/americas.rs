//! Identifiers of the Americas.

use super::{Check, Kind, Rule};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "US_SSN",
        regions: "us",
        context: "ssn|ssns|social security|social security number|social security no|soc sec|social|ss#|socsec|número de seguro social",
        columns: "ssn4|social sec num|tin",
        rules: &[
            Rule::shape(
                "ssn-hyphens",
                "[0-9]{3}-[0-9]{2}-[0-9]{4}",
                Check::Scheme("us_ssn"),
                65,
                99,
            ),
            Rule::shape(
                "ssn-spaces",
                "[0-9]{3} [0-9]{2} [0-9]{4}",
                Check::Scheme("us_ssn"),
                45,
                95,
            ),
            Rule::shape(
                "ssn-dots",
                r"[0-9]{3}\.[0-9]{2}\.[0-9]{4}",
                Check::Scheme("us_ssn"),
                40,
                95,
            ),
            Rule::shape("ssn-bare", "[0-9]{9}", Check::Scheme("us_ssn"), 15, 85),
        ],
    },
    Kind {
        entity: "US_ITIN",
        regions: "us",
        context: "itin|individual taxpayer|taxpayer identification|taxpayer id|tax id|tin|irs",
        columns: "tax id",
        rules: &[
            Rule::shape(
                "itin-hyphens",
                "9[0-9]{2}-[0-9]{2}-[0-9]{4}",
                Check::Scheme("us_itin"),
                65,
                99,
            ),
            Rule::shape(
                "itin-spaces",
                "9[0-9]{2} [0-9]{2} [0-9]{4}",
                Check::Scheme("us_itin"),
                45,
                95,
            ),
            Rule::shape("itin-bare", "9[0-9]{8}", Check::Scheme("us_itin"), 15, 85),
        ],
    },
    Kind {
        entity: "US_EIN",
        regions: "us",
        context: "ein|fein|employer identification|employer id|employer tax id|federal tax id|federal id|tax id|irs",
        columns: "employer identification number",
        rules: &[
            Rule::shape("ein-hyphen", "[0-9]{2}-[0-9]{7}", Check::Scheme("us_ein"), 40, 90),
            Rule::shape("ein-bare", "[0-9]{9}", Check::Scheme("us_ein"), 10, 70),
        ],
    },
    Kind {
        entity: "ABA_ROUTING_NUMBER",
        regions: "us",
        context: "aba|routing|routing number|rtn|routing transit|bank routing|ach|wire",
        columns: "aba number|routing no|transit number",
        rules: &[
            Rule::shape("aba-bare", "[0-9]{9}", Check::Scheme("aba_routing_number"), 30, 90),
            Rule::shape(
                "aba-hyphens",
                "[0-9]{4}-[0-9]{4}-[0-9]",
                Check::Scheme("aba_routing_number"),
                45,
                95,
            ),
        ],
    },
    Kind {
        entity: "US_NPI",
        regions: "us",
        context: "npi|national provider|provider id|provider number|prescriber|physician",
        columns: "provider npi|npi number",
        rules: &[Rule::shape("npi-bare", "[12][0-9]{9}", Check::Scheme("us_npi"), 30, 95)],
    },
    Kind {
        entity: "MEDICAL_LICENSE",
        regions: "us",
        context: "dea|dea number|medical license|license|prescriber|physician|provider",
        columns: "dea no|medical certificate",
        rules: &[Rule::shape(
            "dea",
            "(?i)[a-z][a-z9][0-9]{7}",
            Check::Scheme("medical_license"),
            60,
            97,
        )],
    },
    Kind {
        entity: "US_MBI",
        regions: "us",
        context: "mbi|medicare|medicare beneficiary|beneficiary|medicare number|medicare id|cms|health insurance claim",
        columns: "medicare no",
        rules: &[
            Rule::shape(
                "mbi-hyphens",
                "(?i)[1-9][a-z][0-9a-z][0-9]-[a-z][0-9a-z][0-9]-[a-z]{2}[0-9]{2}",
                Check::Scheme("us_mbi"),
                80,
                99,
            ),
            Rule::shape(
                "mbi-bare",
                "(?i)[1-9][a-z][0-9a-z][0-9][a-z][0-9a-z][0-9][a-z]{2}[0-9]{2}",
                Check::Scheme("us_mbi"),
                60,
                98,
            ),
        ],
    },
    Kind {
        entity: "CA_SIN",
        regions: "ca",
        context: "sin|social insurance|social insurance number|numéro d'assurance sociale|assurance sociale|nas",
        columns: "sin number|nas",
        rules: &[
            Rule::shape(
                "sin-groups",
                "[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
                Check::Scheme("ca_sin"),
                45,
                97,
            ),
            Rule::shape("sin-bare", "[0-9]{9}", Check::Scheme("ca_sin"), 20, 90),
        ],
    },
    Kind {
        entity: "BR_CPF",
        regions: "br",
        context: "cpf|cadastro de pessoas físicas|cadastro de pessoa física|contribuinte|documento|titular",
        columns: "cpf cliente|nr cpf|num cpf|documento",
        rules: &[
            Rule::shape(
                "cpf-dots",
                r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}",
                Check::Scheme("br_cpf"),
                85,
                99,
            ),
            Rule::shape(
                "cpf-hyphen",
                "(?:[0-9]{3} [0-9]{3} [0-9]{3}|[0-9]{9})[ -][0-9]{2}",
                Check::Scheme("br_cpf"),
                60,
                97,
            ),
            Rule::shape("cpf-bare", "[0-9]{11}", Check::Scheme("br_cpf"), 45, 95),
        ],
    },
    Kind {
        entity: "BR_CNPJ",
        regions: "br",
        context: "cnpj|cadastro nacional|pessoa jurídica|razão social|empresa",
        columns: "cnpj empresa|nr cnpj",
        rules: &[
            Rule::shape(
                "cnpj-dots",
                r"(?i)[0-9a-z]{2}\.[0-9a-z]{3}\.[0-9a-z]{3}/[0-9a-z]{4}-[0-9]{2}",
                Check::Scheme("br_cnpj"),
                90,
                99,
            ),
            Rule::shape("cnpj-bare", "[0-9]{14}", Check::Scheme("br_cnpj"), 45, 95),
        ],
    },
    Kind {
        entity: "MX_CURP",
        regions: "mx",
        context: "curp|clave única|registro de población|clave unica de registro",
        columns: "",
        rules: &[Rule::shape(
            "curp",
            "(?i)[a-z]{4}[0-9]{6}[hmx][a-z]{5}[0-9a-z][0-9]",
            Check::Scheme("mx_curp"),
            90,
            99,
        )],
    },
    Kind {
        entity: "CL_RUT",
        regions: "cl",
        context: "rut|run|rol único|rol unico|rol único tributario|cédula de identidad",
        columns: "rut cliente|rut numero",
        rules: &[
            Rule::shape(
                "rut-dots",
                r"(?i)[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9k]",
                Check::Scheme("cl_rut"),
                85,
                99,
            ),
            Rule::shape("rut-hyphen", "(?i)[0-9]{7,8}-[0-9k]", Check::Scheme("cl_rut"), 45, 95),
        ],
    },
];
