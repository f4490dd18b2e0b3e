//! Files made to hurt: the program ends with 3 and leaves nothing, with no more memory than a gibibyte to its name.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, GzipLevel, Type as Physical};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::desk::Desk;

/// Replaces bytes that stand somewhere in the file by others.
fn patch(path: &Path, old: &[u8], new: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.windows(old.len()).position(|window| window == old).expect("not in the file");
    bytes[place..place + new.len()].copy_from_slice(new);
    fs::write(path, bytes).unwrap();
}

fn write(path: &Path, values: impl Iterator<Item = String>, properties: WriterPropertiesBuilder) {
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(values));
    let batch = RecordBatch::try_from_iter([("v", column)]).unwrap();
    let properties = properties.set_dictionary_enabled(false).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn lines() -> impl Iterator<Item = String> {
    (0..20_000).map(|i| format!("qvxzjwkpfmbd{i}"))
}

/// 64 MiB behind a header that promises 24 bytes.
fn bomb(path: &Path) {
    let gzip = Compression::GZIP(GzipLevel::default());
    let value = std::iter::once("x".repeat(64 << 20));
    write(path, value, WriterProperties::builder().set_compression(gzip));
    // The kind of the page, then what it unpacks to: four bytes of length, the levels before it not counted.
    let len = (4 + (64_u32 << 20)) << 1;
    let varint: Vec<u8> =
        (0..4).map(|i| (len >> (7 * i)).to_le_bytes()[0] & 0x7F | u8::from(i < 3) << 7).collect();
    patch(
        path,
        &[&[0x15, 0x00, 0x15], &varint[..]].concat(),
        &[0x15, 0x00, 0x15, 0xB0, 0x80, 0x80, 0],
    );
}

fn many_lengths(path: &Path, encoding: Encoding) {
    write(path, lines(), WriterProperties::builder().set_encoding(encoding));
    patch(path, &[0x80, 0x01, 0x04, 0xA0, 0x9C, 0x01], &[0x80, 0x01, 0x04, 0xFF, 0xFF, 0x7F]);
}

fn many_columns(path: &Path) {
    let field = |i| {
        let name = format!("c{i}");
        Arc::new(Type::primitive_type_builder(&name, Physical::INT32).build().unwrap())
    };
    let schema = Type::group_type_builder("schema").with_fields((0..100_000).map(field).collect());
    let schema = Arc::new(schema.build().unwrap());
    let writer = SerializedFileWriter::new(File::create(path).unwrap(), schema, Arc::default());
    writer.unwrap().close().unwrap();
}

/// All of the footer is there, in a file with a hole.
fn long_footer(path: &Path) {
    let len = 1 << 30;
    let mut file = File::create(path).unwrap();
    file.write_all(b"PAR1").unwrap();
    file.seek(SeekFrom::Start(4 + u64::from(len))).unwrap();
    file.write_all(&[&u32::to_le_bytes(len)[..], b"PAR1"].concat()).unwrap();
}

/// Cut off, or with something else at that place from the end.
fn damaged(path: &Path, cut: usize, at: usize, byte: u8) {
    write(path, lines(), WriterProperties::builder().set_compression(Compression::SNAPPY));
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(bytes.len() - cut);
    let place = bytes.len() - at;
    bytes[place] = byte;
    fs::write(path, bytes).unwrap();
}

#[test]
fn hostile_files_end_with_3() {
    type Made = (&'static str, Box<dyn Fn(&Path)>);
    let (pages, footer) =
        ("a row group cannot be decoded", "is no Parquet file, or is cut off or damaged");
    let files: [(Made, &str); 9] = [
        (("cut off", Box::new(|path| damaged(path, 100, 1, 0))), footer),
        (("a footer longer than the file", Box::new(|path| damaged(path, 0, 5, 0x3F))), footer),
        (("a footer that lies about its end", Box::new(|path| damaged(path, 0, 8, 0x07))), footer),
        (("a bit of a page", Box::new(|path| damaged(path, 0, 60_000, 0xFF))), pages),
        (("a page that unpacks to more than it says", Box::new(bomb)), pages),
        (
            (
                "lengths that are not there",
                Box::new(|path| {
                    many_lengths(path, Encoding::DELTA_LENGTH_BYTE_ARRAY);
                }),
            ),
            pages,
        ),
        (
            (
                "beginnings that are not there",
                Box::new(|path| {
                    many_lengths(path, Encoding::DELTA_BYTE_ARRAY);
                }),
            ),
            pages,
        ),
        (("100,000 columns", Box::new(many_columns)), footer),
        (("a footer of a gibibyte", Box::new(long_footer)), footer),
    ];
    let desk = Desk::without_files();
    desk.policy("  v: { action: pseudonymize, domain: v }\n");
    let elsewhere = tempfile::tempdir().unwrap();
    for ((what, make), problem) in files {
        let path = elsewhere.path().join("bad.parquet");
        make(&path);
        let before = desk.snapshot();
        let outcome = desk.shell(&format!(
            "ulimit -v 1048576; tokenize mask {} --policy policy.yaml --keyring keyring.json --out out.parquet",
            path.display()
        ));
        assert_eq!(outcome.code, Some(3), "{what}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("bad.parquet"), "{what}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(problem), "{what}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("qvxzjwkpfmbd"), "{what}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{what}");
        assert!(desk.snapshot() == before, "{what}: files have changed");
    }
}
