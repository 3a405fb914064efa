import Dispatch

/// Where work that blocks is done, so that no loop and no task waits for it.
enum BlockingWork {
    static let queue = DispatchQueue(label: "cartouche.doctor")
}
