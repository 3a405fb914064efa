/// Why a request goes no further, and what would change that.
package struct Refusal: Error, Equatable, Sendable {
    package let rule: RefusalRule
    /// Names the configuration line that would allow it, where one would. What it repeats of the
    /// request has been checked to be plain ASCII of a host and port.
    package let hint: String

    init(_ rule: RefusalRule, hint: String? = nil) {
        self.rule = rule
        self.hint = hint ?? RefusalHint.hint(rule)
    }

    package var status: Int { rule.status }
    package var code: String { rule.rawValue }
    package var error: String { rule.error }
}
