/// The rule a peer's bytes broke. Cases are named after the rule; none carries what was received.
///
/// ``status`` is the answer to a client. The same error about an upstream's answer is a 502, whatever
/// its `status` says: who called the parser knows which side spoke.
package enum WireError: String, Error, Equatable, Sendable, CaseIterable {
    // Bytes and lines
    case bareCarriageReturn = "bare-carriage-return"
    case bareLineFeed = "bare-line-feed"
    case controlByte = "control-byte"
    case foldedLine = "folded-line"
    case truncatedHead = "truncated-head"

    // Start lines
    case malformedRequestLine = "malformed-request-line"
    case invalidMethod = "invalid-method"
    case invalidTarget = "invalid-target"
    case fragmentInTarget = "fragment-in-target"
    case unsupportedScheme = "unsupported-scheme"
    case userinfoInTarget = "userinfo-in-target"
    case targetFormNotForMethod = "target-form-not-for-method"
    case unsupportedVersion = "unsupported-version"
    case malformedStatusLine = "malformed-status-line"
    case invalidStatusCode = "invalid-status-code"

    // Field lines
    case invalidFieldName = "invalid-field-name"
    case whitespaceBeforeColon = "whitespace-before-colon"
    case missingHost = "missing-host"
    case repeatedHost = "repeated-host"
    case invalidHost = "invalid-host"
    case invalidConnectionOption = "invalid-connection-option"

    // Framing
    case invalidContentLength = "invalid-content-length"
    case repeatedContentLength = "repeated-content-length"
    case contentLengthWithTransferEncoding = "content-length-with-transfer-encoding"
    case transferEncodingInHTTP10 = "transfer-encoding-in-http-1-0"
    case malformedTransferEncoding = "malformed-transfer-encoding"
    case chunkedNotFinal = "chunked-not-final"
    case unsupportedTransferCoding = "unsupported-transfer-coding"
    case framingLookalike = "framing-lookalike"

    // Chunks
    case invalidChunkSize = "invalid-chunk-size"
    case chunkSizeTooLarge = "chunk-size-too-large"
    case invalidChunkExtension = "invalid-chunk-extension"
    case chunkExtensionTooLong = "chunk-extension-too-long"
    case missingChunkEnd = "missing-chunk-end"
    case forbiddenTrailer = "forbidden-trailer"

    // Limits
    case requestLineTooLong = "request-line-too-long"
    case headTooLarge = "head-too-large"
    case tooManyFields = "too-many-fields"
    case trailersTooLarge = "trailers-too-large"
    case tooManyTrailers = "too-many-trailers"
    case contentTooLarge = "content-too-large"

    /// Kebab-case name for error bodies, fields and logs.
    package var code: String { rawValue }

    /// The status a client is answered with.
    package var status: Int {
        switch self {
        case .bareCarriageReturn, .bareLineFeed, .controlByte, .foldedLine, .truncatedHead,
            .malformedRequestLine, .invalidMethod, .invalidTarget, .fragmentInTarget, .unsupportedScheme,
            .userinfoInTarget, .targetFormNotForMethod, .malformedStatusLine, .invalidStatusCode,
            .invalidFieldName, .whitespaceBeforeColon, .missingHost, .repeatedHost, .invalidHost,
            .invalidConnectionOption, .invalidContentLength, .repeatedContentLength,
            .contentLengthWithTransferEncoding, .transferEncodingInHTTP10, .malformedTransferEncoding,
            .chunkedNotFinal, .framingLookalike, .invalidChunkSize, .chunkSizeTooLarge,
            .invalidChunkExtension, .chunkExtensionTooLong, .missingChunkEnd, .forbiddenTrailer:
            400
        case .contentTooLarge: 413
        case .requestLineTooLong: 414
        case .headTooLarge, .tooManyFields, .trailersTooLarge, .tooManyTrailers: 431
        case .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        }
    }

    /// A fixed sentence for people. It never repeats what was received.
    package var explanation: String {
        switch self {
        case .bareCarriageReturn: "A carriage return must be followed by a line feed."
        case .bareLineFeed: "A line feed must follow a carriage return."
        case .controlByte: "Control bytes are not allowed in a message head or trailer."
        case .foldedLine: "A field line must not continue on the next line."
        case .truncatedHead: "The message head does not end where it should."
        case .malformedRequestLine: "The request line must be a method, a target and a version, with one space between."
        case .invalidMethod: "The method must be a token."
        case .invalidTarget: "The request target must be visible ASCII in one of the four forms of HTTP/1.1."
        case .fragmentInTarget: "A request target must not have a fragment."
        case .unsupportedScheme: "The scheme of an absolute request target must be http or https."
        case .userinfoInTarget: "A request target must not hold user information."
        case .targetFormNotForMethod: "This form of request target does not go with this method."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .malformedStatusLine: "The status line must be a version, a status code and a reason phrase."
        case .invalidStatusCode: "The status code must be three digits from 100 to 599."
        case .invalidFieldName: "A field line must be a token, a colon and a value."
        case .whitespaceBeforeColon: "There must be no space before the colon of a field line."
        case .missingHost: "An HTTP/1.1 request must have a Host field."
        case .repeatedHost: "A request must not have more than one Host field."
        case .invalidHost: "The Host field must be a host name or address and an optional port."
        case .invalidConnectionOption: "Connection must be a list of tokens."
        case .invalidContentLength: "Content-Length must be one decimal number below 2^63."
        case .repeatedContentLength: "There must not be more than one Content-Length field."
        case .contentLengthWithTransferEncoding: "Content-Length and Transfer-Encoding must not be sent together."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding."
        case .malformedTransferEncoding: "Transfer-Encoding must be a list of transfer codings."
        case .chunkedNotFinal: "The chunked coding must be applied once, and last."
        case .unsupportedTransferCoding: "The only transfer coding understood is chunked."
        case .framingLookalike: "A field that some servers take for a framing field was sent."
        case .invalidChunkSize: "A chunk size must be hexadecimal digits."
        case .chunkSizeTooLarge: "A chunk size must be below 2^63 and have no more than 16 digits."
        case .invalidChunkExtension: "A chunk extension is malformed."
        case .chunkExtensionTooLong: "The chunk extensions are longer than allowed."
        case .missingChunkEnd: "Chunk data must be followed by a carriage return and a line feed."
        case .forbiddenTrailer: "A trailer must not frame, route, authenticate or control a message."
        case .requestLineTooLong: "The request line is longer than allowed."
        case .headTooLarge: "The message head is larger than allowed."
        case .tooManyFields: "The message head has more fields than allowed."
        case .trailersTooLarge: "The trailer section is larger than allowed."
        case .tooManyTrailers: "The trailer section has more fields than allowed."
        case .contentTooLarge: "The content is larger than allowed."
        }
    }
}
