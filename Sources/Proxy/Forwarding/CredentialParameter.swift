import Wire

/// The parameters by which the API takes a credential in a query or a form body. One of the client's must not
/// arrive beside ours. Names are compared as the API reads them: percent-decoded.
enum CredentialParameter {
    /// The longest encoded form of one of the names: twelve bytes, each as `%XX`.
    static let longestName = 36

    static func isOne(_ name: Span<UInt8>) -> Bool {
        guard name.count <= longestName else { return false }
        return PercentDecoding.equalsIgnoringCase(name, "access_token")
            || PercentDecoding.equalsIgnoringCase(name, "token")
            || PercentDecoding.equalsIgnoringCase(name, "api_key")
    }

    static func occurs(in query: Span<UInt8>) -> Bool {
        var parameters = QueryParameters(0..<query.count)
        while let parameter = parameters.next(in: query) {
            if isOne(query.extracting(parameter.name)) { return true }
        }
        return false
    }

    /// Appends `?` and `query` without its credentials, every other byte as it came.
    static func appendQuery(_ query: Span<UInt8>, to output: inout [UInt8]) {
        guard occurs(in: query) else {
            output.append(UInt8(ascii: "?"))
            output.append(copying: query)
            return
        }
        var separator = UInt8(ascii: "?")
        var parameters = QueryParameters(0..<query.count)
        while let parameter = parameters.next(in: query) {
            if isOne(query.extracting(parameter.name)) { continue }
            output.append(separator)
            output.append(copying: query.extracting(parameter.whole))
            separator = UInt8(ascii: "&")
        }
    }
}
