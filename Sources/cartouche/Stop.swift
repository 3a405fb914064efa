#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A reason to end the program, with its exit code and what to say on standard error.
struct Stop: Error {
    enum Code: Int32 {
        case success = 0
        case runtime = 1
        /// A wrong command line or configuration.
        case usage = 2
        case credentialRejected = 3
        case upstreamUnreachable = 4
        case portTaken = 5
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    func leave() -> Never {
        if !message.isEmpty { StandardError.write(message) }
        exit(code.rawValue)
    }
}

/// Plain lines for a person, outside the log.
enum StandardError {
    static func write(_ text: String) {
        let bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Self.put($0, from: start) }
            guard count > 0 else { return }
            start += count
        }
    }

    private static func put(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe Self.systemWrite(2, base + start, buffer.count - start)
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        unsafe Glibc.write(descriptor, bytes, count)
    }
}
