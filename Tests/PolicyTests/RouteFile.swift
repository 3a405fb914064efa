import Foundation
import Policy

/// Reads config/routes.yaml as these tests need it: a `routes:` list of flat entries, each key on a line
/// of its own. What does not look like that is an error, which keeps the file simple.
enum RouteFile {
    struct Malformed: Error {
        let line: Int
        let text: String
    }

    static let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config/routes.yaml")

    static func load() throws -> [RouteRule] {
        var rules: [RouteRule] = []
        var isInside = false
        for (index, line) in try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let number = index + 1
            if line.trimmingCharacters(in: .whitespaces).isEmpty || line.drop(while: { $0 == " " }).first == "#" {
                continue
            }
            if line == "routes:" {
                isInside = true
            } else if isInside, line.hasPrefix("  - match: \""), line.hasSuffix("\"") {
                let pattern = try MatchPattern.parse(String(line.dropFirst(12).dropLast()))
                rules.append(RouteRule(pattern: pattern, origin: RuleOrigin(file: "routes.yaml", line: number)))
            } else if isInside, !rules.isEmpty, line.hasPrefix("    "), let colon = line.firstRange(of: ": ") {
                let key = String(line[..<colon.lowerBound].dropFirst(4))
                let value = String(line[colon.upperBound...])
                guard set(key, value, in: &rules[rules.count - 1]) else {
                    throw Malformed(line: number, text: String(line))
                }
            } else {
                throw Malformed(line: number, text: String(line))
            }
        }
        return rules
    }

    private static func set(_ key: String, _ value: String, in rule: inout RouteRule) -> Bool {
        func assign<Value>(_ decoded: Value?, to field: WritableKeyPath<RouteRule, Value?>) -> Bool {
            guard let decoded, rule[keyPath: field] == nil else { return false }
            rule[keyPath: field] = decoded
            return true
        }
        switch key {
        case "name": return assign(value, to: \.name)
        case "api": return assign(value, to: \.api)
        case "upstream": return assign(UpstreamName(rawValue: value), to: \.upstream)
        case "token": return assign(TokenKind(rawValue: value), to: \.token)
        case "access": return assign(AccessWord(rawValue: value), to: \.access)
        case "because": return assign(value, to: \.because)
        case "safe": return assign(Bool(value), to: \.isSafe)
        case "reads": return assign(ReadsWord(rawValue: value), to: \.reads)
        case "statement": return assign(StatementMember(rawValue: value), to: \.statement)
        case "rewrite": return assign(AnswerRewrite(rawValue: value), to: \.rewrite)
        case "stream": return assign(Bool(value), to: \.isEventStream)
        case "answer_timeout": return assign(Int(value), to: \.answerTimeoutSeconds)
        case "credential": return assign(value, to: \.credential)
        default: return false
        }
    }
}
