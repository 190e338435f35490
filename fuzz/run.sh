#!/bin/sh
# Builds every fuzz target as cargo-fuzz would, and runs each for the given number of seconds. Called by `make fuzz`.
set -eu
seconds=${1:-10}
cd "$(dirname "$0")"
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "fuzz: skipped: no nightly toolchain (rustup toolchain install nightly)"
    # In strict mode (continuous integration) a skipped run is a failure.
    [ "${NITRO_TEST_STRICT:-0}" != 1 ]
    exit
fi
host=$(rustc -vV | sed -n 's/^host: //p')
out=${CARGO_TARGET_DIR:-../target}/fuzz
mkdir -p "$out"
out=$(cd "$out" && pwd)
coverage="-Cpasses=sancov-module"
for argument in level=4 inline-8bit-counters pc-table trace-compares; do
    coverage="$coverage -Cllvm-args=-sanitizer-coverage-$argument"
done
RUSTFLAGS="--cfg fuzzing $coverage" CARGO_TARGET_DIR="$out" \
    cargo +nightly build -q --locked --release --bins --target "$host"
for target in ${FUZZ_TARGETS:-sse status result problem retry_after file_name no_proxy location response c_api}; do
    mkdir -p "$out/corpus/$target" "$out/artifacts/$target"
    if ! "$out/$host/release/$target" "$out/corpus/$target" "seeds/$target" -artifact_prefix="$out/artifacts/$target/" \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 >"$out/$target.log" 2>&1; then
        tail -n 40 "$out/$target.log"
        echo "fuzz: $target FAILED; the failing input is in $out/artifacts/$target"
        exit 1
    fi
    echo "fuzz: $target: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 inputs in \2 s, no failure/p' "$out/$target.log")"
done
