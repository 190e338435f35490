#!/bin/sh
# Instructions of a poll in C++ and in C, counted by callgrind. Called by `make cpp-overhead`, which sets CARGO, CC, CXX, SHIP and
# TARGET. The difference between two runs with different numbers of polls excludes the start and end of the program.
set -eu
few=100 many=1100
out=$TARGET/cpp-overhead
mkdir -p "$out"
for tool in valgrind "$CXX"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: install it, for example 'apt-get install valgrind g++'"; exit 1; }
done
link="-L$SHIP -lnitro_jobs -Wl,-rpath,$(cd "$SHIP" && pwd)"
# shellcheck disable=SC2086
$CC -std=c99 -O2 -Iinclude benches/cpp/polls.c $link -o "$out/polls-c"
# shellcheck disable=SC2086
$CXX -std=c++11 -O2 -Iinclude -Ibindings/cpp benches/cpp/polls.cpp $link -o "$out/polls-cpp"

$CARGO build -q --locked -p nitro-emulator
rm -f "$out/base-url"
mkfifo "$out/base-url"
# A job that runs longer than the measurement.
"$TARGET/debug/nitro-emulator" serve --scenario '{"duration_ms":86400000,"steps":10}' >"$out/base-url" &
server=$!
trap 'kill $server 2>/dev/null; rm -f "$out/base-url"' EXIT INT TERM
read -r NITRO_BASE_URL <"$out/base-url"
NITRO_TOKEN=emulator-secret-token-5b1f
export NITRO_BASE_URL NITRO_TOKEN
job=$("$TARGET/debug/nitro-emulator" submit examples/data/nitro-sample.pdf)

# Instructions of a run: all of them, and those of the program's own code, which is neither the library's nor the system's.
count() {
    data=$out/callgrind.$1.$2
    valgrind -q --tool=callgrind --callgrind-out-file="$data" "$out/polls-$1" "$job" "$2"
    awk -v own="/polls-$1" '
        /^fn=/ { next }
        /^c?ob=/ {
            name = $0; sub(/^c?ob=/, "", name); id = name; sub(/ .*/, "", id)
            if (name ~ / /) { sub(/^[^ ]* /, "", name); names[id] = name }
            if (/^ob=/) mine = index(names[id], own) > 0
            next
        }
        /^calls=/ { inclusive = 1; next }
        /^[0-9+*-]/ { if (!inclusive) { all += $2; if (mine) mineall += $2 }; inclusive = 0 }
        END { print all, mineall }' "$data"
}

set -- $(count c $few) $(count c $many) $(count cpp $few) $(count cpp $many)
awk -v polls=$((many - few)) -v a="$1" -v ao="$2" -v b="$3" -v bo="$4" -v c="$5" -v co="$6" -v d="$7" -v do_="$8" 'BEGIN {
    in_c = (b - a) / polls; in_cpp = (d - c) / polls; own_c = (bo - ao) / polls; own_cpp = (do_ - co) / polls
    printf "instructions a poll        C       C++    ratio\n"
    printf "in the program itself      %-7.1f %-7.1f\n", own_c, own_cpp
    printf "all                        %-7.0f %-7.0f %.4f\n", in_c, in_cpp, in_cpp / in_c
}'
