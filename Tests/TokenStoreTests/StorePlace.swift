import Foundation

/// A folder for one store, not there yet, in a temporary one that goes with the last reference.
final class StorePlace: Sendable {
    private let parent: String
    var folder: String { parent + "/state/cartouche" }

    init() throws {
        var template = Array("/tmp/cartouche-test-XXXXXX".utf8CString)
        parent = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
        guard !parent.isEmpty else { throw POSIXError(.EIO) }
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    private func path(_ name: String) -> String { name.isEmpty ? folder : folder + "/" + name }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    func content(of name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    func write(_ content: Data, to name: String) throws {
        try content.write(to: URL(fileURLWithPath: path(name)))
        chmod(path(name), 0o600)
    }

    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    func link(_ name: String, to other: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: path(other))
    }

    /// Makes the folder itself a link.
    func linkFolder(to other: String) throws {
        try FileManager.default.createDirectory(
            atPath: parent + "/state", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: other)
    }

    func mode(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    func setMode(_ mode: Int, of name: String) throws { chmod(path(name), mode_t(mode)) }
}
