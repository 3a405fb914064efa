/// Finds the files systemd hands to a service (`LoadCredential=`), named as the keys of the secrets.
enum ServiceCredentialLayer {
    static func read(_ environment: [String: String], into given: inout GivenSettings) {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], folder.utf8.first == 0x2F else { return }
        for definition in KeyTable.all where definition.isSecret {
            let path = FilePath.join(folder, definition.name)
            guard (try? FileStatus(following: path)) != nil else { continue }
            given.add(
                GivenSetting(layer: .serviceCredentials, place: .path(path), value: .serviceCredential(path: path)),
                to: definition.name)
        }
    }
}
