use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;

const KEK_FILE: &str = "tokenize-kek/v1 YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8=\n";

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn write(directory: &tempfile::TempDir, text: &str, mode: u32) -> PathBuf {
    let path = directory.path().join("kek.key");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&path)
        .unwrap();
    file.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    path
}

fn context() -> EncryptionContext {
    EncryptionContext::new().with("a", "1").with("b", "2")
}

#[test]
fn a_new_file_is_its_owners_and_opens() {
    let directory = directory();
    let path = directory.path().join("kek.key");
    let made = LocalKms::create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap().len(), KEK_FILE.len());
    assert!(LocalKms::open(&path).unwrap().kek.same_as(&made.kek));
}

#[test]
fn a_file_is_never_overwritten() {
    let directory = directory();
    let path = write(&directory, "something else", 0o600);
    assert!(matches!(LocalKms::create(&path), Err(KmsError::KekExists { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "something else");
    // A link that leads nowhere is something too.
    let link = directory.path().join("link");
    symlink(directory.path().join("nowhere"), &link).unwrap();
    assert!(matches!(LocalKms::create(&link), Err(KmsError::KekExists { .. })));
}

#[test]
fn a_file_may_lack_its_last_newline() {
    let directory = directory();
    for text in [KEK_FILE, KEK_FILE.trim_end()] {
        let kms = LocalKms::open(&write(&directory, text, 0o600)).unwrap();
        assert_eq!(kms.kek.expose()[..2], [0x60, 0x61]);
    }
}

#[test]
fn a_malformed_file_is_refused_without_its_content() {
    let directory = directory();
    let line = KEK_FILE.trim_end();
    for text in [
        "",
        "\n",
        "tokenize-kek/v1 ",
        "tokenize-kek/v2 YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8=\n",
        "tokenize-kek/v1 YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn9/\n",
        "tokenize-kek/v1 YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fg==\n",
        "tokenize-kek/v1 YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn9=\n",
        "tokenize-kek/v1 *GFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8=\n",
        &line[..40],
        &format!("{line}\r\n"),
        &format!("{line}\n\n"),
        &format!("{line}\n{line}\n"),
        &"x".repeat(10_000),
    ] {
        let error = LocalKms::open(&write(&directory, text, 0o600)).unwrap_err();
        assert!(matches!(error, KmsError::KekMalformed { .. }), "{text:?}: {error}");
        assert!(!format!("{error} {error:?} {:?}", error.hint()).contains("YGFi"));
    }
    assert!(matches!(
        LocalKms::open(directory.path()),
        Err(KmsError::KekExposed { .. } | KmsError::KekMalformed { .. })
    ));
}

#[test]
fn a_file_that_others_may_read_or_write_is_refused() {
    let directory = directory();
    for mode in [0o640, 0o620, 0o604, 0o602, 0o644, 0o666, 0o610] {
        let path = write(&directory, KEK_FILE, mode);
        let link = directory.path().join(format!("link{mode}"));
        symlink(&path, &link).unwrap();
        for path in [&path, &link] {
            let error = LocalKms::open(path).unwrap_err();
            assert!(
                matches!(error, KmsError::KekExposed { mode: found, .. } if found == mode),
                "{error}"
            );
            assert_eq!(error.hint().unwrap(), format!("chmod 600 {}", path.display()));
        }
    }
    for mode in [0o600, 0o400] {
        LocalKms::open(&write(&directory, KEK_FILE, mode)).unwrap();
        fs::remove_file(directory.path().join("kek.key")).unwrap();
    }
}

#[test]
fn a_missing_file_is_said_with_the_way_back() {
    let directory = directory();
    let error = LocalKms::open(&directory.path().join("kek.key")).unwrap_err();
    assert!(matches!(error, KmsError::KekMissing { .. }));
    assert!(error.hint().unwrap().contains("backup"), "{error}");
}

#[test]
fn wrapping_comes_back_under_its_context_only() {
    let directory = directory();
    let kms = LocalKms::open(&write(&directory, KEK_FILE, 0o600)).unwrap();
    let (key, blob) = kms.generate(&context()).unwrap();
    assert_eq!(blob.blob.len(), 61);
    assert_eq!(blob.kek, None);
    assert!(kms.unwrap(&blob, &context()).unwrap().same_as(&key));
    assert_ne!(kms.wrap(&key, &context()).unwrap(), blob, "the nonce is random");
    let others = [
        EncryptionContext::new(),
        context().with("c", "3"),
        context().with("b", "3"),
        EncryptionContext::new().with("a", "1").with("b2", ""),
        EncryptionContext::new().with("a", "2").with("b", "1"),
    ];
    for other in others {
        assert!(matches!(kms.unwrap(&blob, &other), Err(KmsError::Rejected)), "{other:?}");
    }
}

#[test]
fn an_altered_blob_is_rejected() {
    let directory = directory();
    let kms = LocalKms::open(&write(&directory, KEK_FILE, 0o600)).unwrap();
    let blob = kms.generate(&context()).unwrap().1.blob;
    let is_rejected = |blob: Vec<u8>| {
        matches!(kms.unwrap(&Wrapped::new(blob), &context()), Err(KmsError::Rejected))
    };
    for at in 0..blob.len() {
        let mut altered = blob.clone();
        altered[at] ^= 1;
        assert!(is_rejected(altered), "byte {at}");
    }
    for len in 0..blob.len() {
        assert!(is_rejected(blob[..len].to_vec()), "{len} bytes");
    }
    assert!(is_rejected([blob.as_slice(), &[0]].concat()));
}

#[test]
fn debug_shows_no_key() {
    let directory = directory();
    let kms = LocalKms::open(&write(&directory, KEK_FILE, 0o600)).unwrap();
    assert_eq!(format!("{kms:?}"), "LocalKms { kek: Secret(..) }");
}
