import Secrets
import TestSupport
import Testing
import Transport
import Wire

@testable import Upstream

@Suite struct BearerCredentialTests {
    @Test func theLineIsWhole() throws {
        let credential = try #require(BearerCredential(token: Secret("abc.DEF-1~+/=")))
        credential.line.withExposedBytes { bytes in
            var text: [UInt8] = []
            for index in bytes.indices { text.append(bytes[index]) }
            #expect(String(decoding: text, as: UTF8.self) == "Authorization: Bearer abc.DEF-1~+/=\r\n")
        }
        #expect(!"\(credential)".contains("abc"))
    }

    /// A byte that could end the line and begin another, and all others that no token has.
    @Test func nothingThatCouldEndTheLine() {
        for byte in UInt8.min...UInt8.max {
            let token = Array("abc".utf8) + [byte] + Array("def".utf8)
            let isVisible = byte > 0x20 && byte < 0x7F
            #expect((BearerCredential(token: Secret(copying: token.span)) != nil) == isVisible, "byte \(byte)")
        }
        #expect(BearerCredential(token: Secret(copying: [UInt8]().span)) == nil)
    }
}

@Suite struct OutgoingRequestTests {
    private func prepared(_ storage: [UInt8] = []) -> PreparedRequest {
        var request = PreparedRequest(reusing: storage)
        request.write { $0.append(contentsOf: "GET / HTTP/1.1\r\nHost: x\r\n".utf8) }
        return request
    }

    private func text(_ request: borrowing AuthorisedRequest) -> String {
        request.withWireBytes { bytes in
            var copy: [UInt8] = []
            for index in bytes.indices { copy.append(bytes[index]) }
            return String(decoding: copy, as: UTF8.self)
        }
    }

    @Test func theCredentialIsTheLastField() throws {
        let credential = try #require(BearerCredential(token: Secret("token-one")))
        #expect(
            text(prepared().authorised(by: credential))
                == "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-one\r\n\r\n")
        #expect(text(prepared().authorisedAsPublic()) == "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(
            text(prepared().authorised(byField: Secret("Basic eDp5")))
                == "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eDp5\r\n\r\n")
        #expect(text(prepared().authorisedByBody()) == "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    }

    @Test func anotherCredentialTakesThePlaceOfTheFirst() throws {
        let one = try #require(BearerCredential(token: Secret("token-one-which-is-longer")))
        let two = try #require(BearerCredential(token: Secret("token-two")))
        let first = prepared().authorised(by: one)
        let second = first.withoutCredential().authorised(by: two)
        #expect(text(second) == "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-two\r\n\r\n")
    }

    @Test func whatWasThereBeforeGoes() {
        #expect(text(prepared(Array("old".utf8)).authorisedAsPublic()).hasPrefix("GET / "))
    }

    /// In the very memory it was in, and not in a copy that was made to be overwritten.
    @Test func theCredentialsBytesAreOverwrittenWhereTheyWere() throws {
        let credential = try #require(BearerCredential(token: Secret("token-that-must-not-stay-in-memory")))
        let request = prepared().authorised(by: credential)
        let (address, count) = request.withWireBytes { bytes in
            bytes.withUnsafeBufferPointer { (UInt(bitPattern: $0.baseAddress), $0.count) }
        }
        let storage = request.withoutCredential().recycled()
        let isSame = storage.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) == address }
        #expect(isSame, "the head was copied, and the copy with the credential freed as it was")
        #expect(storage.capacity >= count)
        storage.withUnsafeBufferPointer { kept in
            guard isSame, let base = kept.baseAddress else { return }
            let behind = UnsafeBufferPointer(start: base + kept.count, count: count - kept.count)
            #expect(behind.allSatisfy { $0 == 0 })
        }
    }
}

@Suite struct EndpointTests {
    @Test(
        arguments: [
            ("127.0.0.1", 80, true, "127.0.0.1"), ("127.0.0.1", 8080, true, "127.0.0.1:8080"),
            ("::1", 80, true, "[::1]"),
            ("::1", 443, true, "[::1]:443"), ("a.example", 80, false, "a.example"),
            ("a.example", 443, false, "a.example:443"),
        ] as [(String, UInt16, Bool, String)])
    func theAuthorityNamesThePortWhereItMust(_ host: String, _ port: UInt16, _ isAddress: Bool, _ expected: String) {
        let endpoint = Endpoint(host: host, port: port, isAddress: isAddress, trust: nil)
        #expect(String(decoding: endpoint.authority, as: UTF8.self) == expected)
    }
}

@Suite struct UpstreamFailureTests {
    @Test func whatMayBeTriedAgain() {
        #expect(UpstreamFailure.closedBeforeAnswer.isBeforeAnswer)
        #expect(UpstreamFailure.failedBeforeAnswer(.system(.connectionReset)).isBeforeAnswer)
        #expect(!UpstreamFailure.answerCut.isBeforeAnswer)
        #expect(!UpstreamFailure.answerTimedOut.isBeforeAnswer)
        #expect(UpstreamFailure.queueFull.isBeforeSending && !UpstreamFailure.closedBeforeAnswer.isBeforeSending)
    }
}
