import CSystem
import Confinement
import Glibc

/// Duties whose answers show what the steward can do and its master cannot.
private struct ProbeDuties: StewardDuties {
    let learnt: String

    func openKeys(_ path: String) -> Result<Int32, StewardFailure> { .failure(StewardFailure(EPERM)) }

    func listen(_ listener: StewardName.Listener) -> Result<Int32, StewardFailure> {
        .failure(StewardFailure(EADDRINUSE))
    }

    func connect(address: String, port: UInt16) -> Result<Int32, StewardFailure> { .failure(StewardFailure(EHOSTDOWN)) }

    func run(_ arguments: [String]) -> StewardAnswer {
        if arguments == ["die"] { _exit(3) }
        // Slowly: others are answered meanwhile.
        if arguments == ["slow"] { sleep(1) }
        return .done(Array("\(getuid()) \(arguments.joined(separator: " "))".utf8))
    }

    func learn(_ found: (StewardName) -> Void) -> Bool {
        found(.file(path: learnt))
        return true
    }

    func start(
        handing sockets: [(descriptor: Int32, name: String)]
    ) -> Result<(process: Int32, report: Int32), StewardFailure> { .failure(StewardFailure(ENOENT)) }
}

extension ConfinementProbe {
    /// Asks a steward for what this process, confined, cannot do itself, and for what nobody named. 0: all was as it
    /// should be.
    static func tryingSteward(_ path: String) -> Int32 {
        let later = path + ".later"
        guard creat(later, 0o600) >= 0 else { return 100 }
        guard let steward = Steward.start(ProbeDuties(learnt: later)) else { return 101 }
        let arguments = ["a", "b c"]
        for name in [
            .file(path: path), .log(path: path + ".log"), .command(arguments: arguments),
            .command(arguments: ["die"]), .command(arguments: ["slow"]), .port(443),
            .listener(StewardName.Listener(address: "127.0.0.1:1", mode: 0o600, owner: nil, group: nil)),
        ] as [StewardName] {
            guard steward.ask(.name(name))?.answer == .done([]) else { return 102 }
        }
        // Nothing before it knows that its master meets strangers.
        guard steward.ask(.open(path: path))?.answer == .notNamed else { return 103 }
        guard steward.ask(.seal)?.answer == .done([]) else { return 104 }
        guard steward.ask(.name(.file(path: "/etc/shadow")))?.answer == .notNamed else { return 105 }
        let outcome = Confinement.confine(to: Grants(trees: Grants.system(environment: [:]), ports: []))
        guard outcome.isWhole else { return 106 }
        guard open(path, O_RDONLY) < 0, errno == EACCES else { return 107 }
        guard let reply = steward.ask(.open(path: path)), reply.answer == .done([]) else { return 108 }
        var byte: UInt8 = 0
        guard read(reply.descriptor, &byte, 1) == 1, write(reply.descriptor, &byte, 1) < 0 else { return 109 }
        guard let log = steward.ask(.openLog(path: path + ".log")), write(log.descriptor, &byte, 1) == 1 else { return 110 }
        for request in [
            .open(path: "/etc/shadow"), .open(path: path + "/../file"), .open(path: path + ".log"), .open(path: ""),
            .openLog(path: path), .openKeys(path: path), .run(arguments: ["a", "b", "c"]), .run(arguments: ["a b c"]),
            .connect(address: "127.0.0.1", port: 444), .open(path: later),
            .listen(StewardName.Listener(address: "127.0.0.1:1", mode: 0o666, owner: nil, group: nil)),
            .endSuccessor(isForced: true),
        ] as [StewardRequest] {
            guard let reply = steward.ask(request), reply.answer == .notNamed, reply.descriptor < 0 else { return 111 }
        }
        guard steward.ask(.learn)?.answer == .done([]), steward.ask(.open(path: later))?.answer == .done([]) else {
            return 112
        }
        guard steward.ask(.run(arguments: arguments))?.answer == .done(Array("\(getuid()) a b c".utf8)) else { return 113 }
        // One that runs a command and ends is not the steward.
        guard steward.ask(.run(arguments: ["die"]))?.answer == .failed(EIO) else { return 114 }
        guard steward.ask(.connect(address: "192.0.2.1", port: 443))?.answer == .failed(EHOSTDOWN) else { return 115 }
        guard steward.ask(.succeed)?.answer == .failed(ENOENT) else { return 116 }
        guard kill(steward.process, 0) < 0 else { return 117 }
        guard waitingForNobody(steward) else { return 118 }
        steward.dismiss()
        guard steward.ask(.learn) == nil, steward.ask(.open(path: path)) == nil else { return 119 }
        return 0
    }

    /// Whether others are answered while a command runs.
    private static func waitingForNobody(_ steward: StewardClient) -> Bool {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                let steward = Unmanaged<StewardClient>.fromOpaque(pointer!).takeUnretainedValue()
                _ = steward.ask(.run(arguments: ["slow"]))
                return nil
            }, Unmanaged.passUnretained(steward).toOpaque())
        guard code == 0 else { return false }
        usleep(300_000)
        let before = clockNow()
        let isRefused = steward.ask(.open(path: "/etc/shadow"))?.answer == .notNamed
        let took = clockNow() - before
        pthread_join(thread, nil)
        return isRefused && took < 500_000_000
    }

    private static func clockNow() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }
}
