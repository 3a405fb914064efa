import Admission
import ClientKeys
import Credentials
import Policy

/// What the proxy does with a request, and why. It holds no secret, and nothing of a request that may be one.
package struct Explanation: Sendable {
    package enum Outcome: Equatable, Sendable {
        case forwarded
        /// A browser's question before the request itself.
        case preflightAnswered
        /// `carto-info.json`.
        case answeredHere
        case refused(Failure)
    }

    /// What `read_only` says of the request, whether it is on or not.
    package enum Reading: Equatable, Sendable {
        case reads
        /// The query does not speak against it.
        case decidedByBody
        case refused(ReadOnlyRefusal)
    }

    /// A field line the upstream gets that the client did not send.
    package struct AddedField: Equatable, Sendable {
        package let name: String
        /// Of the credential: what kind it is.
        package let value: String
    }

    package var outcome: Outcome
    /// The route that decides; nil where the request did not come as far, or none is known.
    package var route: Route?
    /// What the other of the two layers, built in and configured, has for the request.
    package var overruled: Route?
    /// The name and kind of the credential that the request is sent with.
    package var credential: CredentialBook.Entry?
    package var reading: Reading?
    /// The client's, where it has to have one and has.
    package var key: KeyRecord?
    /// What is sent, and where to: an absolute URL. Only of requests that are forwarded.
    package var url: String?
    /// The client's fields that are not passed on, in their order.
    package var removedFields: [String] = []
    package var addedFields: [AddedField] = []
    /// Parameters of the query that are not passed on, by name.
    package var removedParameters: [String] = []
}
