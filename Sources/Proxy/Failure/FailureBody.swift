import JSON

/// A failure as clients of the API parse it: CARTO's members `error` and `status`, and ours beside them.
enum FailureBody {
    static func append(_ failure: Failure, requestID: Span<UInt8>, to output: inout [UInt8]) {
        text(#"{"error":"#, &output)
        JSONText.append(failure.error, to: &output)
        text(#","status":"#, &output)
        text(String(failure.status), &output)
        text(#","source":""#, &output)
        text(failure.source.rawValue, &output)
        text(#"","code":"#, &output)
        JSONText.append(failure.code, to: &output)
        text(#","hint":"#, &output)
        JSONText.append(failure.hint, to: &output)
        text(#","request_id":""#, &output)
        for index in requestID.indices { output.append(requestID[index]) }
        text("\"}\n", &output)
    }

    private static func text(_ text: String, _ output: inout [UInt8]) { output.append(contentsOf: text.utf8) }
}
