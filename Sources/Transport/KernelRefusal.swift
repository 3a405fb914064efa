/// What the kernel would not do for clients, for want of something; whoever keeps a log says so there.
package struct KernelRefusal: Sendable {
    package enum Kind: Sendable {
        /// To let one in: they wait, and are asked for again soon.
        case accepting
        /// To watch one that was let in: it is closed.
        case watching
    }

    let kind: Kind
    let error: SystemError

    package var explanation: String {
        switch kind {
        case .accepting: "clients wait to be let in: \(error.explanation)"
        case .watching: "a client's connection is closed, for it cannot be watched: \(error.explanation)"
        }
    }
}
