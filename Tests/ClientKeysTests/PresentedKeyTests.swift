import Foundation
import Testing

@testable import ClientKeys

@Suite struct PresentedKeyTests {
    private let key = String(decoding: Made.key(1), as: UTF8.self)
    private let other = String(decoding: Made.key(2), as: UTF8.self)
    private let digest = Made.digest(1)

    private func basic(_ text: String, padded: Bool = true) -> String {
        let encoded = Data(text.utf8).base64EncodedString()
        return "Authorization: Basic " + (padded ? encoded : encoded.replacingOccurrences(of: "=", with: ""))
    }

    @Test func itIsFoundWhereItMayStand() throws {
        for line in [
            "Authorization: Bearer \(key)", "authorization: bearer   \(key)", "Cartouche-Key: \(key)",
            basic("anybody:\(key)"), basic(":\(key)"), basic("a:\(key)", padded: false), basic("ab:\(key)"),
            basic("abc:\(key)"), "Authorization: bAsIc " + Data("x:\(key)".utf8).base64EncodedString(),
        ] {
            #expect(PresentedKey.of(try Made.head(line)) == .digest(digest), "\(line)")
        }
    }

    @Test func whatElseStandsThereIsNoneOfOurs() throws {
        for lines in [
            [], ["Authorization: Bearer cartouche"], ["Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"],
            [basic("user:password")], [basic("nocolon")], ["Authorization: Basic ~~~"], ["Authorization:"],
            ["Authorization: \(key)"], ["Authorization: Digest \(key)"], ["X-Api-Key: \(key)"],
            ["Cookie: key=\(key)"], ["Authorization: Basic " + String(repeating: "A", count: 4000)],
        ] {
            var head = try Made.head()
            if let line = lines.first { head = try Made.head(line) }
            #expect(PresentedKey.of(head) == .none, "\(lines)")
        }
    }

    @Test func aMistypedOneIsNotAnUnknownOne() throws {
        for line in [
            "Authorization: Bearer \(key.dropLast())", "Authorization: Bearer \(key)x", "Cartouche-Key: \(key.uppercased())",
            "Cartouche-Key: something", "Cartouche-Key:", basic("a:cartouche_"), "Authorization: Bearer \(key) \(key)",
        ] {
            #expect(PresentedKey.of(try Made.head(line)) == .malformed, "\(line)")
        }
    }

    @Test func severalMustBeTheSame() throws {
        #expect(
            PresentedKey.of(try Made.head("Authorization: Bearer \(key)", "Cartouche-Key: \(key)", basic("a:\(key)")))
                == .digest(digest))
        // A library's own bearer token beside ours is no key.
        #expect(
            PresentedKey.of(try Made.head("Authorization: Bearer cartouche", "Cartouche-Key: \(key)")) == .digest(digest))
        for lines in [
            ("Authorization: Bearer \(key)", "Cartouche-Key: \(other)"),
            ("Authorization: Bearer \(other)", "Authorization: Bearer \(key)"),
            ("Cartouche-Key: \(key)", "Cartouche-Key: \(other)"), ("Cartouche-Key: \(key)", basic("a:\(other)")),
            ("Cartouche-Key: \(key)", "Authorization: Bearer cartouche_x"),
        ] {
            #expect(PresentedKey.of(try Made.head(lines.0, lines.1)) == .conflicting, "\(lines)")
        }
        #expect(
            PresentedKey.of(
                try Made.head("Cartouche-Key: \(key)", "Cartouche-Key: \(other)", "Cartouche-Key: \(other)"))
                == .conflicting)
    }
}
