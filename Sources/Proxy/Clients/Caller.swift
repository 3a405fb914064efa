import Admission
import ClientKeys
import Policy
import Wire

/// A visitor of whom it is known that he has a key, or needs none. The steps behind the identification ask for one,
/// and nothing else makes one: so none of them can be reached without it.
struct Caller {
    let visitor: Visitor
    /// Nil where clients need no key, and for a browser's preflight.
    let client: Client?
    /// A browser asks before the request itself, and its question never carries a key (Fetch Standard §4.8): it is
    /// answered by the rules for pages, and forwarded by none.
    let isQuestion: Bool

    private init(_ visitor: Visitor, client: Client?, isQuestion: Bool = false) {
        self.visitor = visitor
        self.client = client
        self.isQuestion = isQuestion
    }

    static func identify(
        _ visitor: Visitor, _ head: borrowing RequestHead, by check: ClientCheck
    ) throws(KeyRefusal) -> Caller {
        switch check {
        case .none: return Caller(visitor, client: nil)
        case .assumed(let client): return Caller(visitor, client: client)
        case .key(let table, let now):
            guard visitor.question == nil else { return Caller(visitor, client: nil, isQuestion: true) }
            return Caller(visitor, client: try table.client(of: head, at: now))
        }
    }

    /// Whether the key is for such a request. The policy has its say besides.
    ///
    /// - Parameter connection: where the path names one; empty where it names none.
    func checkScope(_ method: Method, _ path: Span<UInt8>, connection: Range<Int>) throws(ScopeRefusal) {
        guard let client else { return }
        let scope = client.record.scope
        if let routes = scope.routes, !routes.contains(method, path) {
            throw .route(key: client.record.name, scope: scope.text)
        }
        if let connections = scope.connections {
            let named = path.extracting(connection)
            let isOne = !named.isEmpty && connections.contains { $0.utf8.count == named.count && Self.equal($0, named) }
            guard isOne else { throw .connection(key: client.record.name, scope: scope.text) }
        }
    }

    private static func equal(_ text: String, _ bytes: Span<UInt8>) -> Bool {
        zip(text.utf8, bytes.indices).allSatisfy { $0 == bytes[$1] }
    }
}
