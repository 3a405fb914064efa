/// A request line and its field lines, parsed. Kept and parsed into again, it does not allocate.
///
/// The head owns a copy of its bytes; every ``ByteSlice`` in it is a run of ``storage``.
package struct RequestHead: Sendable {
    package private(set) var storage: [UInt8] = []
    package private(set) var lines: [FieldLine] = []
    /// Which known fields occur at least once.
    package private(set) var present = FieldNameSet()
    package private(set) var method = Method.other
    package private(set) var methodSlice = ByteSlice.empty
    package private(set) var target = RequestTarget.empty
    /// 0 or 1.
    package private(set) var minorVersion: UInt8 = 1
    /// The value of `Host`; only HTTP/1.0 requests can be without one.
    package private(set) var host: ByteSlice?

    package init() {}

    /// Parses one complete head, as ``HeadScanner`` found it: nothing before it, nothing behind it.
    /// After an error the head is empty.
    package mutating func parse(_ bytes: Span<UInt8>, limits: HeadLimits = .standard) throws(WireError) {
        removeAll()
        do {
            try parseLines(bytes, limits: limits)
        } catch {
            removeAll()
            throw error
        }
    }

    private mutating func parseLines(_ bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) {
        guard bytes.count <= limits.head else { throw .headTooLarge }
        storage.append(copying: bytes)
        // RFC 9112 §2.2: one empty line before a request is ignored, as clients of old sent it.
        var index = ByteSearch.isLineEnd(bytes, at: 0) ? 2 : 0
        let requestLine = try RequestLine.parse(bytes, from: &index, limits: limits)
        method = requestLine.method
        methodSlice = requestLine.methodSlice
        target = requestLine.target
        minorVersion = requestLine.minorVersion
        try FieldLine.parseSection(bytes, from: index, limit: limits.fields, into: &lines, present: &present)
        host = try checkedHost(bytes)
    }

    /// RFC 9112 §3.2: exactly one valid `Host` in HTTP/1.1; HTTP/1.0 may do without.
    private func checkedHost(_ bytes: Span<UInt8>) throws(WireError) -> ByteSlice? {
        guard present.contains(.host) else {
            guard minorVersion == 0 else { throw .missingHost }
            return nil
        }
        var found: ByteSlice?
        for index in lines.indices where lines[index].known == .host {
            guard found == nil else { throw .repeatedHost }
            found = lines[index].value
        }
        guard let found, Authority(bytes, in: found.range) != nil else { throw .invalidHost }
        return found
    }

    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        present.removeAll()
        method = .other
        methodSlice = .empty
        target = .empty
        minorVersion = 1
        host = nil
    }
}
