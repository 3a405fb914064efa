import Secrets

/// An authorization server's `error` and `error_description`, made fit for a log: short, printable ASCII
/// on one line, and without anything of our secrets, which some servers echo.
package struct ServerMessage: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    /// Enough of the text that a secret that begins where it is cut is seen whole.
    private static let searched = TokenLimits.messageBytes + 1_024

    /// nil if there is nothing to say.
    init?(error: [UInt8]?, errorDescription: [UInt8]?, redacting secrets: [Secret]) {
        var text: [UInt8] = []
        for part in [error, errorDescription] {
            guard let part, !part.isEmpty else { continue }
            if !text.isEmpty { text.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")]) }
            text.append(contentsOf: part)
        }
        guard !text.isEmpty else { return nil }
        // Nothing beyond is shown, and searching costs the product of the lengths.
        if text.count > Self.searched { text.removeSubrange(Self.searched...) }
        // Searched before it is cut and cleaned, or a secret could be made unrecognisable and yet readable.
        guard !Redaction.finds(secrets, in: text.span) else {
            description = "<withheld: it repeats a secret>"
            return
        }
        var kept = ""
        for byte in text.prefix(TokenLimits.messageBytes) {
            kept.unicodeScalars.append((0x20...0x7E).contains(byte) ? Unicode.Scalar(byte) : "?")
        }
        description = text.count > TokenLimits.messageBytes ? kept + "..." : kept
    }
}
