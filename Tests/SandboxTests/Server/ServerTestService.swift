import Sandbox

/// Answers as the path says.
struct ServerTestService: SandboxService {
    func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        switch request.path {
        case "/echo": return SandboxAnswer(status: 200, body: .bytes(request.body))
        case "/count": return text("\(request.receivedBytes)")
        case "/events": return events(every: .milliseconds(20))
        case "/slow-events": return events(every: .milliseconds(250))
        case "/large":
            let block = [UInt8](repeating: 0x61, count: 1_000)
            return SandboxAnswer(
                status: 200, body: .repeated(RepeatedBlock(block: block, count: Int(request.query) ?? 0)))
        case "/bytes": return SandboxAnswer(status: 200, body: .bytes([UInt8](repeating: 0x62, count: 3_000_000)))
        case "/empty": return SandboxAnswer(status: 204)
        default: return text("\(request.method) \(request.path)?\(request.query)")
        }
    }

    private func events(every interval: Duration) -> SandboxAnswer {
        let parts = (0..<5).map { Array("data: \($0)\n\n".utf8) }
        return SandboxAnswer(
            status: 200, fields: [("Content-Type", "text/event-stream")], body: .events(parts, interval: interval))
    }

    private func text(_ text: String) -> SandboxAnswer {
        SandboxAnswer(status: 200, fields: [("Content-Type", "text/plain")], body: .bytes(Array(text.utf8)))
    }
}
