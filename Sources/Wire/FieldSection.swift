extension FieldLine {
    /// Parses the field lines from `start` to the empty line that ends them (RFC 9112 §2.1).
    ///
    /// - Returns: the index behind that line.
    static func parseSection(
        _ bytes: Span<UInt8>, from start: Int, limit: Int, into lines: inout [FieldLine],
        present: inout FieldNameSet
    ) throws(WireError) -> Int {
        let names = FieldNameTable.standard
        var index = start
        while !ByteSearch.isLineEnd(bytes, at: index) {
            guard index < bytes.count else { throw .truncatedHead }
            guard lines.count < limit else { throw .tooManyFields }
            let line = try FieldLine.parse(bytes, from: &index, names: names)
            lines.append(line)
            present.insert(line.known)
        }
        return index &+ 2
    }
}

/// What request heads, response heads and trailer sections have in common.
package protocol FieldSection {
    var storage: [UInt8] { get }
    var lines: [FieldLine] { get }
    /// Which known fields occur at least once.
    var present: FieldNameSet { get }
}

extension FieldSection {
    /// The index in ``lines`` of the first line of that field.
    @inlinable
    package func firstIndex(of name: FieldName) -> Int? {
        guard present.contains(name) else { return nil }
        for index in lines.indices where lines[index].known == name { return index }
        return nil
    }

    /// The value of the first line of that field.
    @inlinable
    package func firstValue(of name: FieldName) -> ByteSlice? {
        firstIndex(of: name).map { lines[$0].value }
    }

    /// How many lines of that field there are.
    @inlinable
    package func count(of name: FieldName) -> Int {
        guard present.contains(name) else { return 0 }
        var count = 0
        for index in lines.indices where lines[index].known == name { count &+= 1 }
        return count
    }
}

/// What request heads and response heads have in common.
package protocol MessageHead: FieldSection {
    /// Parses the head at the beginning of `bytes` and returns its length.
    mutating func parsePrefix(of bytes: Span<UInt8>, limits: HeadLimits) throws(WireError) -> Int
    mutating func removeAll()
}

extension MessageHead {
    /// Parses one complete head: nothing before it, nothing behind it. After an error the head is empty.
    package mutating func parse(_ bytes: Span<UInt8>, limits: HeadLimits = .standard) throws(WireError) {
        removeAll()
        guard bytes.count <= limits.head else { throw .headTooLarge }
        guard try parsePrefix(of: bytes, limits: limits) == bytes.count else {
            removeAll()
            throw .truncatedHead
        }
    }
}

extension RequestHead: MessageHead {}
extension ResponseHead: MessageHead {}

// Once more for the two themselves: the ones above, used in other modules, copy the lines and call through the
// protocol, 500 instructions each time.

extension RequestHead {
    package func firstValue(of name: FieldName) -> ByteSlice? {
        present.contains(name) ? FieldLine.firstValue(of: name, in: lines.span) : nil
    }
}

extension ResponseHead {
    package func firstValue(of name: FieldName) -> ByteSlice? {
        present.contains(name) ? FieldLine.firstValue(of: name, in: lines.span) : nil
    }
}

extension FieldLine {
    @inline(__always)
    fileprivate static func firstValue(of name: FieldName, in lines: Span<FieldLine>) -> ByteSlice? {
        for index in lines.indices where lines[index].known == name { return lines[index].value }
        return nil
    }
}
