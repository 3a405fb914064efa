import Configuration
import Dispatch
import Synchronization

/// Looks after the files of the listeners' certificates on a queue of its own, until it is stopped or let go: who renews
/// them has not to tell.
final class CertificateWatcher: Sendable {
    private let eye: Mutex<(watch: FileWatch, isStopped: Bool)>
    private let queue = DispatchQueue(label: "cartouche.certificates")

    private static let pause = 1

    init(_ watch: FileWatch) { eye = Mutex((watch, false)) }

    func start(_ changed: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .seconds(Self.pause)) { [weak self] in
            guard let self else { return }
            let (isStopped, isDue) = eye.withLock { ($0.isStopped, !$0.isStopped && $0.watch.look()) }
            if isDue { changed() }
            if !isStopped { start(changed) }
        }
    }

    func stop() { eye.withLock { $0.isStopped = true } }
}
