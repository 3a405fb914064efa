import ArgumentParser
import ClientKeys
import Configuration
import KeyStore
import Observability
import Transport

/// Which file of keys is meant: that of the configuration, or another one.
struct KeysFileFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The file of keys, if not that of the configuration.", valueName: "file"))
    var keysFile: String?

    func file() throws(Stop) -> KeyFile {
        if let keysFile { return KeyFile(path: keysFile) }
        guard let path = try Startup.clients(configurationFile: config).keysFile else {
            throw Stop(.usage, "cartouche: keys_file is not set, and there is no home to keep keys in")
        }
        return KeyFile(path: path)
    }

    /// What a key is worth while nobody is asked for one; nil where the configuration asks for keys, or another file than
    /// its own is meant.
    func remarkOnUse() throws(Stop) -> String? {
        guard keysFile == nil, !(try Startup.clients(configurationFile: config).areAuthenticated) else { return nil }
        return "The configuration found here does not say clients: keys. Until it does, nobody is asked for a key."
    }

    /// Changes the file. What goes wrong with it ends the command.
    func change<Result>(
        _ change: (inout [KeyRecord]) throws(Stop) -> Result
    ) throws(Stop) -> Result {
        let file = try file()
        return try file.change(change) { error in
            Stop(error == .busy ? .runtime : .usage, "cartouche: \(file.path) \(error.explanation)")
        }
    }
}

extension KeyFile {
    /// All keys; none where there is no file yet.
    func records() throws(Stop) -> [KeyRecord] {
        do throws(KeyFileError) {
            return try load()
        } catch {
            guard error == .file(.absent) else { throw Stop(.usage, "cartouche: \(path) \(error.explanation)") }
            return []
        }
    }
}

extension [KeyRecord] {
    func index(of name: String) throws(Stop) -> Int {
        if let index = firstIndex(where: { $0.name == name }) { return index }
        let names = map(\.name).joined(separator: ", ")
        throw Stop(.usage, "cartouche: there is no key \(name)" + (isEmpty ? "" : ": there are \(names)"))
    }
}

extension Clock {
    /// Since 1970.
    static var wallSeconds: Int64 { wallNanoseconds() / 1_000_000_000 }
}
