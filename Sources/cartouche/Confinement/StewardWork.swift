import Configuration
import Confinement
import CSystem
import KeyStore
import OwnFiles
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the steward of a proxy knows how to do.
struct StewardWork: StewardDuties {
    /// Reads the configuration anew, without running its commands.
    let names: () -> [StewardName]

    // MARK: Opening

    func openKeys(_ path: String) -> Result<Int32, StewardFailure> {
        do throws(OwnFileError) {
            let file = try KeyFile.open(path)
            let descriptor = withExtendedLifetime(file) { fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0) }
            return descriptor >= 0 ? .success(descriptor) : .failure(StewardFailure(errno))
        } catch {
            return .failure(StewardFailure(Self.code(error)))
        }
    }

    /// Below 0 what no `errno` tells.
    private static func code(_ error: OwnFileError) -> Int32 {
        switch error {
        case .absent: ENOENT
        case .notRegular: -1
        case .ownedByStranger: -2
        case .accessibleByOthers: -3
        case .tooLarge: EFBIG
        case .system(let code): code
        }
    }

    static func ownFileError(_ code: Int32) -> OwnFileError {
        switch code {
        case ENOENT: .absent
        case -1, ELOOP, ENOTDIR: .notRegular
        case -2: .ownedByStranger
        case -3: .accessibleByOthers
        case EFBIG: .tooLarge
        default: .system(code)
        }
    }

    // MARK: Sockets

    func listen(_ name: StewardName.Listener) -> Result<Int32, StewardFailure> {
        guard let address = SocketAddress(shown: name.address) else { return .failure(StewardFailure(EINVAL)) }
        do throws(Transport.SystemError) {
            let listener = try Listener(
                bindingTo: address, file: SocketFile(mode: name.mode, owner: name.owner, group: name.group))
            let descriptor = listener.duplicate(above: 0)
            return descriptor >= 0 ? .success(descriptor) : .failure(StewardFailure(errno))
        } catch {
            return .failure(StewardFailure(error.number))
        }
    }

    func connect(address: String, port: UInt16) -> Result<Int32, StewardFailure> {
        guard let address = SocketAddress(numeric: address, port: port) else { return .failure(StewardFailure(EINVAL)) }
        do throws(Transport.SystemError) { return .success(try address.beginToConnect()) } catch {
            return .failure(StewardFailure(error.number))
        }
    }

    // MARK: What is done by a process of its own

    static let commandTimeLimit: Duration = .seconds(30)

    func run(_ arguments: [String]) -> StewardAnswer {
        let environment = Startup.environment().filter { !HandOver.variables.contains($0.key) }
        do throws(CommandProblem) {
            return .done(
                try ChildCommands().output(
                    of: .program(arguments), environment: SecretLoader.forCommands(environment),
                    timeLimit: Self.commandTimeLimit, outputLimit: SecretLoader.outputLimit))
        } catch {
            return .noOutput(reason: error.failure)
        }
    }

    func learn(_ found: (StewardName) -> Void) -> Bool {
        for name in names() { found(name) }
        return true
    }

    // MARK: The successor

    func start(
        handing sockets: [(descriptor: Int32, name: String)]
    ) -> Result<(process: Int32, report: Int32), StewardFailure> {
        // Above all that are set in the new process.
        let lowest = HandedSockets.firstDescriptor + Int32(sockets.count) + 1
        let copies = sockets.map { (descriptor: fcntl($0.descriptor, F_DUPFD_CLOEXEC, lowest), name: $0.name) }
        defer { for copy in copies where copy.descriptor >= 0 { close(copy.descriptor) } }
        guard copies.allSatisfy({ $0.descriptor >= 0 }) else { return .failure(StewardFailure(EMFILE)) }
        return ProgramSpawner.spawn(handing: copies).mapError { StewardFailure($0.code) }
    }
}

extension CommandProblem {
    fileprivate var failure: StewardAnswer.CommandFailure {
        switch self {
        case .notStarted(let error): .notStarted(error.code)
        case .timedOut: .timedOut
        case .outputTooLong: .outputTooLong
        case .exited(let code): .exited(code)
        case .killed(let signal): .killed(signal)
        case .outputUnreadable(let error): .unreadable(error.code)
        }
    }

    init(_ failure: StewardAnswer.CommandFailure) {
        self =
            switch failure {
            case .notStarted(let code): .notStarted(Configuration.SystemError(code: code))
            case .timedOut: .timedOut(after: StewardWork.commandTimeLimit)
            case .outputTooLong: .outputTooLong(limit: SecretLoader.outputLimit)
            case .exited(let code): .exited(code: code)
            case .killed(let signal): .killed(signal: signal)
            case .unreadable(let code): .outputUnreadable(Configuration.SystemError(code: code))
            }
    }
}

extension StewardName.Listener {
    init(_ address: SocketAddress, _ file: SocketFile) {
        self.init(address: "\(address)", mode: file.mode, owner: file.owner, group: file.group)
    }
}
