/// Finds what was done to a log: reads its files in their order, from any split of their bytes.
package struct AuditVerifier {
    package private(set) var faults: [AuditFault] = []
    /// Lines that were read.
    package private(set) var count = 0
    /// The number of the first and of the last line.
    package private(set) var first: UInt64?
    package private(set) var last: AuditPosition?
    private let key: AuditKey
    private let head: AuditHead?
    private var file = ""
    private var line = 0
    private var firstOfFile: UInt64?
    private var pending: [UInt8] = []
    private var hasPassedHead = false

    /// Faults beyond these are not listed.
    package static let faultLimit = 100

    /// - Parameter head: what is kept of the log apart from it, read before its files.
    package init(_ key: AuditKey, head: AuditHead?) {
        self.key = key
        self.head = head
    }

    /// What follows is another file, a newer one.
    package mutating func beginFile(_ name: String) {
        endFile()
        file = name
        line = 0
        firstOfFile = nil
    }

    package mutating func take(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            guard bytes[index] == 0x0A else {
                if pending.count <= AuditChain.lineLimit { pending.append(bytes[index]) }
                continue
            }
            endLine()
        }
    }

    package mutating func finish() {
        endFile()
        guard let head else { return add(.noHead) }
        if let firstOfFile, firstOfFile > head.firstNumber {
            add(.cutStart(first: firstOfFile, expected: head.firstNumber))
        }
        let last = last ?? .start
        if last.number < head.position.number {
            add(.cutEnd(last: last.number, expected: head.position.number))
        } else if !hasPassedHead, head.position.number > 0 {
            add(.otherEnd(number: head.position.number))
        }
    }

    private mutating func endFile() {
        guard !pending.isEmpty else { return }
        line += 1
        add(.torn(AuditFault.Place(file: file, line: line)))
        pending = []
    }

    private mutating func endLine() {
        line += 1
        let place = AuditFault.Place(file: file, line: line)
        defer { pending.removeAll(keepingCapacity: true) }
        guard pending.count <= AuditChain.lineLimit, let found = AuditLine(pending.span) else {
            return add(.notALine(place))
        }
        count += 1
        let isAuthentic = found.isAuthentic(pending.span, under: key)
        if !isAuthentic { add(.changed(place, number: found.number)) }
        if let last {
            let expected = last.number &+ 1
            if found.number > expected {
                add(.missing(place, from: expected, through: found.number - 1))
            } else if found.number < expected {
                add(.misplaced(place, number: found.number, expected: expected))
            } else if found.previous != last.code, isAuthentic {
                add(.unlinked(place, number: found.number))
            }
        }
        if first == nil { first = found.number }
        if firstOfFile == nil { firstOfFile = found.number }
        let position = AuditPosition(number: found.number, code: found.code)
        if position == head?.position { hasPassedHead = true }
        last = position
    }

    private mutating func add(_ fault: AuditFault) {
        if faults.count < Self.faultLimit { faults.append(fault) }
    }
}
