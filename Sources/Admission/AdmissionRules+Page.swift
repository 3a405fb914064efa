import Wire

extension AdmissionRules {
    /// Who is behind a request that has a browser's fields.
    func visitor(
        _ fields: BrowserFields, _ head: borrowing RequestHead, own: AddressedOrigin, authority: ByteSlice
    ) throws(Refusal) -> Visitor {
        guard !fields.isAnyRepeated else { throw Refusal(.fieldRepeated) }
        let bytes = head.storage.span
        let isWrite = isWrite(head.method)
        let kind: Visitor.Kind
        var origin: ByteSlice?
        switch fields.origin {
        case .repeated: throw Refusal(.originRepeated)
        case .absent: kind = try kindWithoutOrigin(fields, bytes, own: own, isWrite: isWrite)
        case .once(let value):
            origin = value
            kind = try kindOf(value, fields, bytes, own: own, isWrite: isWrite)
        }
        // A page that writes in this mode cannot read what came of it: no program of good intent does.
        if isWrite, case .once(let mode) = fields.mode,
            ByteComparison.equal(bytes.extracting(mode.range), "no-cors")
        {
            throw Refusal(.noCORSWrite)
        }
        let question = origin == nil ? nil : try question(fields, head)
        return Visitor(kind: kind, authority: authority, origin: origin, question: question)
    }

    private func kindOf(
        _ value: ByteSlice, _ fields: BrowserFields, _ bytes: Span<UInt8>, own: AddressedOrigin, isWrite: Bool
    ) throws(Refusal) -> Visitor.Kind {
        let text = bytes.extracting(value.range)
        // Sandboxed frames, local files, and redirects across origins all say this.
        if ByteComparison.equalIgnoringCase(text, "null") { throw Refusal(.opaqueOrigin) }
        guard let origin = SerializedOrigin(bytes, in: value.range) else { throw Refusal(.originMalformed) }
        if own.isSame(as: origin, in: bytes) || publicOrigin?.matches(origin, in: bytes) ?? false {
            return .ownPage(list(oauthOrigins, has: origin, bytes) ? .allRoutes : .tokenRoutes)
        }
        if list(oauthOrigins, has: origin, bytes) { return .otherPage(.allRoutes) }
        if list(origins, has: origin, bytes) { return .otherPage(.tokenRoutes) }
        let isForm = isWrite && isSimpleContent(fields.contentType, bytes)
        throw Refusal(isForm ? .crossSiteForm : .originNotAllowed, hint: RefusalHint.origin(text))
    }

    /// Browsers leave Origin out where a page does not ask to read the answer: links, images, scripts,
    /// and reads of its own origin. Only the last, and what a person typed, are let in.
    private func kindWithoutOrigin(
        _ fields: BrowserFields, _ bytes: Span<UInt8>, own: AddressedOrigin, isWrite: Bool
    ) throws(Refusal) -> Visitor.Kind {
        switch FetchSite(fields.site, in: bytes) {
        case .unsaid, .none: return .program
        case .sameOrigin: return .ownPage(isListed(own, bytes) ? .allRoutes : .tokenRoutes)
        case .other:
            throw Refusal(isWrite && isSimpleContent(fields.contentType, bytes) ? .crossSiteForm : .crossSite)
        }
    }

    private func list(_ patterns: [OriginPattern], has origin: SerializedOrigin, _ bytes: Span<UInt8>) -> Bool {
        for index in patterns.indices where patterns[index].matches(origin, in: bytes) { return true }
        return false
    }

    /// Whether our own origin is listed, for a page of ours that did not name it.
    private func isListed(_ own: AddressedOrigin, _ bytes: Span<UInt8>) -> Bool {
        for index in oauthOrigins.indices where oauthOrigins[index].matches(own, in: bytes) { return true }
        // Behind something that ends TLS, pages know us by the public scheme and port.
        guard let publicOrigin, isPublicHost(own, bytes) else { return false }
        return oauthOrigins.contains(publicOrigin)
    }

    private func isPublicHost(_ own: AddressedOrigin, _ bytes: Span<UInt8>) -> Bool {
        guard let publicOrigin else { return false }
        return ByteComparison.equalIgnoringCase(bytes.extracting(own.host), publicOrigin.host.span)
    }

    private func isWrite(_ method: Method) -> Bool {
        switch method {
        case .get, .head, .options: false
        case .post, .put, .patch, .delete, .trace, .connect, .other: true
        }
    }

    /// What a form can send without asking first (Fetch Standard, CORS-safelisted request-header); a body
    /// without a type counts too.
    private func isSimpleContent(_ field: BrowserFields.Occurrence, _ bytes: Span<UInt8>) -> Bool {
        switch field {
        case .absent, .repeated: return true
        case .once(let slice):
            let value = bytes.extracting(slice.range)
            return ByteComparison.hasPrefixIgnoringCase(value, "text/plain")
                || ByteComparison.hasPrefixIgnoringCase(value, "multipart/form-data")
                || ByteComparison.hasPrefixIgnoringCase(value, "application/x-www-form-urlencoded")
        }
    }
}
