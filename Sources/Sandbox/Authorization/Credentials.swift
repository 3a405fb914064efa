/// What stands behind the scheme of an `Authorization` field (RFC 9110 §11.4); nil for another scheme.
func credentials(in value: String, scheme: String) -> String? {
    let parts = value.utf8.split(separator: 0x20, maxSplits: 1)
    guard parts.count == 2, equalIgnoringASCIICase(parts[0], scheme.utf8) else { return nil }
    return trimmed(String(decoding: parts[1], as: UTF8.self))
}
