import Configuration
import Testing

@Suite struct BuiltInRoutesTests {
    @Test func theTableIsCompiledIn() {
        #expect(!BuiltInRoutes.text.isEmpty)
    }
}
