import Admission
import Wire

/// One request and what is to become of it.
struct AdmissionCase: CustomStringConvertible, Sendable {
    enum Outcome: Equatable, Sendable {
        /// Forwarded without a grant: not a page, or one of ours that named no origin.
        case passed
        /// Forwarded, and the page may read the answer.
        case granted
        case preflight
        case refused(RefusalRule)
        /// The parser of heads already refuses it.
        case malformed
    }

    var method = "GET"
    var target = "/v3/maps/c/table"
    var fields: [String]
    var listener = Listener.tcp(port: 22786, isTLS: false)
    var reach = RouteReach.tokenRoutes
    var version = "1.1"
    let outcome: Outcome

    var description: String { "\(method) \(target) \(fields)" }

    var head: RequestHead? {
        let text = "\(method) \(target) HTTP/\(version)\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        var head = RequestHead()
        do {
            try head.parse(Array(text.utf8).span)
            return head
        } catch {
            return nil
        }
    }

    func run(_ rules: AdmissionRules) -> (outcome: Outcome, refusal: Refusal?) {
        guard let head else { return (.malformed, nil) }
        let visitor: Visitor
        switch rules.admit(head, at: listener) {
        case .refused(let refusal): return (.refused(refusal.rule), refusal)
        case .admitted(let found): visitor = found
        }
        switch rules.decide(visitor, for: reach, of: head) {
        case .admitted(let grant): return (grant == nil ? .passed : .granted, nil)
        case .preflight: return (.preflight, nil)
        case .refused(let refusal): return (.refused(refusal.rule), refusal)
        }
    }
}
