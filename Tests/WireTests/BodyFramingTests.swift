import Testing
import Wire

@Suite struct BodyFramingTests {
    @Test func requestsWithoutFramingFieldsHaveNoBody() throws {
        #expect(try BodyFraming.ofRequest(request(fields: "X: y")) == BodyFraming.none)
    }

    @Test(arguments: [
        ("0", Int64(0)), ("003", 3), ("9223372036854775807", .max), ("  42\t", 42),
        ("0000000000000000001", 1),
    ])
    func takesLengths(_ value: String, _ length: Int64) throws {
        #expect(try BodyFraming.ofRequest(request(fields: "Content-Length: \(value)")) == .length(length))
    }

    @Test(arguments: [
        "", "-0", "+1", "-1", "1_0", "0x1", "1e3", "1.0", "1, 1", "1,2", "1 2", "1;2", "٣", "１", "a", "'1'",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999",
        "00000000000000000001", String(repeating: "9", count: 5_000), String(repeating: "0", count: 5_000),
    ])
    func refusesOtherLengths(_ value: String) throws {
        let head = try request(fields: "Content-Length: \(value)")
        #expect(throws: WireError.invalidContentLength) { try BodyFraming.ofRequest(head) }
        let answer = try response("HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\n")
        #expect(throws: WireError.invalidContentLength) { try BodyFraming.ofResponse(answer, to: .get) }
        #expect(throws: WireError.invalidContentLength) { try BodyFraming.ofResponse(answer, to: .head) }
    }

    @Test func refusesARepeatedLengthEvenIfEqual() throws {
        let head = try request(fields: "Content-Length: 1", "content-length: 1")
        #expect(throws: WireError.repeatedContentLength) { try BodyFraming.ofRequest(head) }
    }

    @Test(arguments: ["chunked", "CHUNKED", "Chunked \t"])
    func takesChunked(_ value: String) throws {
        #expect(try BodyFraming.ofRequest(request(fields: "Transfer-Encoding: \(value)")) == .chunked)
    }

    @Test(arguments: [
        (["Transfer-Encoding: chunked", "Content-Length: 1"], WireError.contentLengthWithTransferEncoding),
        (["Content-Length: 1", "Transfer-Encoding: chunked"], .contentLengthWithTransferEncoding),
        (["Content-Length: 1", "Transfer-Encoding: identity"], .contentLengthWithTransferEncoding),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], .chunkedNotFinal),
        (["Transfer-Encoding: chunked, chunked"], .chunkedNotFinal),
        (["Transfer-Encoding: chunked, gzip"], .chunkedNotFinal),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], .chunkedNotFinal),
        (["Transfer-Encoding: gzip, chunked"], .unsupportedTransferCoding),
        (["Transfer-Encoding: identity"], .unsupportedTransferCoding),
        (["Transfer-Encoding: chunkedchunked"], .unsupportedTransferCoding),
        (["Transfer-Encoding: xchunked"], .unsupportedTransferCoding),
        (["Transfer-Encoding:"], .malformedTransferEncoding),
        (["Transfer-Encoding: ,chunked"], .malformedTransferEncoding),
        (["Transfer-Encoding: chunked,"], .malformedTransferEncoding),
        (["Transfer-Encoding: \"chunked\""], .malformedTransferEncoding),
        (["Transfer-Encoding: chunked;q=1"], .malformedTransferEncoding),
        (["Transfer-Encoding: chunked", "Transfer-Encoding:"], .malformedTransferEncoding),
        (["Transfer-Encoding: chun\u{212A}ed"], .malformedTransferEncoding),
        (["Transfer_Encoding: chunked", "Content-Length: 1"], .framingLookalike),
        (["Content_Length: 1"], .framingLookalike), (["X: Transfer-Encoding: chunked"], .framingLookalike),
    ])
    func refusesRequests(_ fields: [String], _ rule: WireError) throws {
        let head = try request("POST / HTTP/1.1\r\nHost: a\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n")
        #expect(throws: rule) { try BodyFraming.ofRequest(head) }
    }

    @Test func refusesTransferEncodingInHTTP10() throws {
        let head = try request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(throws: WireError.transferEncodingInHTTP10) { try BodyFraming.ofRequest(head) }
        let answer = try response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(throws: WireError.transferEncodingInHTTP10) { try BodyFraming.ofResponse(answer, to: .get) }
    }

    @Test(arguments: [
        (200, "Content-Length: 5\r\n", Method.head, BodyFraming.none), (204, "", .get, .none),
        (204, "Content-Length: 5\r\n", .get, .none), (304, "Transfer-Encoding: chunked\r\n", .get, .none),
        (304, "Content-Length: 5\r\n", .get, .none), (100, "", .post, .none), (103, "", .get, .none),
        (200, "", .connect, .none), (200, "", .get, .untilClose), (404, "", .get, .untilClose),
        (200, "Content-Length: 5\r\n", .get, .length(5)), (205, "Content-Length: 0\r\n", .get, .length(0)),
        (200, "Transfer-Encoding: chunked\r\n", .post, .chunked), (400, "", .connect, .untilClose),
    ])
    func framesResponses(_ status: Int, _ fields: String, _ method: Method, _ framing: BodyFraming) throws {
        let head = try response("HTTP/1.1 \(status) X\r\n\(fields)\r\n")
        #expect(try BodyFraming.ofResponse(head, to: method) == framing)
    }
}
