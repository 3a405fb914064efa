import Compression
import TestSupport
import Testing

@Suite struct InflaterTests {
    @Test func anySplitAndAnyStepGiveTheSameBytes() throws {
        var random = SplitMix64(seed: 1)
        let inflater = try Inflater(.gzip)
        for round in 0..<60 {
            let text = someText(Int.random(in: 0...5000, using: &random), &random)
            let coded = try gzip(text, level: round % 9 + 1)
            let pieces = (0..<40).map { _ in Int.random(in: 1...200, using: &random) }
            inflater.reset()
            let limit = Int.random(in: 1...3000, using: &random)
            #expect(try inflate(coded, pieces: pieces, limit: limit, with: inflater) == text, "round \(round)")
        }
    }

    @Test func oneByteAtATimeInBothDirections() throws {
        var random = SplitMix64(seed: 2)
        let text = someText(700, &random)
        #expect(try inflate(gzip(text), pieces: [1], limit: 1, with: Inflater(.gzip)) == text)
    }

    /// What a body has been so far does not hide what it becomes: 64 KiB that do not shrink, and then blanks.
    @Test func itsGrowthIsThatOfTheLastKilobytes() throws {
        var random = SplitMix64(seed: 3)
        let inflater = try Inflater(.gzip, limits: .none)
        #expect(inflater.growth == 1)
        let noise = (0..<64 << 10).map { _ in UInt8.random(in: 0...255, using: &random) }
        let bomb = try gzip(noise + [UInt8](repeating: 0x20, count: 32 << 20))
        var index = 0
        var growths: [Int] = []
        while index < bomb.count {
            var output: [UInt8] = []
            let end = min(index + (8 << 10), bomb.count)
            while index < end {
                output.removeAll(keepingCapacity: true)
                index += try inflater.inflate(bomb.span.extracting(..<end), from: index, into: &output, limit: 32 << 10).consumed
            }
            growths.append(inflater.growth)
        }
        #expect(growths[..<8].allSatisfy { $0 == 1 })
        #expect(growths[9...].allSatisfy { $0 > 400 && $0 <= 1032 })
        inflater.reset()
        #expect(inflater.growth == 1)
    }

    @Test func membersAreJoined() throws {
        let members = try gzip(Array("one ".utf8)) + gzip([]) + gzip(Array("two".utf8))
        #expect(try inflate(members) == Array("one two".utf8))
        #expect(try inflate(members, pieces: [1], limit: 2, with: Inflater(.gzip)) == Array("one two".utf8))
    }

    @Test func everyTruncationIsNoticed() throws {
        let coded = try gzip(Array("some words, some words, some words".utf8))
        for count in 0..<coded.count {
            #expect(throws: CompressionError.bodyMustBeComplete, "cut at \(count)") {
                try inflate(Array(coded.prefix(count)))
            }
        }
    }

    @Test func aTruncatedSecondMemberIsNoticed() throws {
        let first = try gzip(Array("first".utf8))
        let coded = try first + gzip(Array("second".utf8))
        for count in first.count + 1..<coded.count {
            #expect(throws: CompressionError.bodyMustBeComplete, "cut at \(count)") {
                try inflate(Array(coded.prefix(count)))
            }
        }
    }

    @Test func nothingMayFollowTheLastMember() throws {
        let coded = try gzip(Array("text".utf8))
        for tail in [
            Array("garbage".utf8), [0], [0, 0, 0, 0], [0x1f, 0x8c], [0x1f, 0x8b, 0x07, 0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(throws: CompressionError.nothingMayFollow, "\(tail)") { try inflate(coded + tail) }
        }
    }

    @Test func aWrongChecksumAndAWrongLengthAreToldApart() throws {
        let coded = try gzip(Array("text".utf8))
        var wrongSum = coded
        wrongSum[coded.count - 8] ^= 1
        #expect(throws: CompressionError.checksumMustMatch) { try inflate(wrongSum) }
        var wrongLength = coded
        wrongLength[coded.count - 4] ^= 1
        #expect(throws: CompressionError.lengthMustMatch) { try inflate(wrongLength) }
    }

    @Test func whatIsNotGzipIsRefusedAtItsHeader() throws {
        for body in [
            Array("{\"tiles\":[]}".utf8), [0x1f, 0x8b, 0x09, 0, 0, 0, 0, 0, 0, 0],
            [0x1f, 0x8b, 8, 0xe0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(throws: CompressionError.headerMustBeValid, "\(body)") { try inflate(body) }
        }
    }

    @Test func brokenDataIsRefused() throws {
        // A block of the reserved type (RFC 1951 §3.2.3).
        #expect(throws: CompressionError.dataMustBeWellFormed) {
            try inflate([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 0x07, 0, 0, 0, 0])
        }
    }

    @Test func anErrorStaysUntilReset() throws {
        let inflater = try Inflater(.gzip)
        var output: [UInt8] = []
        let nonsense: [UInt8] = [1, 2, 3]
        let nothing: [UInt8] = []
        #expect(throws: CompressionError.headerMustBeValid) {
            try inflater.inflate(nonsense.span, into: &output, limit: 100)
        }
        #expect(throws: CompressionError.headerMustBeValid) {
            try inflater.inflate(nothing.span, into: &output, limit: 100)
        }
        #expect(throws: CompressionError.headerMustBeValid) { try inflater.finish() }
        inflater.reset()
        #expect(try inflate(gzip([7]), with: inflater) == [7])
    }

    @Test func theOutputLimitHoldsOverAllMembers() throws {
        let member = try gzip([UInt8](repeating: 1, count: 600))
        let limits = InflateLimits(outputBytes: 1200, ratio: .max, ratioFreeBytes: .max)
        #expect(try inflate(member + member, with: Inflater(.gzip, limits: limits)).count == 1200)
        #expect(throws: CompressionError.outputMustStayWithinLimit) {
            try inflate(member + member + gzip([1]), with: Inflater(.gzip, limits: limits))
        }
    }

    @Test func aBombIsStoppedByItsRatio() throws {
        let bomb = try gzip([UInt8](repeating: 0, count: 4 << 20), level: 9)
        let limits = InflateLimits(outputBytes: .max, ratio: 100, ratioFreeBytes: 1 << 20)
        let inflater = try Inflater(.gzip, limits: limits)
        var output: [UInt8] = []
        var produced = 0
        #expect(throws: CompressionError.ratioMustStayWithinLimit) {
            var from = 0
            while true {
                output.removeAll(keepingCapacity: true)
                let progress = try inflater.inflate(bomb.span, from: from, into: &output, limit: 1 << 14)
                from += progress.consumed
                produced += output.count
                if progress.stop == .inputConsumed { break }
            }
        }
        #expect(produced < 2 << 20)
        #expect(try inflate(bomb, with: Inflater(.gzip, limits: .none)).count == 4 << 20)
    }

    @Test func aStepOfNoRoomTakesNothing() throws {
        let inflater = try Inflater(.gzip)
        var output: [UInt8] = []
        let coded = try gzip([1, 2, 3])
        let progress = try inflater.inflate(coded.span, into: &output, limit: 0)
        #expect(progress.stop == .outputFull)
        #expect(output.isEmpty)
    }

    @Test func aStepIsBoundedWhateverItsLimit() throws {
        let text = [UInt8](repeating: 3, count: CodecProgress.largestStep + 5)
        let coded = try gzip(text)
        let inflater = try Inflater(.gzip, limits: .none)
        var output: [UInt8] = []
        let progress = try inflater.inflate(coded.span, into: &output, limit: .max)
        #expect(progress.stop == .outputFull)
        #expect(output.count == CodecProgress.largestStep)
        #expect(
            try inflater.inflate(coded.span, from: progress.consumed, into: &output, limit: .max).stop == .inputConsumed
        )
        #expect(output == text)
        #expect(throws: CompressionError.bodyMustBeComplete) { try Inflater(.gzip).finish() }
    }

    @Test func everyCodedBodyOfTheCorpusGetsItsVerdict() throws {
        guard let bodies = try codedBodies() else { return }
        var judged = 0
        for body in bodies {
            // Deflate without its envelope is no content coding (RFC 9110 §8.4.1.2).
            let isRaw = body.id.hasPrefix("flate/")
            let format: Inflater.Format = body.cenc == "gzip" ? .gzip : .zlib
            for piece in [Int.max, 1, 7] {
                let result = Result {
                    try inflate(Array(body.b64), pieces: [piece], limit: 4096, with: Inflater(format))
                }
                switch (body.expect, result) {
                case ("decodes", .success(let bytes)): #expect(bytes.count == body.dlen, "\(body.id)")
                case ("decodes", .failure(let error)): #expect(isRaw, "\(body.id): \(error)")
                case ("corrupt", .success): Issue.record("\(body.id) inflated")
                case ("corrupt", .failure(let error)): #expect(error is CompressionError)
                default: Issue.record("\(body.id): \(body.expect)")
                }
            }
            judged += 1
        }
        #expect(judged == bodies.count)
    }

    @Test func anyBytesEndInAResultOrAnError() throws {
        var random = SplitMix64(seed: 3)
        let whole = try gzip(someText(400, &random))
        let inflater = try Inflater(.gzip)
        var refused = 0
        for _ in 0..<600 {
            var coded = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                coded[Int.random(in: 0..<coded.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            inflater.reset()
            if (try? inflate(coded, pieces: [Int.random(in: 1...100, using: &random)], with: inflater)) == nil {
                refused += 1
            }
        }
        #expect(refused > 400)
    }
}
