import Wire

extension MatchPattern {
    /// Reads the `match` of a rule. Errors name the part that is wrong.
    package static func parse(_ text: String) throws(PolicyError) -> MatchPattern {
        let bytes = Array(text.utf8)
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), space > 0, bytes[0] != UInt8(ascii: "/") else {
            throw .methodsMissing
        }
        let methods = try parseMethods(bytes[..<space])
        let template = bytes[space...].drop { $0 == UInt8(ascii: " ") }
        let segments = try parseTemplate(template)
        return MatchPattern(methods: methods, segments: segments, template: string(template))
    }

    private static func parseMethods(_ list: ArraySlice<UInt8>) throws(PolicyError) -> MethodSet {
        if list.elementsEqual("*".utf8) { return .any }
        var methods = MethodSet()
        for name in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let method = MethodSet(Method(Array(name).span))
            guard !method.isEmpty else { throw .methodUnknown(string(name)) }
            guard methods.isDisjoint(with: method) else { throw .methodRepeated(string(name)) }
            methods.formUnion(method)
        }
        return methods
    }

    private static func parseTemplate(_ template: ArraySlice<UInt8>) throws(PolicyError) -> [PatternSegment] {
        guard template.first == UInt8(ascii: "/") else { throw .pathNotAbsolute(string(template)) }
        var segments: [PatternSegment] = []
        var names: Set<String> = []
        guard template.count > 1 else { return segments }
        for part in template.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if case .rest = segments.last { throw .restNotLast(string(template)) }
            let segment = try parseSegment(part)
            if let name = segment.name, !names.insert(name).inserted { throw .variableRepeated(name) }
            segments.append(segment)
        }
        guard segments.count <= maximumSegments else { throw .tooManySegments(limit: maximumSegments) }
        return segments
    }

    private static func parseSegment(_ part: ArraySlice<UInt8>) throws(PolicyError) -> PatternSegment {
        guard !part.isEmpty else { throw .segmentEmpty }
        guard part.first == UInt8(ascii: "{") else { return .literal(try parseLiteral(part)) }
        guard part.last == UInt8(ascii: "}"), part.count > 2 else { throw .bracesUnbalanced(string(part)) }
        let inside = part.dropFirst().dropLast()
        if inside.suffix(3).elementsEqual("...".utf8) { return .rest(name: try parseName(inside.dropLast(3))) }
        guard let colon = inside.firstIndex(of: UInt8(ascii: ":")) else {
            return .variable(name: try parseName(inside))
        }
        var choices: [[UInt8]] = []
        for choice in inside[(colon + 1)...].split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false) {
            let literal = try parseLiteral(choice)
            guard !choices.contains(literal) else { throw .choiceRepeated(string(choice)) }
            choices.append(literal)
        }
        return .choice(name: try parseName(inside[..<colon]), choices)
    }

    private static func parseLiteral(_ part: ArraySlice<UInt8>) throws(PolicyError) -> [UInt8] {
        guard !part.isEmpty else { throw .segmentEmpty }
        for byte in part where !PathByte.isUnreserved(byte) {
            throw byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
                ? .bracesUnbalanced(string(part)) : .literalNotPlain(string(part))
        }
        guard part.contains(where: { $0 != UInt8(ascii: ".") }) else { throw .literalNotPlain(string(part)) }
        return Array(part)
    }

    private static func parseName(_ part: ArraySlice<UInt8>) throws(PolicyError) -> String {
        let isName =
            part.allSatisfy { PathByte.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
            && part.first.map { !PathByte.isDigit($0) && $0 != UInt8(ascii: "_") } ?? false
        guard isName else { throw .variableNameInvalid(string(part)) }
        return string(part)
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

extension PatternSegment {
    fileprivate var name: String? {
        switch self {
        case .literal: nil
        case .choice(let name, _), .variable(let name), .rest(let name): name
        }
    }
}
