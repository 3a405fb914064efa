/// The answer to a query of the table without end, described by one block of equal rows.
enum SyntheticRows {
    /// 1 TiB of rows.
    static let limit = 1 << 30
    static let rowLength = 1024
    private static let rowsPerBlock = 64

    static func body(rows count: Int) -> SandboxBody {
        let row = row()
        var separated = row
        separated.append(UInt8(ascii: ","))
        // The last row has no comma behind it, and those that fill no block stand before it.
        let separatedCount = max(count - 1, 0)
        let (blocks, rest) = separatedCount.quotientAndRemainder(dividingBy: rowsPerBlock)
        let start = Array(#"{"rows":["#.utf8)
        let end = Array(
            #"],"schema":[{"name":"id","type":"number"},{"name":"filler","type":"string"}],"meta":{"cacheHit":false}}"#
                .utf8)
        let tail = Array(repeatElement(separated, count: rest).joined()) + (count > 0 ? row : [])
        return .repeated(
            RepeatedBlock(
                prefix: start, block: Array(repeatElement(separated, count: rowsPerBlock).joined()), count: blocks,
                suffix: tail + end))
    }

    /// One row which, with the comma behind it, is `rowLength` bytes long.
    private static func row() -> [UInt8] {
        let start = Array(#"{"id":1,"filler":""#.utf8)
        let end = Array(#""}"#.utf8)
        let filler = Array("cartouche ".utf8)
        let length = rowLength - 1 - start.count - end.count
        return start + (0..<length).map { filler[$0 % filler.count] } + end
    }
}
