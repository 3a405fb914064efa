/// What is fuzzed: each takes any bytes and says whether the rules it stands for held.
///
/// Inputs are what the parser reads, nothing else: how they are cut, compressed or damaged follows from a hash of
/// them (``Draw``), so that a corpus can be read and written by hand.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Requests as clients send them, one after another on a connection.
    case requestHeads = "request-heads"
    /// Answers as upstreams send them.
    case answerHeads = "answer-heads"
    case chunkedBodies = "chunked-bodies"
    /// Answers of JSON, plain and under gzip, with URLs to rewrite and secrets to mask.
    case rewriting
    /// Answers under gzip that no compressor wrote.
    case compressedBodies = "compressed-bodies"
    /// Targets of requests: the canonical path, the route table, what is sent.
    case routes
    /// `Host`, `Origin` and what else browsers say of themselves.
    case admission
    case tokenAnswers = "token-answers"
    case configuration
    case json
    /// What passes between the process that serves and its steward.
    case steward

    package func check(_ input: [UInt8]) throws(Violation) {
        switch self {
        case .requestHeads: try RequestHeadsTarget.check(input)
        case .answerHeads: try AnswerHeadsTarget.check(input)
        case .chunkedBodies: try ChunkedBodiesTarget.check(input)
        case .rewriting: try RewritingTarget.check(input)
        case .compressedBodies: try CompressedBodiesTarget.check(input)
        case .routes: try RoutesTarget.check(input)
        case .admission: try AdmissionTarget.check(input)
        case .tokenAnswers: try TokenAnswersTarget.check(input)
        case .configuration: try ConfigurationTarget.check(input)
        case .json: try JSONTarget.check(input)
        case .steward: try StewardTarget.check(input)
        }
    }
}

/// A rule that an input has broken.
package struct Violation: Error, CustomStringConvertible {
    package let description: String
}

func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
    guard holds else { throw Violation(description: rule()) }
}

/// What is had without fail.
func obtain<Value>(_ value: @autoclosure () throws -> Value, _ rule: String) throws(Violation) -> Value {
    do { return try value() } catch {
        throw Violation(description: "\(rule): \(error)")
    }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
