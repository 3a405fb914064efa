/// What may be done with files below a folder; the bits are Landlock's (linux/landlock.h).
package struct FileRights: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    static let writeFile = FileRights(rawValue: 1 << 1)
    static let readFile = FileRights(rawValue: 1 << 2)
    static let readFolder = FileRights(rawValue: 1 << 3)
    static let removeFile = FileRights(rawValue: 1 << 5)
    static let makeFolder = FileRights(rawValue: 1 << 7)
    static let makeFile = FileRights(rawValue: 1 << 8)
    static let truncate = FileRights(rawValue: 1 << 14)

    package static let reading: FileRights = [.readFile, .readFolder]
    /// To read, make, write and remove files, but no devices, sockets or links.
    package static let keeping: FileRights = [
        .readFile, .readFolder, .writeFile, .removeFile, .makeFolder, .makeFile, .truncate,
    ]
    /// To go on writing a file that is there.
    package static let appending: FileRights = [.readFile, .writeFile, .truncate]

    /// Those that make sense of what is no folder; the kernel refuses others for a file.
    var ofFiles: FileRights { intersection([.readFile, .writeFile, .truncate]) }

    /// All that a version of Landlock knows: what is not known cannot be taken away.
    static func all(version: Int) -> FileRights {
        switch version {
        case ..<1: []
        // Executing to making links.
        case 1: FileRights(rawValue: 1 << 13 - 1)
        // Moving between folders.
        case 2: FileRights(rawValue: 1 << 14 - 1)
        // Truncating.
        case 3, 4: FileRights(rawValue: 1 << 15 - 1)
        // Commands to devices.
        default: FileRights(rawValue: 1 << 16 - 1)
        }
    }
}
