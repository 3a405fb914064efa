import Testing
import Wire

/// The verdicts on streams that other servers got wrong. What is to be refused must be refused by the
/// parser: neither accepted nor waited upon.
@Suite struct CorpusTests {
    /// Streams that stop before anything in them is wrong; the deadline of the phase ends them. Each says
    /// why there is nothing to refuse yet.
    static let cutShort: [String: String] = [
        "llhttp/content-length/L77/Error on `Content-Length` overflow": "framing is decided on whole heads",
        "llhttp/content-length/L102/Error on duplicate `Content-Length`": "framing is decided on whole heads",
        "llhttp/invalid/L492/Invalid HTTP version": "the request line has not ended",
        "gunicorn/invalid/001": "the line may still become a field line",
        "gunicorn/invalid/rfc9112_chunked_missing_final_crlf_01": "trailers may follow",
    ]

    /// Well-formed requests that the routes refuse, not the grammar.
    static let refusedByRoutes: Set<String> = ["llhttp/invalid/L358/Invalid method"]

    /// A protocol switch nobody asked for is well-formed; whoever sent the request knows that it asked for none.
    static let refusedByTheAsker: Set<String> = ["llhttp-response/extra/101"]

    @Test(arguments: ["llhttp", "gunicorn", "te-mutations"])
    func requests(_ suite: String) {
        for item in Corpus.cases(suite) {
            let reading = MessageReader.read([item.stream], as: .request)
            let byByte = MessageReader.read(item.stream.map { [$0] }, as: .request)
            #expect(byByte == reading, "\(item.id) depends on the split")
            switch item.verdict {
            case "accept":
                #expect(reading.messages.first?.isComplete == true, "\(item.id): \(reading.end)")
            case "reject", "reject_preferred":
                if Self.refusedByRoutes.contains(item.id) { continue }
                let complete = reading.messages.contains { $0.isComplete }
                #expect(!complete, "\(item.id) was accepted")
                if case .refused = reading.end { continue }
                #expect(
                    Self.cutShort[item.id] != nil, "\(item.id) was waited upon: \(reading.end) \(text(item.stream))")
            default: continue
            }
        }
    }

    @Test func responses() {
        for item in Corpus.cases("upstream-responses") {
            let reading = MessageReader.read([item.stream], as: .response)
            switch item.verdict {
            case "accept":
                #expect(reading.messages.first?.isComplete == true, "\(item.id): \(reading.end)")
            case "reject" where Self.refusedByTheAsker.contains(item.id): continue
            case "reject":
                let complete = reading.messages.contains { $0.isComplete }
                #expect(!complete, "\(item.id) was accepted")
                if case .refused = reading.end { continue }
                #expect(Self.cutShort[item.id] != nil, "\(item.id) was waited upon: \(reading.end)")
            case "truncated":
                #expect(reading.messages.first?.isComplete != true, "\(item.id): \(reading.end)")
            default: continue
            }
        }
    }
}
