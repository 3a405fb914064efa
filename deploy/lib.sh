# What deploy/run and deploy/test share: speaking, finding what is missing, building.
# To be sourced; it changes into the repository, so everything after it may use relative paths.
# shellcheck shell=bash

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit

minimum_swift=6.2

# Everything these scripts say goes to standard error: standard output belongs to the program they run.
say() { printf '%s\n' "$*" >&2; }

fail() {
    say "error: $*"
    exit 1
}

on_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo: $*"
    fi
}

package_is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null) == 'ii '* ]]
}

# install_packages NAME…: installs those Debian packages that are missing, and says nothing when none is.
install_packages() {
    local name missing=()
    for name in "$@"; do
        package_is_installed "$name" || missing+=("$name")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    say "Installing ${missing[*]}"
    # RUNLEVEL=1 keeps a package such as nginx from starting its own service on port 80.
    local apt=(as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y -o DPkg::Lock::Timeout=120)
    local log
    log=$(mktemp)
    if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail "apt-get could not install ${missing[*]}"
    fi
    rm -f "$log"
}

# The two libraries the program is linked against, OpenSSL and zlib, with their headers.
install_libraries() {
    if on_debian; then
        # SwiftPM asks pkg-config where the libraries' descriptions are.
        install_packages libssl-dev zlib1g-dev pkg-config
    elif [[ $(uname) == Darwin ]]; then
        local formula
        for formula in openssl@3 zlib; do
            [[ -d $(brew --prefix "$formula" 2>/dev/null) ]] || fail "$formula is missing: brew install openssl@3 zlib"
        done
    elif ! pkg-config --exists libssl zlib 2>/dev/null; then
        fail "the development files of OpenSSL 3 and zlib are missing: install them with this system's package manager"
    fi
}

require_swift() {
    command -v swift >/dev/null ||
        fail "swift is not on the PATH: install Swift $minimum_swift or newer (https://www.swift.org/install)"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ -n $version ]] || fail "'swift --version' does not tell its version; is the toolchain whole?"
    local oldest
    oldest=$(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1)
    [[ $oldest == "$minimum_swift" ]] ||
        fail "Swift $version is too old: Cartouche needs $minimum_swift or newer (https://www.swift.org/install)"
}

# SwiftPM does not notice that a header of ours has changed, or the profile that the compiler lays out release builds by,
# and would link what was compiled with the former one.
forget_stale_builds() {
    local headers profile
    headers=$(cat Sources/*/*.h | cksum)
    profile=$(cksum <deploy/branches.profdata)
    if [[ -d .build && $(cat .build/headers 2>/dev/null) != "$headers" ]]; then
        say "A C header has changed: building anew"
        rm -rf .build .build-*
    elif [[ -d .build && $(cat .build/profile 2>/dev/null) != "$profile" ]]; then
        say "The profile has changed: building anew"
        rm -rf .build/*/release .build-*/*/release
    fi
    mkdir -p .build
    printf '%s\n' "$headers" >.build/headers
    printf '%s\n' "$profile" >.build/profile
}

# Prints where the compiler keeps what programs need at run time, and beside it its tools.
runtime_resources() {
    swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1/p'
}

# Prints the flags that put Swift's own libraries into the program, so that it runs where no
# toolchain is; nothing where the toolchain came without its static libraries, or on Apple's systems.
static_flags() {
    [[ $(uname) == Linux ]] || return 0
    local resources
    resources=$(runtime_resources)
    if [[ -f ${resources}_static/linux/libFoundation.a ]]; then
        printf '%s\n' --static-swift-stdlib
    fi
}

# build_release [NAME [FLAG...]]: builds that program, or the product's, and leaves its path in $program.
build_release() {
    local name=${1:-cartouche}
    local flags=(-c release --product "$name" "${@:2}")
    local static
    static=$(static_flags)
    [[ -z $static ]] || flags+=("$static")

    program=$(swift build "${flags[@]}" --show-bin-path)/$name
    [[ -x $program ]] || say "Building $name; the first time takes a few minutes"
    swift build "${flags[@]}" --quiet >&2
}
