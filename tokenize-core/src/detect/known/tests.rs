//! Cases as data: values, then texts with what is found in brackets; `[=` begins a whole value.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::KnownKind::{Email, Name, Number, Other};
use super::*;

type Case = (&'static [(KnownKind, &'static str)], &'static [&'static str]);

#[track_caller]
fn check(cases: &[Case]) {
    let mut known = Known::new();
    for (values, texts) in cases {
        known.clear();
        for (source, (kind, value)) in values.iter().enumerate() {
            known.add(source, *kind, value);
        }
        for marked in *texts {
            let text = marked.replace("[=", "").replace(['[', ']'], "");
            let mut found = Vec::new();
            known.find(&text, &mut found);
            assert_eq!(mark(&text, &found), **marked, "{values:?}");
        }
    }
}

fn mark(text: &str, found: &[KnownFinding]) -> String {
    let (mut marked, mut at) = (String::new(), 0);
    for finding in found {
        marked += &text[at..finding.start];
        marked += if finding.is_whole { "[=" } else { "[" };
        marked += &text[finding.start..finding.end];
        marked.push(']');
        at = finding.end;
    }
    marked + &text[at..]
}

#[test]
fn names_are_found_whole_and_in_part() {
    check(&[
        (
            &[(Name, "Zoe Feldman")],
            &[
                "[Zoe] called",
                "spoke with [=Zoe Feldman] today",
                "[=ZOE  FELDMAN]; [=zoe-feldman]; [=zoe\u{a0}feldman]",
                "[=Zoe\nFeldman]",
                "[Feldman, Zoe] and Mrs [Feldman]",
                "[Zoe M. Feldman]",
                "[Zoe]'s car, [Zoe]’s house, [ZOE]'S",
                "name:[Zoe], Thanks.[Zoe]",
                "zoes Zoey ZoeX zoe_x 1Zoe",
                r"hello\n[Zoe]\nbye",
                "nobody here",
            ],
        ),
        (
            &[(Name, "Zoe"), (Name, "Feldman"), (Name, "Zoe Feldman")],
            &["[=Zoe] called", "[=Zoe Feldman]", "Ms [=Feldman]", "[=Feldman], [=Zoe]"],
        ),
        (
            &[(Name, "Dr. Zoe Feldman Jr."), (Name, "Mrs Ada")],
            &["[=Zoe Feldman] and Dr. Jr. [=ada]", "Dr [Feldman]"],
        ),
        (
            &[(Name, "Ludwig van Beethoven")],
            &["[=ludwig van beethoven]", "van and [Beethoven]; de [Ludwig]", "[Ludwig Beethoven]"],
        ),
        (&[(Name, "van den Berghe")], &["Mevr. [=van den Berghe] belt", "den [Berghe]", "van den"]),
        (
            &[(Name, "María de la Cruz Ortega")],
            &[
                "[=maria de la cruz ortega]",
                "[María] de la calle",
                "Señora [Ortega]",
                "en la cruz roja",
            ],
        ),
        (&[(Name, "Sean O'Neil")], &["[=Sean O’Neil]", "Mr [O'Neil]'s", "Neil, O, neil"]),
        (
            &[(Name, "Anne-Marie Dupont")],
            &[
                "[Anne-Marie]",
                "[=Annemarie Dupont]",
                "[=anne marie dupont]",
                "[Anne] et [Dupont]",
                "l'ami d'[Anne]",
            ],
        ),
        (&[(Name, "Bo Li")], &["[=Bo Li] wrote", "Bo wrote, Li wrote", "bo li"]),
        (&[(Name, "Bo"), (Name, "Li")], &["[=Bo] [=Li] wrote", "Bo wrote to li", "[=Li], [=Bo]"]),
        (&[(Name, "J. R. Feldman")], &["J. R. [Feldman]", "j and r"]),
        (
            &[(Name, "Ben Feldman"), (Name, "Don Reyes")],
            &["ask [Ben] and [Don]", "[=Ben Feldman]", "don ben"],
        ),
        (&[(Name, "Anna Maria"), (Name, "Maria Feldman")], &["[Anna] [=Maria Feldman]"]),
    ]);
}

#[test]
fn words_that_are_names_need_a_capital() {
    check(&[
        (
            &[(Name, "Will May")],
            &[
                "you will see in may",
                "Will you? May I! Rose?",
                "ask [Will], or [May].",
                "[=Will May] called",
                "will may",
                "IT WILL BE MAY",
            ],
        ),
        (
            &[(Name, "Rose")],
            &[
                "Rose called.",
                "then [=Rose] called",
                "- Rose\n* Rose\n“Rose”",
                "Prices rose. Rose said: Rose",
                "Dear Mrs. [=Rose], hello",
                "Signed, [=ROSE]",
            ],
        ),
        (
            &[(Name, "Rose Feldman")],
            &["[=Rose Feldman]", "[=rose feldman] rose", "[Feldman, Rose]", "Rose called"],
        ),
        (&[(Name, "Hope"), (Name, "Young")], &["[=Hope] [=Young] left", "we hope the young"]),
        (
            &[(Name, "Klein"), (Name, "Sommer")],
            &["ein klein wenig im Herrn [=Sommer]; Frau [=Klein]"],
        ),
        (&[(Name, "Petit"), (Name, "Luz")], &["un petit mot de Mme [=Petit]", "la luz de [=Luz]"]),
        (
            &[(Name, "Groot"), (Name, "Róża"), (Name, "Rosa")],
            &["een groot huis van [=Groot]", "dla [=Róża], róża", "uma rosa para [=Rosa]"],
        ),
        (&[(Name, "Vita"), (Name, "Björk")], &["la vita di [=Vita]", "en björk och [=Björk]"]),
        (&[(Name, "하나"), (Name, "김하나")], &["하나 둘, [=김하나] 님, [=하나]씨"]),
    ]);
}

#[test]
fn writing_does_not_matter() {
    check(&[
        (
            &[(Name, "Jürgen Müller")],
            &[
                "[=JÜRGEN MÜLLER]",
                "[=ju\u{308}rgen mu\u{308}ller]",
                "Herr [Muller]",
                "Herr [Mu\u{308}ller], Mu\u{308}llers",
            ],
        ),
        (&[(Name, "Jose Nunez")], &["[=José Núñez]", "señor [Nu\u{301}n\u{303}ez]"]),
        (&[(Name, "Strauß-Weiss")], &["[=STRAUSS-WEISS]", "[=Strauss-Weiß]"]),
        (
            &[(Name, "İbrahim Yıldız")],
            &["[=ibrahim yildiz]", "[=İBRAHİM YILDIZ]", "[İbrahim]'in evi"],
        ),
        (
            &[(Name, "Łukasz Żmijewski")],
            &["[=Łukasz Żmijewski]", "pan [Lukasz]", "[=ŁUKASZ ZMIJEWSKI]"],
        ),
        (&[(Name, "Андрей Иванов")], &["[=АНДРЕЙ ИВАНОВ]", "звонил [Андрей].", "Иванова"]),
        (&[(Name, "Γιώργος Παππάς")], &["[=ΓΙΩΡΓΟΣ ΠΑΠΠΑΣ]", "ο [Γιώργος]"]),
        (&[(Name, "أحمد الفارسي")], &["اتصل [احمد] اليوم", "[=أَحْمَد الفارسي]"]),
        (&[(Name, "राहुल शर्मा")], &["श्री [=राहुल शर्मा] ने", "[राहुल]।"]),
        (
            &[(Name, "Zoe Feldman")],
            &["[=Ｚｏｅ\u{3000}Ｆｅｌｄｍａｎ]", "[Zo\u{200b}e]", "日本語[Zoe]さん"],
        ),
    ]);
}

#[test]
fn ideographs_need_no_spaces() {
    check(&[
        (&[(Name, "王伟")], &["我叫[=王伟]，你好", "王先生", "伟大的国王"]),
        (&[(Name, "王"), (Name, "伟强")], &["国王说", "[=王]先生来电", "[=王][=伟强]来电"]),
        (&[(Name, "山田 太郎")], &["[=山田太郎]様より", "[=山田　太郎]", "[山田]さん"]),
        (&[(Name, "マリア")], &["[=マリア]さん", "マリアンヌ"]),
        (
            &[(Name, "김민수"), (Name, "민수")],
            &[
                "[=김민수]는 왔다",
                "[=민수]가",
                "[=\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}]",
            ],
        ),
        (&[(Name, "김")], &["김치와 김밥", "[=김]씨"]),
    ]);
}

#[test]
fn numbers_and_addresses_of_mail() {
    check(&[
        (
            &[(Number, "12345-678"), (Number, "AB-1234-XY9")],
            &[
                "acct [=12345678], [=12345 678].",
                "[=12345-678]: [=123-45.678]",
                "123456789 112345678 12345678.5",
                "[=ab1234xy9] [=AB 1234 XY9]",
                "[=１２３４５６７８]",
            ],
        ),
        (
            &[(Number, "+1 (202) 555-0143")],
            &["call [=1-202-555-0143] or +[=12025550143]", "2025550143"],
        ),
        (
            &[(Email, "Zoe.F@Example.org")],
            &[
                "mail [=zoe.f@example.org].",
                "mailto:[=ZOE.F@EXAMPLE.ORG]?x",
                "a.zoe.f@example.org zoe.f@example.org.uk zoe.f@example.orgs",
                "<[=zoe.f@example.org]>",
            ],
        ),
        (&[(Other, "Blue Heron 7")], &["the [=blue heron 7]!", "blue heron 77, Blue Heron"]),
        (
            &[(Email, "zoe@example.org"), (Name, "Zoe"), (Name, "Example")],
            &["[=Zoe] wrote from [=zoe@example.org]"],
        ),
    ]);
}

#[test]
fn what_stands_for_nothing_is_not_looked_for() {
    let texts = &[
        "N/A none unknown Unbekannt inconnu desconocido onbekend nieznany sconosciuto null nan 1 12 0 000000 111111 123456 987654 xxx test Test User - -- 不明 なし",
    ];
    for kind in [Email, Name, Number, Other] {
        for value in [
            "",
            " ",
            "N/A",
            "none",
            "Unknown",
            "unbekannt",
            "inconnu",
            "desconocido",
            "onbekend",
            "nieznany",
            "sconosciuto",
            "NULL",
            "nan",
            "1",
            "12",
            "0",
            "000000",
            "111111",
            "123456",
            "987654",
            "xxx",
            "XXX",
            "test",
            "Test User",
            "-",
            "--",
            "不明",
            "なし",
            "...",
            "a",
            "na",
        ] {
            let mut known = Known::new();
            known.add(0, kind, value);
            let mut found = Vec::new();
            known.find(texts[0], &mut found);
            assert_eq!(found, [], "{kind:?} {value}");
        }
    }
    check(&[(
        &[(Name, "Customer"), (Name, "Admin Feldman"), (Number, "12345")],
        &["the customer 12345; admin; [Feldman]", "[=admin feldman]"],
    )]);
}

#[test]
fn boundaries_are_those_of_the_standard() {
    for text in [
        "can't",
        "3.14",
        "a.b",
        "x:y",
        "e\u{301}a",
        "\u{5d0}\"\u{5d0}",
        "カタカナ語",
        "a_1",
        "\r\n",
        "1,a",
        "👩\u{200d}👩",
        "zoe\u{ad}x",
    ] {
        agrees(text);
    }
}

#[track_caller]
fn agrees(text: &str) {
    let bounds: Vec<usize> = text.split_word_bound_indices().map(|(at, _)| at).collect();
    for (at, _) in text.char_indices() {
        assert_eq!(bound::is_boundary(text, at), bounds.contains(&at), "{text:?} {at}");
    }
}

fn row() -> Known {
    let mut known = Known::new();
    let values = [
        (Name, "Zoe Müller"),
        (Name, "Zoe"),
        (Name, "Will"),
        (Name, "王伟"),
        (Name, "aa aa aa"),
        (Number, "1-1 2-3456"),
        (Email, "a@a.aa"),
        (Other, "a a a a"),
    ];
    values.iter().enumerate().for_each(|(source, (kind, value))| known.add(source, *kind, value));
    known
}

/// Characters at which rules turn.
const TRICKY: &str = "[ a-cA-Z0-3.,:;'\"_@\\-\\n\\r\\\\\u{300}\u{301}\u{200d}\u{ad}äßİıæŉ’王伟さカー가\u{1100}\u{1161}\u{5d0}👩क़]{0,40}";

proptest! {
    #[test]
    fn boundaries_agree_with_full_segmentation(text in TRICKY) {
        agrees(&text);
    }

    #[test]
    fn findings_follow_each_other_within_any_text(text in prop_oneof![TRICKY, any::<String>()]) {
        let texts = [text.clone(), format!("{text}Zoe Müller{text}"), format!("{text} 112345 6{text}")];
        for text in texts {
            let (mut found, mut end) = (Vec::new(), 0);
            row().find(&text, &mut found);
            for finding in found {
                prop_assert!(end <= finding.start && finding.start < finding.end);
                prop_assert!(text.get(finding.start..finding.end).is_some());
                end = finding.end;
            }
        }
    }

    #[test]
    fn any_value_between_spaces_is_found(value in "[A-Za-zäöüß]{4,12} [a-zé']{4,12}x [A-Z][a-z]{3,9}") {
        let text = format!("about  {} .", value.to_uppercase());
        let (mut known, mut found) = (Known::new(), Vec::new());
        known.add(7, Name, &value);
        known.add(8, Other, &value);
        known.find(&text, &mut found);
        prop_assert!(found.iter().any(|finding| finding.start == 7), "{text}");
    }

    #[test]
    fn any_value_makes_no_trouble(value in any::<String>(), text in any::<String>()) {
        let (mut known, mut set) = (Known::new(), KnownSetBuilder::new(100, 100_000));
        for kind in [Email, Name, Number, Other] {
            known.add(0, kind, &value);
            set.add(0, kind, &value, 0).unwrap();
        }
        let text = format!("{text} {value} {text}");
        known.find(&text, &mut Vec::new());
        set.build().find(&text, &mut KnownScratch::default(), &mut Vec::new());
    }
}

#[test]
fn long_texts_of_one_letter_take_linear_time() {
    let units = [
        "a",
        "a ",
        "aa ",
        "a.",
        "a'",
        "王",
        "\u{301}",
        "a\u{301}",
        "1",
        "1-",
        "@",
        "a@",
        "Will ",
        "zoe ",
        "Müller, ",
        "\u{ad}",
        "👩\u{200d}",
        "\\n",
        "가",
    ];
    let mut set = KnownSetBuilder::new(10, 1_000);
    for (id, value) in ["aa aa aa", "Zoe Müller", "王伟强", "가가가"].into_iter().enumerate()
    {
        set.add(0, Name, value, id as u64).unwrap();
    }
    set.add(0, Number, "111111112", 9).unwrap();
    let (set, mut known, mut scratch) = (set.build(), row(), KnownScratch::default());
    known.add(9, Name, &"a".repeat(300));
    known.add(10, Number, &"1".repeat(300));
    for unit in units {
        let text = unit.repeat((1 << 18) / unit.len());
        let (mut found, mut set_found) = (Vec::new(), Vec::new());
        known.find(&text, &mut found);
        set.find(&text, &mut scratch, &mut set_found);
        assert!(found.len() <= text.len() && set_found.len() <= text.len(), "{unit}");
    }
}

fn marked(set: &KnownSet, text: &str) -> String {
    let mut found = Vec::new();
    set.find(text, &mut KnownScratch::default(), &mut found);
    let whole = |finding: &KnownSetFinding| KnownFinding {
        start: finding.start,
        end: finding.end,
        source: finding.source,
        is_whole: false,
    };
    mark(text, &found.iter().map(whole).collect::<Vec<_>>())
}

#[test]
fn a_set_finds_names_in_full() {
    let values = [
        (Name, "Zoe Feldman"),
        (Name, "Dr. Ada van den Berghe"),
        (Name, "Will May"),
        (Name, "Feldman"),
        (Name, "May"),
        (Name, "Sean O'Neil"),
        (Name, "王伟"),
        (Name, "山田 太郎"),
        (Name, "Jürgen Müller"),
        (Name, "Test User"),
        (Name, "김민수"),
        (Number, "12345-678"),
        (Number, "123456"),
        (Email, "zoe.f@example.org"),
        (Other, "Blue Heron"),
        (Name, "N/A"),
        (Name, "王 Davidson"),
        (Name, "Davidson 王"),
    ];
    let mut builder = KnownSetBuilder::new(100, 10_000);
    for (id, (kind, value)) in values.into_iter().enumerate() {
        builder.add(id, kind, value, id as u64).unwrap();
    }
    let set = builder.build();
    for text in [
        "[zoe feldman] and Zoe",
        "[Zoe Feldman]'s",
        "feldman but Mrs [Feldman]",
        "[Ada van den Berghe] and Berghe",
        "[Will May] called; will may in May",
        "[Sean O’Neil]'s",
        "我叫[王伟]。王",
        "[山田太郎]様",
        "[JURGEN MULLER]",
        "test user 123456",
        "[김민수]는",
        "[12345678], [12345 678], 123456789",
        "to [ZOE.F@example.org], xzoe.f@example.org",
        "a [blue-heron]",
        "n/a",
        "name:[Zoe Feldman]",
        "[王Davidson]",
        "[Davidson 王]",
        "写信给[zoe.f@example.org]吧",
    ] {
        assert_eq!(marked(&set, &text.replace(['[', ']'], "")), text);
    }
    let mut found = Vec::new();
    set.find("Zoe Feldman", &mut KnownScratch::default(), &mut found);
    assert_eq!(found, [KnownSetFinding { start: 0, end: 11, source: 0, value_id: 0 }]);
}

#[test]
fn a_set_has_limits() {
    let mut builder = KnownSetBuilder::new(2, 1_000);
    builder.add(0, Name, "Zoe Feldman", 0).unwrap();
    builder.add(0, Name, "Ada Feldman", 1).unwrap();
    assert!(builder.add(0, Name, "Eva Feldman", 2).is_err());
    let mut builder = KnownSetBuilder::new(1_000, 20);
    builder.add(0, Name, "Zoe Feldman", 0).unwrap();
    assert!(builder.add(0, Name, "Ada Feldman", 1).is_err());
    assert_eq!(marked(&builder.build(), "Zoe Feldman, Ada Feldman"), "[Zoe Feldman], Ada Feldman");
}
