import JSON
import Wire

/// `carto-info.json`: what a bundle of CARTO's Hosted Apps reads, from beside itself, to learn where the API is and
/// what token to use. Served here it names this proxy, and a token that is none: the real one never reaches a page.
enum CartoInfo {
    static let path: StaticString = "/carto-info.json"

    /// Libraries refuse to start without a token; this one is taken out of every request.
    static let placeholder = "cartouche"

    /// - Parameters:
    ///   - base: our own URL, as the client knows us.
    ///   - hasAI: whether the routes of the AI upstream lead anywhere.
    static func append(base: [UInt8], hasAI: Bool, to output: inout [UInt8]) {
        let base = String(decoding: base, as: UTF8.self)
        output.append(#"{"schemaVersion":1,"accessToken":"#)
        JSONText.append(placeholder, to: &output)
        output.append(#","apiBaseUrl":"#)
        JSONText.append(base, to: &output)
        if hasAI {
            output.append(#","aiBaseUrl":"#)
            JSONText.append(base + "/v1", to: &output)
        }
        // Whose token it is, is nobody's business on a page.
        output.append(#","user":{"id":"cartouche","accountId":"cartouche","email":""}}"#)
        output.append("\n")
    }
}
