/// The JSON schema of the configuration file, for editors.
package enum ConfigurationSchema {
    package static var json: String {
        let properties = KeyTable.all.map { property($0) }.joined(separator: ",\n")
        return """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "The configuration of Cartouche",
              "type": "object",
              "additionalProperties": false,
              "properties": {
            \(properties)
              }
            }

            """
    }

    private static func property(_ definition: KeyDefinition) -> String {
        var members = ["\"description\": \(quoted(definition.help))"]
        let type = type(of: definition)
        if definition.isStructure {
            members.append("\"type\": \"array\"")
            members.append("\"items\": \(type)")
        } else if definition.isList {
            members.append("\"anyOf\": [\(type), {\"type\": \"array\", \"items\": \(type)}]")
        } else {
            members.append("\"anyOf\": [\(type)]")
        }
        if !definition.standard.isEmpty {
            let texts = definition.standard.map(quoted)
            members.append(
                "\"default\": \(definition.isList ? "[\(texts.joined(separator: ", "))]" : texts.joined())")
        }
        let body = members.map { "      \($0)" }.joined(separator: ",\n")
        return "    \(quoted(definition.name)): {\n\(body)\n    }"
    }

    /// Numbers and booleans may be written without quotes, so editors have to be told of both.
    private static func type(of definition: KeyDefinition) -> String {
        switch definition.kind {
        case .text, .path, .secret, .serverName: #"{"type": "string", "minLength": 1}"#
        case .baseURL, .endpoint: #"{"type": "string", "pattern": "^https?://"}"#
        case .egressProxy: #"{"type": "string", "pattern": "^(none|([hH][tT][tT][pP]://)?[^/]+/?)$"}"#
        case .networkRange, .directHost: #"{"type": "string", "minLength": 1}"#
        case .listenAddress, .account, .fileMode: #"{"type": ["string", "integer"]}"#
        case .origin: #"{"type": "string", "pattern": "^(none|[a-z][a-z0-9+.-]*://.+)$"}"#
        case .duration: #"{"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)?$"}, {"type": "integer", "minimum": 0}"#
        case .size: #"{"type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)?$"}, {"type": "integer", "minimum": 0}"#
        case .count(let range):
            #"{"type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound)}"#
        case .onOff: #"{"type": "boolean"}, {"enum": ["on", "off", "yes", "no"]}"#
        case .choice(let words): #"{"enum": [\#(words.map(quoted).joined(separator: ", "))]}"#
        case .command: #"{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}"#
        case .routes: object(["match"], RouteDecoder.keys)
        case .credentials: object(["name"], Assembly.keysOfCredential)
        case .credentialRules: object(["use"], Assembly.keysOfCredentialRule)
        }
    }

    private static func object(_ required: [String], _ keys: [String]) -> String {
        let required = required.map(quoted).joined(separator: ", ")
        let properties = keys.map { "\(quoted($0)): {}" }.joined(separator: ", ")
        return #"{"type": "object", "additionalProperties": false, "required": [\#(required)], "#
            + #""properties": {\#(properties)}}"#
    }

    /// RFC 8259 §7; the texts are our own and hold neither controls nor backslashes but for quotes.
    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            if byte == 0x22 || byte == 0x5C { bytes.append(0x5C) }
            bytes.append(byte)
        }
        return String(decoding: bytes + [0x22], as: UTF8.self)
    }
}
