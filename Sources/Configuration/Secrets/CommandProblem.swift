/// Why a command's output is not used.
package enum CommandProblem: Error, Hashable, Sendable {
    case notStarted(SystemError)
    case timedOut(after: Duration)
    case outputTooLong(limit: Int)
    case exited(code: Int32)
    case killed(signal: Int32)
    case outputUnreadable(SystemError)

    package var message: String {
        switch self {
        case .notStarted(let error): "its command could not be started: \(error)"
        case .timedOut(let limit): "its command had not finished after \(Quantity.text(limit)) and was stopped"
        case .outputTooLong(let limit): "its command printed more than \(Quantity.text(size: limit))"
        case .exited(let code): "its command ended with exit code \(code)"
        case .killed(let signal): "its command was ended by signal \(signal)"
        case .outputUnreadable(let error): "the output of its command could not be read: \(error)"
        }
    }

    package var suggestion: String? {
        switch self {
        case .notStarted: "a list is a program and its arguments; a single text is run by /bin/sh"
        case .timedOut: "it has no terminal to ask a question on"
        case .exited: "run it by hand to see why"
        case .outputTooLong, .killed, .outputUnreadable: nil
        }
    }
}
