//! Identifiers of Europe.

use super::{Check, Kind, Rule, Seen};
use crate::checksum;
use crate::detect::hit::Grade;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "UK_NHS",
        regions: "gb",
        context: "nhs|nhs number|nhs no|national health|health service|patient|gp|hospital number",
        columns: "nhs number|nhs no",
        rules: &[
            Rule::shape(
                "nhs-groups",
                "[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}",
                Check::Scheme("uk_nhs"),
                49,
                97,
            ),
            Rule::shape("nhs-bare", "[0-9]{10}", Check::Scheme("uk_nhs"), 30, 95),
        ],
    },
    Kind {
        entity: "UK_NINO",
        regions: "gb",
        context: "nino|ni number|ni no|national insurance|national insurance number|insurance number|hmrc|paye",
        columns: "national insurance no|ni num",
        rules: &[
            Rule::shape(
                "nino-groups",
                "(?i)[a-z]{2}[ -]?[0-9]{2}[ -][0-9]{2}[ -][0-9]{2}[ -]?[a-d]",
                Check::Scheme("uk_nino"),
                75,
                99,
            ),
            Rule::shape(
                "nino-bare",
                "(?i)[a-z]{2} ?[0-9]{6} ?[a-d]",
                Check::Scheme("uk_nino"),
                60,
                98,
            ),
        ],
    },
    Kind {
        entity: "FR_NIR",
        regions: "fr",
        context: "nir|insee|sécurité sociale|securite sociale|numéro de sécurité sociale|numero de securite sociale|numéro de sécu|n° sécu|sécu|secu|carte vitale|vitale|assuré|assurance maladie|cpam|social security",
        columns: "num secu|numero securite sociale|no secu",
        rules: &[
            Rule::shape(
                "nir-groups",
                "(?i)[1-478][ .-][0-9]{2}[ .-][0-9]{2}[ .-][0-9][0-9ab][ .-][0-9]{3}[ .-][0-9]{3}[ .-][0-9]{2}",
                Check::Scheme("fr_nir"),
                90,
                99,
            ),
            Rule::shape(
                "nir-key",
                "(?i)[1-478][0-9]{5}[0-9ab][0-9]{6}[ -][0-9]{2}",
                Check::Scheme("fr_nir"),
                85,
                99,
            ),
            Rule::shape(
                "nir-bare",
                "(?i)[1-478][0-9]{5}[0-9ab][0-9]{8}",
                Check::Scheme("fr_nir"),
                70,
                99,
            ),
        ],
    },
    Kind {
        entity: "IT_FISCAL_CODE",
        regions: "it",
        context: "codice fiscale|cod fisc|cod. fisc|cf|fiscal code|c.f",
        columns: "codicefiscale|cod fiscale",
        rules: &[
            Rule::shape(
                "fiscal-code",
                "(?i)[a-z]{6}[ -]?[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[ -]?[a-z][0-9lmnp-v]{3}[a-z]",
                Check::Scheme("it_fiscal_code"),
                90,
                99,
            ),
            Rule::shape(
                "fiscal-code-groups",
                "(?i)[a-z]{3}[ -][a-z]{3}[ -][0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[ -][a-z][0-9lmnp-v]{3}[a-z]",
                Check::Scheme("it_fiscal_code"),
                90,
                99,
            ),
        ],
    },
    Kind {
        entity: "NL_BSN",
        regions: "nl",
        context: "bsn|burgerservicenummer|burger service nummer|sofinummer|sofi-nummer|sofi|citizen service number|persoonsnummer",
        columns: "bsn nummer|bsnnr",
        rules: &[
            Rule::shape("bsn-bare", "[0-9]{9}", Check::Scheme("nl_bsn"), 30, 95),
            Rule::shape(
                "bsn-groups",
                "[0-9]{4}[. -][0-9]{2}[. -][0-9]{3}",
                Check::Scheme("nl_bsn"),
                45,
                97,
            ),
            Rule::shape(
                "bsn-threes",
                "[0-9]{3}[. -][0-9]{3}[. -][0-9]{3}",
                Check::Scheme("nl_bsn"),
                35,
                95,
            ),
        ],
    },
    Kind {
        entity: "PL_PESEL",
        regions: "pl",
        context: "pesel|numer pesel|nr pesel|numer ewidencyjny|dowód|national id",
        columns: "nr pesel",
        rules: &[
            Rule::shape("pesel", "[0-9]{11}", Check::Scheme("pl_pesel"), 45, 97),
            Rule::shape("pesel-groups", "[0-9]{6}[ -][0-9]{5}", Check::Scheme("pl_pesel"), 45, 97),
        ],
    },
    Kind {
        entity: "DE_TAX_ID",
        regions: "de",
        context: "steuer-id|idnr|id nr|steuerid|steuer id|steuer-idnr|steueridentifikationsnummer|steuerliche identifikationsnummer|identifikationsnummer|idnr|id-nr|steuernummer|steuer-identifikationsnummer|finanzamt|tax id|tax identification|tin",
        columns: "steuer identifikationsnummer|steuernr",
        rules: &[
            Rule::shape(
                "idnr-groups",
                "[0-9]{2}[ /-][0-9]{3}[ /-][0-9]{3}[ /-][0-9]{3}|[0-9]{3} [0-9]{3} [0-9]{3} [0-9]{2}",
                Check::Scheme("de_tax_id"),
                65,
                98,
            ),
            Rule::shape("idnr-bare", "[0-9]{11}", Check::Scheme("de_tax_id"), 45, 97),
        ],
    },
    Kind {
        entity: "ES_NIF",
        regions: "es",
        context: "nif|dni|documento nacional|documento nacional de identidad|identidad|identificación fiscal|n.i.f|d.n.i",
        columns: "dni nif|num dni",
        rules: &[
            Rule::shape(
                "nif-bare",
                "(?i)[0-9klm][0-9]{7}[ -]?[a-z]",
                Check::Scheme("es_nif"),
                60,
                98,
            ),
            Rule::shape(
                "nif-dots",
                r"(?i)[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}[ -]?[a-z]",
                Check::Scheme("es_nif"),
                70,
                98,
            ),
        ],
    },
    Kind {
        entity: "ES_NIE",
        regions: "es",
        context: "nie|extranjero|extranjería|número de identidad de extranjero|identidad de extranjero|residencia|n.i.e",
        columns: "num nie",
        rules: &[
            Rule::shape("nie", "(?i)[xyz][ -]?[0-9]{7}[ -]?[a-z]", Check::Scheme("es_nie"), 70, 98),
            Rule::shape(
                "nie-dots",
                r"(?i)[xyz][ -]?[0-9]\.[0-9]{3}\.[0-9]{3}[ -]?[a-z]",
                Check::Scheme("es_nie"),
                75,
                98,
            ),
        ],
    },
    Kind {
        entity: "SE_PERSONNUMMER",
        regions: "se",
        context: "personnummer|personnr|pers nr|pnr|person nr|samordningsnummer|födelsenummer|svenskt personnummer|personal identity number|personal number",
        columns: "person nummer",
        rules: &[
            Rule::shape(
                "personnummer-sign",
                "[0-9]{6}[-+][0-9]{4}",
                Check::Scheme("se_personnummer"),
                60,
                98,
            ),
            Rule::shape(
                "personnummer-long",
                "[0-9]{8}[-+][0-9]{4}",
                Check::Scheme("se_personnummer"),
                75,
                99,
            ),
            Rule::shape("personnummer-bare", "[0-9]{10}", Check::Scheme("se_personnummer"), 35, 93),
            Rule::shape(
                "personnummer-long-bare",
                "[0-9]{12}",
                Check::Scheme("se_personnummer"),
                49,
                97,
            ),
        ],
    },
    Kind {
        entity: "FI_PERSONAL_IDENTITY_CODE",
        regions: "fi",
        context: "hetu|henkilötunnus|henkilötunnukseni|henkilötunnuksesi|personbeteckning|sosiaaliturvatunnus|personal identity code",
        columns: "henkilotunnus",
        rules: &[Rule::shape(
            "hetu",
            "(?i)[0-9]{6}[-+a-fu-y][0-9]{3}[0-9a-y]",
            Check::Custom(hetu),
            85,
            99,
        )],
    },
    Kind {
        entity: "NO_FODSELSNUMMER",
        regions: "no",
        context: "fødselsnummer|fodselsnummer|fnr|personnummer|d-nummer|fødselsnr|national identity number",
        columns: "fodselsnr",
        rules: &[
            Rule::shape("fodselsnummer", "[0-9]{11}", Check::Scheme("no_fodselsnummer"), 49, 98),
            Rule::shape(
                "fodselsnummer-groups",
                "[0-9]{6}[ -][0-9]{5}",
                Check::Scheme("no_fodselsnummer"),
                60,
                98,
            ),
        ],
    },
    Kind {
        entity: "CH_AHV",
        regions: "ch",
        context: "ahv|ahv-nummer|ahv-nr|ahvnr|avs|n° avs|numéro avs|oasi|sozialversicherungsnummer|versichertennummer|navs|avs-nr",
        columns: "ahv nummer|sozialversicherungsnr",
        rules: &[
            Rule::shape(
                "ahv-dots",
                "756[. ][0-9]{4}[. ][0-9]{4}[. ][0-9]{2}",
                Check::Scheme("ch_ahv"),
                95,
                99,
            ),
            Rule::shape("ahv-bare", "756[0-9]{10}", Check::Scheme("ch_ahv"), 75, 98),
        ],
    },
    Kind {
        entity: "RO_CNP",
        regions: "ro",
        context: "cnp|cod numeric personal|codul numeric personal|buletin",
        columns: "cod numeric personal",
        rules: &[Rule::shape("cnp", "[1-9][0-9]{12}", Check::Scheme("ro_cnp"), 60, 98)],
    },
    Kind {
        entity: "BG_EGN",
        regions: "bg",
        context: "egn|егн|единен граждански номер|гражданин",
        columns: "",
        rules: &[Rule::shape("egn", "[0-9]{10}", Check::Scheme("bg_egn"), 40, 97)],
    },
    Kind {
        entity: "TR_TCKN",
        regions: "tr",
        context: "tckn|tc kimlik|t.c. kimlik|kimlik no|kimlik numarası|tc no|tc kimlik no|kimlik",
        columns: "tc kimlik no",
        rules: &[Rule::shape("tckn", "[1-9][0-9]{10}", Check::Scheme("tr_tckn"), 45, 97)],
    },
];

/// The sign of the century belongs to the code, and is no separator.
fn hetu(seen: &Seen<'_>) -> Option<Grade> {
    let code = seen.text().to_ascii_uppercase();
    checksum::scheme("fi_personal_identity_code")?.is_valid(&code).then_some(Grade::checked(85))
}
