/// What is wrong with a log.
package enum AuditFault: Equatable, Sendable {
    /// Where: the file as it was named, and the line in it, from 1.
    package struct Place: Equatable, Sendable {
        package let file: String
        package let line: Int

        package init(file: String, line: Int) {
            self.file = file
            self.line = line
        }
    }

    /// No line of an audit log: something was put in, or a line was damaged beyond recognition.
    case notALine(Place)
    case changed(Place, number: UInt64)
    /// Lines were taken out before this one.
    case missing(Place, from: UInt64, through: UInt64)
    /// The line stands where another belongs: lines were moved, or put in twice.
    case misplaced(Place, number: UInt64, expected: UInt64)
    /// Authentic by itself, but not written after the line before it.
    case unlinked(Place, number: UInt64)
    /// The last line does not end.
    case torn(Place)
    /// Lines are missing at the end.
    case cutEnd(last: UInt64, expected: UInt64)
    /// Lines are missing at the beginning of the newest file.
    case cutStart(first: UInt64, expected: UInt64)
    /// The last line is not the one the head record names.
    case otherEnd(number: UInt64)
    case noHead

    package var explanation: String {
        switch self {
        case .notALine(let place): "\(place): this is no line of an audit log"
        case .changed(let place, let number): "\(place): line \(number) was changed"
        case .missing(let place, let from, let through):
            from == through
                ? "\(place): line \(from) is missing before this one"
                : "\(place): lines \(from) to \(through) are missing before this one"
        case .misplaced(let place, let number, let expected):
            "\(place): line \(number) stands where line \(expected) belongs"
        case .unlinked(let place, let number): "\(place): line \(number) does not belong to the line before it"
        case .torn(let place): "\(place): the last line does not end"
        case .cutEnd(let last, let expected):
            "the end is missing: the last line is \(last), and the head record names \(expected)"
        case .cutStart(let first, let expected):
            "the beginning of the newest file is missing: its first line is \(first), and it began with \(expected)"
        case .otherEnd(let number): "line \(number) is not the one the head record names"
        case .noHead: "there is no head record that belongs to this log: whether its end was cut cannot be told"
        }
    }
}

extension AuditFault.Place: CustomStringConvertible {
    package var description: String { "\(file):\(line)" }
}
