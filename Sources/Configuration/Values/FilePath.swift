/// Paths as they stand in settings.
enum FilePath {
    /// Relative paths count from the folder of the file they stand in, elsewhere from the working directory;
    /// `~/` is the user's home.
    static func resolve(_ piece: Piece) throws(ValueProblem) -> String {
        let path = piece.text
        guard !path.isEmpty else { throw ValueProblem("is empty") }
        guard path.utf8.count < 4096, !path.utf8.contains(0) else { throw ValueProblem("is no path") }
        if path.utf8.starts(with: "~/".utf8) {
            guard let home = piece.home else { throw ValueProblem("begins with ~ and $HOME is not set") }
            return join(home, String(path.dropFirst(2)))
        }
        guard path.utf8.first != 0x2F, let folder = piece.folder else { return path }
        return join(folder, path)
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.utf8.last == 0x2F ? folder + name : folder + "/" + name
    }

    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
