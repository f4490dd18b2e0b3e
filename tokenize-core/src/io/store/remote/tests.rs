//! Against a store in memory, which can be told to fail or to do something else first.

mod bench;

use std::io::{Read, Write};

use bench::{Bench, denied, lost};

use super::*;
use crate::io::IoError;
use crate::io::bytes::{Origin, unread};
use crate::io::kind::Packing;
use crate::io::publish::Publication;
use crate::io::side::{self, Beside, SideFile};
use crate::io::source;
use crate::io::store::Stores;
use crate::io::store::url::UrlProblem;

/// More than one block of a read, more than one step of a stream, more than one part of an upload.
const LARGE: usize = 21 << 20;

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i ^ (i >> 8) ^ (i >> 16)).to_le_bytes()[0]).collect()
}

fn publication(bench: &Bench, url: &str, replace: bool) -> Result<Publication, IoError> {
    Publication::start(&bench.at(url), replace)
}

fn written(bench: &Bench, url: &str, bytes: &[u8], replace: bool) -> Result<Publication, IoError> {
    let mut made = publication(bench, url, replace)?;
    made.write_all(bytes).map_err(IoError::system("write", url))?;
    Ok(made)
}

fn published(bench: &Bench, url: &str, bytes: &[u8], replace: bool) -> Result<(), IoError> {
    written(bench, url, bytes, replace)?.synced()?.publish()
}

fn problem(error: IoError) -> StoreProblem {
    let IoError::Store { problem, .. } = error else { panic!("{error}") };
    problem
}

#[test]
fn ranges_are_read_as_they_are() {
    let bench = Bench::new();
    let bytes = content(3 << 20);
    bench.put("s3://raw/x", &bytes);
    let file = source::open(&bench.at("s3://raw/x")).unwrap();
    assert_eq!(file.len(), bytes.len() as u64);
    let end = bytes.len();
    for (at, len) in
        [(end - 8, 8), (end - 70_000, 60_000), (0, 4), (4, 100), (1 << 20, 2 << 20), (5, end)]
    {
        let mut into = vec![0; len];
        let mut count = 0;
        while count < len {
            let more = file.read_at((at + count) as u64, &mut into[count..]).unwrap();
            if more == 0 {
                break;
            }
            count += more;
        }
        assert_eq!(count, len.min(end - at));
        assert!(into[..count] == bytes[at..at + count], "{at} {len}");
    }
    assert_eq!(file.read_at(end as u64, &mut [0]).unwrap(), 0);
    assert_eq!(file.read_at(u64::MAX, &mut [0]).unwrap(), 0);
}

#[test]
fn streams_are_whole_and_packed_ones_unpacked() {
    let bench = Bench::new();
    for len in [0, 1, LARGE] {
        let bytes = content(len);
        bench.put("s3://raw/x", &bytes);
        bench.put("s3://raw/x.zst", &zstd::encode_all(&bytes[..], 0).unwrap());
        for (url, packing) in [("s3://raw/x", Packing::None), ("s3://raw/x.zst", Packing::Zstd)] {
            let origin = Origin::new(&bench.at(url)).unwrap();
            assert!(origin.is_repeatable());
            for _ in 0..2 {
                let mut read = Vec::new();
                origin.read(packing).unwrap().read_to_end(&mut read).unwrap();
                assert!(read == bytes, "{url} {len}");
            }
        }
    }
}

#[test]
fn what_is_replaced_is_not_read_on() {
    let bench = Bench::new();
    bench.put("s3://raw/x", &content(LARGE));
    let place = bench.at("s3://raw/x");
    let file = source::open(&place).unwrap();
    let mut stream = Origin::new(&place).unwrap().read(Packing::None).unwrap();
    file.read_at(0, &mut [0; 10]).unwrap();
    stream.read_exact(&mut [0; 10]).unwrap();
    assert!(file.failure().is_none());
    bench.put("s3://raw/x", &content(LARGE));

    let error = file.read_at(9 << 20, &mut [0; 10]).unwrap_err();
    let error = unread(place.path(), error);
    assert_eq!(
        error.to_string(),
        "s3://raw/x: cannot read: the object was replaced while it was read"
    );
    assert!(file.failure().is_some(), "for who has lost the error");
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(problem(unread(place.path(), error)), StoreProblem::Changed);
}

#[test]
fn objects_appear_when_they_are_published() {
    let bench = Bench::new();
    for (len, first) in [(0, "put"), (1000, "put"), (LARGE, "begin")] {
        let (url, bytes) = (format!("s3://masked/{len}"), content(len));
        let made = written(&bench, &url, &bytes, false).unwrap().synced().unwrap();
        assert_eq!(bench.get(&url), None);
        made.publish().unwrap();
        assert!(bench.get(&url).unwrap() == bytes);
        assert!(bench.asked().contains(&format!("{first} {len}")));
    }
    assert_eq!(bench.names(), ["0", "1000", &LARGE.to_string()]);
    assert_eq!(bench.uploads(), 0);
}

#[test]
fn what_is_given_up_leaves_nothing() {
    let bench = Bench::new();
    for len in [1000, LARGE] {
        drop(written(&bench, "s3://masked/x", &content(len), false).unwrap());
    }
    for failing in ["part", "complete"] {
        bench.fail(move |request, _| (request == failing).then(lost));
        let error = published(&bench, "s3://masked/x", &content(LARGE), false).unwrap_err();
        assert_eq!(problem(error), StoreProblem::Unavailable, "{failing}");
    }
    assert!(bench.names().is_empty());
    assert_eq!(bench.uploads(), 0, "each was aborted");
    assert_eq!(bench.asked().iter().filter(|asked| *asked == "abort x").count(), 3);
}

#[test]
fn nothing_is_replaced_unasked() {
    let bench = Bench::new();
    for len in [10, LARGE] {
        bench.put("s3://masked/x", b"theirs");
        let error = published(&bench, "s3://masked/x", &content(len), false).unwrap_err();
        assert!(matches!(error, IoError::Exists { .. }), "{error}");
        published(&bench, "s3://masked/x", &content(len), true).unwrap();
        assert!(bench.get("s3://masked/x").unwrap() == content(len));

        bench.delete("s3://masked/x");
        let made =
            written(&bench, "s3://masked/x", &content(len), false).unwrap().synced().unwrap();
        bench.put("s3://masked/x", b"theirs");
        let error = made.publish().unwrap_err();
        assert!(matches!(error, IoError::Exists { .. }), "{error}");
        assert_eq!(bench.get("s3://masked/x").unwrap(), b"theirs");
    }
    assert_eq!(bench.uploads(), 0);
}

#[test]
fn a_lost_answer_is_no_failure() {
    let bench = Bench::new();
    bench.fail(|request, _| (request == "answer").then(lost));
    for len in [10, LARGE] {
        published(&bench, &format!("s3://masked/{len}"), &content(len), false).unwrap();
    }
    assert_eq!(bench.names(), ["10", &LARGE.to_string()]);
}

#[test]
fn who_may_write_but_not_look_can_write_to_s3() {
    let bench = Bench::new();
    bench.fail(|request, _| (request == "head").then(denied));
    published(&bench, "s3://masked/x", b"1", false).unwrap();
    // S3 lets itself be told that an object must be new; others do not for all objects.
    let error = published(&bench, "gs://masked/y", b"1", false).unwrap_err();
    assert_eq!(problem(error), StoreProblem::AccessDenied);
    let error = source::open(&bench.at("s3://masked/x")).err().unwrap();
    assert_eq!(problem(error), StoreProblem::AccessDenied);
}

#[test]
fn a_side_file_is_kept_before_it_has_its_name() {
    let bench = Bench::new();
    let output = bench.at("s3://masked/a/out.csv");
    let mut side = Beside::stage(&output, "first", false).unwrap();
    let [hidden] = &bench.names()[..] else { panic!("{:?}", bench.names()) };
    assert!(hidden.starts_with("a/.out.csv.tokenize.json.") && hidden.ends_with(".partial"));
    side.update("second").unwrap();
    assert_eq!(bench.names().len(), 1);
    drop(side);
    assert!(bench.names().is_empty());

    let side = Beside::stage(&output, "kept", false).unwrap();
    let made = written(&bench, "s3://masked/a/out.csv", b"data", false).unwrap();
    let path = side.publish(Some(made)).unwrap();
    assert_eq!(path.unwrap(), std::path::Path::new("s3://masked/a/out.csv.tokenize.json"));
    assert_eq!(bench.names(), ["a/out.csv", "a/out.csv.tokenize.json"]);
    assert_eq!(side::read(&output).unwrap().unwrap(), "kept");
    assert!(matches!(SideFile::refuse_taken(&output), Err(IoError::SideFileExists { .. })));
}

#[test]
fn a_side_file_goes_back_with_its_output() {
    let bench = Bench::new();
    let output = bench.at("s3://masked/out.csv");
    let fails = |bench: &Bench, replace| {
        let side = Beside::stage(&bench.at("s3://masked/out.csv"), "new", replace).unwrap();
        let made = written(bench, "s3://masked/out.csv", b"data", replace).unwrap();
        bench.fail(|request, key| (request == "put" && key.as_ref() == "out.csv").then(lost));
        side.publish(Some(made)).unwrap_err()
    };
    assert_eq!(problem(fails(&bench, false)), StoreProblem::Unavailable);
    assert!(bench.names().is_empty());
    bench.put("s3://masked/out.csv.tokenize.json", b"earlier");
    assert_eq!(problem(fails(&bench, true)), StoreProblem::Unavailable);
    assert_eq!(bench.names(), ["out.csv.tokenize.json"]);
    assert_eq!(side::read(&output).unwrap().unwrap(), "earlier");
    side::remove(&output).unwrap();
    side::remove(&output).unwrap();
    assert_eq!(side::read(&output).unwrap(), None);
}

#[test]
fn objects_below_a_prefix_are_listed() {
    let bench = Bench::new();
    for key in ["a/2", "a/1/x", "ab/3", "4"] {
        bench.put(&format!("s3://raw/{key}"), b"123");
    }
    let keys = |prefix: &str| -> Vec<String> {
        let listed = bench.stores().list(std::path::Path::new(prefix)).unwrap();
        assert!(listed.iter().all(|found| found.len == 3 && found.version.is_some()));
        listed.iter().map(|found| found.url.to_string()).collect()
    };
    assert_eq!(keys("s3://raw/a"), ["s3://raw/a/1/x", "s3://raw/a/2"]);
    assert_eq!(keys("s3://raw/a/"), keys("s3://raw/a"));
    assert_eq!(keys("s3://raw").len(), 4);
    assert!(keys("s3://raw/none").is_empty());
}

#[test]
fn urls_lead_nowhere_by_default() {
    let refused = |url: &str| match Stores::default().object(url.as_ref()).err() {
        Some(IoError::Url { path, problem }) => (path.display().to_string(), problem),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("s3://raw/x"), ("s3://raw/x".to_owned(), UrlProblem::NoStores));
    let query = refused("s3://raw/x?X-Amz-Signature=1");
    assert_eq!(query, ("s3://raw/x".to_owned(), UrlProblem::Query));
    let user = refused("s3://key:secret@raw/x");
    assert_eq!(user, ("s3://raw/x".to_owned(), UrlProblem::UserInfo));
    assert_eq!(format!("{:?}", Stores::default()), "Stores(none)");
}
