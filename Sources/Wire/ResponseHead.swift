/// A status line and its field lines, parsed. Kept and parsed into again, it does not allocate.
///
/// The head owns a copy of its bytes; every ``ByteSlice`` in it is a run of ``storage``.
package struct ResponseHead: Sendable {
    package private(set) var storage: [UInt8] = []
    package private(set) var lines: [FieldLine] = []
    /// Which known fields occur at least once.
    package private(set) var present = FieldNameSet()
    /// 100 to 599; 0 in an empty head.
    package private(set) var status = 0
    /// 0 or 1.
    package private(set) var minorVersion: UInt8 = 1
    package private(set) var reason = ByteSlice.empty

    package init() {}

    /// Parses one complete head, as ``HeadScanner`` found it: nothing before it, nothing behind it.
    /// After an error the head is empty.
    package mutating func parse(_ bytes: Span<UInt8>, limits: HeadLimits = .standard) throws(WireError) {
        removeAll()
        do throws(WireError) {
            guard bytes.count <= limits.head else { throw .headTooLarge }
            storage.append(copying: bytes)
            var index = 0
            let statusLine = try StatusLine.parse(bytes, from: &index)
            status = statusLine.status
            minorVersion = statusLine.minorVersion
            reason = statusLine.reason
            try FieldLine.parseSection(bytes, from: index, limit: limits.fields, into: &lines, present: &present)
        } catch {
            removeAll()
            throw error
        }
    }

    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        present.removeAll()
        status = 0
        minorVersion = 1
        reason = .empty
    }
}
