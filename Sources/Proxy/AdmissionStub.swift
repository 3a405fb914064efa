import Policy
import Wire

package struct AdmissionSettings: Sendable { package init() {} }
package struct CORSGrant {}
package struct PreflightAnswer {}
package struct Refusal { var status = 403, code = "", error = "", hint = "" }
struct AdmissionRules {}
extension Gate {
    func admit(_ head: borrowing RequestHead, into request: inout RequestFacts) throws(Refused) {}
    func admit(_ head: borrowing RequestHead, for route: Route, into request: inout RequestFacts) throws(Refused) -> PreflightAnswer? { nil }
    func appendLocation(_ head: borrowing ResponseHead, request: RequestFacts, to output: inout [UInt8]) {}
}
extension RequestFacts {
    func appendCORS(to output: inout [UInt8]) {}
    func appendPreflight(to output: inout [UInt8]) {}
}
