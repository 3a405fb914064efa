/// What `--version` says; raised with each release.
enum Version {
    static let current = "0.1.0"
}
