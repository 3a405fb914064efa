/// The field lines behind the last chunk (RFC 9112 §7.1.2).
package struct TrailerSection: FieldSection, Sendable {
    package private(set) var storage: [UInt8] = []
    package private(set) var lines: [FieldLine] = []
    package private(set) var present = FieldNameSet()

    package init() {}

    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        present.removeAll()
    }

    /// Adds the line in `line`, which ends with its CRLF and is not empty.
    mutating func append(_ line: [UInt8], limits: ChunkLimits) throws(WireError) {
        guard lines.count < limits.trailerFields else { throw .tooManyTrailers }
        let offset = storage.count
        storage.append(contentsOf: line)
        var index = offset
        let field = try FieldLine.parse(storage.span, from: &index, names: .standard)
        guard index == storage.count else { throw .bareLineFeed }
        guard !FieldNameSet.forbiddenInTrailers.contains(field.known), !field.isLookalike else {
            throw .forbiddenTrailer
        }
        lines.append(field)
        present.insert(field.known)
    }
}
