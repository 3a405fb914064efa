#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Who may have written a file that decides what the program does, and who may read one that holds a secret.
///
/// Trusted owners are root and the user the program runs as. The rule for secrets is the one of the well-known
/// servers: nobody but the owner reads them, except that a file root owns may be readable by its group, which
/// is how container platforms hand a secret to a service.
package struct FileTrust: Sendable {
    /// The user ids whose files are believed.
    package let trustedOwners: Set<UInt32>

    /// By whom they are opened.
    let opener: any FileOpener

    package init(trustedOwners: Set<UInt32>, opener: any FileOpener = OwnOpener()) {
        self.trustedOwners = trustedOwners
        self.opener = opener
    }

    /// Root and ourselves.
    package static var current: FileTrust { current(opener: OwnOpener()) }

    package static func current(opener: any FileOpener) -> FileTrust {
        FileTrust(trustedOwners: [0, geteuid()], opener: opener)
    }

    func checkWriters(of status: FileStatus, at path: String) throws(FileProblem) {
        guard trustedOwners.contains(status.owner) else { throw .ownedByStranger(path: path, owner: status.owner) }
        guard status.mode & 0o022 == 0 || status.isOnReadOnlyMount else { throw .writableByOthers(path: path) }
    }

    func allowsReaders(of status: FileStatus) -> Bool {
        status.mode & (status.owner == 0 ? 0o007 : 0o077) == 0
    }

    /// Who can write to the folder can put another file in the place of ours. In one with the sticky bit only
    /// a file's owner can.
    func checkFolder(of path: String) throws(FileProblem) {
        let folder = FilePath.folder(of: path)
        let status: FileStatus
        do throws(SystemError) { status = try FileStatus(following: folder) } catch {
            throw .unreadable(path: folder, error)
        }
        guard trustedOwners.contains(status.owner) else {
            throw .folderOwnedByStranger(path: folder, owner: status.owner)
        }
        guard status.mode & 0o022 == 0 || status.isSticky || status.isOnReadOnlyMount else {
            throw .folderWritableByOthers(path: folder)
        }
    }
}
