import ArgumentParser
import Control

/// The running instance that is meant, and asking it.
struct Instance {
    private let client: ControlClient
    private let process: Int32

    /// Nil where none is running.
    ///
    /// - Parameter process: its process, where several run.
    static func find(_ process: Int32?) throws(Stop) -> Instance? {
        let folder: ControlFolder
        do throws(ControlError) {
            folder = try ControlFolder(environment: Startup.environment())
        } catch {
            guard process == nil else { throw Stop(.runtime, "cartouche: \(error.explanation)") }
            return nil
        }
        let client = ControlClient(folder)
        let running = client.instances()
        if let process {
            guard running.contains(process) else {
                throw Stop(.usage, "cartouche: no instance with process \(process) is running (\(folder.path))")
            }
            return Instance(client: client, process: process)
        }
        guard running.count <= 1 else {
            let list = running.map(String.init).joined(separator: ", ")
            throw Stop(.usage, "cartouche: several are running, --pid has to say which: \(list)")
        }
        return running.first.map { Instance(client: client, process: $0) }
    }

    static func required(_ process: Int32?) throws(Stop) -> Instance {
        guard let instance = try find(process) else { throw Stop(.runtime, "cartouche: none of this user's is running") }
        return instance
    }

    /// The text of a good answer; what went wrong is thrown with its exit code.
    func ask(_ request: ControlRequest) throws(Stop) -> String {
        let answer: ControlAnswer
        do throws(ControlError) {
            answer = try client.ask(request, of: process)
        } catch {
            throw Stop(.runtime, "cartouche: process \(process) cannot be asked: \(error.explanation)")
        }
        guard answer.code == 0 else {
            let lines = answer.text.split(separator: "\n").map { "cartouche: \($0)" }
            throw Stop(Stop.Code(rawValue: answer.code) ?? .runtime, lines.joined(separator: "\n"))
        }
        return answer.text
    }
}
