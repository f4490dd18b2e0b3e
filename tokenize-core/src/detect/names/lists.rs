//! Titles, labels, particles and the other small closed lists, each a line of words.

/// What a word before a span says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Ends a letter; the name is on the next line: `regards`.
    Closing,
    /// Someone or something comes along: `with`.
    Companion,
    /// Names what follows if a colon or equals sign comes between: `name:`.
    Label,
    /// Someone is meant, if no comma or line break comes between: `patient`.
    Noun,
    /// A town follows: `in`.
    Place,
    /// A town follows a colon: `city:`.
    PlaceLabel,
    /// `Mr`
    Title,
}

/// Single words, lower case, without full stop.
pub(super) const SIGNS: &[(Sign, &str)] = &[
    (
        Sign::Title,
        "mr mrs ms mx miss mister messrs dr doctor docteur docteure doutor doutora doktor prof professor rev reverend fr sir dame capt captain lt sgt sergeant col \
         colonel maj gen hon judge justice senator sen rep gov pastor rabbi imam sheikh mme mlle madame mademoiselle monsieur \
         mgr maître herr herrn frau fräulein hr fr dipl ing mag lic sr sra srta señor señora señorita don doña sres dra drs \
         sig signor signora signore signorina sig.ra ssa ra dott dottor dottore dottoressa dott.ssa avv geom rag onorevole egr gent \
         gentile dhr mevr mevrouw mw meneer heer juffrouw mej ir mr.dr senhor senhora sr.ª dona exmo exma ilmo pan panie pani pana \
         panu panem panią dyr mgr inż fru frk fröken hr overlege shri smt kumari श्री श्रीमती डॉ कुमारी सुश्री",
    ),
    (
        Sign::Noun,
        "dear hello hi hey hallo bonjour hola ciao olá cześć hej liebe lieber cher chère chers estimado estimada querido querida \
         caro cara geachte beste prezado prezada szanowny szanowna bästa kära patient patients customer client clients user \
         member employee colleague agent manager nurse doctor applicant tenant buyer seller guest witness defendant \
         plaintiff resident student teacher spouse wife husband mother father brother sister son daughter aunt uncle \
         friend contact attn attention signed sincerely patientin kunde kundin herrn mitarbeiter mitarbeiterin frau \
         kollege kollegin bruder schwester ehemann ehefrau patiente client cliente collègue soussigné soussignée \
         paciente empleado empleada amigo amiga hermano hermana paziente collega dipendente klant patiënt medewerker \
         collega pacjent pacjentka klient klientka kund kunden anställd author director ceo founder chairman chairwoman thanks",
    ),
    (
        Sign::Companion,
        "with mit avec con met com z ze med and und et y en i och selon laut según secondo volgens segundo według enligt",
    ),
    (
        Sign::Label,
        "name names fullname firstname lastname surname forename nickname customer client patient user member employee contact \
         from to cc bcc by owner author assignee reporter requester requestor agent caller sender recipient beneficiary \
         cardholder passenger guest applicant insured tenant attendee attendees participants host doctor physician \
         provider nurse signature signed signatory attn manager spouse operator approver vorname nachname kunde kundin patientin \
         ansprechpartner absender empfänger inhaber unterschrift sachbearbeiter versicherungsnehmer kontoinhaber von an \
         nom prénom titulaire expéditeur destinataire signataire assuré bénéficiaire nombre apellido apellidos cliente \
         paciente titular firmado remitente destinatario asegurado beneficiario de para nome cognome paziente intestatario \
         mittente firma naam voornaam achternaam klant patiënt afzender ontvanger contactpersoon nombres sobrenome apelido \
         imię nazwisko klient klientka pacjent pacjentka nadawca odbiorca podpis namn förnamn efternamn kund patienten \
         avsändare mottagare kontaktperson navn नाम ग्राहक रोगी",
    ),
    (
        Sign::Closing,
        "regards sincerely yours cheers thanks thank you best wishes faithfully truly cordially respectfully love grüße grüßen \
         gruß grüssen gruss cordialement salutations saludos atentamente cordiali saluti groet groeten atenciosamente hoogachtend hochachtungsvoll \
         cumprimentos abraço abraços pozdrawiam poważaniem hälsning hälsningar mvh mfg lg vg",
    ),
    (
        Sign::Place,
        "in from near at around outside to toward towards via visiting aus nach bei à au aux depuis vers en a desde hacia da di \
         per verso uit naar te vanuit em no na do w we we z ze do i från till på cerca près nahe district city",
    ),
    (
        Sign::PlaceLabel,
        "city town location place country state region birthplace hometown destination origin ort stadt wohnort geburtsort land \
         ville pays lieu ciudad país lugar localidad población città paese luogo comune plaats woonplaats stad cidade \
         local localidade naturalidade naissance nascita nacimiento nascimento geboorteplaats miejscowości miasto miejscowość kraj stad ort land शहर",
    ),
];

/// What is before a preposition of places and of much else, if one ends a text.
pub(super) fn before_preposition(text: &str) -> Option<&str> {
    let len = text.bytes().rev().take(6).position(|byte| !byte.is_ascii_lowercase() && byte < 0x80);
    let (rest, word) = text.split_at_checked(text.len() - len.unwrap_or(text.len()))?;
    let is_preposition = matches!(
        word,
        "in" | "at"
            | "to"
            | "from"
            | "near"
            | "aus"
            | "nach"
            | "bei"
            | "à"
            | "vers"
            | "en"
            | "a"
            | "desde"
            | "da"
            | "di"
            | "uit"
            | "naar"
            | "te"
            | "em"
            | "no"
            | "na"
            | "w"
            | "we"
            | "z"
            | "ze"
            | "do"
            | "i"
            | "från"
            | "till"
            | "de"
    );
    is_preposition.then_some(rest)
}

/// Verbs and nouns of living, being born and going, before a preposition.
pub(super) const LIVING: &str = "live lives lived living reside resides residing moved moving relocated relocating stay staying born \
     flying travelling traveling driving you been wohne wohnt wohnen wohnhaft lebe lebt leben gezogen umgezogen ziehe zieht geboren \
     habite habitons habitent habitant vis vit né née réside déménagé exerce vivo vive vivimos vivir resido reside nacido nacida \
     mudado mudada domiciliado abito abita abitiamo risiedo risiede residente nato nata trasferito trasferita riceve woon woont \
     wonen woonachtig verhuisd mieszkam mieszka mieszkamy urodzony urodzona miejscowości moro mora moramos nascido nascida \
     mudei atende bor bodde flyttat flyttade född";

/// Ends and beginnings that names of English towns have, and hardly any other word.
pub(super) const TOWN_ENDS: &[&str] = &[
    "ville", "bury", "borough", "burgh", "chester", "haven", "mouth", "shire", "stad", "fort",
    "port", "town", "furt", "bourg",
];
pub(super) const TOWN_BEGINNINGS: &[&str] = &[
    "North", "South", "East", "West", "Port", "Lake", "New", "Saint", "Sainte", "San", "Santa",
    "Fort", "Mount", "Bad",
];

/// Phrases that a person's name follows, in lower case; they count without a colon.
pub(super) const INTRODUCTIONS: &[&str] = &[
    "my name is",
    "name is",
    "name's",
    "names are",
    "i am",
    "i'm",
    "i’m",
    "this is",
    "it's",
    "named",
    "called",
    "aka",
    "spoke with",
    "speak with",
    "spoke to",
    "speak to",
    "speaking with",
    "talked to",
    "talk to",
    "met with",
    "meeting with",
    "signed by",
    "assigned to",
    "reported by",
    "written by",
    "created by",
    "approved by",
    "prepared by",
    "requested by",
    "submitted by",
    "reviewed by",
    "updated by",
    "seen by",
    "treated by",
    "referred by",
    "sent by",
    "owned by",
    "ordered by",
    "contact",
    "on behalf of",
    "account of",
    "attention of",
    "care of",
    "c/o",
    "regards to",
    "payable to",
    "ship to",
    "bill to",
    "deliver to",
    "delivered to",
    "email from",
    "message from",
    "call from",
    "letter from",
    "logged in as",
    "ich heiße",
    "ich heisse",
    "ich bin",
    "mein name ist",
    "name ist",
    "gezeichnet",
    "zu händen",
    "z. hd",
    "z.hd",
    "gespräch mit",
    "je m'appelle",
    "je m’appelle",
    "je suis",
    "nom est",
    "s'appelle",
    "s’appelle",
    "signé par",
    "de la part de",
    "me llamo",
    "se llama",
    "nombre es",
    "soy",
    "firmado por",
    "atención de",
    "a nombre de",
    "hablé con",
    "mi chiamo",
    "si chiama",
    "nome è",
    "sono",
    "firmato da",
    "a nome di",
    "parlato con",
    "ik heet",
    "mijn naam is",
    "naam is",
    "ik ben",
    "getekend",
    "ter attentie van",
    "t.a.v",
    "namens",
    "meu nome é",
    "nome é",
    "chamo-me",
    "me chamo",
    "chama-se",
    "eu sou",
    "sou o",
    "sou a",
    "assinado por",
    "em nome de",
    "falei com",
    "nazywam się",
    "mam na imię",
    "jestem",
    "podpisano",
    "w imieniu",
    "jag heter",
    "mitt namn är",
    "namn är",
    "heter",
    "jag är",
    "undertecknat",
    "talade med",
    "मेरा नाम",
];

/// Kinds of `…name` that are not a person's.
pub(super) const OTHER_NAMES: &str = "file host user domain product company brand column table server service project class function package bucket group \
     team field business organization organisation account app event tag branch database schema variable method module \
     display device model network screen login nick short code job task firmen produkt datei";

/// Words after a name that only a person does.
pub(super) const DEEDS: &str = "said says wrote writes asked asks told replied called calls answered explained thinks thought lives lived works worked \
     joined reported complained requested confirmed signed emailed texted phoned visited arrived presented presents underwent \
     reports denies complains needs wants wrote: born aged sagte schrieb wohnt arbeitet fragte rief a habite dit écrit \
     travaille dijo escribió vive trabaja llamó ha disse scrisse abita lavora chiamato zei schreef woont werkt belde mora \
     powiedział powiedziała napisał napisała mieszka sade skrev bor";

/// After, or before, these a name is an organisation's or a thing's.
pub(super) const ORGANISATIONS: &str = "inc incorporated corp corporation co company llc llp ltd limited plc gmbh ag kg ohg ug ev mbh sa sas sarl sl srl spa \
     bv nv ab oy oyj aps asa lda ltda cia group holding holdings partners brothers bros sons associates consulting solutions \
     systems technologies industries enterprises services agency bank trust fund foundation institute university college school \
     academy hospital clinic center centre church cathedral museum library theatre theater hotel inn restaurant cafe bar grill \
     park garden gardens stadium arena mall plaza tower towers bridge airport station street st avenue ave road rd lane \
     drive boulevard blvd court square terrace highway parkway county island islands river lake mountain mountains valley \
     bay beach hills city university universität hochschule krankenhaus klinikum klinik straße strasse platz gasse allee weg \
     stiftung verlag verein bahnhof université hôpital lycée collège musée rue boulevard universidad instituto \
     fundación ayuntamiento calle plaza avenida università ospedale istituto fondazione scuola piazza via viale universiteit \
     ziekenhuis straat universidade fundação rua uniwersytet szpital ulica universitet sjukhus gatan club team band orchestra \
     award awards prize cup championship open act law bill theorem syndrome disease method effect test scale score index report \
     magazine times post news press journal review festival show collection series edition model";

/// What else streets of the United States end in (USPS Publication 28, appendix C1); as much the ends of other names.
pub(super) const STREET_WORDS: &str = "Annex Arcade Bayou Beach Bend Bluff Bluffs Bottom Branch Bridge Brook Brooks Burg Bypass Camp Canyon Cape Causeway Center \
     Centers Cliff Cliffs Close Club Common Commons Corner Corners Course Courts Cove Coves Creek Cres Crest Crossing Crossroad \
     Curve Dale Dam Divide Drives Estate Estates Extension Falls Ferry Field Fields Flat Flats Ford Fords Forest Forge Fork Forks \
     Fort Freeway Garden Gardens Gateway Glen Glens Green Greens Grove Groves Harbor Harbors Haven Heights Hill Hills Hollow \
     Inlet Island Islands Isle Junction Junctions Key Keys Knoll Knolls Lake Lakes Land Landing Light Lights Loaf Lock Locks \
     Lodge Loop Mall Manor Manors Meadow Meadows Mill Mills Mission Motorway Mount Mountain Mountains Neck Orchard Oval Overpass \
     Park Parks Parkways Pass Passage Path Pike Pine Pines Plain Plains Plaza Point Points Port Ports Prairie Radial Ramp Ranch \
     Rapid Rapids Rest Ridge Ridges River Roads Route Row Run Shoal Shoals Shore Shores Skyway Spring Springs Spur Spurs Squares \
     Station Stravenue Stream Streets Summit Throughway Trace Track Trafficway Trl Tunnel Underpass Union Unions Valley Valleys \
     Viaduct View Views Village Villages Ville Vista Walk Walks Wall Ways Well Wells";

/// Lower-case words that join the words of a name of a person or a place.
pub(super) fn is_particle(word: &str) -> bool {
    is_surname_particle(word)
        || matches!(
            word,
            "im" | "am"
                | "an"
                | "ob"
                | "auf"
                | "upon"
                | "of"
                | "sur"
                | "en"
                | "aan"
                | "op"
                | "the"
                | "tot"
        )
}

/// Those that stand within or before a surname.
#[rustfmt::skip]
pub(super) fn is_surname_particle(word: &str) -> bool {
    matches!(
        word,
        "van" | "von" | "der" | "den" | "de" | "da" | "do" | "das" | "dos" | "del" | "della" | "dello" | "delle" | "dei"
            | "degli" | "di" | "du" | "des" | "la" | "le" | "las" | "los" | "lo" | "ter" | "ten" | "te" | "zu" | "zur"
            | "zum" | "vom" | "bin" | "ibn" | "bint" | "ben" | "al" | "el" | "y" | "e" | "af" | "av" | "'t"
    )
}

/// `d'Angelo`, `al-Farsi`
pub(super) fn is_elided(word: &str) -> bool {
    matches!(word, "d" | "l" | "dell" | "dall" | "al" | "el")
}

/// Where a name may go on with a capital: `McDonald`, `DeShawn`.
pub(super) fn is_inner_prefix(word: &str) -> bool {
    let last = word.rsplit(['-', '\'', '’']).next().unwrap_or(word);
    matches!(
        last,
        "Mc" | "Mac"
            | "De"
            | "Di"
            | "Du"
            | "Da"
            | "La"
            | "Le"
            | "Van"
            | "Von"
            | "Fitz"
            | "Al"
            | "El"
            | "St"
    )
}

/// `de Sousa`, as a whole value.
pub(super) fn starts_with_particle(value: &str) -> bool {
    value.split_once(' ').is_some_and(|(first, _)| is_surname_particle(&first.to_lowercase()))
}

/// Names of months, in the order of the year, of nine languages and their English and German abbreviations.
pub(super) const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero gennaio januari janeiro stycznia styczeń",
    "february feb februar février févr febrero febbraio februari fevereiro lutego luty",
    "march mar märz mrz mars marzo maart março marca marzec",
    "april apr avril abril aprile kwietnia kwiecień",
    "may mai mayo maggio mei maio maja maj",
    "june jun juni juin junio giugno junho czerwca czerwiec",
    "july jul juli juillet juil julio luglio julho lipca lipiec",
    "august aug août agosto augustus sierpnia sierpień augusti",
    "september sep sept septembre septiembre settembre setembro września wrzesień",
    "october oct oktober okt octobre octubre ottobre outubro października październik",
    "november nov novembre noviembre novembro listopada listopad",
    "december dec dezember dez décembre diciembre dicembre dezembro grudnia grudzień",
];

/// Words of birth, in lower case.
pub(super) const BIRTHS: &[&str] = &[
    "born",
    "dob",
    "d.o.b",
    "date of birth",
    "birth date",
    "birthdate",
    "birthday",
    "b-day",
    "bday",
    "date_of_birth",
    "birth_date",
    "dateofbirth",
    "geboren",
    "geb.",
    "geb:",
    "geb.datum",
    "geb. datum",
    "geb.dat",
    "geburtsdatum",
    "geburtstag",
    "né le",
    "née le",
    "né(e) le",
    "née en",
    "naissance",
    "date de naissance",
    "nacimiento",
    "nacido",
    "nacida",
    "nació",
    "f. nac",
    "cumpleaños",
    "nato il",
    "nata il",
    "nato a",
    "nata a",
    "nascita",
    "geboortedatum",
    "geboorte",
    "nascimento",
    "nascido",
    "nascida",
    "nasceu",
    "data urodzenia",
    "urodzenia",
    "urodzony",
    "urodzona",
    "ur.",
    "född",
    "födelsedatum",
    "födelsedag",
    "fødselsdato",
    "født",
    "syntymäaika",
    "生年月日",
    "出生",
    "生まれ",
    "생년월일",
    "जन्म",
];
