import Credentials
import Testing

struct NanosecondsTests {
    @Test func arithmeticSaturates() {
        let most = Nanoseconds(.max)
        let least = Nanoseconds(.min)
        #expect(most + most == most && least + least == least)
        #expect(least - most == least && most - least == most)
        #expect(.zero - least == most)
        #expect(most + least == Nanoseconds(-1))
        #expect(Nanoseconds.seconds(.max) == most && Nanoseconds.seconds(.min) == least)
        #expect(least.multiplied(by: -1) == most && least.multiplied(by: 2) == least)
        #expect(most.hundredths(100) <= most)
    }

    @Test func secondsRoundAsSaid() {
        #expect(Nanoseconds.milliseconds(1_500).wholeSeconds == 1)
        #expect(Nanoseconds.milliseconds(1_500).secondsRoundedUp == 2)
        #expect(Nanoseconds.milliseconds(-1_500).wholeSeconds == -2)
        #expect(Nanoseconds.milliseconds(-1_500).secondsRoundedUp == -1)
        #expect(Nanoseconds.seconds(2).wholeSeconds == 2 && Nanoseconds.seconds(2).secondsRoundedUp == 2)
        #expect(Nanoseconds(.max).secondsRoundedUp == Int64.max / 1_000_000_000 + 1)
    }
}
