import Wire

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

func text(_ slice: ByteSlice, of storage: [UInt8]) -> String { text(storage[slice.range]) }

// Spans cannot pass through `#expect`; arrays can.

func equalIgnoringCase(_ one: String, _ other: StaticString) -> Bool {
    ByteComparison.equalIgnoringCase(bytes(one).span, other)
}

func fieldName(_ spelling: [UInt8]) -> FieldName { FieldName(spelling.span) }

func fieldName(_ spelling: String) -> FieldName { fieldName(bytes(spelling)) }

/// Parses a complete request head.
func request(_ head: String) throws(WireError) -> RequestHead { try request(bytes(head)) }

func request(_ head: [UInt8]) throws(WireError) -> RequestHead {
    var parsed = RequestHead()
    try parsed.parse(head.span)
    return parsed
}

/// A request head with these field lines besides `Host`.
func request(fields: String...) throws(WireError) -> RequestHead {
    try request("POST / HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
}

func response(_ head: String) throws(WireError) -> ResponseHead {
    var parsed = ResponseHead()
    try parsed.parse(bytes(head).span)
    return parsed
}

extension FieldSection {
    /// The lines as `name: value`, for comparison.
    var spelled: [String] {
        lines.map { text($0.name, of: storage) + ": " + text($0.value, of: storage) }
    }
}
