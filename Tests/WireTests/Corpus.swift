import Foundation
import TestSupport
import Testing

/// Requests and answers that have broken other servers, kept beside the repository where they are
/// available; without them the tests that use them say so and are skipped.
struct Corpus {
    struct Case: CustomTestStringConvertible, Sendable {
        var id: String
        var verdict: String
        var stream: [UInt8]

        var testDescription: String { id }
    }

    /// The cases of one suite; empty where the corpora are not.
    static func cases(_ suite: String) -> [Case] {
        (Corpora.cases(suite) ?? []).compactMap { line in
            guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
                let id = object["id"] as? String,
                let verdict = (object["verdict"] ?? object["expect"]) as? String
            else { return nil }
            return Case(id: id, verdict: verdict, stream: expand(stream(of: object)))
        }
    }

    private static func stream(of object: [String: Any]) -> [UInt8] {
        if let encoded = (object["request_b64"] ?? object["b64"]) as? String {
            return decode(encoded)
        }
        let steps = object["steps"] as? [[String: Any]] ?? []
        return steps.flatMap { $0["parts"] as? [[String: Any]] ?? [] }
            .flatMap { decode($0["b64"] as? String ?? "") }
    }

    private static func decode(_ encoded: String) -> [UInt8] {
        Array(Data(base64Encoded: encoded) ?? Data())
    }

    /// Fills in host, path and base, and `@LEN[d]:…@` (`x` for hexadecimal), the length of what follows in
    /// base64 once that is filled in.
    private static func expand(_ stream: [UInt8]) -> [UInt8] {
        // Latin-1 keeps every byte one character.
        var text = String(String.UnicodeScalarView(stream.map { Unicode.Scalar($0) }))
        while let match = text.firstMatch(of: #/@LEN\[([dx])\]:([A-Za-z0-9+/=]*)@/#) {
            let count = expand(decode(String(match.2))).count
            text.replaceSubrange(match.range, with: String(count, radix: match.1 == "d" ? 10 : 16))
        }
        text = text.replacing("@HOST@", with: "localhost:22786").replacing("@PATH@", with: "/v3/sql")
            .replacing("@BASE@", with: "/v3")
        return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
