import Secrets

extension Assembly {
    /// The secret from the source the strongest layer names. Nil when none is given or it cannot be had, which
    /// is then among the findings.
    mutating func secret(_ key: SecretKey) -> LoadedSecret? {
        for definition in key.definitions { note(definition) }
        let ways = given.strongest(among: key.definitions.map(\.name))
        guard let way = ways.first else { return nil }
        if let other = ways.dropFirst().first {
            findings.report(
                .settingsAgree, at: other.setting.place, "\(way.key) and \(other.key) are both given",
                suggestion: "keep one of them")
            return nil
        }
        return secret(key, from: way.setting, givenAs: way.key)
    }

    private mutating func secret(_ key: SecretKey, from setting: GivenSetting, givenAs name: String) -> LoadedSecret? {
        do throws(SecretProblem) {
            switch setting.value {
            case .serviceCredential(let path):
                return try fetch(.serviceCredential(path: path), key)
            case .structure:
                return nil
            case .pieces(let pieces, let isList):
                guard let piece = pieces.first else {
                    findings.report(.valuesHaveTheirType, at: setting.place, "\(name) is an empty list")
                    return nil
                }
                if name == key.command.name {
                    let command = isList ? SecretCommand.program(pieces.map(\.text)) : .shell(piece.text)
                    return try fetch(.command(command), key)
                }
                guard pieces.count == 1 else {
                    findings.report(.valuesHaveTheirType, at: setting.place, "\(name) takes one value")
                    return nil
                }
                if name == key.file.name { return try file(piece, key) }
                var bytes = Array(piece.text.utf8)
                return LoadedSecret(
                    secret: try key.content.secret(from: &bytes), source: .literal(piece.place),
                    content: key.content)
            }
        } catch {
            findings.report(error.rule, at: setting.place, "\(name): \(error.message)", suggestion: error.suggestion)
            return nil
        }
    }

    private mutating func file(_ piece: Piece, _ key: SecretKey) throws(SecretProblem) -> LoadedSecret? {
        if piece.text == "-" {
            if let reader = readerOfStandardInput {
                findings.report(
                    .settingsAgree, at: piece.place, "\(key.file.name) and \(reader) cannot both be standard input")
                return nil
            }
            readerOfStandardInput = key.file.name
            return try fetch(.standardInput, key)
        }
        let path: String
        do throws(ValueProblem) { path = try FilePath.resolve(piece) } catch {
            findings.report(
                .valuesHaveTheirType, at: piece.place, "\(key.file.name) \(error.message)",
                suggestion: error.suggestion)
            return nil
        }
        return try fetch(.file(path: path), key)
    }

    private func fetch(_ source: SecretSource, _ key: SecretKey) throws(SecretProblem) -> LoadedSecret {
        LoadedSecret(secret: try secrets.load(source, as: key.content), source: source, content: key.content)
    }
}
