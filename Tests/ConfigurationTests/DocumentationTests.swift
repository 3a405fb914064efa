import Configuration
import Foundation
import Testing

/// The page on configuration ends with the reference of all keys. With `CARTOUCHE_RECORD=1` in the environment
/// the test writes it there instead of comparing.
@Suite struct DocumentationTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/cartouche/Documentation.docc/Configuration.md").standardizedFileURL
    private static let heading = "## Every key\n\n"

    @Test func theReferenceIsOfToday() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let heading = try #require(text.range(of: Self.heading), "the page has no heading for the reference")
        if ProcessInfo.processInfo.environment["CARTOUCHE_RECORD"] == "1" {
            try Data((text[..<heading.upperBound] + KeyReference.markdown).utf8).write(to: Self.page)
        }
        let written = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(written[heading.upperBound...] == KeyReference.markdown, "run the tests with CARTOUCHE_RECORD=1")
    }
}
