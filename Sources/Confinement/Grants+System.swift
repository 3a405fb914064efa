extension Grants {
    /// What the C library and OpenSSL read for every program that looks names up and verifies certificates.
    ///
    /// - Parameter environment: OpenSSL takes the places of certificates from there.
    package static func system(environment: [String: String]) -> [Tree] {
        let certificates = ["SSL_CERT_FILE", "SSL_CERT_DIR"].compactMap { environment[$0] }
            .flatMap { $0.split(separator: ":").map(String.init) }
        return (places + [resolverFolder].compactMap(\.self) + certificates).map { Tree($0, .reading) }
            + [
                Tree("/dev/null", .appending),
                // Dispatch counts its threads that run in /proc/THREAD/stat, and ends the process where it cannot. What
                // there is of other processes that is not for everybody the kernel refuses who is confined.
                Tree("/proc", .readFile),
            ]
    }

    private static let places = [
        // Names: resolv.conf, hosts, nsswitch.conf. The whole folder, for these files are replaced when the network
        // changes, and a right to a file is a right to the one that was there.
        "/etc",
        "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/run/nscd", "/var/run/nscd",
        // The plug-ins for them, which are loaded at the first look-up.
        "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/lib", "/lib64", "/nix/store",
        "/run/current-system",
        // Certificates, which those in /etc are links to.
        "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/share/pki", "/var/lib/ca-certificates",
        "/usr/local/ssl",
        "/proc/self",
        // How many processors there are, for the C library.
        "/sys/devices/system/cpu",
        "/dev/urandom", "/dev/random",
    ]

    /// Where `/etc/resolv.conf` leads, if elsewhere: some systems keep it in a place of their own.
    private static var resolverFolder: String? {
        #if os(Linux)
            guard let resolved = unsafe realpath("/etc/resolv.conf", nil) else { return nil }
            defer { unsafe free(resolved) }
            let path = unsafe String(cString: resolved)
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
            let folder = String(path[..<slash])
            // The folder above many others would be more than was meant.
            return ["/run", "/var", "/home", "/root", "/tmp", "/mnt"].contains(folder) ? path : folder
        #else
            return nil
        #endif
    }
}

#if os(Linux)
    internal import CSystem
#endif
