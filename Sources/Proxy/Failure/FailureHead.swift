import Wire

/// The head of an answer of ours, without what depends on the connection.
enum FailureHead {
    static func append(_ failure: Failure, length: Int, to output: inout [UInt8]) {
        OwnAnswerHead.append(failure.status, length: length, to: &output)
        HeadWriter.appendField(.cartoucheError, Array(failure.code.utf8).span, to: &output)
        if let seconds = failure.retryAfter {
            HeadWriter.appendField(.retryAfter, decimal: UInt64(clamping: seconds), to: &output)
        }
        for challenge in failure.challenges {
            HeadWriter.appendField(.wwwAuthenticate, Array(challenge.utf8).span, to: &output)
        }
        if let allow = failure.allow { HeadWriter.appendField(.allow, Array(allow.utf8).span, to: &output) }
    }
}
