internal import CSystem

/// Acting as another user of the machine, to see what he could do.
package enum OtherUser {
    /// `nobody`, on every Linux.
    package static let nobody: UInt32 = 65_534

    /// Does something on this thread with that user's rights; nil where this process may not, as only root may.
    ///
    /// - Parameter body: must not leave the thread.
    package static func acting<Result>(as user: UInt32, _ body: () -> Result) -> Result? {
        guard geteuid() == 0, cartouche_act_as(user) == 0 else { return nil }
        let result = body()
        // A thread that has lost its rights would do the rest of its work without them.
        guard cartouche_act_as(0) == 0 else { _exit(1) }
        return result
    }
}
