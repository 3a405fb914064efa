/// One key as it is kept: everything about it but itself. Times are seconds since 1970.
package struct KeyRecord: Sendable {
    /// The secret that was in force before, and until when it still is.
    package struct Previous: Equatable, Sendable {
        package let digest: KeyDigest
        package let until: Int64

        package init(digest: KeyDigest, until: Int64) {
            self.digest = digest
            self.until = until
        }
    }

    package let name: String
    package var digest: KeyDigest
    package let created: Int64
    package var scope: KeyScope
    package var rate: RateLimit?
    /// Requests a day.
    package var quota: Int?
    package var expires: Int64?
    package var revoked: Int64?
    package var previous: Previous?

    package init(name: String, digest: KeyDigest, created: Int64, scope: KeyScope = KeyScope()) {
        self.name = name
        self.digest = digest
        self.created = created
        self.scope = scope
    }

    package static let longestName = 64

    /// It stands in logs: letters, digits and `-._@`, the first one a letter or a digit.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= longestName else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "-._@".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
