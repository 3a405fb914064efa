import ClientKeys
import Secrets

/// A key that was just made: the one moment it can be seen.
struct NewKey {
    private let text: Secret
    let digest: KeyDigest

    init() throws(Stop) {
        guard let text = KeyText.generate(), let digest = text.withExposedBytes({ KeyDigest(of: $0) }) else {
            throw Stop(.runtime, "cartouche: libcrypto has no random numbers")
        }
        self.text = text
        self.digest = digest
    }

    /// The key alone to standard output, so that a script can take it; what there is to say to standard error.
    func show(_ remarks: [String]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 1)
        defer { wipe(&bytes) }
        text.withExposedBytes { text in for index in text.indices { bytes.append(text[index]) } }
        bytes.append(0x0A)
        Output.standardOutput.write(bytes)
        for remark in remarks { Output.standardError.write(remark) }
    }
}
