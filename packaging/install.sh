#!/bin/sh
# Puts what `make shared static` has built where a C or C++ program looks for it. Called by `make install`, which sets:
#   SHIP      the folder of the built libraries
#   PREFIX    where the library will live, such as /usr/local
#   LIBDIR    where its libraries will live, inside PREFIX
#   DESTDIR   put before both while packing; nothing that is installed mentions it
# Nothing that is installed holds an absolute path, so PREFIX can be moved afterwards.
set -eu
cd "$(dirname "$0")/.."

case $LIBDIR in
"$PREFIX"/*) inside=${LIBDIR#"$PREFIX"/} ;;
*) echo "LIBDIR=$LIBDIR must be inside PREFIX=$PREFIX" >&2; exit 2 ;;
esac
# From LIBDIR back to PREFIX: one step up for each folder between them.
up=$(echo "$inside" | sed 's:/*$::; s:[^/][^/]*:..:g')

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=$(sed -n 's/^const ABI: u32 = \(.*\);/\1/p' build.rs)
# What rustc itself says that a program needs beside the static library.
native=$(cat "$SHIP/native-static-libs.txt")
soname=libnitro_jobs.so.$abi
shared=libnitro_jobs.so.$version

fill() {
    sed -e "s|@VERSION@|$version|g" \
        -e "s|@MAJOR@|$(echo "$version" | cut -d. -f1)|g" \
        -e "s|@MINOR@|$(echo "$version" | cut -d. -f2)|g" \
        -e "s|@POINTER_BYTES@|$(($(getconf LONG_BIT) / 8))|g" \
        -e "s|@SHARED_NAME@|$shared|g" \
        -e "s|@STATIC_NAME@|libnitro_jobs.a|g" \
        -e "s|@SONAME@|$soname|g" \
        -e "s|@NATIVE_LIBS@|$native|g" \
        -e "s|@NATIVE_LIBS_LIST@|$(echo "$native" | sed 's/^-l//; s/ -l/;/g')|g" \
        -e "s|@PC_TO_PREFIX@|../$up|g" \
        -e "s|@CMAKE_TO_PREFIX@|../../$up|g" \
        "packaging/$1.in" >"$2/$1"
    chmod 644 "$2/$1"
}

to=$DESTDIR$PREFIX
lib=$DESTDIR$LIBDIR
doc=$to/share/doc/nitro-jobs
man=$to/share/man/man3
install -d "$to/include/nitro_jobs" "$lib/pkgconfig" "$lib/cmake/nitro_jobs" "$doc" "$man"

install -m 644 include/nitro_jobs.h bindings/cpp/nitro_jobs.hpp bindings/cpp/nitro_jobs_nlohmann.hpp "$to/include/"
install -m 644 bindings/cpp/nitro_jobs/*.hpp "$to/include/nitro_jobs/"
install -m 755 "$SHIP/libnitro_jobs.so" "$lib/$shared"
ln -sf "$shared" "$lib/$soname"
ln -sf "$soname" "$lib/libnitro_jobs.so"
install -m 644 "$SHIP/libnitro_jobs.a" "$lib/"

fill nitro_jobs.pc "$lib/pkgconfig"
fill nitro_jobs-static.pc "$lib/pkgconfig"
fill nitro_jobs-config.cmake "$lib/cmake/nitro_jobs"
fill nitro_jobs-config-version.cmake "$lib/cmake/nitro_jobs"

install -m 644 LICENSE-MIT LICENSE-APACHE CHANGELOG.md packaging/THIRD-PARTY.txt "$doc/"
for page in ABI CONNECTIONS EMBEDDING ERRORS LINKING RELIABILITY THREADING; do
    install -m 644 "docs/$page.md" "$doc/"
done
install -m 644 docs/gtk-progress.png docs/symbols.txt "$doc/"
install -d "$doc/examples/c" "$doc/examples/gtk"
install -m 644 examples/README.md "$doc/examples/"
install -m 644 examples/c/*.c "$doc/examples/c/"
install -m 644 examples/gtk/progress.c "$doc/examples/gtk/"
install -m 644 docs/man/nitro_jobs.3 "$man/"
