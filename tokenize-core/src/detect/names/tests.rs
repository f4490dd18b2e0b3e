//! Cases as data: a text with its findings marked. Whatever scores below fifty is not reported, and not marked.

use super::*;

const REPORTED: u8 = 50;

#[test]
fn people_are_found() {
    check(PEOPLE);
}

#[test]
fn places_are_found() {
    check(PLACES);
}

#[test]
fn addresses_are_found() {
    check(ADDRESSES);
}

#[test]
fn dates_of_birth_are_found() {
    check(BIRTHS);
}

#[test]
fn what_is_no_name_is_left() {
    check(OTHERS);
}

#[test]
fn findings_follow_each_other_within_the_text() {
    let names = Names::new();
    let texts = [PEOPLE, PLACES, ADDRESSES, BIRTHS, OTHERS].concat().join(" ");
    for from in (0..texts.len()).step_by(97).filter(|from| texts.is_char_boundary(*from)) {
        let text = &texts[from..];
        let mut found = Vec::new();
        names.find(text, &mut found);
        let mut end = 0;
        for finding in found {
            assert!(end <= finding.start && finding.start < finding.end, "{finding:?}");
            assert!((1..=99).contains(&finding.score), "{finding:?}");
            assert!(text.get(finding.start..finding.end).is_some(), "{finding:?}");
            end = finding.end;
        }
    }
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let names = Names::new();
    let units = [
        "A",
        "A ",
        "aA",
        "A-",
        "A'",
        "Mr. ",
        "Maria ",
        "Maria van der ",
        " ",
        "1 ",
        "12/03/1980 ",
        "Hauptstr. 12, ",
        "Müller, ",
        "12 rue de la ",
        "1 A 12345, ",
        "born ",
        "王",
        "김 ",
        "राहुल ",
        "É",
        "\" ",
        "New ",
        "ul. ",
        "\n",
        "St. ",
    ];
    for unit in units {
        // A square of half a million steps would take minutes.
        let text = unit.repeat(500_000 / unit.len());
        names.find(&text, &mut Vec::new());
    }
}

#[test]
fn columns_are_told_by_their_values() {
    let names = Names::new();
    for given in ["Maria", "hans", "JOSÉ", " Zoë ", "Łukasz", "Karl-Heinz"] {
        assert!(names.given(given), "{given}");
    }
    for surname in ["Smith", "müller", "García", "van Dijk", "O'Brien", "Kowalska", "De Luca"] {
        assert!(names.surname(surname), "{surname}");
    }
    for city in ["Berlin", "new york city", "São Paulo", "Springfield", "Kraków"] {
        assert!(names.city(city), "{city}");
    }
    for country in ["Germany", "deutschland", "États-Unis", "Polska", "United States of America"] {
        assert!(names.dictionary.look_up(country).is_country(), "{country}");
    }
    for other in ["invoice", "12345", "", "pending approval", "🙂"] {
        assert!(
            !names.given(other)
                && !names.surname(other)
                && !names.city(other)
                && !names.dictionary.look_up(other).is_country(),
            "{other}"
        );
    }
}

/// Finds in each case without its marks, and compares with them.
fn check(cases: &[&str]) {
    let names = Names::new();
    let mut wrong = Vec::new();
    for case in cases {
        let text = bare(case);
        let mut found = Vec::new();
        names.find(&text, &mut found);
        found.retain(|finding| finding.score >= REPORTED);
        let marked = mark(&text, &found);
        if marked != *case {
            wrong.push(format!("expected {case}\n   found {marked}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

const KINDS: [(&str, NameKind); 4] = [
    ("[ADDRESS ", NameKind::Address),
    ("[BIRTH ", NameKind::DateOfBirth),
    ("[PLACE ", NameKind::Location),
    ("[PERSON ", NameKind::Person),
];

fn bare(case: &str) -> String {
    let opened = KINDS.iter().fold(case.to_owned(), |text, (mark, _)| text.replace(mark, "\u{1}"));
    let mut text = String::new();
    let mut open = false;
    for char in opened.chars() {
        match char {
            '\u{1}' => open = true,
            ']' if open => open = false,
            char => text.push(char),
        }
    }
    text
}

fn mark(text: &str, found: &[NameFinding]) -> String {
    let mut marked = String::new();
    let mut at = 0;
    for finding in found {
        marked += &text[at..finding.start];
        marked += KINDS.iter().find(|(_, kind)| *kind == finding.kind).unwrap().0;
        marked += &text[finding.start..finding.end];
        marked.push(']');
        at = finding.end;
    }
    marked + &text[at..]
}

const PEOPLE: &[&str] = &[
    "call [PERSON Maria Garcia] now",
    "hi, my name is [PERSON Tom Baker] and I cannot log in",
    "Dear Mr. [PERSON John Smith], thank you",
    "Dear [PERSON Maria],\n\nYour order has shipped.",
    "Best regards,\n[PERSON Susan Miller]",
    "From: [PERSON Peter Jones] <p.jones@example.com>",
    "Ticket assigned to [PERSON Linda Johnson] (Support)",
    "Patient: [PERSON Robert Brown], admitted Monday",
    "Dr. [PERSON Nguyen] saw the patient with Nurse [PERSON Karen Lee].",
    "[PERSON J. R. Smith] and [PERSON John F. Kennedy] spoke",
    "[PERSON Smith, John]\tactive",
    "the X-ray of Mrs [PERSON O'Brien] is normal",
    "{\"name\": \"[PERSON John Smith]\", \"plan\": \"Basic\"}",
    "2024-05-01 INFO customerName=[PERSON Jane Doe] retries=3",
    "[14:02] [PERSON Kevin]: ok, see you then",
    "[PERSON JOHN SMITH] signed the form",
    "[PERSON Martin Weaver Jr.] called again",
    "[PERSON Mark Johnson]'s laptop was stolen",
    "according to [PERSON Priya Sharma] the parcel was lost",
    "Sehr geehrter Herr [PERSON Müller], anbei die Rechnung",
    "Frau Dr. [PERSON Anna-Lena Müller-Schmidt] ist krank",
    "Ich heiße [PERSON Jürgen Vogel] und habe eine Frage.",
    "Herr [PERSON von Berg] hat angerufen",
    "Laut [PERSON Sabine Krause] ist das Paket da.",
    "[PERSON Müller, Hans] fehlt",
    "Je m'appelle [PERSON Jean-Pierre Dupont].",
    "M. [PERSON Dupont] a demandé une copie du rapport.",
    "Mme [PERSON Lefèvre] habite ici",
    "La réunion avec [PERSON Élodie Da Silva] est reportée",
    "Me llamo [PERSON José María Hernández López].",
    "Estimada Sra. [PERSON Gutiérrez]: gracias",
    "ayer [PERSON Lucía Fernández] y [PERSON Pablo Ortiz] llegaron",
    "Mi chiamo [PERSON Giulia De Luca].",
    "Gentile Sig. [PERSON Esposito], grazie",
    "dhr. [PERSON van Dijk] belde",
    "Ik heb met [PERSON Sanne de Vries] gesproken.",
    "Meu nome é [PERSON João da Silva].",
    "Prezada Sra. [PERSON Oliveira], obrigado",
    "Nazywam się [PERSON Katarzyna Wójcik].",
    "Pan [PERSON Kowalski] dzwonił",
    "Jag heter [PERSON Göran Åkesson].",
    "Med vänlig hälsning,\n[PERSON Åsa Lindqvist]",
    "[PERSON Nagy István] írta",
    "[PERSON राहुल शर्मा] कार्यालय आए",
    "[PERSON 田中太郎]様、ありがとうございます",
    "氏名：[PERSON 鈴木花子]",
    "您好，我叫[PERSON 王伟]，我的订单没有到。",
    "昨天[PERSON 李娜]女士打电话来了",
    "이름: [PERSON 김민수]",
];

const PLACES: &[&str] = &[
    "the flight to [PLACE New York City] is late",
    "we live in [PLACE Paris]",
    "Wohne jetzt in [PLACE Böblingen].",
    "{\"city\": \"[PLACE Joshuaberg]\"}",
    "moved from [PLACE Springfield, IL] last year",
    "Er wohnt in [PLACE Berlin], [PLACE Deutschland].",
    "elle habite à [PLACE Lyon]",
    "vive en [PLACE São Paulo], [PLACE Brasil]",
    "abita a [PLACE Reggio Calabria]",
    "city: [PLACE Houston]",
    "offices in [PLACE Frankfurt am Main] and [PLACE Kraków]",
    "[PLACE United Kingdom] and [PLACE Poland] signed",
    "born near [PLACE St. Louis]",
];

const ADDRESSES: &[&str] = &[
    "I live at [ADDRESS Flat 13h, Sara Turnpike, Port Charlene KT7 7BJ].",
    "courier to [ADDRESS H.No. 58, Comar Nagar, Raipur-610906]",
    "[ADDRESS 22 Welch Pathway\nGold Coast QLD 3444]",
    "[ADDRESS USNS Fox\nFPO AA 47562]",
    "住所：[ADDRESS 京都府東村山市東三島9丁目14番11号]",
    "ship to [ADDRESS 123 Main St, Apt 4, Springfield, IL 62704] please",
    "[ADDRESS 1600 Pennsylvania Avenue NW, Washington, DC 20500]",
    "at [ADDRESS 42 N 5th Avenue], second door",
    "send it to [ADDRESS P.O. Box 1234, Dallas, TX 75201]",
    "[ADDRESS 10 Downing Street, London SW1A 2AA]",
    "Adresse: [ADDRESS Hauptstraße 12, 10115 Berlin]",
    "[ADDRESS Berliner Allee 5a\n40212 Düsseldorf]",
    "[ADDRESS Am Markt 3, 99423 Weimar]",
    "j'habite au [ADDRESS 12 bis, rue de la Paix, 75002 Paris]",
    "[ADDRESS 8 avenue des Champs-Élysées]",
    "vive en [ADDRESS Calle Mayor 5, 28013 Madrid]",
    "[ADDRESS Via Roma 10, 00184 Roma (RM)]",
    "abita in [ADDRESS via dei Mille 7]",
    "[ADDRESS Kerkstraat 12, 1017 AB Amsterdam]",
    "[ADDRESS Rua das Flores, 12, Lisboa]",
    "mieszka przy [ADDRESS ul. Długa 5, 00-238 Warszawa]",
    "[ADDRESS Storgatan 5, 113 51 Stockholm]",
];

const BIRTHS: &[&str] = &[
    "DOB: [BIRTH 12/03/1980]",
    "date of birth [BIRTH 1980-03-12]",
    "born on [BIRTH March 12, 1980]",
    "born [BIRTH 12 March 1980]",
    "\"birth_date\": \"[BIRTH 1980-03-12]\"",
    "geboren am [BIRTH 12. März 1980]",
    "geb. [BIRTH 12.03.1980]",
    "née le [BIRTH 1 mars 1980]",
    "fecha de nacimiento: [BIRTH 12 de marzo de 1980]",
    "nato il [BIRTH 12/03/80]",
    "geboortedatum [BIRTH 12-03-1980]",
    "data de nascimento: [BIRTH 12/03/1980]",
    "data urodzenia: [BIRTH 12.03.1980]",
    "född [BIRTH 12 mars 1980]",
    "生年月日：[BIRTH 1980年3月12日]",
    "due on 12/03/2020",
    "born in 1980",
    "DOB 12/03/1780",
    "invoice of March 12, 2020",
    "born 1980-13-45",
];

const OTHERS: &[&str] = &[
    "Acme Corporation opened a new office on Monday.",
    "Johns Hopkins University and Robert Bosch GmbH",
    "Ernst & Young audited Goldman Sachs.",
    "Martin Luther King Boulevard is closed.",
    "Wells Fargo Checking Account",
    "John Deere Company results",
    "St. Mary Hospital opens in May",
    "Stanford Graduate School of Business",
    "The Will of God. April came. Mark my words.",
    "Faith, Hope and Charity",
    "Grace Period expired. Will Call tickets.",
    "Rose Garden and Sunday Brunch",
    "Merry Christmas and Happy New Year!",
    "Black Friday and Cyber Monday",
    "May is before June. March came early.",
    "On Tuesday the Server was down.",
    "Please restart Outlook and clear the Browser Cache.",
    "Visual Studio Code and Google Chrome",
    "Amazon Web Services, Elastic Beanstalk",
    "Toyota Corolla, Honda Civic, Ford Focus",
    "Grand Theft Auto",
    "Pride and Prejudice was reprinted.",
    "The Lord of the Rings is on Netflix.",
    "Chapter One: The Beginning of the End",
    "ANNUAL REPORT 2023",
    "BREAKING NEWS: MARKETS FALL SHARPLY",
    "TERMS AND CONDITIONS APPLY",
    "class UserAccount extends BaseModel",
    "GetUserName(Id) returns NullPointerException",
    "java.lang.String and MariaGarcia and maria_Garcia",
    "hello@Maria.Garcia.example",
    "SELECT Name FROM Customers WHERE Id = 5",
    "ERROR Connection Refused by Remote Host",
    "filename: Report Final",
    "company name: Acme Widgets",
    "Order Summary / Shipping Address / Billing Address",
    "Thanks for your help. Best Regards",
    "Blood Pressure 120/80, Heart Rate 72",
    "Type A Behavior and Vitamin D",
    "Parkinson Disease, Alzheimer Syndrome",
    "History of Present Illness: Chest Pain",
    "The Supreme Court ruled on Tuesday.",
    "Install Docker Desktop and Kubernetes",
    "Version 12 Released. Step 3 Review.",
    "Room 12 Floor 3 Building 5",
    "10 Best Places, 5 Minutes Drive",
    "Call 5 Times before 10 Downing",
    "Dear Customer, Dear Team, Dear Sir",
    "Mr President, Dear Doctor",
    "Sehr geehrte Damen und Herren",
    "Die Bundesregierung hat ein Gesetz beschlossen.",
    "Bitte senden Sie die Rechnung an die Buchhaltung.",
    "Guten Morgen, die Sonne scheint.",
    "Frohe Weihnachten und ein gutes neues Jahr!",
    "Allgemeine Geschäftsbedingungen und Datenschutz",
    "La Commission européenne a publié un rapport en Janvier.",
    "Conditions Générales de Vente",
    "El Banco Central publicó un informe en enero.",
    "Términos y Condiciones del Servicio",
    "La Banca Centrale ha pubblicato una relazione.",
    "Algemene Voorwaarden en Privacyverklaring",
    "Termos e Condições de Uso",
    "Regulamin Sklepu Internetowego",
    "Allmänna Villkor och Integritetspolicy",
    "今天天气很好，气温二十度。",
    "ご注文ありがとうございます。",
    "안녕하세요, 주문이 오지 않았습니다.",
    "I think that A is better than B. OK?",
];
