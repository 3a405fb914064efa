/// Rows as comma-separated values (RFC 4180).
enum CSVWriter {
    static func write(_ table: Table) -> [UInt8] {
        var bytes: [UInt8] = []
        line(table.columns.map(\.name), into: &bytes)
        for row in table.rows { line(row.map { $0 == .null ? "" : $0.description }, into: &bytes) }
        return bytes
    }

    private static func line(_ cells: [String], into bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let quote = UInt8(ascii: "\"")
            let isPlain = cell.utf8.allSatisfy { $0 != quote && $0 != UInt8(ascii: ",") && $0 >= 0x20 }
            guard !isPlain else {
                bytes += cell.utf8
                continue
            }
            bytes.append(quote)
            for byte in cell.utf8 { bytes += byte == quote ? [quote, quote] : [byte] }
            bytes.append(quote)
        }
        bytes += [0x0D, 0x0A]
    }
}
