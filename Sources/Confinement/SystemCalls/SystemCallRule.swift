/// What becomes of the calls of one number, if their arguments pass all tests; if not, the next rule is asked.
package struct SystemCallRule: Sendable {
    package struct ArgumentTest: Sendable {
        enum Test: Sendable {
            case isAny(of: [UInt32])
            case hasAll(UInt32)
            case hasNone(UInt32)
        }

        let index: UInt32
        let test: Test

        /// All 64 bits count.
        package static func argument(_ index: UInt32, isAnyOf values: [UInt32]) -> ArgumentTest {
            ArgumentTest(index: index, test: .isAny(of: values))
        }

        /// The kernel has no flag in the upper half of an argument tested so.
        package static func argument(_ index: UInt32, hasAll bits: UInt32) -> ArgumentTest {
            ArgumentTest(index: index, test: .hasAll(bits))
        }

        package static func argument(_ index: UInt32, hasNone bits: UInt32) -> ArgumentTest {
            ArgumentTest(index: index, test: .hasNone(bits))
        }
    }

    let number: UInt32
    let tests: [ArgumentTest]
    let verdict: SystemCallVerdict

    package init(_ number: Int32, _ tests: [ArgumentTest] = [], _ verdict: SystemCallVerdict = .allowed) {
        self.number = UInt32(bitPattern: number)
        self.tests = tests
        self.verdict = verdict
    }
}
