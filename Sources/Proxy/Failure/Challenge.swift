/// How a client can show its key (RFC 9110 §11.6.1).
enum Challenge {
    /// Programs that send a password only when they are asked for one are asked for one. A browser would open a dialog
    /// for it, and then send it along with whatever any page asks for: pages are not asked.
    static func all(mayPrompt: Bool) -> [String] {
        mayPrompt ? [bearer, #"Basic realm="cartouche", charset="UTF-8""#] : [bearer]
    }

    // RFC 6750 §3
    private static let bearer = #"Bearer realm="cartouche""#
}
