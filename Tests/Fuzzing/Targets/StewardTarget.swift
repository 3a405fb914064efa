import Confinement

/// The input is a message between the process that serves and its steward, either of which may be the one it was not.
enum StewardTarget {
    static func check(_ input: [UInt8]) throws(Violation) {
        if let request = StewardRequest(decoding: input) {
            try require(request.encoded == input, "a request has one form")
            try check(request)
        }
        if let answer = StewardAnswer(decoding: input) {
            let encoded = answer.encoded
            try require(encoded.flatMap(StewardAnswer.init(decoding:)) == answer, "an answer stays what it is")
            if case .done(let content) = answer {
                try require(content[...] == input.dropFirst(5), "what a command said is not changed")
            }
        }
    }

    /// What is named is known from then on and to the letter, and nothing else is.
    private static func check(_ request: StewardRequest) throws(Violation) {
        var register = StewardRegister()
        register.seal()
        if case .name(let name) = request {
            try require(!register.tell(name) && !register.knows(name), "nobody is believed later")
            var open = StewardRegister()
            try require(open.tell(name) && !open.knows(name), "nothing is done before strangers are expected")
            open.seal()
            try require(open.knows(name), "what was named is done")
            for other in [StewardName.file(path: "/etc/shadow"), .port(22), .command(arguments: ["/bin/sh"])]
            where other != name { try require(!open.knows(other), "nothing else is") }
        }
        if case .open(let path) = request {
            try require(!path.utf8.contains(0), "the system reads as much of a path as we compare")
        }
    }
}
