import Credentials

extension Assembly {
    private static let keysOfOne: [KeyDefinition] =
        [Keys.clientID.definition] + Keys.clientSecret.definitions
        + [
            Keys.authServer.definition, Keys.tokenURL.definition, Keys.audience.definition, Keys.scope.definition,
            Keys.tokenAuth.definition,
        ] + Keys.apiAccessToken.definitions + Keys.oauthAccessToken.definitions

    static let keysOfCredential = ["name"] + keysOfOne.map(\.name)

    /// The elements of `credentials`, each one client or one token.
    mutating func namedCredentials(
        inheriting standard: ClientStandard, besides taken: [CredentialSettings]
    ) -> [CredentialSettings] {
        guard let list = structure(Keys.credentials) else { return [] }
        let reader = StructureReader(element: "a credential", keys: Self.keysOfCredential)
        var credentials: [CredentialSettings] = []
        var names = CredentialSettings.reservedNames
        for entries in reader.elements(of: list, &findings) {
            let name = self.name(in: entries, reader, taken: names, at: list.place)
            guard let substance = substance(of: entries, inheriting: standard, at: list.place), let name else {
                continue
            }
            names.append(name)
            credentials.append(CredentialSettings(name: name, substance: substance))
        }
        return credentials
    }

    private mutating func name(
        in entries: [DocumentNode.Entry], _ reader: StructureReader, taken: [String], at list: Place
    ) -> String? {
        guard let (name, place) = reader.text("name", in: entries, &findings) else {
            if !entries.contains(where: { $0.key == "name" }) {
                findings.report(
                    .requiredKeysAreGiven, at: entries.first?.place ?? list, "a credential has no name")
            }
            return nil
        }
        guard name.utf8.count <= 64, name.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else {
            findings.report(
                .valuesHaveTheirType, at: place, "name \(Quoted.text(name)) is more than letters, digits, - _ and .")
            return nil
        }
        guard !taken.contains(name) else {
            findings.report(.settingsAgree, at: place, "the name \(Quoted.text(name)) is taken")
            return nil
        }
        return name
    }

    private mutating func substance(
        of entries: [DocumentNode.Entry], inheriting standard: ClientStandard, at list: Place
    ) -> CredentialSettings.Substance? {
        var inner = GivenSettings()
        for entry in entries {
            guard let definition = Self.keysOfOne.first(where: { $0.name == entry.key }),
                let value = FileLayer.value(entry, of: definition, folder: folder, home: home, &findings)
            else { continue }
            inner.add(GivenSetting(layer: .file, place: entry.place, value: value), to: entry.key)
        }
        var nested = Assembly(
            given: inner, findings: findings, secrets: secrets, trust: trust, folder: folder, home: home)
        nested.readerOfStandardInput = readerOfStandardInput
        let before = findings.problems.count
        let substances = nested.credential(nested.clientStandard(inheriting: standard)).all
        findings = nested.findings
        readerOfStandardInput = nested.readerOfStandardInput
        if substances.count != 1, findings.problems.count == before {
            findings.report(
                .settingsAgree, at: entries.first?.place ?? list,
                "a credential has \(substances.isEmpty ? "neither a client nor a token" : "more than one substance")",
                suggestion: "give each client and each token a name of its own")
        }
        return substances.count == 1 ? substances.first : nil
    }
}
