/// The storage host exports end up on. It knows signed URLs and no tokens.
package final class SandboxStorage: SandboxService {
    private let state: SandboxState

    package init(state: SandboxState) {
        self.state = state
    }

    package func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        // A storage host refuses a second kind of credential beside the signature; one that arrives here
        // has been sent to a host it was never meant for.
        guard request.first("Authorization") == nil else {
            return SandboxAnswer(json: ["error": "Only one auth mechanism allowed", "status": 400], status: 400)
        }
        guard request.method == "GET" || request.method == "HEAD", let content = file(request, now: now) else {
            return SandboxAnswer(json: ["error": "Signature does not match", "status": 403], status: 403)
        }
        return SandboxAnswer(
            status: 200,
            fields: [("Content-Type", "text/csv; charset=utf-8"), ("Content-Disposition", "attachment")],
            body: .bytes(content))
    }

    private func file(_ request: SandboxRequest, now: Int64) -> [UInt8]? {
        let segments = request.path.utf8.split(separator: UInt8(ascii: "/"))
        guard segments.count == 2, segments[0].elementsEqual("exports".utf8), let name = percentDecoded(segments[1]),
            name.utf8.suffix(4).elementsEqual(".csv".utf8), let query = Parameters(form: request.query.utf8),
            let job = state.update({ $0.exports[String(name.dropLast(4))] }), job.status(now: now) == .success,
            let signature = query.text("signature"), let expected = job.detail("signature"),
            signature.utf8.elementsEqual(expected.utf8), let text = job.detail("query")
        else { return nil }
        guard let statement = try? SQLParser.parse(text),
            case .table(let table) = try? Warehouse(data: state.data).run(statement)
        else { return nil }
        return CSVWriter.write(table)
    }
}
