# `make help` lists the targets. Everything that is built goes under target/.

CARGO ?= cargo
CC ?= cc
CFLAGS ?= -O2
TARGET := $(or $(CARGO_TARGET_DIR),target)
SHIP := $(TARGET)/release
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Werror

.PHONY: help sources fresh demo check test torture soak fuzz valgrind asan tsan audit miri shared static install dist wheel bench-client cpp-overhead cancel-latency \
	header notices symbols lint doc docs screenshot check-tools

# How much cargo says: nothing but errors, except where somebody waits for minutes.
QUIET := -q

# What ships does not tell in which folders it was built. Cargo makes them when it downloads, which is done before.
SOURCES = $(shell ls -d $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src/* 2>/dev/null)
NAMELESS = --config 'build.rustflags=[$(foreach folder,$(SOURCES),"--remap-path-prefix=$(folder)/=",)]'
# Equal functions are kept once, where the linker can do that.
FOLD = $(shell folder=$$(mktemp -d); echo | rustc --crate-type cdylib -C link-arg=-Wl,--icf=all -o $$folder/fold.so - >/dev/null 2>&1 \
	&& echo -C link-arg=-Wl,--icf=all; rm -r $$folder)

sources: check-tools
	@$(CARGO) fetch $(QUIET) --locked --target $(TRIPLE)

# Builds the shared library, target/release/libnitro_jobs.so.
# Each artefact is built alone, as it will ship: fat link-time optimisation for the shared library, none for the static
# one, since two archives that have it cannot be linked into one program.
shared: sources
	$(CARGO) rustc $(QUIET) --locked --release --lib --features unlogged --crate-type cdylib --config 'profile.release.lto="fat"' $(NAMELESS) -- $(FOLD)
	@ln -sf libnitro_jobs.so $(SHIP)/libnitro_jobs.so.0

# Builds the static library, target/release/libnitro_jobs.a.
static: sources
	@mkdir -p $(SHIP)
	$(CARGO) rustc $(QUIET) --locked --release --lib --features unlogged --crate-type staticlib $(NAMELESS) -- --print native-static-libs=$(abspath $(SHIP))/native-static-libs.txt

# Installs header, libraries, pkg-config, CMake, licences and pages under PREFIX, or packed for it under DESTDIR.
install: shared static
	@SHIP="$(abspath $(SHIP))" PREFIX="$(PREFIX)" LIBDIR="$(LIBDIR)" DESTDIR="$(DESTDIR)" packaging/install.sh

# Packs what is installed into one archive that unpacks anywhere, and its checksum, in target/dist.
dist: shared static
	@SHIP="$(abspath $(SHIP))" OUT="$(abspath $(TARGET))/dist" packaging/dist.sh

# Makes the Python package with the library in it, in target/wheel. Needs Python with venv, and objdump.
wheel: shared
	@LIBRARY="$(abspath $(SHIP))/libnitro_jobs.so" OUT="$(abspath $(TARGET))/wheel" bindings/python/wheel.sh

# Submits a PDF to a local stand-in for the service, follows the job from C, and saves the result.
demo: QUIET :=
demo: shared
	@CARGO="$(CARGO)" QUIET="$(QUIET)" CC="$(CC)" STRICT="$(CFLAGS) $(STRICT)" SHIP="$(SHIP)" TARGET="$(TARGET)" sh examples/demo.sh

# Runs all tests, then says in one line each which tools were missing and how many tests that left out.
SKIPPED = $(abspath $(TARGET))/skipped-tests
test: check-tools
	@rm -f $(SKIPPED)
	@status=0; NITRO_TEST_SKIPPED=$(SKIPPED) $(CARGO) test --locked --workspace || status=$$?; \
	tests/tools/skipped.sh $(SKIPPED); exit $$status

# Checks format and lints, and runs the unit tests and the wire tests: the inner loop, in less than three minutes.
check: check-tools lint
	$(CARGO) test --locked $(QUIET) --workspace --exclude nitro-model --lib --test wire

# Runs the two commands of the README in a bare Debian, then .ci/run; needs root and debootstrap. FRESH_ONLY=readme does the first half.
fresh:
	@packaging/fresh.sh

# Runs every case of tests/torture, of which "make test" runs a sample.
torture:
	NITRO_TORTURE=full $(CARGO) test -q --locked --test torture

# Runs two hundred jobs at a time with random faults for 15 MINUTES, of which "make test" runs ten seconds.
MINUTES ?= 15
soak:
	NITRO_SOAK_SECONDS=$$(($(MINUTES) * 60)) $(CARGO) test -q --locked --test soak

# Runs each fuzz target for 10 SECONDS; needs a nightly toolchain.
SECONDS ?= 10
fuzz:
	@fuzz/run.sh $(SECONDS)

# Checks the format, and has clippy accept everything.
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --exclude nitro-model --all-targets -- -D warnings

# Makes the pages of the Rust side in target/doc.
doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

# Makes the manual in target/docs: the header and the C++ binding as HTML, and the pages of the Rust side. A warning is an error.
docs: doc
	@command -v doxygen >/dev/null || { echo "doxygen is missing: install it, for example 'apt-get install doxygen'"; exit 1; }
	@mkdir -p $(TARGET)/docs/cpp
	( cat Doxyfile; echo "OUTPUT_DIRECTORY = $(TARGET)/docs"; echo "PROJECT_NUMBER = $$(sed -n 's/^version = \"\(.*\)\"/\1/p' Cargo.toml | head -n 1)" ) | doxygen -
	( cat bindings/cpp/Doxyfile; echo "OUTPUT_DIRECTORY = $(TARGET)/docs/cpp"; echo "PROJECT_NUMBER = $$(sed -n 's/^version = \"\(.*\)\"/\1/p' Cargo.toml | head -n 1)" ) | doxygen -

# Takes the picture of the desktop example in docs/EMBEDDING.md anew.
screenshot:
	NITRO_UPDATE_SCREENSHOT=1 $(CARGO) test -q --locked --test packages the_screenshot

# Builds the client that is measured: a C program over the library as it ships.
bench-client: shared
	@mkdir -p $(TARGET)/bench
	$(CC) $(CFLAGS) $(STRICT) -Iinclude benches/c/nitro_bench.c benches/c/nitro_uploads.c -L$(SHIP) -lnitro_jobs -pthread -Wl,-rpath,$(abspath $(SHIP)) -o $(TARGET)/bench/nitro_bench

.PHONY: bench bench-peer bench-compare bench-plots
# Builds a program on libcurl that does the same work, what runs both, and the server that both use.
bench-peer: check-tools
	@mkdir -p $(TARGET)/bench
	@echo '#include <curl/curl.h>' | $(CC) -E - >/dev/null 2>&1 || { echo "libcurl is missing: install its development package, for example 'apt-get install libcurl4-openssl-dev'"; exit 1; }
	$(CC) $(CFLAGS) $(STRICT) benches/c/curl_bench.c benches/c/curl_client.c benches/c/curl_uploads.c benches/c/curl_watch.c benches/c/json.c -lcurl -o $(TARGET)/bench/curl_bench
	$(CC) $(CFLAGS) $(STRICT) benches/c/measure.c -o $(TARGET)/bench/measure
	$(CARGO) build -q --locked --release --manifest-path benches/load/Cargo.toml --target-dir $(TARGET)/bench/load

# Measures both side by side, in turns. ARGS="--tls" measures through a TLS front, which needs nginx and openssl.
bench-compare: bench-client bench-peer
	@python3 benches/compare.py --bin $(TARGET)/bench $(ARGS)

# Measures how the cost grows, and draws docs/performance/*.svg.
bench-plots: bench-client bench-peer
	@python3 benches/plots.py --bin $(TARGET)/bench $(ARGS)

# Measures what the parts without a socket cost by themselves, for one change next to another.
bench: check-tools
	CRITERION_HOME="$(abspath $(TARGET))/bench/criterion" RUSTFLAGS="--cfg nitro_bench" $(CARGO) bench -q --locked --manifest-path benches/parts/Cargo.toml --target-dir $(TARGET)/bench/parts $(ARGS)

# Measures what a poll costs in C++ beside C, in instructions, for the table in bindings/cpp/README.md.
cpp-overhead: shared
	@CARGO="$(CARGO)" CC="$(CC)" CXX="$(CXX)" SHIP="$(SHIP)" TARGET="$(TARGET)" sh benches/cpp/overhead.sh

# Measures how long a blocked call goes on after a cancel, and writes the table in docs/CONNECTIONS.md.
cancel-latency: shared
	NITRO_LIBRARY=$(abspath $(SHIP))/libnitro_jobs.so $(CARGO) bench -q --locked --profile dev --bench cancel_latency

# Writes include/nitro_jobs.h anew from src/ffi.
header:
	NITRO_UPDATE_HEADER=1 $(CARGO) test -q --locked --test docs header::

# The C programs of the tests once more, under tools. Each of these says nothing but the tests' own lines if all is well.
C_TESTS := c_api cpp_api network
# cpp_returning has the twins of "cpp_api" in their other form, in which memory alone is another matter: asan has them. What GTK
# keeps at the end of the desktop example would drown all else; its calls are those of the other examples. The programs of
# "packages" are linked with the library that ships, in which no sanitizer is: the same sources run in c_api and cpp_api. The
# program of "docs" runs in c_api, too.
NOT_UNDER_TOOLS := cpp_returning packages docs
RUN_C_TESTS = RUST_TEST_THREADS=4 $(CARGO) test -q --locked --workspace --no-fail-fast $(C_TESTS:%=--test %)
# The library that is run there: as in the tests, but not so slow.
PROVED := rustc -q --locked --lib --crate-type cdylib --config profile.dev.opt-level=1
TRIPLE = $(shell rustc -vV | sed -n 's/^host: //p')
NIGHTLY ?= +nightly
# Any compiler that has sanitizers: the interface between instrumented code and their runtime is the same for all.
SANITIZER_CC ?= gcc

# Runs the C programs of the tests under valgrind: errors, and memory that nothing points to any more at the end of each program.
valgrind: check-tools
	$(CARGO) $(PROVED) --target-dir $(TARGET)/valgrind
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/valgrind/debug/libnitro_jobs.so" \
	NITRO_TEST_SLOWER=40 NITRO_TEST_FINDS="use leak" NITRO_TEST_RUNNER="valgrind -q --fair-sched=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --show-leak-kinds=definite,indirect,possible --suppressions=$(abspath tests/tools/valgrind.supp)" \
	$(RUN_C_TESTS)

# Runs the C programs of the tests with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
asan: C_TESTS += cpp_returning
asan: check-tools
	RUSTFLAGS="-Zsanitizer=address" $(CARGO) $(NIGHTLY) $(PROVED) --target $(TRIPLE) --target-dir $(TARGET)/asan
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/asan/$(TRIPLE)/debug/libnitro_jobs.so" NITRO_TEST_CC="$(SANITIZER_CC)" \
	NITRO_TEST_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" \
	NITRO_TEST_SLOWER=5 NITRO_TEST_FINDS="use leak" NITRO_TEST_RUNNER="env ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1" \
	$(RUN_C_TESTS)

# Runs the C programs of the tests with ThreadSanitizer, the standard library too: a lock that is not seen would look like a race.
tsan: check-tools
	RUSTFLAGS="-Zsanitizer=thread" $(CARGO) $(NIGHTLY) $(PROVED) -Zbuild-std --target $(TRIPLE) --target-dir $(TARGET)/tsan
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/tsan/$(TRIPLE)/debug/libnitro_jobs.so" NITRO_TEST_CC="$(SANITIZER_CC)" \
	NITRO_TEST_CFLAGS="-fsanitize=thread $(abspath tests/tools/tsan_gcc.c)" \
	NITRO_TEST_SLOWER=10 NITRO_TEST_FINDS="race" NITRO_TEST_RUNNER="env TSAN_OPTIONS=halt_on_error=1:suppressions=$(abspath tests/tools/tsan.supp)" \
	$(RUN_C_TESTS)

# Checks licences, bans, sources and known advisories of everything that is linked.
audit:
	@$(CARGO) deny --version >/dev/null 2>&1 || { echo "cargo-deny is missing: cargo install --locked cargo-deny"; exit 1; }
	$(CARGO) deny check

# Runs the unit tests of what has no socket and no file in Miri, which knows every rule of unsafe code.
miri:
	@$(CARGO) $(NIGHTLY) miri --version >/dev/null 2>&1 || { echo "Miri is missing: rustup +nightly component add miri"; exit 1; }
	MIRIFLAGS=-Zmiri-disable-isolation $(CARGO) $(NIGHTLY) miri test --locked --lib -- ffi:: cancel:: sse:: url::

# Adds the header's new functions to docs/symbols.txt.
symbols:
	NITRO_UPDATE_SYMBOLS=1 $(CARGO) test -q --locked --test docs the_list_agrees_with_the_header

# Writes packaging/THIRD-PARTY.txt anew from Cargo.lock.
notices:
	NITRO_UPDATE_NOTICES=1 $(CARGO) test -q --locked --test docs notices::

# Lists the targets, each with the first sentence of the comment above it.
help:
	@awk -f packaging/help.awk $(firstword $(MAKEFILE_LIST))

check-tools:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs"; exit 1; }
	@command -v $(CC) >/dev/null || { echo "$(CC) is missing: install a C compiler, for example 'apt-get install gcc'"; exit 1; }
