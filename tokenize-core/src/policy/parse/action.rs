//! The options of each action.

use chrono::NaiveDate;

use super::{Broken, Fields, Read, Reader};
use crate::field::FieldPath;
use crate::format::{Format, FormatFault, FormatOptions, FormatReason, Keep};
use crate::policy::fault::FaultKind;
use crate::policy::options::{self, ActionSpec, FORMATS, FormatSpec, GENERALIZES, GeneralizeSpec};
use crate::policy::tree::{self, Kind};
use crate::policy::{Action, CellKey, Decimal, Generalize, Mode};

impl Reader {
    pub(super) fn action(
        &mut self,
        spec: &ActionSpec,
        fields: &Fields<'_>,
    ) -> Result<Action, Broken> {
        match spec.name {
            "drop" => Ok(Action::Drop),
            "encrypt" => self.encrypt(fields),
            "generalize" => self.generalize(fields).map(Action::Generalize),
            "keep" => Ok(Action::Keep),
            "pseudonymize" => self.pseudonymize(fields),
            "redact" => self
                .text(fields, "with")
                .map(|with| Action::Redact { with: with.map(str::to_owned) }),
            "shift_date" => self.shift_date(fields),
            "surrogate" => self.surrogate(fields),
            "text" => self.free_text(fields).map(|text| Action::Text(Box::new(text))),
            "tokenize" => self.tokenize(fields),
            "truncate" => self.truncate(fields),
            _ => Err(Broken),
        }
    }

    fn encrypt(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let domain = self.name(fields, "domain");
        let mode = self.word(fields, "mode", "mode", options::MODES);
        let output = self.word(fields, "output", "output", options::CELL_OUTPUTS);
        let key = self.word(fields, "key", "choice", options::CELL_KEYS);
        let (mode, key) = (mode?.unwrap_or_default(), key?.unwrap_or_default());
        if mode == Mode::Deterministic && key == CellKey::Output {
            return Err(self.fault(
                fields.place_of("key"),
                fields.path_of("key"),
                FaultKind::NotDeterministic,
            ));
        }
        Ok(Action::Encrypt { domain: domain?, mode, output: output?.unwrap_or_default(), key })
    }

    fn pseudonymize(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let domain = self.name(fields, "domain");
        let output = self.word(fields, "output", "output", options::PSEUDONYM_OUTPUTS);
        Ok(Action::Pseudonymize {
            domain: domain?.ok_or(Broken)?,
            output: output?.unwrap_or_default(),
        })
    }

    fn shift_date(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let max_days = self.integer(fields, "max_days", options::MAX_DAYS);
        let subject = match self.text(fields, "subject") {
            Ok(Some(text)) => match text.parse::<FieldPath>() {
                Ok(subject) => Ok(Some(subject)),
                Err(error) => Err(self.fault(
                    fields.place_of("subject"),
                    fields.path_of("subject"),
                    FaultKind::Path(error),
                )),
            },
            Ok(None) => Ok(None),
            Err(broken) => Err(broken),
        };
        Ok(Action::ShiftDate {
            max_days: max_days?.ok_or(Broken)?,
            subject: subject?.ok_or(Broken)?,
        })
    }

    fn surrogate(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let domain = self.name(fields, "domain");
        let kind = self.word(fields, "kind", "kind", options::SURROGATE_KINDS);
        let locale = self.word(fields, "locale", "locale", options::SURROGATE_LOCALES);
        Ok(Action::Surrogate {
            domain: domain?.ok_or(Broken)?,
            kind: kind?.ok_or(Broken)?,
            locale: locale?.ok_or(Broken)?,
        })
    }

    fn truncate(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let keep = self.keep(fields);
        let fill = self.character(fields, "fill");
        let (first, last) = keep?.ok_or(Broken)?;
        Ok(Action::Truncate { fill: fill?.unwrap_or('*'), first, last })
    }

    /// `keep: { first, last }`.
    fn keep(&mut self, fields: &Fields<'_>) -> Read<(u32, u32)> {
        let Some(entry) = fields.find("keep") else { return Ok(None) };
        let keep = self.mapping(
            &entry.value,
            fields.path_of("keep"),
            entry.value.place,
            "a mapping with `first` and `last`",
        )?;
        let mut result = Ok(());
        for entry in keep.entries.iter().filter(|entry| !KEEP_KEYS.contains(&entry.key.as_str())) {
            result = Err(self.unknown_key(&keep, entry, KEEP_KEYS.to_vec()));
        }
        if keep.entries.is_empty() {
            result = Err(self.missing(
                &keep,
                "first",
                "`first`, `last` or both say how many characters stay",
            ));
        }
        let first = self.integer(&keep, "first", options::KEPT_CHARACTERS);
        let last = self.integer(&keep, "last", options::KEPT_CHARACTERS);
        result?;
        Ok(Some((first?.unwrap_or(0), last?.unwrap_or(0))))
    }

    fn generalize(&mut self, fields: &Fields<'_>) -> Result<Generalize, Broken> {
        let Some(entry) = fields.find("to") else { return Err(Broken) };
        let path = fields.path_of("to");
        let name = self.text_node(&entry.value, path.clone())?;
        let Some(spec) = GeneralizeSpec::named(name) else {
            let names = GENERALIZES.iter().map(|spec| spec.name).collect();
            return Err(self.unknown_word(&entry.value, path, "way to generalize", name, names));
        };
        for key in ["as_of", "size"] {
            if let Some(entry) = fields.find(key).filter(|_| !spec.takes(key)) {
                self.fault(
                    entry.place,
                    fields.path_of(key),
                    FaultKind::NotTaken { key, owner: spec.name },
                );
            }
        }
        for required in spec.required.iter().filter(|required| fields.find(required.key).is_none())
        {
            self.missing(fields, required.key, required.reason);
        }
        match spec.name {
            "age_band" => self.age_band(fields),
            "bucket" => self.size(fields).map(|size| Generalize::Bucket { size }),
            "month" => Ok(Generalize::Month),
            "round" => self.size(fields).map(|size| Generalize::Round { size }),
            "year" => Ok(Generalize::Year),
            "zip3" => Ok(Generalize::Zip3),
            _ => Err(Broken),
        }
    }

    fn age_band(&mut self, fields: &Fields<'_>) -> Result<Generalize, Broken> {
        let size = self.integer(fields, "size", options::AGE_BAND_SIZE);
        let as_of = self.text(fields, "as_of")?.ok_or(Broken)?;
        let day = Some(as_of)
            .filter(|text| text.len() == "YYYY-MM-DD".len())
            .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        match day {
            Some(as_of) => Ok(Generalize::AgeBand { as_of, size: size?.unwrap_or(10) }),
            None => Err(self.fault(
                fields.place_of("as_of"),
                fields.path_of("as_of"),
                FaultKind::NotADay,
            )),
        }
    }

    fn size(&mut self, fields: &Fields<'_>) -> Result<Decimal, Broken> {
        let text =
            self.number(fields, "size", "a positive number such as 10 or 0.5")?.ok_or(Broken)?;
        Decimal::from_plain(text).ok_or_else(|| {
            self.fault(fields.place_of("size"), fields.path_of("size"), FaultKind::NotASize)
        })
    }

    fn tokenize(&mut self, fields: &Fields<'_>) -> Result<Action, Broken> {
        let mut broken: Vec<&'static str> = Vec::new();
        let options = self.format_options(fields, &mut broken);
        let domain = self.name(fields, "domain");
        let Ok(Some(options)) = options else { return Err(Broken) };
        let spec_name = if options.name.starts_with(ID_PREFIX) { "id" } else { &options.name };
        let Some(spec) = FormatSpec::named(spec_name) else {
            let names = FORMATS.iter().map(|spec| spec.name).collect();
            let place = fields.place_of("format");
            let near = options::nearest(&options.name, FORMATS.iter().map(|spec| spec.name));
            return Err(self.fault(
                place,
                fields.path_of("format"),
                FaultKind::UnknownWord { what: "format", word: options.name, near, allowed: names },
            ));
        };
        if spec.is_generic && fields.find("domain").is_none() {
            self.missing(fields, "domain", "the format says nothing of what the values are, and a column name alone would join strangers");
        }
        let format =
            Format::new(&options).map_err(|faults| self.format_faults(fields, faults, &broken));
        let own_name = || (!spec.is_generic).then(|| options.name.clone());
        let domain = domain?.or_else(own_name).ok_or(Broken)?;
        if broken.is_empty() {
            Ok(Action::Tokenize { domain, format: format? })
        } else {
            Err(Broken)
        }
    }

    /// What a rule says about its format. Options that are wrong in themselves are left out and listed in `broken`.
    fn format_options(
        &mut self,
        fields: &Fields<'_>,
        broken: &mut Vec<&'static str>,
    ) -> Read<FormatOptions> {
        let case = self.word(fields, "case", "case", options::CASES);
        let check_digit = self.word(fields, "check_digit", "choice", options::CHECK_DIGITS);
        let keep = self.keep(fields);
        let prefix = self.word(fields, "prefix", "choice", options::PREFIXES);
        let range = self.range(fields);
        let region = self.name(fields, "region");
        let small_domain = self.word(fields, "small_domain", "choice", options::SMALL_DOMAINS);
        let named = self.format_name(fields);
        let alphabet = self.text(fields, "alphabet");
        let (name, inner_alphabet) = named?;
        let alphabet = sound("alphabet", alphabet, broken).or(inner_alphabet);
        Ok(Some(FormatOptions {
            alphabet: alphabet.map(str::to_owned),
            case: sound("case", case, broken),
            check_digit: sound("check_digit", check_digit, broken),
            keep: sound("keep", keep, broken)
                .map(|(first, last)| Keep { first: first as usize, last: last as usize }),
            name,
            prefix: sound("prefix", prefix, broken),
            range: sound("range", range, broken),
            region: sound("region", region, broken),
            small_domain: sound("small_domain", small_domain, broken),
        }))
    }

    /// `format: NAME`, `format: id:SCHEME`, `format: { alphabet: "..." }` or `format: { id: SCHEME }`.
    fn format_name<'a>(
        &mut self,
        fields: &Fields<'a>,
    ) -> Result<(String, Option<&'a str>), Broken> {
        let entry = fields.find("format").ok_or(Broken)?;
        let path = fields.path_of("format");
        let Kind::Map(entries) = &entry.value.kind else {
            let name = self.text_node(&entry.value, path.clone())?;
            let name = match name.strip_prefix(ID_PREFIX) {
                Some(scheme) => format!("{ID_PREFIX}{}", scheme.trim()),
                None => name.to_owned(),
            };
            return Ok((name, None));
        };
        match entries.as_slice() {
            [only] if only.key == "alphabet" => {
                if let Some(other) = fields.find("alphabet") {
                    self.fault(
                        other.place,
                        fields.path_of("alphabet"),
                        FaultKind::DuplicateKey { key: "alphabet".to_owned() },
                    );
                }
                let alphabet = self.text_node(&only.value, tree::join(&path, "alphabet"))?;
                Ok(("alphabet".to_owned(), Some(alphabet)))
            }
            [only] if only.key == "id" => {
                let scheme = self.text_node(&only.value, tree::join(&path, "id"))?;
                Ok((format!("{ID_PREFIX}{}", scheme.trim()), None))
            }
            _ => Err(self.wrong_type(
                &entry.value,
                path,
                "the name of a format, or one of `alphabet: \"...\"` and `id: SCHEME` alone",
            )),
        }
    }

    /// `range: [first, last]`, each as written.
    fn range(&mut self, fields: &Fields<'_>) -> Read<[String; 2]> {
        let Some(entry) = fields.find("range") else { return Ok(None) };
        let path = fields.path_of("range");
        let expected = "a list of the first and the last value";
        let items = self.list(&entry.value, path.clone(), expected)?;
        let [first, last] = items else {
            return Err(self.fault(
                entry.value.place,
                path,
                FaultKind::RangeLength { length: items.len() },
            ));
        };
        let ends = [first, last].map(|node| match &node.kind {
            Kind::Scalar(scalar) if scalar.is_value() => Some(scalar.text.clone()),
            _ => None,
        });
        match ends {
            [Some(first), Some(last)] => Ok(Some([first, last])),
            _ => {
                let at = usize::from(matches!(ends, [Some(_), None]));
                let node = if at == 0 { first } else { last };
                Err(self.wrong_type(node, tree::index(&path, at), "a number or a day"))
            }
        }
    }

    /// Notes what the format room found, except where it only misses an option that is there, but broken.
    fn format_faults(
        &mut self,
        fields: &Fields<'_>,
        faults: Vec<FormatFault>,
        broken: &[&str],
    ) -> Broken {
        for fault in faults {
            let is_doubtful = matches!(
                fault.reason,
                FormatReason::Missing { .. } | FormatReason::DomainSize { .. }
            );
            if is_doubtful && !broken.is_empty() {
                continue;
            }
            let place = fields.place_of(fault.option);
            let path = fields.path_of(fault.option);
            let kind = match fault.reason {
                FormatReason::AlphabetDuplicate { .. } => FaultKind::AlphabetRepeats,
                _ => FaultKind::Format(fault),
            };
            self.fault(place, path, kind);
        }
        Broken
    }
}

/// What was read, or nothing and a note that the option is broken.
fn sound<T>(option: &'static str, read: Read<T>, broken: &mut Vec<&'static str>) -> Option<T> {
    read.unwrap_or_else(|Broken| {
        broken.push(option);
        None
    })
}

/// What comes before a scheme of the format `id`.
const ID_PREFIX: &str = "id:";

/// The keys of `keep`.
const KEEP_KEYS: &[&str] = &["first", "last"];
