#!/bin/bash
# Proves that a fresh machine is enough: makes a bare Debian in a folder under target/, puts Rust and a clean clone into it, runs
# the README's two commands with what the README names and nothing else, then .ci/run. Called by `make fresh`; needs root.
#   FRESH_ONLY=readme    stop before .ci/run
#   FRESH_KEEP=1         leave the Debian there afterwards, as after a failure
#   FRESH_DIR            where it all goes; target/fresh unless set. base.tar in it is the bare Debian, made once: delete it for a new one
#   FRESH_SUITE          which Debian; bookworm unless set
#   FRESH_MIRROR         where debootstrap gets it; where this machine's apt gets it unless set
# How packages and crates are reached is taken from this machine: its apt, cargo and pip settings, proxies and certificates.
set -euo pipefail
cd "$(dirname "$0")/.."

need() {
    command -v "$1" >/dev/null || { echo "fresh: $1 is missing: $2"; exit 1; }
}
# With sudo, Rust is in the home of the user who called it.
if [ -n "${SUDO_USER:-}" ]; then
    HOME=$(getent passwd "$SUDO_USER" | cut -d: -f6)
    PATH=$HOME/.cargo/bin:$PATH
fi
[ "$(id -u)" = 0 ] || { echo "fresh: root is needed to make a Debian and to go into it: sudo make fresh"; exit 1; }
need debootstrap "apt-get install debootstrap"
need git "apt-get install git"
need rustup "install Rust from https://rustup.rs"
need unshare "apt-get install util-linux"

# In namespaces of its own: whatever way this ends, no mount and no process of the Debian outlives it.
if [ -z "${FRESH_INSIDE:-}" ]; then
    FRESH_INSIDE=1 exec unshare --mount --pid --fork --kill-child --propagation private "$0"
fi

suite=${FRESH_SUITE:-bookworm}
dir=${FRESH_DIR:-${CARGO_TARGET_DIR:-target}/fresh}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
root=$dir/root
clone=/root/nitro-jobs
outcome=failed
current=
began=0
times=

# Removes a tree, but never what is mounted in it.
remove() {
    if grep -qF " $1/" /proc/self/mountinfo; then
        echo "fresh: something is still mounted in $1"
        return 1
    fi
    rm -rf --one-file-system "$1"
}

leave() {
    for place in dev/shm dev/pts dev proc; do
        umount -l "$root/$place" 2>/dev/null || true
    done
    if [ $outcome = passed ] && [ -z "${FRESH_KEEP:-}" ]; then
        remove "$root" || true
    else
        echo "fresh: the Debian is in $root"
    fi
    [ -z "$current" ] || took "$current (failed)"
    printf '%b' "$times"
    echo "fresh: $outcome"
}
trap leave EXIT
trap 'exit 130' INT TERM

# Notes how long the part $1 took.
took() {
    times+=$(printf 'fresh: %5d s  %s' $((SECONDS - began)) "$1")'\n'
}

# Runs the rest as the part that $1 names. A failure ends the script.
part() {
    current=$1 began=$SECONDS
    shift
    echo "fresh: $current"
    "$@"
    took "$current"
    current=
}

# Debian's own package sources of this machine, as "ADDRESS RELEASE".
sources() {
    command -v apt-get >/dev/null || return 0
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        sed -n "s:^\([^ ]*/debian\(-security\)\?/\?\) \($suite\(-updates\|-security\)\?\) main\$:\1 \3:p" | sort -u
}

make_base() {
    [ ! -f "$dir/base.tar" ] || return 0
    local mirror=${FRESH_MIRROR:-$(sources | sed -n "s/ $suite\$//p" | head -n 1)}
    remove "$dir/base"
    # ca-certificates is what installing Rust needs anyway.
    debootstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev,make "$suite" "$dir/base" ${mirror:+"$mirror"} >"$dir/base.log" ||
        { tail -n 20 "$dir/base.log"; return 1; }
    umount "$dir/base/proc" 2>/dev/null || true
    tar -C "$dir/base" -cf "$dir/base.tar.new" .
    mv "$dir/base.tar.new" "$dir/base.tar"
    remove "$dir/base"
}

# The environment of this machine by which downloads work, without what is secret.
settings() {
    env -0 | grep -zE '^(([a-z]+|[A-Z]+)_(proxy|PROXY)|(SSL_CERT|PIP_|CARGO_(HTTP|NET|SOURCE|REGISTR)|RUSTUP_(DIST|UPDATE))[A-Za-z0-9_]*|[A-Z]+_CA_BUNDLE)=' |
        grep -zvE '^[A-Z_]*(TOKEN|SECRET|PASSWORD|CREDENTIAL)[A-Z_]*=' || true
}

# Copies files of this machine to the same place in the Debian, following links; those that are not there are left out.
same() {
    local file
    for file; do
        [ ! -f "$file" ] || { mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; }
    done
}

unpack_base() {
    remove "$root"
    mkdir "$root"
    tar -C "$root" -xf "$dir/base.tar"
    same /etc/hosts /etc/resolv.conf /etc/pip.conf /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates/*.crt
    local setting list
    while IFS= read -r -d '' setting; do
        case ${setting%%=*} in *CERT* | *CA_BUNDLE | *CAINFO) same "${setting#*=}" ;; esac
    done < <(settings)
    list=$(sources)
    [ -z "$list" ] || echo "$list" | sed 's/.*/deb & main/' >"$root/etc/apt/sources.list"
    apt-config dump Acquire 2>/dev/null | grep -E '::(Proxy|Check-|Verify-|CaInfo|Retries|Timeout).* ".+"' >"$root/etc/apt/apt.conf.d/99machine" || true
    # A package that is a server must not start one here.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"

    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev" 2>/dev/null || mount --bind /dev "$root/dev"
    mountpoint -q "$root/dev/pts" || mount --bind /dev/pts "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
}

# Runs a command in the clone in the Debian.
inside() {
    local environment
    mapfile -d '' -t environment < <(settings)
    chroot "$root" /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 "${environment[@]}" \
        PATH=/root/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        sh -c "cd $clone 2>/dev/null || cd; exec \"\$@\"" sh "$@"
}

# Runs a command inside; what it says is shown, and kept in the file $1.
logged() {
    local log=$dir/$1
    shift
    inside "$@" 2>&1 | tee "$log"
}

# Copies the toolchain at $1 without its manual.
toolchain() {
    local from=$1
    mkdir -p "$root/root/.rustup/toolchains"
    tar -C "$(dirname "$from")" --exclude=share/doc -cf - "$(basename "$from")" | tar -C "$root/root/.rustup/toolchains" -xf -
}

put_rust() {
    local cargo_home=${CARGO_HOME:-$HOME/.cargo} name program from
    mkdir -p "$root/root/.cargo/bin"
    cp -L "$(command -v rustup)" "$root/root/.cargo/bin/rustup"
    for program in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt; do
        ln -s rustup "$root/root/.cargo/bin/$program"
    done
    # How crates are reached, but not the crates, nor a login.
    for name in config.toml config; do
        [ ! -f "$cargo_home/$name" ] || cp -L "$cargo_home/$name" "$root/root/.cargo/$name"
    done
    [ ! -f "$HOME/.config/pip/pip.conf" ] || cp -L "$HOME/.config/pip/pip.conf" "$root/etc/pip.conf"
    from=$(rustc --print sysroot)
    toolchain "$from"
    inside rustup default "$(basename "$from")"
}

put_clone() {
    [ -z "$(git status --porcelain)" ] || echo "fresh: what is not committed is left out"
    git clone -q --no-hardlinks "$PWD" "$root$clone"
}

demo_again() {
    logged demo-again.log make demo
    if grep -q '^ *Compiling' "$dir/demo-again.log"; then
        echo "fresh: the second make demo built something again"
        return 1
    fi
}

# The sanitizers need the nightly compiler. Where this machine has none .ci/run gets it.
put_nightly() {
    ! rustup toolchain list | grep -q '^nightly' || toolchain "$(rustc +nightly --print sysroot)"
}

part "bare Debian $suite" make_base
part "a new copy of it" unpack_base
part "Rust" put_rust
part "clean clone" put_clone
part "make demo" logged demo.log make demo
part "make demo, again" demo_again
part "make test" logged test.log make test
if [ "${FRESH_ONLY:-}" != readme ]; then
    part "nightly Rust" put_nightly
    part ".ci/run" logged ci.log .ci/run
fi
outcome=passed
