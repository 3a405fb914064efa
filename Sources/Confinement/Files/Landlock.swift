#if os(Linux)
    internal import CSystem

    /// The kernel's means for a process to give up files, ports and peers it does not need (landlock(7)).
    ///
    /// It binds the calling thread and those it starts, so it has to come before there are others.
    enum Landlock {
        /// 0 where the kernel has none, or does not let us use it.
        static var version: Int { max(Int(cartouche_landlock_version()), 0) }

        static let versionWithPorts = 4
        static let versionWithScopes = 6

        private static let bindAndConnect: UInt64 = 0b11
        private static let connect: UInt64 = 0b10
        /// Abstract Unix-domain sockets and signals of processes outside.
        private static let scopes: UInt64 = 0b11

        /// - Returns: false, with the reason in `errno`, where it could not be done.
        static func restrict(to grants: Grants, version: Int) -> Bool {
            var description = cartouche_landlock_ruleset()
            description.files = FileRights.all(version: version).rawValue
            var size = MemoryLayout<UInt64>.size
            if version >= versionWithPorts {
                description.ports = bindAndConnect
                size *= 2
            }
            if version >= versionWithScopes {
                description.scopes = scopes
                size = MemoryLayout<UInt64>.size * 3
            }
            let ruleset = unsafe cartouche_landlock_create(&description, size)
            guard ruleset >= 0 else { return false }
            defer { close(ruleset) }
            for tree in grants.trees where !add(tree, to: ruleset, version: version) { return false }
            if version >= versionWithPorts {
                for port in grants.ports where cartouche_landlock_add_port(ruleset, connect, port) != 0 {
                    return false
                }
            }
            return cartouche_landlock_restrict(ruleset) == 0
        }

        private static func add(_ tree: Grants.Tree, to ruleset: Int32, version: Int) -> Bool {
            let descriptor = unsafe cartouche_open_place(tree.path)
            // What is not there, or not for us, is nothing to keep.
            guard descriptor >= 0 else { return true }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                close(descriptor)
                return true
            }
            let isFolder = status.st_mode & UInt32(S_IFMT) == UInt32(S_IFDIR)
            let rights = (isFolder ? tree.rights : tree.rights.ofFiles).intersection(.all(version: version))
            defer {
                // The kernel makes a file of /proc anew when nobody has it open, and would not know it again.
                if !tree.path.hasPrefix("/proc/") { close(descriptor) }
            }
            return rights.isEmpty || cartouche_landlock_add_tree(ruleset, rights.rawValue, descriptor) == 0
        }
    }
#endif
