import Wire

extension RouteTable {
    /// The line that would make an unknown path known, to be put under `routes:`.
    ///
    /// It names the leading segments only, and only plain ones: the rest of a path may hold a secret.
    package static func lineThatAdds(method: Method, path: Span<UInt8>) -> String {
        let methods = MethodSet(method).isEmpty ? "*" : MethodSet(method == .head ? .get : method).patternText
        var template = ""
        var start = 1
        for _ in 0..<2 {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/"), isPlainWord(path[end]), end - start < 32 {
                end += 1
            }
            guard end > start, end == path.count || path[end] == UInt8(ascii: "/") else { break }
            template += "/"
            for index in start..<end { template.unicodeScalars.append(Unicode.Scalar(path[index])) }
            start = end + 1
        }
        if start < path.count || template.isEmpty { template += "/{rest...}" }
        return "- { match: \"\(methods) \(template)\" }"
    }

    private static func isPlainWord(_ byte: UInt8) -> Bool {
        PathByte.isAlphanumeric(byte) || byte == UInt8(ascii: "-")
    }
}
