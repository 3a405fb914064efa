import Wire

/// The origin a request was addressed to: the listener's scheme and the host and port it named.
struct AddressedOrigin: Equatable {
    let isTLS: Bool
    let host: Range<Int>
    let port: UInt16?

    /// Browsers leave default ports out of both fields, so equal ports are equal origins.
    func isSame(as origin: SerializedOrigin, in bytes: Span<UInt8>) -> Bool {
        ByteComparison.equal(bytes.extracting(origin.scheme), isTLS ? "https" : "http")
            && ByteComparison.equalIgnoringCase(bytes.extracting(origin.host), bytes.extracting(host))
            && origin.port == port
    }
}
