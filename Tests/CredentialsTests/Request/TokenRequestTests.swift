import Credentials
import Secrets
import Testing

struct TokenRequestTests {
    private static let endpoint = TokenEndpoint(isSecure: true, host: "auth.example", port: 443, path: "/oauth/token")

    private func text(_ secret: Secret?) -> String? {
        secret?.withExposedBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
    }

    @Test func authenticatesInTheBodyByDefault() throws {
        let client = try OAuthClient(endpoint: Self.endpoint, clientID: "id", audience: "carto-cloud-native-api")
        let request = TokenRequest(client: client, secret: Secret("s3cret"))
        #expect(
            text(request.body)
                == "grant_type=client_credentials&client_id=id&audience=carto-cloud-native-api&client_secret=s3cret")
        #expect(request.authorization == nil)
        #expect(request.endpoint == Self.endpoint)
    }

    @Test func encodesEveryByteThatMeansSomething() throws {
        let client = try OAuthClient(
            endpoint: Self.endpoint, clientID: "a b&c=d", audience: "https://api/+", scope: "é \u{0}",
            parameters: [.init(name: "organi zation", value: "x&client_id=evil"), .init(name: "p", value: "")])
        let request = TokenRequest(client: client, secret: Secret("%&=+ *-._~/\r\n"))
        #expect(
            text(request.body)
                == "grant_type=client_credentials&client_id=a+b%26c%3Dd&audience=https%3A%2F%2Fapi%2F%2B"
                + "&scope=%C3%A9+%00&organi+zation=x%26client_id%3Devil&p="
                + "&client_secret=%25%26%3D%2B+*-._%7E%2F%0D%0A")
    }

    @Test func authenticatesByBasicWithBothPartsEncodedFirst() throws {
        let client = try OAuthClient(
            endpoint: Self.endpoint, clientID: "a:b", audience: nil, authentication: .basic)
        let request = TokenRequest(client: client, secret: Secret("p ä:"))
        #expect(text(request.body) == "grant_type=client_credentials")
        // base64("a%3Ab:p%20%C3%A4%3A")
        #expect(text(request.authorization) == "Basic YSUzQWI6cCUyMCVDMyVBNCUzQQ==")
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64AsInRFC4648(plain: String, encoded: String) {
        var output: [UInt8] = []
        Base64.append(Array(plain.utf8).span, to: &output)
        #expect(output == Array(encoded.utf8))
        let unpadded = output.filter { $0 != UInt8(ascii: "=") }
        let decoded = Base64.decodedURL(unpadded.span)
        #expect(decoded == Array(plain.utf8))
    }

    @Test func refusesParametersThatWouldStandThereTwice() {
        for name in ["grant_type", "client_id", "client_secret", "audience", "scope"] {
            #expect(throws: OAuthClientError.parameterReserved) {
                try OAuthClient(
                    endpoint: Self.endpoint, clientID: "id", audience: nil,
                    parameters: [.init(name: name, value: "x")])
            }
        }
        #expect(throws: OAuthClientError.clientIDEmpty) {
            try OAuthClient(endpoint: Self.endpoint, clientID: "", audience: nil)
        }
        #expect(throws: OAuthClientError.parameterNameEmpty) {
            try OAuthClient(
                endpoint: Self.endpoint, clientID: "id", audience: nil, parameters: [.init(name: "", value: "x")])
        }
    }

    @Test func noTextualFormShowsTheSecret() throws {
        for authentication in [OAuthClient.Authentication.body, .basic] {
            let client = try OAuthClient(
                endpoint: Self.endpoint, clientID: "id", audience: nil, authentication: authentication)
            let request = TokenRequest(client: client, secret: Secret("canary-90"))
            var text = "\(request)"
            dump(request, to: &text)
            #expect(!text.contains("canary") && !text.contains("Y2FuYXJ5"))
        }
    }
}
