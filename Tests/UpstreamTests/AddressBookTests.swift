import Testing
import Transport

@testable import Upstream

@Suite struct AddressBookTests {
    private func address(_ number: UInt32) -> SocketAddress { .ipv4(number, port: 1) }

    @Test func addressesAgeAndAreForgotten() {
        var book = AddressBook()
        #expect(book.current(at: 0) == nil)
        book.keep([address(1)], until: 100)
        #expect(book.current(at: 99) == [address(1)])
        #expect(book.current(at: 100) == nil)
        book.keep([address(1)], until: 200)
        book.forget()
        #expect(book.current(at: 101) == nil)
        // What needs no look-up has not changed.
        book.keep([address(1)], until: .max)
        book.forget()
        #expect(book.current(at: 101) == [address(1)])
    }

    @Test func whatDidNotWorkIsTriedLast() {
        var book = AddressBook()
        book.keep([address(1), address(2), address(3)], until: 100)
        book.demote(address(1))
        #expect(book.current(at: 0) == [address(2), address(3), address(1)])
        book.demote(address(9))
        #expect(book.current(at: 0) == [address(2), address(3), address(1)])
        // Also of the answers to come, for a while.
        for expected in [[2, 3, 1], [2, 3, 1], [1, 2, 3]] as [[UInt32]] {
            book.forget()
            book.keep([address(1), address(2), address(3)], until: 100)
            #expect(book.current(at: 0) == expected.map(address))
        }
        // Where there is nothing else, it is tried.
        book.demote(address(1))
        book.keep([address(1)], until: 100)
        #expect(book.current(at: 0) == [address(1)])
    }

    /// Answers hold some of many addresses: one without an address does not mean that it has gone.
    @Test func anAddressIsGoneAfterTwoAnswersWithoutIt() {
        var book = AddressBook()
        book.keep([address(1), address(2)], until: 0)
        #expect(!book.isGone(address(1)))
        book.keep([address(2)], until: 0)
        #expect(!book.isGone(address(1)))
        book.keep([address(1)], until: 0)
        #expect(!book.isGone(address(1)) && !book.isGone(address(2)))
        book.keep([address(3)], until: 0)
        #expect(!book.isGone(address(1)) && book.isGone(address(2)))
        book.keep([address(3)], until: 0)
        #expect(book.isGone(address(1)) && !book.isGone(address(3)))
        book.keep([address(1)], until: 0)
        #expect(!book.isGone(address(1)))
    }

    /// A name that leads somewhere else each time does not fill the memory, and what is gone is seen all the same.
    @Test func aNameThatNeverRests() {
        var book = AddressBook()
        for number in 0..<10_000 as Range<UInt32> {
            book.keep([address(number)], until: 0)
            if number > 1 { #expect(book.isGone(address(number - 2))) }
        }
    }
}

@Suite struct RetryBudgetTests {
    private let second: Int64 = 1_000_000_000

    @Test func soManyAtOnceAndThenInTime() {
        var budget = RetryBudget(capacity: 3, perSecond: 10)
        #expect((0..<5).map { _ in budget.take(at: 7) } == [true, true, true, false, false])
        let instants = [second / 10 - 1, second / 10, second / 10].map { 7 + $0 }
        #expect(instants.map { budget.take(at: $0) } == [false, true, false])
        // What was not used is saved up to the capacity.
        #expect((0..<5).map { _ in budget.take(at: 100 * second) } == [true, true, true, false, false])
    }

    @Test func aClockThatStandsOrGoesBackGivesNothing() {
        var budget = RetryBudget(capacity: 1, perSecond: 1)
        #expect([100, 100, 0, .min, .max].map { budget.take(at: $0) } == [true, false, false, false, true])
    }

    @Test func numbersThatMakeNoSense() {
        var none = RetryBudget(capacity: -1, perSecond: 0)
        #expect([0, .max].map { none.take(at: $0) } == [false, false])
        var many = RetryBudget(capacity: .max, perSecond: .max)
        #expect([0, .max].map { many.take(at: $0) } == [true, true])
    }
}
