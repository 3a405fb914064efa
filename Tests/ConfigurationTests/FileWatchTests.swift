import Foundation
import Testing

@testable import Configuration

@Suite struct FileWatchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Files that belong together are written one after the other.
    @Test func aChangeIsToldOnceAllHaveComeToRest() throws {
        let one = try folder.write("one", to: "one")
        let two = try folder.write("two", to: "two")
        var watch = FileWatch([one, two])
        #expect([watch.look(), watch.look()] == [false, false])
        _ = try folder.write("another", to: "one")
        #expect([watch.look()] == [false])
        _ = try folder.write("the other", to: "two")
        #expect([watch.look(), watch.look(), watch.look()] == [false, true, false])
    }

    @Test func whatIsPutBackIsNoChange() throws {
        let path = folder.path + "/absent"
        var watch = FileWatch([path])
        _ = try folder.write("x", to: "absent")
        #expect([watch.look()] == [false])
        try FileManager.default.removeItem(atPath: path)
        #expect([watch.look(), watch.look()] == [false, false])
    }
}
