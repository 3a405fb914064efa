import Configuration
import Policy

// How the attributes of a route are written, in tables and for programs: the words of the policy file.

extension Route {
    var isBuiltIn: Bool { origin.file.utf8.elementsEqual(BuiltInRoutes.fileName.utf8) }

    /// Whether HEAD is there because GET is.
    var impliesHead: Bool { methods.contains(.head) && !pattern.methods.contains(.head) }
}

extension Access {
    var word: String {
        switch self {
        case .allow: AccessWord.allow.rawValue
        case .deny: AccessWord.deny.rawValue
        }
    }

    var reason: String? {
        switch self {
        case .allow: nil
        case .deny(let because): because
        }
    }
}

extension Reads {
    var word: String {
        switch self {
        case .always: ReadsWord.always.rawValue
        case .never: ReadsWord.never.rawValue
        case .ifStatement: ReadsWord.sql.rawValue
        case .ifAnyStatement: ReadsWord.sqlIfAny.rawValue
        }
    }

    /// The name of the parameter that holds the SQL.
    var statement: String? {
        switch self {
        case .always, .never: nil
        case .ifStatement(let member), .ifAnyStatement(let member): member.rawValue
        }
    }

    var text: String { statement.map { "\(word) (\($0))" } ?? word }
}
