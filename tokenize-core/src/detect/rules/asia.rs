//! Identifiers of Asia, Africa and Oceania.

use super::{Check, Kind, Rule};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "IN_AADHAAR",
        regions: "in",
        context: "aadhaar|aadhar|adhaar|uid|uidai|आधार|आधार संख्या|आधार नंबर",
        columns: "aadhaar number|aadhaar no",
        rules: &[
            Rule::shape(
                "aadhaar-groups",
                "[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}",
                Check::Scheme("in_aadhaar"),
                60,
                98,
            ),
            Rule::shape("aadhaar-bare", "[2-9][0-9]{11}", Check::Scheme("in_aadhaar"), 35, 95),
        ],
    },
    Kind {
        entity: "IN_PAN",
        regions: "in",
        context: "pan|pan card|permanent account|income tax|पैन",
        columns: "pan no|pan number",
        rules: &[Rule::shape(
            "pan",
            "(?i)[a-z]{3}[abcfghjklpt][a-z][0-9]{4}[a-z]",
            Check::Scheme("in_pan"),
            65,
            98,
        )],
    },
    Kind {
        entity: "SG_NRIC_FIN",
        regions: "sg",
        context: "nric|fin|nric/fin|identity card|singapore ic|ic number",
        columns: "nric no|fin no",
        rules: &[Rule::shape(
            "nric",
            "(?i)[stfgm][0-9]{7}[a-z]",
            Check::Scheme("sg_nric_fin"),
            70,
            98,
        )],
    },
    Kind {
        entity: "KR_RRN",
        regions: "kr",
        context: "주민등록번호|주민번호|주민등록|외국인등록번호|rrn|resident registration",
        columns: "jumin",
        rules: &[
            Rule::shape("rrn", "[0-9]{6}-[0-9]{7}", Check::Scheme("kr_rrn"), 75, 99),
            Rule::shape("rrn-bare", "[0-9]{13}", Check::Scheme("kr_rrn"), 40, 97),
        ],
    },
    Kind {
        entity: "JP_MY_NUMBER",
        regions: "jp",
        context: "マイナンバー|個人番号|my number|individual number|mynumber",
        columns: "kojin bango",
        rules: &[
            Rule::shape(
                "my-number-groups",
                "[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}",
                Check::Scheme("jp_my_number"),
                45,
                97,
            ),
            Rule::shape("my-number-bare", "[0-9]{12}", Check::Scheme("jp_my_number"), 30, 95),
        ],
    },
    Kind {
        entity: "IL_ID",
        regions: "il",
        context: "teudat zehut|israeli id|israel id|תעודת זהות|ת.ז|מספר זהות|ת\"ז",
        columns: "teudat zehut",
        rules: &[Rule::shape("teudat-zehut", "[0-9]{8}-?[0-9]", Check::Scheme("il_id"), 25, 93)],
    },
    Kind {
        entity: "ZA_ID",
        regions: "za",
        context: "id number|south african id|rsa identity|sa id|rsa id|identity number|sa id|identiteitsnommer",
        columns: "rsa id|sa id number",
        rules: &[
            Rule::shape("za-id", "[0-9]{13}", Check::Scheme("za_id"), 49, 97),
            Rule::shape(
                "za-id-groups",
                "[0-9]{6} [0-9]{4} (?:[0-9]{3}|[0-9]{2} [0-9])",
                Check::Scheme("za_id"),
                65,
                98,
            ),
        ],
    },
    Kind {
        entity: "AU_TFN",
        regions: "au",
        context: "tfn|tax file|tax file number|ato",
        columns: "tax file no",
        rules: &[
            Rule::shape(
                "tfn-groups",
                "[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
                Check::Scheme("au_tfn"),
                40,
                96,
            ),
            Rule::shape("tfn-bare", "[0-9]{9}", Check::Scheme("au_tfn"), 25, 93),
        ],
    },
    Kind {
        entity: "AU_ABN",
        regions: "au",
        context: "abn|australian business|business number",
        columns: "australian business number",
        rules: &[
            Rule::shape(
                "abn-groups",
                "[0-9]{2}[ -][0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
                Check::Scheme("au_abn"),
                65,
                98,
            ),
            Rule::shape("abn-bare", "[0-9]{11}", Check::Scheme("au_abn"), 40, 97),
        ],
    },
    Kind {
        entity: "AU_ACN",
        regions: "au",
        context: "acn|australian company|company number|asic",
        columns: "australian company number",
        rules: &[
            Rule::shape(
                "acn-groups",
                "[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
                Check::Scheme("au_acn"),
                40,
                95,
            ),
            Rule::shape("acn-bare", "[0-9]{9}", Check::Scheme("au_acn"), 25, 92),
        ],
    },
    Kind {
        entity: "AU_MEDICARE",
        regions: "au",
        context: "medicare|medicare card|medicare number|medicare no|irn",
        columns: "medicare card no",
        rules: &[
            Rule::shape(
                "medicare-groups",
                "[2-6][0-9]{3}[ -][0-9]{5}[ -][0-9](?:[ /-][1-9])?",
                Check::Scheme("au_medicare"),
                55,
                98,
            ),
            Rule::shape("medicare-bare", "[2-6][0-9]{9}", Check::Scheme("au_medicare"), 30, 95),
        ],
    },
];
