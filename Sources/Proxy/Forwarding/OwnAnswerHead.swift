import Wire

/// The beginning of the head of every answer with content that is ours and not an upstream's.
enum OwnAnswerHead {
    static func append(_ status: Int, length: Int, to output: inout [UInt8]) {
        HeadWriter.appendStatusLine(status, to: &output)
        HeadWriter.appendField(.contentType, "application/json", to: &output)
        HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &output)
        // Not to be kept, not to be taken for another type, not to be embedded elsewhere.
        HeadWriter.appendField(.cacheControl, "no-store", to: &output)
        HeadWriter.appendField(.xContentTypeOptions, "nosniff", to: &output)
        HeadWriter.appendField(.crossOriginResourcePolicy, "same-origin", to: &output)
    }
}
