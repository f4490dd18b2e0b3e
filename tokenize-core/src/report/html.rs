//! A page as HTML, by the template in `templates/report.html`. Whatever is put into it is escaped by the template engine.

use std::fmt::{self, Display};

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::column::{Column, Found};
use super::name::visible;
use super::{Holds, Outcome, Page, Summary};
use crate::crypto::prf::sha256;
use crate::detect::Percent;

pub(super) fn render(page: &Page) -> String {
    let html = Html { page, summary: &page.summary, style: STYLE, script: SCRIPT };
    html.render().expect("the template writes to a text and calls nothing that fails")
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Html<'a> {
    page: &'a Page,
    summary: &'a Summary,
    style: &'static str,
    script: &'static str,
}

impl Html<'_> {
    /// What the page may load: nothing but the style and the script that stand in it.
    fn content_security_policy(&self) -> String {
        let hash = |text: &str| STANDARD.encode(sha256(text.as_bytes()));
        format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(self.style),
            hash(self.script)
        )
    }

    /// What the page is about, in a word or two.
    fn subject(&self) -> String {
        match self.page.files.as_slice() {
            [] => "A table in memory".to_owned(),
            [file] => visible(file),
            [first, rest @ ..] => format!("{} and {} more", visible(first), rest.len()),
        }
    }

    fn kind(&self) -> &'static str {
        if self.page.mask.is_some() { "Mask report" } else { "Scan report" }
    }

    fn looked(&self) -> String {
        match self.page.sample {
            None => "Every value was looked at.".to_owned(),
            Some(values) => format!(
                "A sample of {} values of each column was looked at: what is rare may be missed.",
                grouped(values)
            ),
        }
    }

    fn count(&self, count: impl Into<Count>) -> String {
        grouped(count.into().0)
    }

    fn visible(&self, name: &str) -> String {
        visible(name)
    }

    fn percent(&self, share: &f64) -> String {
        percent(*share)
    }

    fn share(&self, part: &u64, whole: &u64) -> String {
        percent(ratio(*part, *whole))
    }

    /// A limit, never rounded down.
    fn ceiling(&self, share: &f64) -> String {
        format!("{:.1}{NBSP}%", (share * 1000.0).ceil() / 10.0)
    }

    /// At two places, never rounded up to certainty.
    fn score(&self, score: &f64) -> String {
        format!("{:.2}", (score * 100.0 + 1e-9).floor() / 100.0)
    }

    /// The columns that a list at the top names, with their places.
    fn exposed(&self) -> Vec<(usize, &Column)> {
        let is_exposed = |column: &Column| column.outcome == Some(Outcome::Exposed);
        self.page.columns.iter().enumerate().filter(|(_, column)| is_exposed(column)).collect()
    }
}

impl Column {
    /// The bar in words. What the column is taken for stands beside it.
    fn bar_text(&self) -> String {
        let is_told = |entity: &str| self.holds == Holds::Personal && entity == self.verdict;
        let said = self.found.iter().take(SAID).map(|it| match is_told(&it.entity) {
            true => percent(it.share),
            false => format!("{} {}", visible(&it.entity), percent(it.share)),
        });
        let mut said: Vec<String> = said.collect();
        if said.is_empty() {
            said.push("nothing found".to_owned());
        }
        if self.found.len() > SAID {
            said.push(format!("{} more", self.found.len() - SAID));
        }
        said.join(", ")
    }

    /// What is sorted by: the share of the first thing found, in millionths.
    fn share_found(&self) -> String {
        format!("{:.6}", self.found.first().map_or(0.0, |found| found.share))
    }

    fn share_of_nulls(&self) -> String {
        format!("{:.6}", ratio(self.nulls, self.rows))
    }

    fn is_left_out(&self) -> bool {
        self.done.as_ref().is_some_and(|done| done.action == "drop")
    }

    /// Entities found that are told in full.
    fn told(&self) -> &[Found] {
        self.found.get(..TOLD).unwrap_or(&self.found)
    }
}

/// A number that can be counted in a page.
struct Count(u64);

impl From<&u64> for Count {
    fn from(count: &u64) -> Self {
        Self(*count)
    }
}

impl From<&usize> for Count {
    fn from(count: &usize) -> Self {
        Self(u64::try_from(*count).unwrap_or(u64::MAX))
    }
}

impl From<usize> for Count {
    fn from(count: usize) -> Self {
        Self::from(&count)
    }
}

/// Digits in groups of three.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "told in percent")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A share in percent, in one line.
fn percent(share: f64) -> String {
    Percent(share).to_string().replace(" %", &format!("{NBSP}%"))
}

impl Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByName => "Nothing but its name",
            Self::Closed => "Not looked into",
            Self::Inside => "Free text with personal data",
            Self::Masked => "Masked before",
            Self::Nothing => "Nothing found",
            Self::Personal => "Personal data",
            Self::Some => "Personal data in some values",
            Self::Text => "Free text",
        })
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exposed => "Left in clear",
            Self::Kept => "Kept, nothing found",
            Self::Protected => "Protected",
            Self::Unsure => "Kept, not ruled out",
        })
    }
}

impl Holds {
    /// How it is drawn, and where it comes when sorted.
    fn tone(self) -> &'static str {
        if self.is_personal() {
            "found"
        } else if self.is_doubtful() {
            "doubt"
        } else {
            "quiet"
        }
    }

    fn place(self) -> u8 {
        self as u8
    }
}

impl Outcome {
    fn tone(self) -> &'static str {
        match self {
            Self::Exposed => "alarm",
            Self::Kept => "quiet",
            Self::Protected => "good",
            Self::Unsure => "doubt",
        }
    }

    fn place(self) -> u8 {
        self as u8
    }
}

/// Entities that a bar's line names, and that the details tell.
const SAID: usize = 2;
const TOLD: usize = 12;
const NBSP: char = '\u{a0}';
const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")];
        for (count, text) in cases {
            assert_eq!(grouped(count), text);
        }
    }
}
