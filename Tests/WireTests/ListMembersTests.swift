import Testing
import Wire

@Suite struct ListMembersTests {
    private func members(_ list: String, strict: Bool = false) -> [String] {
        let input = bytes(list)
        var members = ListMembers(0..<input.count)
        var found: [String] = []
        while let member = strict ? members.nextStrict(in: input.span) : members.next(in: input.span) {
            found.append(text(input[member]))
        }
        return found
    }

    @Test func skipsEmptyMembers() {
        #expect(members("a, b\t,,c d , ") == ["a", "b", "c d"])
        #expect(members("") == [])
        #expect(members(" ") == [])
        #expect(members(",,") == [])
    }

    @Test func showsEmptyMembersWhereTheyMatter() {
        #expect(members("a,", strict: true) == ["a", ""])
        #expect(members(",a", strict: true) == ["", "a"])
        #expect(members("", strict: true) == [])
    }

    @Test func doesNotSplitQuotedStrings() {
        #expect(members("\"a,b\", c;d=\"e\\\",f\" ,g") == ["\"a,b\"", "c;d=\"e\\\",f\"", "g"])
        #expect(members("\"a,b") == ["\"a,b"])
        #expect(members("\"a\\") == ["\"a\\"])
    }
}
