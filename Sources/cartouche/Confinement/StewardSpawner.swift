import Confinement

/// Has the steward start the program once more: a confined process starts none.
struct StewardSpawner: SuccessorSpawner {
    let steward: StewardClient

    func start(handing sockets: [(descriptor: Int32, name: String)]) throws(Stop) -> any Successor {
        for socket in sockets {
            guard steward.ask(.hand(name: socket.name), with: socket.descriptor)?.answer == .done([]) else {
                throw Self.gone
            }
        }
        guard let reply = steward.ask(.succeed) else { throw Self.gone }
        switch reply.answer {
        case .done(let text):
            guard reply.descriptor >= 0, let process = Int32(String(decoding: text, as: UTF8.self)) else {
                throw Self.gone
            }
            return StartedProgram(process: process, report: reply.descriptor) { [steward] in
                guard case .done(let text)? = steward.ask(.endSuccessor(isForced: true))?.answer else { return nil }
                return Int32(String(decoding: text, as: UTF8.self))
            }
        case .failed(let code): throw ProgramSpawner.Failure(code: code).stop
        case .notNamed, .noOutput: throw Self.gone
        }
    }

    private static let gone = Stop(.runtime, "the process that could start the program again has ended")
}
