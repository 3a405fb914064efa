/// What the table says of a method and a path.
package enum RouteMatch: Equatable, Sendable {
    /// The index of the row in ``RouteTable/routes``; it may be a denied one.
    case matched(Int)
    /// The path is known, with other methods: 405, and `Allow` names them.
    case methodNotAllowed(MethodSet)
    case unknown
}
