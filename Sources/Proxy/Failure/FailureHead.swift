import Wire

/// The head of an answer of ours, without what depends on the connection.
enum FailureHead {
    static func append(_ failure: Failure, length: Int, to output: inout [UInt8]) {
        HeadWriter.appendStatusLine(failure.status, to: &output)
        HeadWriter.appendField(.contentType, "application/json", to: &output)
        HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &output)
        HeadWriter.appendField(.cartoucheError, Array(failure.code.utf8).span, to: &output)
        // Not to be kept, not to be taken for another type, not to be embedded elsewhere.
        HeadWriter.appendField(.cacheControl, "no-store", to: &output)
        HeadWriter.appendField(.xContentTypeOptions, "nosniff", to: &output)
        HeadWriter.appendField(.crossOriginResourcePolicy, "same-origin", to: &output)
        if let seconds = failure.retryAfter {
            HeadWriter.appendField(.retryAfter, decimal: UInt64(clamping: seconds), to: &output)
        }
        if let allow = failure.allow { HeadWriter.appendField(.allow, Array(allow.utf8).span, to: &output) }
    }
}
