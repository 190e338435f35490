#!/bin/sh
# Packs what `make install` installs into one archive that unpacks anywhere, with its checksum. Called by `make dist`, which
# sets SHIP, as for install.sh, and OUT, where the archive goes. The same files give the same archive, byte for byte.
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=nitro-jobs-$version-$(cc -dumpmachine)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# The folder in the archive is the prefix.
SHIP=$SHIP DESTDIR=$stage PREFIX=/$name LIBDIR=/$name/lib packaging/install.sh
mkdir -p "$OUT"
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - "$name" | gzip -9n >"$OUT/$name.tar.gz"
cd "$OUT"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
cat "$name.tar.gz.sha256"
