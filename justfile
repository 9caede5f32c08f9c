# `just` lists what there is; `just ci` is what a change must pass.

python := ".venv/bin/python"

_default:
    @just --list

# a virtual environment with the package (editable), test tools and linters
setup:
    python3 -m venv .venv
    {{ python }} -m pip install --quiet --upgrade pip
    {{ python }} -m pip install --quiet maturin --group test --group lint
    {{ python }} -m pip install --quiet --editable '.[cli,files]'

# the libraries that comparisons need: several gigabytes
peers:
    {{ python }} -m pip install --group peers

# rebuild after a change in Rust
build:
    {{ python }} -m maturin develop --release --quiet

# the Python tests; arguments go to pytest
test *arguments:
    {{ python }} -m pytest {{ arguments }}

# the Rust tests
cargo-test:
    cargo test -p lse

# minutes to hours: every float32 through every elementary function
exhaustive:
    {{ python }} -m pytest -m exhaustive
    cargo test -p lse --release -- --ignored

# formatting, lints, types, stubs
lint:
    {{ python }} -m ruff check .
    {{ python }} -m ruff format --check .
    {{ python }} -m mypy
    {{ python }} -m mypy.stubtest logsumexp._rust --mypy-config-file pyproject.toml --concise
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# put everything in its format
format:
    {{ python }} -m ruff check --fix-only .
    {{ python }} -m ruff format .
    cargo fmt --all

# the full table of time and error; `just bench --only softmax --seconds 0.5`
bench *arguments:
    {{ python }} -m bench {{ arguments }}

# vector against scalar instructions in every kernel
assembly:
    {{ python }} -m bench.assembly

# the NEON kernels, compiled for aarch64 and run under emulation: Debian, root; arguments go to cargo test
aarch64 *arguments:
    .ci/aarch64 {{ arguments }}

# rewrite the README's table from a record
readme-table record:
    {{ python }} -m bench.table {{ record }} --into README.md

# rewrite the pages that are made from docstrings
pages:
    {{ python }} docs/generate.py

# all that a change must pass, as a fresh clone runs it
ci:
    .ci/run
