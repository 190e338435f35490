# make demo · make test · make install PREFIX=... · make dist · make header. Everything that is built goes under target/.

CARGO ?= cargo
CC ?= cc
CFLAGS ?= -O2
TARGET := $(or $(CARGO_TARGET_DIR),target)
SHIP := $(TARGET)/release
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Werror

.PHONY: bench-client cancel-latency demo test torture soak fuzz header notices lint doc shared static install dist check-tools

# Each artefact is built alone, as it will ship: fat link-time optimisation for the shared library, none for the static
# one, since two archives that have it cannot be linked into one program.
shared: check-tools
	$(CARGO) rustc -q --locked --release --lib --crate-type cdylib --config 'profile.release.lto="fat"'
	@ln -sf libnitro_jobs.so $(SHIP)/libnitro_jobs.so.0

static: check-tools
	@mkdir -p $(SHIP)
	$(CARGO) rustc -q --locked --release --lib --crate-type staticlib -- --print native-static-libs=$(abspath $(SHIP))/native-static-libs.txt

# Header, libraries, pkg-config, CMake, licences, pages: under PREFIX, or packed for it under DESTDIR.
install: shared static
	@SHIP="$(abspath $(SHIP))" PREFIX="$(PREFIX)" LIBDIR="$(LIBDIR)" DESTDIR="$(DESTDIR)" packaging/install.sh

# One archive that unpacks anywhere, and its checksum, in target/dist.
dist: shared static
	@SHIP="$(abspath $(SHIP))" OUT="$(abspath $(TARGET))/dist" packaging/dist.sh

demo: shared
	@CARGO="$(CARGO)" CC="$(CC)" STRICT="$(CFLAGS) $(STRICT)" SHIP="$(SHIP)" TARGET="$(TARGET)" sh examples/demo.sh

test: check-tools
	$(CARGO) test --locked --workspace

# Every case of tests/torture, of which "make test" runs a sample.
torture:
	NITRO_TORTURE=full $(CARGO) test -q --locked --test torture

# Two hundred jobs at a time at random faults, of which "make test" runs ten seconds.
MINUTES ?= 15
soak:
	NITRO_SOAK_SECONDS=$$(($(MINUTES) * 60)) $(CARGO) test -q --locked --test soak

# Each fuzz target for so many seconds; needs a nightly toolchain.
SECONDS ?= 10
fuzz:
	@fuzz/run.sh $(SECONDS)

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

# The client that is measured: a C program over the library as it ships.
bench-client: shared
	@mkdir -p $(TARGET)/bench
	$(CC) $(CFLAGS) $(STRICT) -Iinclude benches/c/nitro_bench.c -L$(SHIP) -lnitro_jobs -Wl,-rpath,$(abspath $(SHIP)) -o $(TARGET)/bench/nitro_bench

# How long a blocked call goes on after a cancel, phase by phase: measures, and writes the table in docs/CONNECTIONS.md.
cancel-latency: shared
	NITRO_LIBRARY=$(abspath $(SHIP))/libnitro_jobs.so $(CARGO) bench -q --locked --profile dev --bench cancel_latency

# Writes include/nitro_jobs.h anew from src/ffi.
header:
	NITRO_UPDATE_HEADER=1 $(CARGO) test -q --locked --test header

# Writes packaging/THIRD-PARTY.txt anew from Cargo.lock.
notices:
	NITRO_UPDATE_NOTICES=1 $(CARGO) test -q --locked --test notices

check-tools:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs"; exit 1; }
	@command -v $(CC) >/dev/null || { echo "$(CC) is missing: install a C compiler, for example 'apt-get install gcc'"; exit 1; }
