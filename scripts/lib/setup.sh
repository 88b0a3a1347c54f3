# shellcheck shell=bash
# Shared by all scripts: finds Swift, installs the packages that the build needs, and builds only what changed.
#
# Source it with `root` set to the project's folder. All messages go to standard error, so that a program's own output
# stays clean. Exit codes are those of the program: 69 something is unavailable, 70 the build failed, 73 the build folder
# cannot be written.

: "${root:?the script that sources this sets it}"
unset CDPATH

say() { printf 'statsreplay: %s\n' "$*" >&2; }

# fail STATUS MESSAGE...
fail() {
    local status=$1
    shift
    say "$@"
    exit "$status"
}

# The Swift version that Package.swift requires. It is read from its first line, so that it is stated only once.
required_swift() { sed -n '1s/^.*swift-tools-version: *\([0-9.]*\).*$/\1/p' "$root/Package.swift"; }

# Sets `swift_command` to the toolchain's `swift`, even if a new installation is not in PATH yet.
find_swift() {
    local candidate
    if swift_command=$(command -v swift); then return 0; fi
    for candidate in "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}/swift" "$HOME/.swiftly/bin/swift" \
        /opt/swift/usr/bin/swift /usr/local/swift/usr/bin/swift /usr/libexec/swift/bin/swift; do
        if [ -x "$candidate" ]; then
            swift_command=$candidate
            PATH=${candidate%/*}:$PATH
            return 0
        fi
    done
    fail 69 "no Swift toolchain found. Install Swift $(required_swift) or later from https://www.swift.org/install and try again."
}

# Whether version $1 is at least $2. The parts are compared as numbers.
version_reaches() { printf '%s\n%s\n' "$2" "$1" | sort -V -C; }

# Asks the toolchain for its version. This takes a tenth of a second, so it is done only before a build.
check_swift_version() {
    local text version wanted
    if ! text=$("$swift_command" --version 2>&1); then
        fail 69 "the Swift toolchain $swift_command does not start: $(printf '%s' "$text" | tail -n 1)"
    fi
    version=$(printf '%s\n' "$text" | sed -n 's/^.*Swift version \([0-9][0-9.]*\).*$/\1/p' | head -n 1)
    wanted=$(required_swift)
    if [ -n "$version" ] && ! version_reaches "$version" "$wanted"; then
        fail 69 "Swift $wanted or later is needed, $swift_command is $version. Get it from https://www.swift.org/install."
    fi
}

# Sets `missing_packages` to the packages that apt (or brew) must install. It only checks files and pkg-config, which takes a
# few milliseconds.
find_missing_packages() {
    missing_packages=()
    local has_pkg_config=yes
    command -v pkg-config >/dev/null || has_pkg_config=no
    if [ "$(uname -s)" = Darwin ]; then
        [ "$has_pkg_config" = yes ] || missing_packages+=(pkg-config)
        [ "$has_pkg_config" = yes ] && pkg-config --exists libdeflate 2>/dev/null || missing_packages+=(libdeflate)
        [ "$has_pkg_config" = yes ] && pkg-config --exists libpcap 2>/dev/null || missing_packages+=(libpcap)
        return 0
    fi
    # In the usual case one call answers for both.
    if [ "$has_pkg_config" = no ] || ! pkg-config --exists libpcap libdeflate 2>/dev/null; then
        [ "$has_pkg_config" = yes ] || missing_packages+=(pkg-config)
        [ "$has_pkg_config" = yes ] && pkg-config --exists libpcap 2>/dev/null || missing_packages+=(libpcap-dev)
        [ "$has_pkg_config" = yes ] && pkg-config --exists libdeflate 2>/dev/null || missing_packages+=(libdeflate-dev)
    fi
    # A toolchain unpacked from an archive contains neither a linker nor the C library's headers.
    command -v git >/dev/null || missing_packages+=(git)
    command -v ld >/dev/null || missing_packages+=(binutils)
    [ -e /usr/include/stdio.h ] || missing_packages+=(libc6-dev)
    compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null || missing_packages+=(g++)
    # The dependencies are fetched over HTTPS.
    [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -n "${SSL_CERT_FILE:-}" ] || missing_packages+=(ca-certificates)
}

# Sets `as_root` to the prefix of a command that needs root. Returns 1 if there is no way to become root.
find_root_way() {
    as_root=()
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || return 1
    if sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    elif [ -t 0 ] && [ -t 2 ]; then
        as_root=(sudo)
    else
        return 1
    fi
}

# apt_install PACKAGE...: returns 1 if apt cannot install them. Its output is in .build/setup.log.
apt_install() {
    command -v apt-get >/dev/null && find_root_way || return 1
    local apt=("${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive
        apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    say "installing $* (apt-get)"
    "${apt[@]}" update </dev/null >"$root/.build/setup.log" 2>&1 \
        || say "apt-get update failed; trying with the package lists that are there"
    "${apt[@]}" install --no-install-recommends "$@" </dev/null >>"$root/.build/setup.log" 2>&1
}

install_packages() {
    find_missing_packages
    [ ${#missing_packages[@]} -gt 0 ] || return 0
    local names=${missing_packages[*]}
    if [ "$(uname -s)" = Darwin ]; then fail 69 "$names missing. Run: brew install $names"; fi
    if ! command -v apt-get >/dev/null; then
        fail 69 "$names (Debian's names) missing, and there is no apt-get here. Install them with this system's package manager and try again."
    fi
    if ! find_root_way; then
        fail 69 "$names missing. Run: sudo apt-get install -y $names"
    fi
    if ! apt_install "${missing_packages[@]}"; then
        tail -n 5 "$root/.build/setup.log" >&2
        fail 69 "could not install $names; see .build/setup.log. Run: sudo apt-get install -y $names"
    fi
    find_missing_packages
    if [ ${#missing_packages[@]} -gt 0 ]; then
        fail 69 "still missing after the installation: ${missing_packages[*]}"
    fi
}

# Makes the build folder and takes the lock. A second script waits, and then finds everything built.
# The lock is the open file 9, so a killed script leaves no lock behind.
take_lock() {
    if ! { mkdir -p "$root/.build" && : >>"$root/.build/setup.lock"; } 2>/dev/null; then
        fail 73 "cannot write $root/.build: give this user the folder, or clone to one of its own."
    fi
    # macOS has no flock. There SwiftPM's own lock on the build folder must suffice.
    command -v flock >/dev/null || return 0
    exec 9>>"$root/.build/setup.lock"
    if ! flock -n 9; then
        say "waiting for another build in this folder"
        flock 9
    fi
}

# Programs started from here on must not inherit the lock.
release_lock() { exec 9>&-; }

hash_of_input() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash_files() { if command -v sha256sum >/dev/null; then xargs -0 sha256sum; else xargs -0 shasum -a 256; fi; }

# Describes files without reading them: size and modification time, to the nanosecond. Owner and mode may change.
describe_files() {
    if stat -c '' / >/dev/null 2>&1; then stat -L -c '%n %s %.9Y' "$@"; else stat -L -f '%N %z %Fm' "$@"; fi 2>/dev/null
}

# One line that changes when any source, the list of sources, the package description or the toolchain changes. It depends on
# contents, not on times, so a checkout that restores the same bytes builds nothing. It takes about 20 ms for a few hundred
# files.
fingerprint() {
    (
        cd "$root" || exit 1
        {
            # A swiftly proxy stays the same file when its toolchain changes, but its configuration does not.
            describe_files "$swift_command" "${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/config.json" \
                .swift-version || :
            find Package.swift Sources -type f ! -path 'Sources/Fuzzing/*' ! -path 'Sources/Benchmarks/*' -print0 | LC_ALL=C sort -z | hash_files
        } | hash_of_input
    )
}

# Describes the results of a build: the resolved versions of the dependencies, and the program.
describe_result() {
    describe_files "$binary" && (cd "$root" && { [ ! -e Package.resolved ] || hash_of_input <Package.resolved; })
}

# Whether `binary` was built from the current sources. Sets `sources`.
is_current() {
    sources=$(fingerprint)
    [ -r "$stamp_file" ] && [ -x "$binary" ] && [ "$(cat "$stamp_file")" = "$sources $(describe_result)" ]
}

# ensure_built CONFIGURATION: sets `binary`, after installing and building what is missing. All slow work happens under the
# lock. A warm start needs no lock.
ensure_built() {
    local configuration=$1 sources stamp_file quiet=(--quiet)
    stamp_file=$root/.build/statsreplay-$configuration.stamp
    binary=$root/.build/$configuration/statsreplay
    find_swift
    # A build folder restored from a cache may be on a machine without the libraries.
    find_missing_packages
    if [ ${#missing_packages[@]} -eq 0 ] && is_current; then return 0; fi
    take_lock
    install_packages
    if is_current; then
        release_lock
        return 0
    fi
    check_swift_version
    # On a terminal, SwiftPM shows its own progress.
    if [ -t 2 ]; then quiet=(); fi
    if [ -x "$binary" ]; then
        say "building what changed ($configuration)"
    else
        say "building ($configuration); the first time takes a minute or two"
    fi
    # The stamp describes the sources before the build, so that files changed during the build are built next time.
    if ! "$swift_command" build --package-path "$root" --configuration "$configuration" --product statsreplay \
        "${quiet[@]+"${quiet[@]}"}" </dev/null >&2 9>&-; then
        fail 70 "the build failed; the errors stand above."
    fi
    printf '%s\n' "$sources $(describe_result)" >"$stamp_file.$$"
    mv -f "$stamp_file.$$" "$stamp_file"
    release_lock
}
