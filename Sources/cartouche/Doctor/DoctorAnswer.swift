/// An answer of a proxy, as far as the doctor looks at it.
struct DoctorAnswer {
    let status: Int
    /// Names in lower case.
    let fields: [(name: String, value: String)]
    let bytes: [UInt8]

    /// Nil for what is no HTTP answer.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        let head = String(decoding: bytes.prefix(64 << 10), as: UTF8.self)
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("HTTP/1.") else { return nil }
        let words = first.split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        self.status = status
        fields = lines.dropFirst().prefix { !$0.isEmpty }.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
    }

    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The code of an error of ours.
    var code: String? { value("cartouche-error") }

    /// Whether it permits a page to read it.
    var permitsReading: Bool { fields.contains { $0.name.hasPrefix("access-control-allow") } }

    /// In a few words.
    var summary: String { code.map { "\(status) \($0)" } ?? "\(status) without an error of ours" }
}
