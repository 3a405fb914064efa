import Wire

extension AdmissionRules {
    /// What a preflight asks; `nil` for any other request. Called for allowed origins only.
    func question(_ fields: BrowserFields, _ head: borrowing RequestHead) throws(Refusal) -> PreflightQuestion? {
        guard head.method == .options, case .once(let requested) = fields.requestMethod else { return nil }
        let bytes = head.storage.span
        let method = Method(bytes.extracting(requested.range))
        switch method {
        case .get, .head, .post, .put, .patch, .delete: break
        case .options, .trace, .connect, .other: throw Refusal(.corsMethodNotAllowed)
        }
        var names: ByteSlice?
        if case .once(let list) = fields.requestFields, !list.isEmpty {
            try checkFieldNames(list, bytes)
            names = list
        }
        return PreflightQuestion(
            method: method, fieldNames: names, asksForPrivateNetwork: isTrue(fields.privateNetwork, bytes),
            asksForLocalNetwork: isTrue(fields.localNetwork, bytes))
    }

    /// Every field a page of a listed origin wants to send is permitted by name, as CARTO's and MCP's
    /// clients send many, but for those a browser would not let it set either: what it lists is echoed,
    /// so it has to be a list of names and nothing else.
    private func checkFieldNames(_ list: ByteSlice, _ bytes: Span<UInt8>) throws(Refusal) {
        var members = ListMembers(list.range)
        while let member = members.nextStrict(in: bytes) {
            let name = bytes.extracting(member)
            guard Token.isValid(name), !isForbidden(name) else { throw Refusal(.corsFieldNotAllowed) }
        }
    }

    private func isForbidden(_ name: Span<UInt8>) -> Bool {
        if ByteComparison.hasPrefixIgnoringCase(name, "proxy-") || ByteComparison.hasPrefixIgnoringCase(name, "sec-") {
            return true
        }
        for forbidden in Self.forbiddenNames where ByteComparison.equalIgnoringCase(name, forbidden) { return true }
        return false
    }

    private static let forbiddenNames: [StaticString] = [
        "connection", "content-length", "cookie", "cookie2", "expect", "host", "keep-alive", "origin", "set-cookie",
        "te", "trailer", "transfer-encoding", "upgrade", "via",
    ]

    private func isTrue(_ field: BrowserFields.Occurrence, _ bytes: Span<UInt8>) -> Bool {
        guard case .once(let slice) = field else { return false }
        return ByteComparison.equal(bytes.extracting(slice.range), "true")
    }
}
