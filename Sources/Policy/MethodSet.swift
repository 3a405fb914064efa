import Wire

/// The methods of a route as bits. TRACE, CONNECT and unknown methods are in no set: no route can
/// name them.
package struct MethodSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & Self.mask
    }

    /// The set of that one method; empty for those no route can name.
    package init(_ method: Method) {
        guard let slot = Self.slot(of: method) else {
            self.init()
            return
        }
        self.init(rawValue: 1 &<< UInt8(slot))
    }

    package static let get = MethodSet(rawValue: 1 << 0)
    package static let head = MethodSet(rawValue: 1 << 1)
    package static let post = MethodSet(rawValue: 1 << 2)
    package static let put = MethodSet(rawValue: 1 << 3)
    package static let patch = MethodSet(rawValue: 1 << 4)
    package static let delete = MethodSet(rawValue: 1 << 5)
    package static let options = MethodSet(rawValue: 1 << 6)

    /// What `*` in a pattern stands for. OPTIONS is not in it: browsers' questions are answered by the
    /// proxy itself, and any other use of it has to be asked for by name.
    package static let any: MethodSet = [.get, .head, .post, .put, .patch, .delete]

    private static let mask: UInt8 = 0b0111_1111

    /// How many methods a route can name; slots are numbered below it.
    static let slots = 7

    static let inOrder: [Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    @inline(__always)
    static func slot(of method: Method) -> Int? {
        switch method {
        case .get: 0
        case .head: 1
        case .post: 2
        case .put: 3
        case .patch: 4
        case .delete: 5
        case .options: 6
        case .trace, .connect, .other: nil
        }
    }

    @inline(__always)
    package func contains(_ method: Method) -> Bool {
        !isDisjoint(with: MethodSet(method))
    }

    /// In a fixed order, GET first.
    package var methods: [Method] { Self.inOrder.filter { contains($0) } }

    /// A server that answers GET answers HEAD (RFC 9110 §9.3.2).
    package var withImpliedHead: MethodSet { contains(.get) ? union(.head) : self }

    /// The value of an `Allow` field (RFC 9110 §10.2.1).
    package var allowFieldValue: String {
        methods.map { "\($0.token)" }.joined(separator: ", ")
    }

    /// As a pattern writes it: `GET,POST`, or `*`.
    package var patternText: String {
        self == .any ? "*" : methods.map { "\($0.token)" }.joined(separator: ",")
    }
}
