/// What the steward knows how to do. Whether it may is decided before, by what is named (``StewardRegister``).
///
/// Results are descriptors, which the steward then closes, or what `errno` would say.
package protocol StewardDuties {
    func openKeys(_ path: String) -> Result<Int32, StewardFailure>
    func listen(_ listener: StewardName.Listener) -> Result<Int32, StewardFailure>
    /// Begins to; does not wait for the other end.
    func connect(address: String, port: UInt16) -> Result<Int32, StewardFailure>

    /// Runs it for its output. In a process of its own.
    func run(_ arguments: [String]) -> StewardAnswer
    /// Reads the configuration, and says what it names. In a process of its own.
    func learn(_ found: (StewardName) -> Void) -> Bool

    /// Starts the program with these sockets, and their names.
    ///
    /// - Returns: its process, and the descriptor on which it says that it serves.
    func start(handing sockets: [(descriptor: Int32, name: String)]) -> Result<(process: Int32, report: Int32), StewardFailure>
}

package struct StewardFailure: Error, Equatable, Sendable {
    /// An `errno`, or what the two sides agreed on.
    package let code: Int32

    package init(_ code: Int32) { self.code = code }
}
