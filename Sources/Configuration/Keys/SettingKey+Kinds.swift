/// The kinds of keys, each with the reader of its values and the way its default is written.
extension SettingKey {
    static func text(
        _ name: String, in chapter: KeyDefinition.Chapter, standard: String, help: String,
        allowing isAllowed: @escaping @Sendable (UInt8) -> Bool = ASCII.isVisible
    ) -> SettingKey where Value == String {
        .one(KeyDefinition(name, .text, in: chapter, standard: [standard], help: help), standard: standard) {
            piece throws(ValueProblem) in try checked(piece.text, isAllowed)
        }
    }

    static func optionalText(
        _ name: String, in chapter: KeyDefinition.Chapter, cartoVariables: [String] = [], note: String? = nil,
        help: String, allowing isAllowed: @escaping @Sendable (UInt8) -> Bool = ASCII.isVisible
    ) -> SettingKey where Value == String? {
        .optional(
            KeyDefinition(
                name, .text, in: chapter, standardNote: note, cartoVariables: cartoVariables, help: help)
        ) {
            piece throws(ValueProblem) in try checked(piece.text, isAllowed)
        }
    }

    static func baseURL(
        _ name: String, in chapter: KeyDefinition.Chapter, standard: BaseURL, cartoVariables: [String] = [],
        help: String
    ) -> SettingKey where Value == BaseURL {
        .one(
            KeyDefinition(
                name, .baseURL, in: chapter, standard: [standard.description], cartoVariables: cartoVariables,
                help: help),
            standard: standard
        ) { piece throws(ValueProblem) in try BaseURL(piece.text, for: .upstream) }
    }

    static func optionalURL(
        _ name: String, for purpose: BaseURL.Purpose, in chapter: KeyDefinition.Chapter,
        cartoVariables: [String] = [], note: String? = nil, help: String
    ) -> SettingKey where Value == BaseURL? {
        .optional(
            KeyDefinition(
                name, purpose == .endpoint ? .endpoint : .baseURL, in: chapter, standardNote: note,
                cartoVariables: cartoVariables, help: help)
        ) { piece throws(ValueProblem) in try BaseURL(piece.text, for: purpose) }
    }

    static func duration(
        _ name: String, in chapter: KeyDefinition.Chapter = .deadlines, standard: Duration,
        within range: ClosedRange<Duration>, help: String
    ) -> SettingKey where Value == Duration {
        .one(
            KeyDefinition(
                name, .duration(range), in: chapter, standard: [Quantity.text(standard)], help: help),
            standard: standard
        ) { piece throws(ValueProblem) in
            let duration = try Quantity.duration(piece.text)
            guard range.contains(duration) else {
                throw ValueProblem(
                    "is not between \(Quantity.text(range.lowerBound)) and \(Quantity.text(range.upperBound))")
            }
            return duration
        }
    }

    static func count(
        _ name: String, in chapter: KeyDefinition.Chapter = .limits, standard: Int, within range: ClosedRange<Int>,
        help: String
    ) -> SettingKey where Value == Int {
        .one(
            KeyDefinition(name, .count(range), in: chapter, standard: [String(standard)], help: help),
            standard: standard
        ) { piece throws(ValueProblem) in try number(piece.text, within: range) }
    }

    static func optionalCount(
        _ name: String, in chapter: KeyDefinition.Chapter, within range: ClosedRange<Int>, note: String, help: String
    ) -> SettingKey where Value == Int? {
        .optional(KeyDefinition(name, .count(range), in: chapter, standardNote: note, help: help)) {
            piece throws(ValueProblem) in try number(piece.text, within: range)
        }
    }

    static func size(
        _ name: String, standard: Int, within range: ClosedRange<Int>, help: String
    ) -> SettingKey where Value == Int {
        .one(
            KeyDefinition(
                name, .size(range), in: .limits, standard: [Quantity.text(size: standard)], help: help),
            standard: standard
        ) { piece throws(ValueProblem) in
            let size = try Quantity.size(piece.text)
            guard range.contains(size) else {
                let (least, most) = (Quantity.text(size: range.lowerBound), Quantity.text(size: range.upperBound))
                throw ValueProblem("is not between \(least) and \(most)")
            }
            return size
        }
    }

    static func onOff(
        _ name: String, in chapter: KeyDefinition.Chapter, standard: Bool, help: String
    ) -> SettingKey where Value == Bool {
        .one(
            KeyDefinition(name, .onOff, in: chapter, standard: [standard ? "on" : "off"], help: help),
            standard: standard
        ) { piece throws(ValueProblem) in try OnOff.parse(piece.text) }
    }

    static func choice(
        _ name: String, in chapter: KeyDefinition.Chapter, standard: Value, help: String
    ) -> SettingKey where Value: Choice {
        let words = Value.allCases.map(\.rawValue)
        return .one(
            KeyDefinition(name, .choice(words), in: chapter, standard: [standard.rawValue], help: help),
            standard: standard
        ) { piece throws(ValueProblem) in
            guard let choice = Value(rawValue: piece.text) else { throw Words.none(of: words, is: piece.text) }
            return choice
        }
    }

    static func optionalPath(
        _ name: String, in chapter: KeyDefinition.Chapter, note: String? = nil, help: String
    ) -> SettingKey where Value == String? {
        .optional(KeyDefinition(name, .path, in: chapter, standardNote: note, help: help)) {
            piece throws(ValueProblem) in try FilePath.resolve(piece)
        }
    }

    static func egressProxy(
        _ name: String, in chapter: KeyDefinition.Chapter, variables: [String], note: String, help: String
    ) -> SettingKey where Value == EgressProxyURL? {
        let definition = KeyDefinition(
            name, .egressProxy, in: chapter, standardNote: note, cartoVariables: variables, help: help)
        return .one(definition, standard: nil) { piece throws(ValueProblem) in
            let proxy = try EgressProxyURL.parse(piece.text)
            if proxy?.credentials != nil, case .flag = piece.place {
                throw ValueProblem(
                    "holds a password, and other users see the arguments of programs",
                    suggestion: "give it as $\(definition.variable), or in the file")
            }
            return proxy
        }
    }

    static func directHosts(
        _ name: String, in chapter: KeyDefinition.Chapter, variables: [String], help: String
    ) -> SettingKey where Value == [DirectHost] {
        let definition = KeyDefinition(
            name, .directHost, in: chapter, isList: true, cartoVariables: variables, help: help)
        return SettingKey(definition: definition, standard: []) { pieces, findings in
            var hosts: [DirectHost] = []
            // Some separate them by spaces.
            for piece in pieces {
                for word in piece.text.utf8.split(separator: 0x20) {
                    let text = String(decoding: word, as: UTF8.self)
                    do throws(ValueProblem) {
                        hosts.append(try DirectHost(text))
                    } catch {
                        let problem = ConfigurationProblem(
                            .valuesHaveTheirType, at: piece.place, "\(name) \(Quoted.text(text)) \(error.message)",
                            suggestion: error.suggestion)
                        // What is said to all programs is not always meant for all.
                        if variables.contains(where: { piece.place == .variable($0) }) {
                            findings.warn(problem)
                        } else {
                            findings.report(problem)
                        }
                    }
                }
            }
            return hosts
        }
    }

    private static func checked(
        _ text: String, _ isAllowed: (UInt8) -> Bool
    ) throws(ValueProblem) -> String {
        guard !text.isEmpty else { throw ValueProblem("is empty") }
        guard text.utf8.count <= 4096 else { throw ValueProblem("is longer than 4096 bytes") }
        guard text.utf8.allSatisfy(isAllowed) else { throw ValueProblem("holds characters that cannot stand there") }
        return text
    }

    private static func number(_ text: String, within range: ClosedRange<Int>) throws(ValueProblem) -> Int {
        guard let number = ASCII.decimal(text.utf8, limit: Int.max), range.contains(number) else {
            throw ValueProblem("is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
