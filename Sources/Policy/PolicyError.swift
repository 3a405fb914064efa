/// What can be wrong with a rule. Case names are the rules broken; texts are the user's own words.
package enum PolicyError: Error, Equatable, Sendable {
    case methodsMissing
    case methodUnknown(String)
    case methodRepeated(String)
    case pathNotAbsolute(String)
    case segmentEmpty
    case tooManySegments(limit: Int)
    case literalNotPlain(String)
    case bracesUnbalanced(String)
    case variableNameInvalid(String)
    case variableRepeated(String)
    case choiceRepeated(String)
    case restNotLast(String)
    case repeats(RuleOrigin)
    case nameNotPlain(String)
    case answerTimeoutOutOfRange(Int)
    case credentialOnPublicRoute
    case eventStreamRewritten
    case statementNotClassified

    /// One sentence for the person who wrote the rule.
    package var explanation: String {
        switch self {
        case .methodsMissing: "a match begins with its methods, as in \"GET,POST /v3/…\" or \"* /v3/…\""
        case .methodUnknown(let name):
            "\"\(name)\" is not a method a route can name: GET HEAD POST PUT PATCH DELETE OPTIONS, or * alone"
        case .methodRepeated(let name): "the method \(name) is named twice"
        case .pathNotAbsolute(let path): "the path \"\(path)\" must begin with /"
        case .segmentEmpty: "a path has no empty segments: remove the doubled or last slash, or the empty choice"
        case .tooManySegments(let limit): "a path template has at most \(limit) segments"
        case .literalNotPlain(let text):
            "\"\(text)\" must be of letters, digits and - . _ ~ only, and not of dots alone"
        case .bracesUnbalanced(let text): "\"\(text)\": braces enclose a whole segment, as in {name}"
        case .variableNameInvalid(let name):
            "\"\(name)\" is not a name: a letter, then letters, digits and underscores"
        case .variableRepeated(let name): "{\(name)} stands in this path twice"
        case .choiceRepeated(let text): "the choice \"\(text)\" is given twice"
        case .restNotLast(let path): "in \"\(path)\" something follows {name...}, which takes the rest of the path"
        case .repeats(let origin): "the same methods and path are already ruled on at \(origin)"
        case .nameNotPlain(let name):
            "\"\(name)\" must be of letters, digits and - . _ only, at most \(RouteRule.maximumNameLength) of them"
        case .answerTimeoutOutOfRange(let seconds):
            "answer_timeout is \(seconds) seconds; it must be between 1 and \(RouteRule.maximumAnswerTimeout)"
        case .credentialOnPublicRoute: "a route with token: none is sent without a credential: name none"
        case .eventStreamRewritten: "an event stream is passed on as it comes: rewrite must be none"
        case .statementNotClassified: "statement says where the SQL is; it needs reads: sql or reads: sql-if-any"
        }
    }
}

/// One thing wrong, and where.
package struct PolicyProblem: Equatable, Sendable {
    package let origin: RuleOrigin
    package let error: PolicyError

    package init(origin: RuleOrigin, error: PolicyError) {
        self.origin = origin
        self.error = error
    }
}

/// Everything wrong with a table, in the order of its rules.
package struct PolicyProblems: Error, Equatable, Sendable {
    package let all: [PolicyProblem]

    package init(all: [PolicyProblem]) {
        self.all = all
    }
}
