import Credentials
import Secrets
import Testing

@testable import Proxy

/// Which credentials of the next configuration are those of the one before. Transcripts: a configuration goes in, the
/// numbers its credentials are known by come out.
@Suite struct CredentialRollTests {
    private var roll = CredentialRoll()

    private mutating func call(_ credentials: (name: String, ProxySettings.Credential)...) throws -> [Int] {
        roll.call(try configured(credentials))
        return roll.numbers
    }

    @Test mutating func whatIsTheSameKeepsItsNumberWhereverItStands() throws {
        #expect(try call(("a", client("a", secret: "one")), ("b", fixed("token-b"))) == [1, 2])
        #expect(try call(("a", client("a", secret: "one")), ("b", fixed("token-b"))) == [1, 2])
        #expect(try call(("b", fixed("token-b")), ("a", client("a", secret: "one"))) == [2, 1])
    }

    @Test mutating func aClientWithANewSecretIsTheSameClient() throws {
        #expect(try call(("a", client(secret: "one"))) == [1])
        #expect(try call(("a", client(secret: "two"))) == [1])
    }

    /// The name is only what it is called: with the same secret it is the same, tokens and all.
    @Test mutating func aNewNameChangesNothing() throws {
        #expect(try call(("a", client(secret: "one")), ("b", fixed("token"))) == [1, 2])
        #expect(try call(("c", client(secret: "one")), ("d", fixed("token"))) == [1, 2])
    }

    /// With another name and another secret nothing says that they belong together.
    @Test mutating func aNewNameAndANewSecretAreAnother() throws {
        #expect(try call(("a", client(secret: "one"))) == [1])
        #expect(try call(("b", client(secret: "two"))) == [2])
    }

    @Test mutating func anotherClientOrServerIsAnotherCredential() throws {
        #expect(try call(("a", client("one", secret: "s"))) == [1])
        #expect(try call(("a", client("two", secret: "s"))) == [2])
        #expect(try call(("a", client("two", secret: "s", port: 2))) == [3])
    }

    /// A token is its own identity: another one under the same name must not be given what was for the old one.
    @Test mutating func anotherTokenIsAnotherCredential() throws {
        #expect(try call(("a", fixed("token-1"))) == [1])
        #expect(try call(("a", fixed("token-2"))) == [2])
        #expect(try call(("a", fixed("token-2", kind: .staticOAuth))) == [3])
        #expect(try call(("a", client(secret: "token-2"))) == [4])
    }

    /// A number is never given again: a loop that still speaks of the old one must not mean the new one.
    @Test mutating func whatWasGoneComesBackUnderAnotherNumber() throws {
        #expect(try call(("a", client("a", secret: "one")), ("b", client("b", secret: "one"))) == [1, 2])
        #expect(try call(("b", client("b", secret: "one"))) == [2])
        #expect(try call() == [])
        #expect(try call(("a", client("a", secret: "one")), ("b", client("b", secret: "one"))) == [3, 4])
    }

    /// Two credentials with the same client and secret are two: each keeps its own number.
    @Test mutating func twinsAreTwo() throws {
        #expect(try call(("a", client(secret: "one")), ("b", client(secret: "one"))) == [1, 2])
        #expect(try call(("b", client(secret: "one")), ("a", client(secret: "one"))) == [2, 1])
        #expect(try call(("a", client(secret: "one")), ("c", client(secret: "one"))) == [1, 2])
        #expect(try call(("c", client(secret: "one"))) == [2])
    }

    /// What was replaced while the program ran counts as it is now.
    @Test mutating func aReplacedSecretIsTheOneThatCounts() throws {
        #expect(try call(("a", fixed("token-1")), ("b", client(secret: "one"))) == [1, 2])
        roll.replace(at: 0, by: .token(try StaticToken(Secret("token-2"), kind: .apiAccessToken)))
        roll.replace(at: 1, by: .clientSecret(Secret("two")))
        #expect(roll.numbers == [1, 2])
        #expect(try call(("a", fixed("token-2")), ("c", client(secret: "two"))) == [1, 2])
        #expect(try call(("a", fixed("token-1"))) == [3])
    }

    @Test mutating func whatDoesNotFitReplacesNothing() throws {
        #expect(try call(("a", fixed("token-1")), ("b", client(secret: "one"))) == [1, 2])
        roll.replace(at: 0, by: .clientSecret(Secret("token-2")))
        roll.replace(at: 1, by: .token(try StaticToken(Secret("two"), kind: .apiAccessToken)))
        for index in [-1, 2, Int.max] { roll.replace(at: index, by: .clientSecret(Secret("two"))) }
        #expect(try call(("a", fixed("token-1")), ("c", client(secret: "one"))) == [1, 2])
    }

    @Test mutating func placesOfTheBookHaveNumbersAndOthersNone() throws {
        #expect(roll.number(at: 0) == nil)
        _ = try call(("a", client("a", secret: "one")), ("b", fixed("token-b")))
        _ = try call(("b", fixed("token-b")), ("a", client("a", secret: "one")))
        #expect([-1, 0, 1, 2].map { roll.number(at: $0) } == [nil, 2, 1, nil])
    }
}
