//! Parquet files mutated at random, a second of them in every run of the tests, and as many seconds as `FUZZ_SECONDS` says by `make fuzz`.
//!
//! Whatever comes in, there is no panic, an error is one of the data, and an output is there only if there is none, and can be read.

use std::fs;
use std::time::{Duration, Instant};

use bytes::Bytes;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use tokenize_core::ErrorClass;

use crate::fixture::Fixture;
use crate::hostile::{Ward, footer_start};
use crate::splice::chunks::{Chunks, write_kinds_as};

const RULES: &str = "id: { action: keep }
    name: { action: pseudonymize, domain: name }
    amount: { action: encrypt, mode: deterministic }
    seen: { action: generalize, to: month }
    small: { action: keep }
    person.ssn: { action: tokenize, format: us_ssn, on_invalid: redact }
    person.score: { action: keep }
    \"tags[]\": { action: redact }
    day: { action: shift_date, subject: id, max_days: 30, on_invalid: nullify }";

/// Numbers that look random, and are the same for one seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

/// Small files of different writers' making.
fn seeds() -> Vec<Vec<u8>> {
    let fixture = Fixture::of_vectors();
    let path = fixture.path("seed.parquet");
    let base = || WriterProperties::builder().set_bloom_filter_enabled(true);
    let settings = [
        base(),
        base().set_compression(Compression::SNAPPY),
        base().set_compression(Compression::GZIP(GzipLevel::default())),
        base().set_compression(Compression::LZ4_RAW),
        base()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_data_page_row_count_limit(5)
            .set_write_batch_size(5),
        base().set_writer_version(WriterVersion::PARQUET_2_0).set_dictionary_enabled(false),
        base().set_dictionary_enabled(false).set_offset_index_disabled(true),
        WriterProperties::builder().set_dictionary_enabled(false),
        WriterProperties::builder().set_dictionary_page_size_limit(20).set_write_batch_size(2),
    ];
    let seed = |properties| {
        write_kinds_as(&path, 2, 15, properties);
        fs::read(&path).unwrap()
    };
    settings.into_iter().map(seed).collect()
}

/// Changes a few bytes: more often those of the footer and of page headers, where lengths are.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=random.below(4) {
        let end = bytes.len();
        let footer = footer_start_or(bytes);
        let place = match random.below(3) {
            0 => random.below(end),
            _ => footer + random.below(end - footer),
        };
        let value = [0x00, 0x7F, 0x80, 0xFF, 0x01][random.below(5)];
        match random.below(7) {
            0 => bytes[place] ^= 1 << random.below(8),
            1 => bytes[place] = value,
            2 => bytes[place] = bytes[place].wrapping_add(1),
            3 => bytes.insert(place, value),
            4 => drop(bytes.remove(place)),
            5 => {
                let len = random.below(16).min(end - place).min(other.len());
                let from = random.below(other.len() - len + 1);
                bytes[place..place + len].copy_from_slice(&other[from..from + len]);
            }
            _ => {
                let len = random.below(12).min(end - place);
                let to = random.below(end - len + 1);
                bytes.copy_within(place..place + len, to);
            }
        }
    }
}

/// Where a footer begins, or would if its length were right.
fn footer_start_or(bytes: &[u8]) -> usize {
    let is_right = bytes.len() > 12
        && u32::from_le_bytes(*bytes[bytes.len() - 8..].first_chunk().unwrap()) as usize
            <= bytes.len() - 12;
    if is_right { footer_start(bytes) } else { bytes.len() / 2 }
}

#[test]
fn parquet() {
    let seconds =
        std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or(0x5EED);
    let (seeds, ward) = (seeds(), Ward::new(RULES));
    for bytes in &seeds {
        ward.mask(bytes).unwrap();
        ward.clear();
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut number = 0;
    while Instant::now() < end {
        // Each file has a seed of its own, which the message of a failure names.
        let mut random = Random(seed.wrapping_add(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut bytes = seeds[random.below(seeds.len())].clone();
        let other = &seeds[random.below(seeds.len())];
        mutate(&mut random, &mut bytes, other);
        let again = format!("FUZZ_SEED={}", seed.wrapping_add(number));
        match ward.mask(&bytes) {
            Ok(output) => {
                let output = Chunks::read_bytes(&Bytes::from(fs::read(output).unwrap()));
                for group in 0..output.groups() {
                    // What is made can be read; what is kept is as it was.
                    assert!(!output.pages(group, "name").is_empty(), "{again}");
                }
                ward.clear();
            }
            Err(error) => assert_ne!(error.class(), ErrorClass::World, "{again}: {error}"),
        }
        number += 1;
    }
    assert!(number > 0);
}
