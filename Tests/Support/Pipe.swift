import Foundation

/// A pipe whose reading end the test has.
package struct Pipe {
    package let reading: Int32
    package let writing: Int32

    package init() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        (reading, writing) = (ends[0], ends[1])
    }

    /// Closes the writing end, and gives what was written.
    package func readAll() -> String {
        close(writing)
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(reading, &chunk, chunk.count), count > 0 { all.append(contentsOf: chunk[..<count]) }
        close(reading)
        return String(decoding: all, as: UTF8.self)
    }
}
