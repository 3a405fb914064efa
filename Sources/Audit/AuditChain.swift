import JSON
import Observability

/// Where a chain of lines is: the number of its last line, and that line's authentication code.
package struct AuditPosition: Equatable, Sendable {
    package var number: UInt64
    package var code: AuditCode

    package init(number: UInt64, code: AuditCode) {
        self.number = number
        self.code = code
    }

    /// Before the first line.
    package static let start = AuditPosition(number: 0, code: .none)
}

/// Makes lines of entries, each bound to the one before it.
///
///     {"n":17,"time":"…","who":"key maria","method":"GET","route":"/v3/…","status":200,…,"prev":"…","mac":"…"}
///
/// `prev` is the `mac` of line `n` - 1; `mac` authenticates all of its line that stands before it. Whoever has not the
/// key can take lines away, but not so that the rest fits together.
package struct AuditChain {
    package private(set) var position: AuditPosition
    private let key: AuditKey
    private var timestamp = Timestamp()

    /// The longest line there can be, in bytes; what is longer is none of ours.
    package static let lineLimit = 4096
    /// How much of a route's template is kept, in bytes: they come from the configuration.
    private static let routeLimit = 1024

    package init(_ key: AuditKey, from position: AuditPosition) {
        self.key = key
        self.position = position
    }

    /// Appends the line of one entry, with its line feed. False where libcrypto failed; then nothing was appended.
    package mutating func append(_ entry: AuditEntry, to output: inout [UInt8]) -> Bool {
        let start = output.count
        let number = position.number &+ 1
        text(#"{"n":"#, &output)
        text(String(number), &output)
        text(#","time":""#, &output)
        timestamp.append(wallNanoseconds: entry.wallNanoseconds, to: &output)
        text("\"", &output)
        switch entry.content {
        case .request(let request): append(request, &output)
        case .event(let event): append(event, &output)
        }
        text(#","prev":""#, &output)
        position.code.append(to: &output)
        text("\"", &output)
        guard let code = key.code(of: output.span.extracting(start..<output.count)) else {
            output.removeLast(output.count - start)
            return false
        }
        text(#","mac":""#, &output)
        code.append(to: &output)
        text("\"}\n", &output)
        position = AuditPosition(number: number, code: code)
        return true
    }

    private func append(_ request: AuditEntry.Request, _ output: inout [UInt8]) {
        text(#","who":"#, &output)
        switch request.client {
        case .key(let name): JSONText.append("key \(name)", to: &output)
        case .user(let id): JSONText.append("user \(id)", to: &output)
        case .certificate(let subject): JSONText.append("certificate \(subject)", to: &output)
        case .anonymous: JSONText.append("anonymous", to: &output)
        }
        text(#","method":"#, &output)
        JSONText.append("\(request.method)", to: &output)
        text(#","route":"#, &output)
        JSONText.append(String(decoding: request.route.utf8.prefix(Self.routeLimit), as: UTF8.self), to: &output)
        text(#","status":\#(request.status),"bytes_in":\#(request.bytesIn),"bytes_out":\#(request.bytesOut)"#, &output)
        if !request.code.isEmpty {
            text(#","error":"#, &output)
            JSONText.append(request.code, to: &output)
        }
        text(#","request_id":""#, &output)
        output += request.requestID
        text("\"", &output)
    }

    private func append(_ event: AuditEntry.Event, _ output: inout [UInt8]) {
        switch event {
        case .started: text(#","event":"started""#, &output)
        case .stopped: text(#","event":"stopped""#, &output)
        case .continued: text(#","event":"continued""#, &output)
        case .lost(let count): text(#","event":"lost","lines":\#(count)"#, &output)
        case .mended(let count): text(#","event":"mended","bytes":\#(count)"#, &output)
        }
    }

    private func text(_ text: String, _ output: inout [UInt8]) { output.append(contentsOf: text.utf8) }
}
