#!/bin/sh
# Builds the wheel of $LIBRARY in $OUT, with tools in a folder of their own. Only their first installation needs a network.
set -eu
cd "$(dirname "$0")"
tools="$(dirname "$OUT")/wheel-tools"
if ! cmp -s build-requirements.txt "$tools/installed.txt" || ! "$tools/bin/python" -m hatchling --version >/dev/null 2>&1; then
    rm -rf "$tools"
    "${PYTHON:-python3}" -m venv "$tools"
    "$tools/bin/python" -m pip install -q --disable-pip-version-check -r build-requirements.txt
    cp build-requirements.txt "$tools/installed.txt"
fi
rm -rf "$OUT"
NITRO_WHEEL_LIBRARY="$LIBRARY" "$tools/bin/python" -m hatchling build -t wheel -d "$OUT" >/dev/null
echo "$OUT"/*.whl
