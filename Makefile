# make demo · make test · make install PREFIX=... · make dist · make header. Everything that is built goes under target/.

CARGO ?= cargo
CC ?= cc
CFLAGS ?= -O2
TARGET := $(or $(CARGO_TARGET_DIR),target)
SHIP := $(TARGET)/release
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Werror

.PHONY: demo test torture soak fuzz valgrind asan tsan audit miri shared static install dist bench-client cancel-latency \
	header notices symbols lint doc docs screenshot check-tools

# What ships does not tell in which folders it was built.
SOURCES = $(wildcard $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src/*)
NAMELESS = --config 'build.rustflags=[$(foreach folder,$(SOURCES),"--remap-path-prefix=$(folder)/=",)]'
# Equal functions are kept once, where the linker can do that.
FOLD = $(shell echo | rustc --crate-type cdylib -C link-arg=-Wl,--icf=all -o $(TARGET)/fold.so - >/dev/null 2>&1 && echo -C link-arg=-Wl,--icf=all)

# Each artefact is built alone, as it will ship: fat link-time optimisation for the shared library, none for the static
# one, since two archives that have it cannot be linked into one program.
shared: check-tools
	$(CARGO) rustc -q --locked --release --lib --crate-type cdylib --config 'profile.release.lto="fat"' $(NAMELESS) -- $(FOLD)
	@ln -sf libnitro_jobs.so $(SHIP)/libnitro_jobs.so.0

static: check-tools
	@mkdir -p $(SHIP)
	$(CARGO) rustc -q --locked --release --lib --crate-type staticlib $(NAMELESS) -- --print native-static-libs=$(abspath $(SHIP))/native-static-libs.txt

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
	$(CARGO) clippy --locked --workspace --exclude nitro-model --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

# The manual: the header as HTML, every warning an error, and the pages of the Rust side.
docs: doc
	@command -v doxygen >/dev/null || { echo "doxygen is missing: install it, for example 'apt-get install doxygen'"; exit 1; }
	@mkdir -p $(TARGET)/docs
	( cat Doxyfile; echo "OUTPUT_DIRECTORY = $(TARGET)/docs"; echo "PROJECT_NUMBER = $$(sed -n 's/^version = \"\(.*\)\"/\1/p' Cargo.toml | head -n 1)" ) | doxygen -

# The picture of the desktop example in docs/EMBEDDING.md, taken anew.
screenshot:
	NITRO_UPDATE_SCREENSHOT=1 $(CARGO) test -q --locked --test desktop the_picture

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

# The C programs of the tests once more, under tools. Each of these says nothing but the tests' own lines if all is well.
C_TESTS := c_api c_arguments c_errors c_greedy c_options c_panics c_states c_submit c_threads cancel connections examples limits proxy secrets soundness tls watch
# Memory is measured there, or the programs are not this library's.
NOT_UNDER_TOOLS := c_memory
RUN_C_TESTS = RUST_TEST_THREADS=4 $(CARGO) test -q --locked --workspace --no-fail-fast $(C_TESTS:%=--test %)
# The library that is run there: as in the tests, but not so slow.
PROVED := rustc -q --locked --lib --crate-type cdylib --config profile.dev.opt-level=1
TRIPLE = $(shell rustc -vV | sed -n 's/^host: //p')
NIGHTLY ?= +nightly
# Any compiler that has sanitizers: the interface between instrumented code and their runtime is the same for all.
SANITIZER_CC ?= gcc

# Errors, and memory that nothing points to any more, at the end of each program.
valgrind: check-tools
	$(CARGO) $(PROVED) --target-dir $(TARGET)/valgrind
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/valgrind/debug/libnitro_jobs.so" \
	NITRO_TEST_SLOWER=40 NITRO_TEST_FINDS="use leak" NITRO_TEST_RUNNER="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --show-leak-kinds=definite,indirect,possible --suppressions=$(abspath tests/tools/valgrind.supp)" \
	$(RUN_C_TESTS)

# Library and C programs with AddressSanitizer and LeakSanitizer, the C programs with UndefinedBehaviorSanitizer too.
asan: check-tools
	RUSTFLAGS="-Zsanitizer=address" $(CARGO) $(NIGHTLY) $(PROVED) --target $(TRIPLE) --target-dir $(TARGET)/asan
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/asan/$(TRIPLE)/debug/libnitro_jobs.so" NITRO_TEST_CC="$(SANITIZER_CC)" \
	NITRO_TEST_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" \
	NITRO_TEST_SLOWER=5 NITRO_TEST_FINDS="use leak" NITRO_TEST_RUNNER="env ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1" \
	$(RUN_C_TESTS)

# Library, standard library and C programs with ThreadSanitizer: a lock that is not seen would look like a race.
tsan: check-tools
	RUSTFLAGS="-Zsanitizer=thread" $(CARGO) $(NIGHTLY) $(PROVED) -Zbuild-std --target $(TRIPLE) --target-dir $(TARGET)/tsan
	NITRO_TEST_LIBRARY="$(abspath $(TARGET))/tsan/$(TRIPLE)/debug/libnitro_jobs.so" NITRO_TEST_CC="$(SANITIZER_CC)" \
	NITRO_TEST_CFLAGS="-fsanitize=thread $(abspath tests/tools/tsan_gcc.c)" \
	NITRO_TEST_SLOWER=10 NITRO_TEST_FINDS="race" NITRO_TEST_RUNNER="env TSAN_OPTIONS=halt_on_error=1:suppressions=$(abspath tests/tools/tsan.supp)" \
	$(RUN_C_TESTS)

# Licences, bans, sources and known advisories of everything that is linked.
audit:
	@$(CARGO) deny --version >/dev/null 2>&1 || { echo "cargo-deny is missing: cargo install --locked cargo-deny"; exit 1; }
	$(CARGO) deny check

# The unit tests of what has no socket and no file in it, in an interpreter that knows every rule of unsafe code.
miri:
	@$(CARGO) $(NIGHTLY) miri --version >/dev/null 2>&1 || { echo "Miri is missing: rustup +nightly component add miri"; exit 1; }
	MIRIFLAGS=-Zmiri-disable-isolation $(CARGO) $(NIGHTLY) miri test --locked --lib -- ffi:: cancel:: sse:: url::

# Adds the header's new functions to docs/symbols.txt.
symbols:
	NITRO_UPDATE_SYMBOLS=1 $(CARGO) test -q --locked --test symbols the_list

# Writes packaging/THIRD-PARTY.txt anew from Cargo.lock.
notices:
	NITRO_UPDATE_NOTICES=1 $(CARGO) test -q --locked --test notices

check-tools:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs"; exit 1; }
	@command -v $(CC) >/dev/null || { echo "$(CC) is missing: install a C compiler, for example 'apt-get install gcc'"; exit 1; }
