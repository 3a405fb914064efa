/// The `Transfer-Encoding` of a message, of which only `chunked` alone is accepted.
enum TransferCodings {
    /// Returns when all the lines together name `chunked`, once, and nothing else (RFC 9112 §6.1, §7).
    static func check(_ storage: Span<UInt8>, _ lines: [FieldLine]) throws(WireError) {
        var sawChunked = false
        var sawOther = false
        for line in lines where line.known == .transferEncoding {
            guard !line.value.isEmpty else { throw .malformedTransferEncoding }
            var members = ListMembers(line.value.range)
            while let member = members.nextStrict(in: storage) {
                let coding = storage.extracting(member)
                guard Token.isValid(coding) else { throw .malformedTransferEncoding }
                // RFC 9112 §6.1: never chunked twice, and nothing after it.
                guard !sawChunked else { throw .chunkedNotFinal }
                if ByteComparison.equalIgnoringCase(coding, "chunked") {
                    sawChunked = true
                } else {
                    sawOther = true
                }
            }
        }
        // RFC 9112 §6.1: a transfer coding that is not understood is a 501.
        guard !sawOther else { throw .unsupportedTransferCoding }
        guard sawChunked else { throw .malformedTransferEncoding }
    }
}
