// Each of these is made on first use, which costs a check on every later one: code that asks for many
// lines should take the set into a constant first.
extension FieldNameSet {
    /// Fields of one connection, never passed on (RFC 9110 §7.6.1 and the older names still in use).
    /// `Trailer` and `TE` speak of this connection's framing and are written anew where needed.
    package static let hopByHop: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .transferEncoding, .te, .trailer, .upgrade, .http2Settings,
        .proxyAuthenticate, .proxyAuthorization, .proxyAuthenticationInfo,
    ]

    /// Fields that decide where a message ends.
    package static let framing: FieldNameSet = [.contentLength, .transferEncoding]

    /// Fields by which a request tells who it comes from and how; written by proxies, forged by clients.
    package static let forwarding: FieldNameSet = [
        .via, .forwarded, .xForwarded, .xForwardedFor, .xForwardedHost, .xForwardedProto, .xForwardedPort,
        .xForwardedPrefix, .xForwardedServer, .xForwardedSsl, .xForwardedScheme, .xForwardedProtocol,
        .xForwardedBy, .xForwardedPath, .xForwardedURI, .xForwardedMethod, .xForwardedUser,
        .xForwardedClientCert, .xForwardedOther, .xRealIP, .xClientIP, .xClusterClientIP, .xRemoteAddr,
        .xRemoteUser, .remoteUser, .xOriginatingIP, .trueClientIP, .cfConnectingIP, .fastlyClientIP,
        .xURLScheme, .frontEndHttps,
    ]

    /// Fields that some servers obey instead of the method, the target or `Host`.
    package static let overrides: FieldNameSet = [
        .xHTTPMethodOverride, .xHTTPMethod, .xMethodOverride, .xOriginalURL, .xOriginalURI, .xRewriteURL,
        .xOriginalHost, .xHost, .xHTTPHostOverride, .xHTTPPathOverride, .xOriginalMethod,
    ]

    /// Fields that carry or ask for credentials.
    package static let credentials: FieldNameSet = [
        .authorization, .wwwAuthenticate, .authenticationInfo, .authenticationControl, .proxyAuthorization,
        .proxyAuthenticate, .proxyAuthenticationInfo, .cookie, .cookie2, .setCookie, .setCookie2, .xAPIKey,
    ]

    /// Fields by which a server opens an answer to scripts of other origins.
    package static let accessControlResponse: FieldNameSet = [
        .accessControlAllowOrigin, .accessControlAllowMethods, .accessControlAllowHeaders,
        .accessControlAllowCredentials, .accessControlAllowPrivateNetwork, .accessControlAllowLocalNetwork,
        .accessControlExposeHeaders, .accessControlMaxAge, .accessControlOther, .timingAllowOrigin,
    ]

    /// Fields by which a browser asks whether it may make a request.
    package static let accessControlRequest: FieldNameSet = [
        .accessControlRequestMethod, .accessControlRequestHeaders, .accessControlRequestPrivateNetwork,
        .accessControlRequestLocalNetwork,
    ]

    /// This program's own fields; nobody else may send them onwards.
    package static let own: FieldNameSet = [
        .cartoucheError, .cartoucheRequestID, .cartoucheKey, .cartoucheOther,
    ]

    /// Fields a trailer section must not hold (RFC 9110 §6.5.1: framing, routing, request modifiers,
    /// authentication). A section with one of them is refused: a server that merged it into the head
    /// would see another request than the one that was checked.
    package static let forbiddenInTrailers: FieldNameSet = hopByHop.union(framing).union(forwarding)
        .union(overrides).union(credentials).union(accessControlResponse).union(accessControlRequest).union(own)
        .union([
            .host, .expect, .maxForwards, .origin, .referer, .secFetchSite, .secFetchMode, .secFetchDest,
            .secFetchUser, .secFetchOther, .contentEncoding, .contentRange, .range, .ifMatch, .ifNoneMatch,
            .ifModifiedSince, .ifUnmodifiedSince, .ifRange, .cacheControl, .location,
        ])

    /// Fields in whose place a field of a similar name must not be honoured by anybody
    /// (``FieldLine/lookalike``).
    package static let imitated: FieldNameSet = forbiddenInTrailers.union([.contentType, .contentDisposition])
}

extension FieldName {
    /// Whether this stands for one name only, which ``canonical`` spells: not `.other`, not a family.
    @inlinable
    package var isListed: Bool { rawValue < FieldName.xForwardedOther.rawValue }

    package var isHopByHop: Bool { FieldNameSet.hopByHop.contains(self) }
}
