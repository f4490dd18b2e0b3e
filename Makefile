# make check       formatting, lints, Rust tests, doctests, docs, licences: without Python
# make test        that and the Python side: what CI runs
# make demo        see it work: build, keyring, sample table, mask, look, unmask, compare
# make docs        the documentation site, into target/docs
# make bench       how fast values become tokens, beside fpe, hmac and aes-gcm-siv; and that no digit is divided
# make clean       remove what the others made
#
# Parts of `check` and `test`, one by one
#   fmt clippy rust-test doc deny fuzz (FUZZ_SECONDS=60)
#   py             the Python module, into .venv
#   py-test        its tests, types and lints; examples and notebooks
#   report-test    the pages of reports in a browser, where Chromium is installed
#   test-engines   one file of a million rows by the command line, Rust, pandas, Polars, DuckDB, Spark and Ray: the same tokens
#   test-matrix    tables of older pyarrow, pandas and Polars, each in an environment of its own (CELLS=older)
#   datafusion     the functions of DataFusion's SQL: their tests and their example
#   fresh          a fresh clone, and the first commands of the README, each with its time
#   packages       crates, wheel and sdist as their users get them
#   scale          mask and unmask a million rows and more: time and memory
#
# Further benches
#   bench-pipeline, bench-python, bench-spark      a Parquet file beside pyarrow, DuckDB and Polars; a table in Python; a cluster of two workers
#   bench-loader                                   a training loop's loader with masking and without
#   bench-detect, bench-text                       detection beside regex-automata; masking free text beside detection
#   bench-features                                 what each feature of the core costs to compile and to link; half an hour
#   bench-instructions, bench-soft                 instructions of a value, by callgrind; the same tokens without AES instructions
#
# For whoever packs it
#   man            manual pages and completions of shells, into target/man and target/completions
#   sbom           the components of each crate, as CycloneDX (cargo install cargo-cyclonedx)
#   docs-shots     the site in Chromium, looked at

PYTHON ?= python3
ROWS   ?= 1000

BIN  := $(or $(CARGO_TARGET_DIR),target)/debug
VENV := .venv/bin
# The Python module is built by maturin and tested from Python.
RUST := --workspace

CORPORA := target/corpora

.PHONY: test-matrix fresh bench-features sbom packages datafusion bench bench-pipeline bench-python bench-spark bench-loader bench-instructions bench-soft bench-detect bench-text demo test check fmt clippy rust-test doc deny fuzz py py-test report-test scale test-engines clean docs docs-shots man

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

CELLS ?=

test-matrix: py
	cargo build $(RUST) --bins
	TOKENIZE_BIN=$(abspath $(BIN))/tokenize $(VENV)/python tests/matrix.py $(CELLS)

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

bench-loader: .venv/torch
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv ../$(VENV)/maturin develop --profile dev $(OPTIMIZED)
	cargo build $(RUST) --bins --examples $(OPTIMIZED)
	$(VENV)/python benches/loader.py $(BIN)

# The module with core as fast as it gets, and all else as `make py` builds it.
bench-spark: .venv/installed
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv CARGO_PROFILE_DEV_OPT_LEVEL=3 ../$(VENV)/maturin develop --profile dev
	$(VENV)/python benches/spark.py

bench-features:
	$(PYTHON) benches/features.py

bench-text:
	$(PYTHON) tests/detect/make_corpora.py 24 $(CORPORA)
	cargo bench $(RUST) --bench text -- $(CORPORA)

test: check fuzz py-test docs-shots datafusion packages
	$(MAKE) test-matrix CELLS=older

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

fresh:
	$(PYTHON) tests/fresh.py

# What is published, as its users get it: crates that compile by themselves, a wheel, an sdist.
DIST := target/dist
CRATES := $(RUST) --exclude tokenize-workspace
# Those that are compiled from what was packed. All of them take the AWS SDK with them: make packages VERIFIED='--workspace --exclude tokenize-workspace'
VERIFIED ?= -p tokenize-core

packages: py
	CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=0 cargo package $(VERIFIED) --allow-dirty --target-dir target/package
	cargo package $(CRATES) --no-verify --allow-dirty --target-dir target/package
	rm -rf $(DIST)
	cd tokenize-py && ../$(VENV)/maturin build --profile dev --out ../$(DIST)
	cd tokenize-py && ../$(VENV)/maturin sdist --out ../$(DIST)
	$(VENV)/python tests/packages.py $(DIST)

# Beside each Cargo.toml, as the tool has it.
sbom:
	cargo cyclonedx --format json --spec-version 1.5 --no-build-deps

# An example with a package of its own: DataFusion compiles for minutes, and for it alone.
datafusion:
	cd examples/datafusion && cargo fmt --check && cargo test --locked --target-dir ../../target/datafusion
	cd examples/datafusion && cargo run --locked --target-dir ../../target/datafusion

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc $(RUST) --no-deps

# Advisories come by git, from a place that not every network reaches; whatever was not checked is said.
deny:
	@if ! cargo deny --version >/dev/null 2>&1; \
	then echo "NOT CHECKED: licences, sources and advisories, as cargo-deny is not installed (cargo install cargo-deny)"; \
	elif cargo deny fetch db >/dev/null 2>&1; \
	then set -x; cargo deny check; \
	else echo "NOT CHECKED: advisories, as their database could not be fetched"; set -x; cargo deny check licenses bans sources; fi

# The module, built into .venv.
py: .venv/installed
	cd tokenize-py && VIRTUAL_ENV=$(CURDIR)/.venv ../$(VENV)/maturin develop --profile dev

# pytest lists what it skips, with the reason (Spark without Java). The command line is tested too where a server written in Python takes part.
py-test: py .venv/torch
	cargo build $(RUST) --bins --examples
	cd tokenize-py && TOKENIZE_BIN=$(abspath $(BIN))/tokenize ../$(VENV)/pytest -rs
	$(VENV)/pytest -rs tests/oracle tests/detect
	$(VENV)/python examples/mask_table.py
	$(VENV)/python tests/report/browse.py $(BIN)/tokenize target/report
	$(PYTHON) tests/man_pages.py $(BIN)/tokenize target
	$(VENV)/hadolint tokenize-cli/Containerfile
	$(PYTHON) tests/container.py $(BIN)/tokenize
	cd tokenize-py && ../$(VENV)/mypy
	cd tokenize-py/python && $(abspath $(VENV))/python -m mypy.stubtest tokenize_py --mypy-config-file ../pyproject.toml --allowlist ../tests/stubtest_allowed.txt --concise
	$(VENV)/mypy --config-file tokenize-py/pyproject.toml --strict examples/mask_table.py
	cd tokenize-py && ../$(VENV)/ruff check .
	$(VENV)/ruff check --select E4,E7,E9,F tests/oracle tests/detect tests/report tests/docs_shots.py tests/man_pages.py tests/container.py tests/packages.py tests/fresh.py docs examples

# Opens pages in Chromium without a network; screenshots are in target/report. Says so loudly where there is no Chromium.
report-test: .venv/installed
	cargo build $(RUST) --bins
	$(VENV)/python tests/report/browse.py $(BIN)/tokenize target/report

# The site, strictly: warnings are errors. Reference pages are made from the program and the stubs while it is built.
docs: .venv-docs/installed
	cargo build $(RUST) --bins
	TOKENIZE_BIN=$(abspath $(BIN))/tokenize NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet --strict

# A page for each verb, and a script for each shell.
man:
	cargo build $(RUST) --bins
	$(PYTHON) tests/man_pages.py $(BIN)/tokenize target

# Screenshots of pages in light and dark, wide and as on a phone, into target/docs-shots; fails where a page is wider than the phone.
docs-shots: docs
	.venv-docs/bin/python tests/docs_shots.py target/docs target/docs-shots

.venv-docs/installed: requirements-docs.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Apart, as it is some gigabytes that only `py-test` needs.
.venv/torch: tokenize-py/requirements-torch.txt .venv/installed
	$(VENV)/pip install --quiet --disable-pip-version-check -r $<
	touch $@

.venv/installed: tokenize-py/requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say which one with PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(VENV)/pip install --quiet --disable-pip-version-check -r $<
	touch $@

clean:
	cargo clean
	rm -rf .venv .venv-docs demo
