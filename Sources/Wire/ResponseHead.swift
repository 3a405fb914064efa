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

    /// Parses the head at the beginning of `bytes`; of these no more than `limits` allow are looked at. After an error
    /// the head is empty.
    ///
    /// - Returns: its length.
    package mutating func parsePrefix(of bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) -> Int {
        removeAll()
        do throws(WireError) {
            let bytes = bytes.extracting(first: limits.head)
            var index = 0
            let statusLine = try StatusLine.parse(bytes, from: &index)
            status = statusLine.status
            minorVersion = statusLine.minorVersion
            reason = statusLine.reason
            let length = try FieldLine.parseSection(
                bytes, from: index, limit: limits.fields, into: &lines, present: &present)
            storage.append(copying: bytes.extracting(0..<length))
            return length
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
