import Secrets

/// A request head for an upstream that has everything but its credential and the end of its fields.
///
/// It cannot be sent. Only ``AuthorisedRequest`` can, and the only ways to get one are the methods here, each of
/// which says what entitles the request to go.
package struct PreparedRequest: ~Copyable {
    private var bytes: [UInt8]

    /// - Parameter storage: memory to write into; its contents go.
    package init(reusing storage: consuming [UInt8]) {
        bytes = storage
        // Nearly always it is empty: emptying it once more would be taken for changing it, and allocate.
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: true) }
    }

    /// Lets `body` append to the head: the request line first, then field lines.
    package mutating func write<Failure: Error>(_ body: (inout [UInt8]) throws(Failure) -> Void) throws(Failure) {
        try body(&bytes)
    }

    package consuming func authorised(by credential: BearerCredential) -> AuthorisedRequest {
        let mark = bytes.count
        credential.line.withExposedBytes { line in
            bytes.reserveCapacity(mark + line.count + 2)
            unsafe line.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        }
        return AuthorisedRequest(taking: &bytes, credentialStart: mark)
    }

    /// For routes that are public by the route table: they go without a credential, on purpose.
    package consuming func authorisedAsPublic() -> AuthorisedRequest {
        let mark = bytes.count
        return AuthorisedRequest(taking: &bytes, credentialStart: mark)
    }

    /// For a token request whose client authenticates by Basic (RFC 6749 §2.3.1): `value` is the field's value.
    package consuming func authorised(byField value: Secret) -> AuthorisedRequest {
        let mark = bytes.count
        value.withExposedBytes { value in
            bytes.reserveCapacity(mark + value.count + 20)
            bytes.append(contentsOf: "Authorization: ".utf8)
            unsafe value.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
            bytes.append(0x0D)
            bytes.append(0x0A)
        }
        return AuthorisedRequest(taking: &bytes, credentialStart: mark)
    }

    /// For a token request whose body authenticates it.
    package consuming func authorisedByBody() -> AuthorisedRequest {
        let mark = bytes.count
        return AuthorisedRequest(taking: &bytes, credentialStart: mark)
    }

    /// The memory, for the next request.
    package consuming func recycled() -> [UInt8] { bytes }
}

/// A whole request head, credential included: the only thing an upstream connection can be given to send.
package struct AuthorisedRequest: ~Copyable {
    private var bytes: [UInt8]
    private let credentialStart: Int

    /// By exchange: copied, they would be changed in a copy, and the original freed with the credential in it.
    fileprivate init(taking bytes: inout [UInt8], credentialStart: Int) {
        self.bytes = []
        self.credentialStart = credentialStart
        swap(&self.bytes, &bytes)
        self.bytes.append(0x0D)
        self.bytes.append(0x0A)
    }

    /// Lends the head as it goes over the wire.
    func withWireBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(bytes.span) }

    /// Takes the credential away again, so that another can be given; its bytes are overwritten.
    package consuming func withoutCredential() -> PreparedRequest {
        // In place: a copy would be overwritten, and the original freed with the credential in it.
        for index in credentialStart..<bytes.count { bytes[index] = 0 }
        bytes.removeSubrange(credentialStart...)
        return PreparedRequest(keeping: bytes)
    }
}

extension PreparedRequest {
    fileprivate init(keeping bytes: consuming [UInt8]) { self.bytes = bytes }
}
