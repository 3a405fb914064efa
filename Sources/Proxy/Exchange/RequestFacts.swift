import Policy
import Wire

/// What is remembered of a request once its head's bytes are gone.
struct RequestFacts {
    var method = Method.get
    /// 0 or 1.
    var minorVersion: UInt8 = 1
    /// Whether the connection may stay open after the answer.
    var keepsAlive = true
    /// Index of the route in the table, once one was found.
    var route = 0 {
        didSet { hasRoute = true }
    }
    private(set) var hasRoute = false
    /// Whose key it carries, where clients need one.
    var client: Client?
    /// The name of the key that is for reading only, where the configuration is not.
    var readOnlyKey: String?
    var upstream = UpstreamName.api
    /// Whether it may be sent twice.
    var isSafe = false
    /// In nanoseconds; nil: the general one.
    var answerTimeout: Int64?
    /// Index of the credential in the book; nil: the route is public.
    var credential: Int?
    /// The generation of the token it carries, where that can be renewed.
    var generation: UInt64?
    /// Whether URLs in the answer are to lead back to us.
    var isRewritten = false
    var isForm = false
    /// Set where the request must be known to only read before anything of it is sent: what is left to judge of
    /// it is the body.
    var judge: ReadOnlyJudge?
    var bodyKind = BodyKind.unreadable
    var expectsContinue = false
    /// The canonical path, in the head's bytes.
    var path = ByteSlice.empty
    var connectionOptions = ConnectionOptions.none
    /// Where our own URL begins, as the client knows us: `http://127.0.0.1:22786`.
    var base: [UInt8] = []
    /// The field lines by which the answer says which pages may read it.
    private(set) var cors: [UInt8] = []

    var upstreamLabel: StaticString {
        switch upstream {
        case .api: "api"
        case .accounts: "accounts"
        case .ai: "ai"
        }
    }

    mutating func take(_ head: borrowing RequestHead) {
        method = head.method
        minorVersion = head.minorVersion
        keepsAlive = true
        hasRoute = false
        generation = nil
        credential = nil
        isRewritten = false
        isForm = false
        judge = nil
        client = nil
        readOnlyKey = nil
        answerTimeout = nil
        cors.removeAll(keepingCapacity: true)
    }

    mutating func setCORS(_ write: (inout [UInt8]) -> Void) {
        if !cors.isEmpty { cors.removeAll(keepingCapacity: true) }
        write(&cors)
    }
}
