/// Reads the fixed forms of RFC 9110 §5.6.7 from left to right; exact, case-sensitive, nothing left.
struct HTTPDateScanner {
    private var index = 0
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    mutating func fixdate(_ bytes: Span<UInt8>) -> Int64? {
        guard name(bytes, of: HTTPDateNames.weekdays) != nil, take(bytes, ", "),
            let day = number(bytes, digits: 2), take(bytes, " "),
            let month = name(bytes, of: HTTPDateNames.months), take(bytes, " "),
            let year = number(bytes, digits: 4), take(bytes, " "),
            let second = time(bytes), take(bytes, " GMT"), index == count
        else { return nil }
        return seconds(CivilDate(year: year, month: month, day: day), second)
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    mutating func rfc850(_ bytes: Span<UInt8>, comma: Int, now: Int64) -> Int64? {
        guard isLongWeekday(bytes.extracting(first: comma)) else { return nil }
        index = comma
        guard take(bytes, ", "), let day = number(bytes, digits: 2), take(bytes, "-"),
            let month = name(bytes, of: HTTPDateNames.months), take(bytes, "-"),
            let shortYear = number(bytes, digits: 2), take(bytes, " "),
            let second = time(bytes), take(bytes, " GMT"), index == count
        else { return nil }
        let thisYear = CivilDate(daysSinceEpoch: floorDivide(now, 86_400)).year
        var year = floorDivide(thisYear, 100) &* 100 &+ shortYear
        // RFC 9110 §5.6.7: more than 50 years in the future means the past.
        if year > thisYear &+ 50 { year &-= 100 }
        return seconds(CivilDate(year: year, month: month, day: day), second)
    }

    /// `Sun Nov  6 08:49:37 1994`
    mutating func asctime(_ bytes: Span<UInt8>) -> Int64? {
        guard name(bytes, of: HTTPDateNames.weekdays) != nil, take(bytes, " "),
            let month = name(bytes, of: HTTPDateNames.months), take(bytes, " "),
            let day = take(bytes, " ") ? number(bytes, digits: 1) : number(bytes, digits: 2),
            take(bytes, " "), let second = time(bytes), take(bytes, " "),
            let year = number(bytes, digits: 4), index == count
        else { return nil }
        return seconds(CivilDate(year: year, month: month, day: day), second)
    }

    private func seconds(_ date: CivilDate, _ second: Int64) -> Int64? {
        date.exists ? date.daysSinceEpoch &* 86_400 &+ second : nil
    }

    private mutating func time(_ bytes: Span<UInt8>) -> Int64? {
        guard let hour = number(bytes, digits: 2), hour < 24, take(bytes, ":"),
            let minute = number(bytes, digits: 2), minute < 60, take(bytes, ":"),
            // 60 is a leap second.
            let second = number(bytes, digits: 2), second <= 60
        else { return nil }
        return hour &* 3_600 &+ minute &* 60 &+ second
    }

    private mutating func number(_ bytes: Span<UInt8>, digits: Int) -> Int64? {
        guard index &+ digits <= count else { return nil }
        let number = Decimal.parse(bytes.extracting(index..<(index &+ digits)))
        index &+= digits
        return number
    }

    private mutating func take(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        let end = index &+ text.utf8CodeUnitCount
        guard end <= count, ByteComparison.equal(bytes.extracting(index..<end), text) else { return false }
        index = end
        return true
    }

    /// The place of the three-letter name that follows, counted from 1.
    private mutating func name(_ bytes: Span<UInt8>, of names: StaticString) -> Int64? {
        guard index &+ 3 <= count else { return nil }
        for place in 0..<(names.utf8CodeUnitCount / 3) {
            let matches = (0..<3).allSatisfy { bytes[index &+ $0] == names.byte(at: place &* 3 &+ $0) }
            guard matches else { continue }
            index &+= 3
            return Int64(place) &+ 1
        }
        return nil
    }

    private func isLongWeekday(_ word: Span<UInt8>) -> Bool {
        ByteComparison.equal(word, "Monday") || ByteComparison.equal(word, "Tuesday")
            || ByteComparison.equal(word, "Wednesday") || ByteComparison.equal(word, "Thursday")
            || ByteComparison.equal(word, "Friday") || ByteComparison.equal(word, "Saturday")
            || ByteComparison.equal(word, "Sunday")
    }
}
