import JSON

enum JSONTarget {
    static func check(_ input: [UInt8]) throws(Violation) {
        try checkReader(input)
        guard let value = try? JSONValue(parsing: input.span) else { return }
        let written = Array(value.text.utf8)
        guard let again = try? JSONValue(parsing: written.span) else {
            throw Violation(description: "what is written can be read")
        }
        try require(again == value, "it is read as it was written")
        try require(Array(again.text.utf8) == written, "and written as before")
    }

    private static func checkReader(_ input: [UInt8]) throws(Violation) {
        var reader = JSONReader(depthLimit: JSONReader.deepest)
        var open = 0
        var last = 0
        while let event = try? reader.next(input.span) {
            switch event {
            case .objectStart, .arrayStart: open += 1
            case .objectEnd, .arrayEnd: open -= 1
            case .name(let range), .string(let range):
                try require(
                    input[range.lowerBound - 1] == 0x22 && input[range.upperBound] == 0x22, "a string is quoted")
                try require(input[range].allSatisfy { $0 >= 0x20 }, "no control byte is in a string")
                try require(range.lowerBound > last, "reading goes forward")
                last = range.upperBound
            case .number(let range):
                try require(Double(text(input[range])) != nil, "a number is one")
                try require(range.lowerBound >= last, "reading goes forward")
                last = range.upperBound
            case .boolean, .null: break
            case .end:
                try require(open == 0 && reader.depth == 0, "what was opened is closed")
                return
            }
            try require(open == reader.depth, "the depth is that of the brackets")
        }
        try require((try? reader.next(input.span)) != .end, "after an error there is no end")
    }
}
