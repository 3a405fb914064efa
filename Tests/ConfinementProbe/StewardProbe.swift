import Confinement
import Glibc

/// Duties whose answers show what the steward can do and its master cannot.
private struct ProbeDuties: StewardDuties {
    let named: String

    mutating func answer(_ request: StewardRequest) -> (StewardAnswer, Int32) {
        switch request {
        case .learn: return (.done(Array("\(getppid())".utf8)), -1)
        case .open(named):
            let descriptor = open(named, O_RDONLY | O_CLOEXEC)
            return descriptor >= 0 ? (.done([]), descriptor) : (.failed(errno), -1)
        case .open: return (.notNamed, -1)
        case .run(["die"]): _exit(3)
        case .run(let arguments): return (.done(Array(arguments.joined(separator: " ").utf8)), -1)
        case .listen: return (.failed(EADDRINUSE), -1)
        }
    }
}

extension ConfinementProbe {
    /// Asks a steward for a file that this process, confined, cannot open itself. 0: all was as it should be.
    static func tryingSteward(_ path: String) -> Int32 {
        guard let steward = Steward.start(ProbeDuties(named: path)) else { return 101 }
        let outcome = Confinement.confine(to: Grants(trees: Grants.system(environment: [:]), ports: []))
        guard outcome.isWhole else { return 102 }
        guard steward.ask(.learn)?.answer == .done(Array("\(getpid())".utf8)) else { return 103 }
        guard open(path, O_RDONLY) < 0, errno == EACCES else { return 104 }
        guard let reply = steward.ask(.open(path: path)), reply.answer == .done([]) else { return 105 }
        var byte: UInt8 = 0
        guard read(reply.descriptor, &byte, 1) == 1 else { return 106 }
        guard steward.ask(.open(path: "/etc/shadow"))?.answer == .notNamed else { return 107 }
        guard steward.ask(.run(arguments: ["a", "b c"]))?.answer == .done(Array("a b c".utf8)) else { return 108 }
        guard steward.ask(.listen(address: "127.0.0.1:1"))?.answer == .failed(EADDRINUSE) else { return 109 }
        guard kill(steward.process, 0) < 0 else { return 110 }
        guard steward.ask(.run(arguments: ["die"])) == nil, steward.ask(.learn) == nil else { return 111 }
        steward.awaitEnd()
        return 0
    }
}
