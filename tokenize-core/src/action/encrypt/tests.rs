//! Cells of `key: output` against `tests/vectors/data_keys.json`.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::*;
use crate::crypto::vectors::{hex, read, secret};
use crate::keys::kms::insecure_fake::InsecureFakeKms;
use crate::keys::{EncryptionContext, Kms, WrappedDataKey};

/// The keyring of the vectors: version 1, without pairs of its own.
fn keyring(vectors: &Json) -> Keyring {
    let published: Json = read("keyring.json");
    let mut file = published["keyring_file"].clone();
    let id = vectors["keyring"].as_str().unwrap();
    assert_eq!(file["id"], id);
    let kms = InsecureFakeKms::new([7; 32]);
    file["kms"] = json!("insecure-fake:x");
    file["encryption_context"] = json!({});
    for version in file["versions"].as_array_mut().unwrap() {
        let number = version["version"].to_string();
        for (root, key) in version["keys"].as_object_mut().unwrap() {
            let context = EncryptionContext::new()
                .with("tokenize:keyring", id)
                .with("tokenize:purpose", root.as_str());
            let secret = secret(published["roots"][&number][root].as_str().unwrap());
            key["wrapped"] = STANDARD.encode(kms.wrap(&secret, &context).unwrap().blob).into();
        }
    }
    Keyring::from_json(&file.to_string(), Path::new(""), Arc::new(kms)).unwrap()
}

fn logical(cell: &Json) -> Logical {
    Logical::from_name(cell["logical_type"].as_str().unwrap()).unwrap()
}

fn opening(keyring: &Keyring, keys: &OpeningKeys, key: CellKey, cell: &Json) -> Opening {
    let logical = logical(cell);
    let domain = cell["domain"].as_str().unwrap();
    Opening::new(keyring.clone(), keys.clone(), key, domain, logical, &logical.usual_type())
}

/// What becomes of a cell does not depend on those beside it: of other keys, or damaged.
#[test]
fn cells_open_together_as_alone() {
    let vectors: Json = read("data_keys.json");
    let keyring = keyring(&vectors);
    let records = vectors["cases"].as_array().unwrap().iter();
    let keys =
        OpeningKeys::new(records.map(|case| WrappedDataKey::from_json(&case["record"]).unwrap()));
    let published = vectors["cells"].as_array().unwrap();
    let mut cells: Vec<Vec<u8>> =
        published.iter().map(|cell| hex(cell["cell"].as_str().unwrap())).collect();
    let lengths = [0, HEADER, HEADER + NONCE_LENGTH, HEADER + NONCE_LENGTH + 3];
    cells.extend(lengths.map(|len| cells[0][..len].to_vec()));
    cells.push(cells[0].iter().map(|byte| !byte).collect());
    // Runs of one key, longer than are opened at a time, and keys in turn.
    let order = (0..200).map(|_| 0).chain((0..cells.len()).cycle().take(150));
    let cells: Vec<Cell<'_>> = order.map(|at| Cell::Bytes(&cells[at])).collect();
    let mut opened = 0;
    for cell in published {
        let opening = opening(&keyring, &keys, CellKey::Output, cell);
        let mut together = Vec::new();
        opening.open(&cells, |plaintext| together.push(plaintext.map(<[u8]>::to_vec))).unwrap();
        let alone = cells.iter().map(|cell| opening.open_one(cell).unwrap());
        assert!(alone.eq(together.iter().cloned()));
        opened += together.iter().flatten().count();
    }
    assert!(opened > 300, "{opened}");
}

#[test]
fn published_cells_open() {
    let vectors: Json = read("data_keys.json");
    let keyring = keyring(&vectors);
    let record = WrappedDataKey::from_json(&vectors["cases"][0]["record"]).unwrap();
    let keys = OpeningKeys::new([record]);
    let cells = vectors["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 22);
    for cell in cells {
        let bytes = hex(cell["cell"].as_str().unwrap());
        let text = cell["string"].as_str().unwrap();
        let opening = |key| opening(&keyring, &keys, key, cell);
        for sealed in [Cell::Bytes(&bytes), Cell::Text(text)] {
            let opened = opening(CellKey::Output).open_one(&sealed).unwrap().unwrap();
            assert_eq!(opened, hex(cell["plaintext"].as_str().unwrap()), "{cell}");
            // The column's rule says whose cells it holds.
            assert_eq!(opening(CellKey::Keyring).open_one(&sealed).unwrap(), Err(Reason::Cell));
        }
    }
}

#[test]
fn a_cell_opens_under_no_data_key_but_its_own() {
    let vector: Json = read("two_key.json");
    let keyring = keyring(&vector);
    let cell = hex(vector["cells"][0].as_str().unwrap());
    let open = |record: &Json| {
        let keys = OpeningKeys::new([WrappedDataKey::from_json(record).unwrap()]);
        opening(&keyring, &keys, CellKey::Output, &vector).open_one(&Cell::Bytes(&cell))
    };
    let opened = open(&vector["records"][0]).unwrap().unwrap();
    assert_eq!(opened, hex(vector["plaintexts"][0].as_str().unwrap()));
    assert_eq!(open(&vector["records"][1]).unwrap(), Err(Reason::DataKey));
    let error = open(&vector["swapped_record"]).unwrap_err();
    assert!(error.to_string().contains("commitment"), "{error}");
}

#[test]
fn cells_of_the_keyring_do_not_open_in_a_column_of_the_output() {
    let vectors: Json = read("data_keys.json");
    let keyring = keyring(&vectors);
    let root = keyring.unwrap_root(1, Root::Reveal).unwrap();
    let by = By::value(&root, "d");
    let sealing = Sealing::new(by, "d", CellOutput::Binary, Logical::String, "v".to_owned());
    let sealed = sealing.treat(&[Cell::Text("alice")], &[]).unwrap().remove(0).unwrap();
    let Value::Bytes(sealed) = sealed else { panic!("cells are binary here") };
    let open = |key| {
        let keys = OpeningKeys::default();
        let opening =
            Opening::new(keyring.clone(), keys, key, "d", Logical::String, &DataType::Utf8);
        opening.open_one(&Cell::Bytes(&sealed)).unwrap()
    };
    assert_eq!(open(CellKey::Keyring).unwrap(), b"alice");
    assert_eq!(open(CellKey::Output), Err(Reason::Cell));
}
