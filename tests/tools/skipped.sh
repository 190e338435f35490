#!/bin/sh
# Sums up what the tests wrote into the file $1 about missing tools: one line for each thing to install, with the number of
# tests that it leaves out. Called by `make test`; tests/common/tools.rs writes a line for each test and each tool.
set -eu
[ -s "$1" ] || exit 0
sort -u "$1" | awk -F '\t' '
    function tests(count) { return count (count == 1 ? " test" : " tests") }
    !(($1, $2) in named) { named[$1, $2]; missing[$1] = missing[$1] (missing[$1] ? ", " : "") $2 }
    $3 == "whole" && !(($1, $4) in out) { out[$1, $4]; whole[$1]++ }
    $3 == "whole" && !($4 in left) { left[$4]; total++ }
    $3 == "part" { parts[$1, $4] }
    { installs[$1] }
    END {
        for (pair in parts) if (!(pair in out)) { split(pair, name, SUBSEP); part[name[1]]++ }
        for (install in installs) {
            says = whole[install] ? tests(whole[install]) : ""
            if (part[install]) says = says (says ? ", " : "") "part of " tests(part[install])
            print "skipped: " says ": " missing[install] (missing[install] ~ /, / ? " are" : " is") " missing (" install ")" | "sort"
        }
        close("sort")
        print "skipped: " tests(total + 0) " in all; NITRO_TEST_STRICT=1 skips nothing"
    }'
