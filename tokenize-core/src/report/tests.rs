use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, UnionArray,
};
use arrow::datatypes::{DataType, Field, Schema, UnionFields};

use super::{Holds, Outcome, Page};
use crate::detect::{Detector, ScanOptions, ScanReport, Scanner};
use crate::pipeline::{Inspection, Treatment};
use crate::policy::Policy;

const CANARY: &str = "canary-7f3a";
const NO_FILES: [&str; 0] = [];

fn texts(value: impl Fn(u64) -> String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..200).map(value)))
}

/// One column of each kind that a page knows.
fn batch() -> RecordBatch {
    let email = |i: u64| format!("user{i}@{CANARY}.org");
    let word = |i: u64| ["red", "green", "blue"][usize::try_from(i % 3).unwrap_or_default()];
    let closed: UnionFields =
        [(0, Arc::new(Field::new(CANARY, DataType::Int64, true)))].into_iter().collect();
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..200));
    let closed = UnionArray::try_new(closed, vec![0; 200].into(), None, vec![values]).unwrap();
    let half_null = StringArray::from_iter((0..200).map(|i| (i % 2 == 0).then(|| email(i))));
    let columns: [(&str, ArrayRef); 8] = [
        ("contact", texts(email)),
        ("half", Arc::new(half_null)),
        (
            "ticket",
            texts(|i| {
                format!(
                    "the customer with the {} car said {} is fine, {i}",
                    word(i),
                    if i % 4 == 0 { email(i) } else { word(i).to_owned() }
                )
            }),
        ),
        ("colour", texts(|i| if i == 7 { email(i) } else { word(i).to_owned() })),
        (
            "remark",
            texts(|i| format!("the delivery of the {} chair was later than we had said", word(i))),
        ),
        ("shape", texts(|i| word(i).to_owned())),
        ("flag", Arc::new(BooleanArray::from(vec![true; 200]))),
        ("closed", Arc::new(closed)),
    ];
    let fields =
        columns.iter().map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(schema.into(), columns.into_iter().map(|(_, it)| it).collect()).unwrap()
}

fn scan(batch: &RecordBatch) -> ScanReport {
    let mut scanner = Scanner::new(Detector::standard(), ScanOptions::default());
    scanner.push(batch).unwrap();
    scanner.finish()
}

fn page(batch: &RecordBatch) -> Page {
    Page::of_scan(&scan(batch), &["some/folder/customers.parquet"])
}

/// A table of text columns with these names.
fn named(names: &[&str]) -> RecordBatch {
    let fields: Vec<_> = names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let columns = names.iter().map(|_| texts(|i| format!("user{i}@{CANARY}.org")));
    RecordBatch::try_new(Schema::new(fields).into(), columns.collect()).unwrap()
}

/// What a mask by these actions would have seen.
fn inspection(actions: &HashMap<&str, &str>) -> Inspection {
    let before = scan(&batch());
    let treatments = before.columns.iter().map(|column| {
        let path = column.path.to_string();
        let action = actions.get(path.as_str()).copied().unwrap_or("{ action: keep }");
        let policy = format!("version: 1\nname: p\ncolumns:\n  x: {action}\n");
        let policy = Policy::from_text(&policy).unwrap();
        let action = &policy.rules()[0].action;
        Treatment {
            path: column.path.clone(),
            action: action.name(),
            options: Vec::new(),
            domain: None,
            key_version: None,
            earlier: None,
            reversible: action.is_reversible(),
            deterministic: action.is_deterministic(),
            leaks: action.leaks(),
            emptied: 0,
            nullified: 2,
            redacted: 0,
        }
    });
    Inspection {
        policy: "\"><script>alert(1)</script>".to_owned(),
        policy_sha256: "ab".repeat(32),
        keyring: "kr-1".to_owned(),
        rows: 200,
        columns: treatments.collect(),
        after: scan(&named(&["half"])),
        before,
    }
}

fn holds(page: &Page) -> Vec<(&str, Holds)> {
    page.columns.iter().map(|column| (column.path.as_str(), column.holds)).collect()
}

#[test]
fn columns_are_told_by_what_they_hold() {
    let page = page(&batch());
    assert_eq!(
        holds(&page),
        [
            ("contact", Holds::Personal),
            ("half", Holds::Personal),
            ("ticket", Holds::Inside),
            ("colour", Holds::Some),
            ("remark", Holds::Text),
            ("shape", Holds::Nothing),
            ("flag", Holds::Nothing),
            ("closed", Holds::Closed),
        ]
    );
    let summary = page.summary;
    assert_eq!((summary.columns, summary.personal), (8, 4));
    assert_eq!((summary.doubtful, summary.quiet), (2, 2));
    let half = &page.columns[1];
    assert_eq!((half.rows, half.nulls, half.looked_at), (200, 100, 100));
    let parts: Vec<_> = half.bar.parts.iter().map(|part| (part.class, part.width)).collect();
    assert_eq!(parts, [("f1", 500), ("null", 500)]);
    assert_eq!(page.columns[0].shapes[0].shape, "aaaa999@aaaa-9a9a.aaa");
}

#[test]
fn what_a_mask_leaves_in_clear_stands_out() {
    let page = Page::of_mask(
        &inspection(&HashMap::from([
            ("contact", "{ action: tokenize, format: email }"),
            ("half", "{ action: truncate, keep: { first: 40 } }"),
            ("remark", "{ action: drop }"),
        ])),
        &NO_FILES,
    );
    let outcomes: Vec<_> = page.columns.iter().filter_map(|column| column.outcome).collect();
    use Outcome::{Exposed, Kept, Protected, Unsure};
    assert_eq!(outcomes, [Protected, Exposed, Exposed, Exposed, Protected, Kept, Kept, Unsure]);
    assert_eq!(page.columns[1].left[0].entity, "EMAIL_ADDRESS");
    let summary = page.summary;
    assert_eq!((summary.protected, summary.exposed, summary.unsure, summary.lost), (2, 3, 1, 16));
    let html = page.to_html();
    assert!(html.contains("Personal data is left in clear in 3 columns"));
    for place in [1, 2, 3] {
        assert!(html.contains(&format!("<a href=\"#c{place}\">")), "{place}");
        assert!(html.contains(&format!("id=\"c{place}\" class=\"alarm\"")), "{place}");
    }
}

#[test]
fn no_value_is_on_a_page() {
    // The canary is in the type of a column, too, as the name of a field.
    let page = page(&batch());
    for text in [page.to_html(), serde_json::to_string(&page).unwrap()] {
        assert!(text.contains("contact") && text.contains("customers.parquet"));
        for hidden in [CANARY, "canary", "user1", "chair", "folder"] {
            assert!(!text.contains(hidden), "{hidden}");
        }
    }
}

#[test]
fn names_are_shown_and_never_run() {
    let long = "n".repeat(30_000);
    let names = [
        "<script>alert(1)</script>",
        "</style></title><img src=x onerror=alert(1)>",
        "\"' onmouseover='alert(1)\" x=\"",
        "a\u{202e}gpj.exe",
        "line\nbreak\r\n\u{2028}",
        "{{ 7 * 7 }} {% include x %}",
        "&lt;b&gt; &amp;",
        "-->]]>",
        long.as_str(),
    ];
    let html = page(&named(&names)).to_html();
    assert_eq!(html.matches("<script").count(), 1);
    assert_eq!(html.matches("</style>").count(), 1);
    for dangerous in ["<img", "onmouseover='", "\u{202e}", "\u{2028}", "\r", "-->"] {
        assert!(!html.contains(dangerous), "{dangerous}");
    }
    for shown in [
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "a⟨U+202E⟩gpj.exe",
        "line⟨U+000A⟩break⟨U+000D⟩⟨U+000A⟩⟨U+2028⟩",
        "{{ 7 * 7 }} {% include x %}",
        "&#38;lt;b&#38;gt; &#38;amp;",
        "nnn…⟨29880 more characters⟩…nnn",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
    let html = Page::of_mask(&inspection(&HashMap::new()), &["<b>\u{202e}.parquet"]).to_html();
    assert_eq!(html.matches("<script").count(), 1);
    assert!(!html.contains("<b>⟨") && html.contains("&#60;b&#62;⟨U+202E⟩.parquet"));
}

#[test]
fn a_page_loads_nothing() {
    let html = page(&batch()).to_html();
    for outside in ["http:", "https:", "//cdn", "src=", "@import", "url(", " style=", "onclick"] {
        assert!(!html.contains(outside), "{outside}");
    }
    let policy =
        "Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;sha256-";
    assert!(html.contains(policy));
    assert!(!html.contains("unsafe-inline"));
}

#[test]
fn equal_reports_give_equal_pages() {
    assert_eq!(page(&batch()).to_html(), page(&batch()).to_html());
}

#[test]
fn a_hundred_columns_stay_small() {
    let names: Vec<String> = (0..100).map(|i| format!("{i}{}", "n".repeat(200))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let html = page(&named(&names)).to_html();
    assert_eq!(html.matches("<details>").count(), 100);
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}

#[test]
fn nothing_is_a_page_too() {
    let empty = RecordBatch::new_empty(Arc::new(Schema::empty()));
    let html = Page::of_scan(&scan(&empty), &NO_FILES).to_html();
    assert!(html.contains("A table in memory") && html.contains("There are no columns."));
    let html = page(&batch().slice(0, 0)).to_html();
    assert!(html.contains("no values") && !html.contains("NaN"));
}
