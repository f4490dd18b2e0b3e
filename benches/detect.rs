//! How fast detection finds, beside plain regex-automata with 22 rules in the same run.
//!
//! `cargo bench --bench detect -- [SIZE_MB [FOLDER]]`: texts of `tests/detect/make_corpora.py` from FOLDER, or made here.
