#!/bin/sh
# The main job, end to end: a C program follows a job with a progress bar and saves its result.
# With NITRO_BASE_URL, NITRO_TOKEN and NITRO_JOB set it follows that real job; else a local stand-in for the service runs it.
set -eu
out="$TARGET/demo"
mkdir -p "$out"
$CC $STRICT -Iinclude examples/c/follow.c -L"$SHIP" -lnitro_jobs -pthread -Wl,-rpath,"$(cd "$SHIP" && pwd)" -o "$out/follow"

if [ -n "${NITRO_JOB:-}" ]; then
    exec "$out/follow" "$NITRO_JOB" "$out/result"
fi
$CARGO build -q --locked -p nitro-emulator
emulator="$TARGET/debug/nitro-emulator"
rm -f "$out/base-url"
mkfifo "$out/base-url"
"$emulator" serve --scenario '{"duration_ms":2500,"steps":25}' >"$out/base-url" &
server=$!
trap 'kill $server 2>/dev/null; rm -f "$out/base-url"' EXIT INT TERM
read -r NITRO_BASE_URL <"$out/base-url"
NITRO_TOKEN=emulator-secret-token-5b1f
export NITRO_BASE_URL NITRO_TOKEN

echo "submitting examples/data/nitro-sample.pdf to $NITRO_BASE_URL"
job=$("$emulator" submit examples/data/nitro-sample.pdf --base "$NITRO_BASE_URL")
echo "job $job"
"$out/follow" "$job" "$out/result.pdf"
ls -l "$out/result.pdf" | awk '{print $5 " bytes: " $9}'
sha256sum "$out/result.pdf"
