/// Reads the values of flags, by the name of their key.
enum FlagLayer {
    static func read(_ flags: [String: [String]], into given: inout GivenSettings, _ findings: inout Findings) {
        for (name, texts) in flags.sorted(by: { $0.key < $1.key }) {
            guard let definition = KeyTable.definition(named: name), definition.hasFlag else {
                let names = KeyTable.all.filter(\.hasFlag).map(\.name)
                findings.report(
                    .keysAreKnown, at: .flag(name), "there is no such flag",
                    suggestion: NearestName.of(name, among: names).map {
                        "did you mean \(Place.flagName(ofKey: $0))?"
                    })
                continue
            }
            let pieces = texts.map { Piece(text: $0, place: .flag(name)) }
            guard !pieces.isEmpty else { continue }
            given.add(
                GivenSetting(layer: .flags, place: .flag(name), value: .pieces(pieces, isList: false)), to: name)
        }
    }
}
