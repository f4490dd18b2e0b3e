# make demo   see it work: build, keyring, sample table, mask, look, unmask, compare
# make test   everything that is checked: what CI runs
# make check  the same without Python
# make bench  how fast values become tokens, beside fpe, hmac and aes-gcm-siv; and that no digit is divided
# make bench-instructions  what a value costs in instructions, by callgrind
# make bench-soft  the same tokens without AES instructions
# make bench-detect  how fast detection finds, beside regex-automata
# make bench-text    what masking free text costs beside that
# make bench-pipeline  masking a Parquet file beside copying it with pyarrow, DuckDB and Polars
# make bench-python    masking a table in Python beside the same in Rust
# make bench-spark  masking on a Spark cluster of two workers beside a function that does nothing
# make fuzz   Parquet files mutated at random, for FUZZ_SECONDS (60)
# make report-test  the pages of reports in a browser, where Chromium is installed
# make test-engines  one file of a million rows by the command line, Rust, pandas, Polars and DuckDB: the same tokens
# make scale  mask and unmask a million rows and more: time and memory
# make clean  remove what the others made

PYTHON ?= python3
ROWS   ?= 1000

BIN  := $(or $(CARGO_TARGET_DIR),target)/debug
VENV := .venv/bin
# The Python module is built by maturin and tested from Python.
RUST := --workspace

CORPORA := target/corpora

.PHONY: bench bench-pipeline bench-python bench-spark bench-instructions bench-soft bench-detect bench-text demo test check fmt clippy rust-test doc deny fuzz py py-test report-test scale test-engines clean

# One build for all programs of the demo, with the features the tests have, so that nothing is built twice.
demo:
	cargo build $(RUST) --bins --examples
	rm -rf demo
	mkdir demo
	@echo "== a keyring, and $(ROWS) made-up customers"
	$(BIN)/tokenize keyring create demo/keyring.json --kms local:kek.key
	$(BIN)/examples/customers $(ROWS) demo/customers.parquet
	@echo "== mask"
	$(BIN)/tokenize mask demo/customers.parquet --policy examples/policies/customers.yaml --keyring demo/keyring.json --out demo/masked.parquet
	@echo "== before"
	@$(BIN)/examples/show demo/customers.parquet --columns $(SHOWN)
	@echo "== after"
	@$(BIN)/examples/show demo/masked.parquet --columns $(SHOWN)
	@echo "== unmask, with the keyring alone"
	$(BIN)/tokenize unmask demo/masked.parquet --keyring demo/keyring.json --out demo/clear.parquet
	@$(BIN)/examples/same demo/customers.parquet demo/clear.parquet

SHOWN := id,name,email,phone,ssn,pan,dob,ip

# Sizes of the tables: make scale SIZES="1000000 10000000"
SIZES ?= 1000000 3000000

scale:
	cargo build $(RUST) --bins --examples
	$(PYTHON) tests/scale.py $(BIN) $(SIZES)

ENGINE_ROWS ?= 1000000

test-engines: py
	cargo build $(RUST) --bins --examples
	cd tokenize-py && TOKENIZE_ROWS=$(ENGINE_ROWS) TOKENIZE_BIN=$(abspath $(BIN))/tokenize ../$(VENV)/pytest -q tests/test_same_tokens.py

# The program that cargo has just built, for the scripts that look into it.
TOKEN_BENCH = $$(cargo bench $(RUST) --bench token --no-run --message-format=json 2>/dev/null | sed -n 's/.*"name":"token".*"executable":"\([^"]*\)".*/\1/p')
BENCH_ROWS ?= 1000000

bench:
	cargo bench $(RUST) --bench token -- $(BENCH_ROWS)
	$(PYTHON) benches/divisions.py $(TOKEN_BENCH)

bench-instructions:
	$(PYTHON) benches/instructions.py $(TOKEN_BENCH)

# Vectors and properties with AES in software, in a folder of its own: everything is compiled for it.
bench-soft:
	RUSTFLAGS='--cfg aes_backend="soft"' CARGO_TARGET_DIR=target/soft cargo test -p tokenize-core --lib -- crypto:: format:: action::

bench-detect:
	$(PYTHON) tests/detect/make_corpora.py 24 $(CORPORA)
	cargo bench $(RUST) --bench detect -- $(CORPORA)

bench-pipeline: .venv/installed
	cargo build --release $(RUST) --bin tokenize --example customers
	$(VENV)/python benches/pipeline.py target/release --disk . --sizes 1000000,10000000

# The core optimized, all else as the tests have it, for the module and for Rust alike.
OPTIMIZED := --config 'profile.dev.package.tokenize-core.opt-level=3'

bench-python: .venv/installed
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv ../$(VENV)/maturin develop --profile dev $(OPTIMIZED)
	cargo build $(RUST) --bins --examples $(OPTIMIZED)
	$(VENV)/python benches/python.py $(BIN)

# The module with core as fast as it gets, and all else as `make py` builds it.
bench-spark: .venv/installed
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv CARGO_PROFILE_DEV_OPT_LEVEL=3 ../$(VENV)/maturin develop --profile dev
	$(VENV)/python benches/spark.py

bench-text:
	$(PYTHON) tests/detect/make_corpora.py 24 $(CORPORA)
	cargo bench $(RUST) --bench text -- $(CORPORA)

test: check fuzz py-test

check: fmt clippy rust-test doc deny

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets -- -D warnings

rust-test:
	@if cargo nextest --version >/dev/null 2>&1; \
	then set -x; cargo nextest run $(RUST) --no-fail-fast; \
	else set -x; cargo test $(RUST) --no-fail-fast --bins --lib --tests --examples; fi
	cargo test $(RUST) --doc

# In every run of the tests the same goes on for a second. A failure names the FUZZ_SEED that it comes back with.
FUZZ_SECONDS ?= 60
FUZZ_SEED    ?= $(shell date +%s)

fuzz:
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED) cargo test $(RUST) --test it -- --exact fuzz::parquet --nocapture

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc $(RUST) --no-deps

deny:
	@if cargo deny --version >/dev/null 2>&1; \
	then set -x; cargo deny check; \
	else echo "NOT CHECKED: licences, sources and advisories, as cargo-deny is not installed (cargo install cargo-deny)"; fi

# The module, built into .venv.
py: .venv/installed
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv ../$(VENV)/maturin develop --profile dev

# pytest lists what it skips, with the reason (Spark without Java). The command line is tested too where a server written in Python takes part.
py-test: py
	cargo build $(RUST) --bins --examples
	cd tokenize-py && TOKENIZE_BIN=$(abspath $(BIN))/tokenize ../$(VENV)/pytest -rs
	$(VENV)/pytest -rs tests/oracle tests/detect
	$(VENV)/python examples/mask_table.py
	$(VENV)/python tests/report/browse.py $(BIN)/tokenize target/report
	cd tokenize-py && ../$(VENV)/mypy
	$(VENV)/mypy --config-file tokenize-py/pyproject.toml --strict examples/mask_table.py
	cd tokenize-py && ../$(VENV)/ruff check .
	$(VENV)/ruff check --select E4,E7,E9,F tests/oracle tests/detect tests/report examples

# Opens pages in Chromium without a network; screenshots are in target/report. Says so loudly where there is no Chromium.
report-test: .venv/installed
	cargo build $(RUST) --bins
	$(VENV)/python tests/report/browse.py $(BIN)/tokenize target/report

.venv/installed: tokenize-py/requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say which one with PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(VENV)/pip install --quiet --disable-pip-version-check -r $<
	touch $@

clean:
	cargo clean
	rm -rf .venv demo
