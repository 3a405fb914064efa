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

    /// Parses the head at the beginning of `bytes`; of these no more than `limits` allow are looked at. After an error
    /// the head is empty.
    ///
    /// - Returns: its length.
    package mutating func parsePrefix(of bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) -> Int {
        removeAll()
        do {
            let bytes = bytes.extracting(first: limits.head)
            let length = try parseLines(bytes, limits: limits)
            storage.append(copying: bytes.extracting(0..<length))
            return length
        } catch {
            removeAll()
            throw error
        }
    }

    private mutating func parseLines(_ bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) -> Int {
        // RFC 9112 §2.2: one empty line before a request is ignored, as clients of old sent it.
        var index = ByteSearch.isLineEnd(bytes, at: 0) ? 2 : 0
        let requestLine = try RequestLine.parse(bytes, from: &index, limits: limits)
        method = requestLine.method
        methodSlice = requestLine.methodSlice
        target = requestLine.target
        minorVersion = requestLine.minorVersion
        let end = try FieldLine.parseSection(
            bytes, from: index, limit: limits.fields, into: &lines, present: &present)
        host = try checkedHost(bytes)
        return end
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
