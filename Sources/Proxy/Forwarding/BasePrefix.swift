import Policy
import Wire

/// The path of a self-hosted base, `/api` in `https://host/api`: clients that were told that base send it with
/// each request, clients told ours do not, and both mean the same.
///
/// It is taken off once, before policy, so that the path that is judged is the one that is sent (behind the base,
/// which the composer adds). A base whose path some route begins with is left alone: there the longer path has a
/// meaning of its own.
struct BasePrefix {
    private let bytes: [UInt8]

    init(_ base: [UInt8], routes: [Route]) {
        let prefix = base + [UInt8(ascii: "/")]
        let isTaken = routes.contains { $0.template.utf8.starts(with: prefix) }
        bytes = base.isEmpty || isTaken ? [] : base
    }

    /// `path` without the base's. It remains a path: the next byte is its slash.
    func strip(_ path: ByteSlice, of storage: Span<UInt8>) -> ByteSlice {
        let range = path.range
        guard !bytes.isEmpty, range.count > bytes.count,
            storage[range.lowerBound + bytes.count] == UInt8(ascii: "/")
        else { return path }
        for index in bytes.indices where storage[range.lowerBound + index] != bytes[index] { return path }
        return ByteSlice((range.lowerBound + bytes.count)..<range.upperBound)
    }
}
