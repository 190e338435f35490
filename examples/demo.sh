#!/bin/sh
# End to end: a C program submits a real PDF, follows its job with a progress bar, and saves the result.
# With NITRO_BASE_URL, NITRO_TOKEN and NITRO_JOB set it follows that real job; else it uses a local emulator of the service.
set -eu
out="$TARGET/demo"
mkdir -p "$out"
for program in follow run; do
    $CC $STRICT -Iinclude "examples/c/$program.c" -L"$SHIP" -lnitro_jobs -pthread -Wl,-rpath,"$(cd "$SHIP" && pwd)" -o "$out/$program"
done

if [ -n "${NITRO_JOB:-}" ]; then
    exec "$out/follow" "$NITRO_JOB" "$out/result"
fi
# shellcheck disable=SC2086
$CARGO build $QUIET --locked -p nitro-emulator
rm -f "$out/base-url"
mkfifo "$out/base-url"
"$TARGET/debug/nitro-emulator" serve --scenario '{"duration_ms":2500,"steps":25}' >"$out/base-url" &
server=$!
trap 'kill $server 2>/dev/null; rm -f "$out/base-url"' EXIT INT TERM
read -r NITRO_BASE_URL <"$out/base-url"
NITRO_TOKEN=emulator-secret-token-5b1f
export NITRO_BASE_URL NITRO_TOKEN

echo "flattening examples/data/nitro-sample.pdf at $NITRO_BASE_URL"
"$out/run" transformations flatten '{}' examples/data/nitro-sample.pdf "$out/result.pdf"
ls -l "$out/result.pdf" | awk '{print $5 " bytes: " $9}'
sha256sum "$out/result.pdf"
