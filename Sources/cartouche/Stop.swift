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

    /// Without the program's name before it.
    var bareMessage: String {
        let name = "cartouche: "
        return message.hasPrefix(name) ? String(message.dropFirst(name.count)) : message
    }

    func leave() -> Never {
        if !message.isEmpty { Output.standardError.write(message) }
        // Not `exit`, which takes apart the runtime and the libraries (libssl's tables among them) while other threads
        // still run in them. What was printed goes out first.
        fflush(nil)
        _exit(code.rawValue)
    }
}
