import Foundation

/// Inputs that have broken other servers. They lie beside the repository, or are absent: then the tests that use them
/// say so and are skipped.
package enum Corpora {
    /// The cases of one suite, each an object of JSON; nil where there are none.
    package static func cases(_ suite: String) -> [Data]? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "../shared/corpora/\(suite)/cases.jsonl").standardized
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            print("skipped: no corpus \(suite) beside the repository")
            return nil
        }
        return text.split(separator: "\n").map { Data($0.utf8) }
    }
}
