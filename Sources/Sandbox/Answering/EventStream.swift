/// Server-sent events, as the HTML Standard writes them (§9.2.5).
enum EventStream {
    static func event(_ name: String?, id: Int?, data: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        if let name { bytes += "event: \(name)\n".utf8 }
        if let id { bytes += "id: \(id)\n".utf8 }
        bytes += "data: ".utf8
        // JSON as written here has no line ends, so one `data` line holds it.
        JSONWriter.append(data, to: &bytes)
        bytes += "\n\n".utf8
        return bytes
    }
}
