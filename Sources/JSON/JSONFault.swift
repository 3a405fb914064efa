/// Why bytes are not a JSON text that can be read.
package enum JSONFault: Error, Equatable, Sendable {
    case notJSON
    case nestedTooDeep
}
