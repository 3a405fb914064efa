/// The fields this program acts on, by name; every other name is `.other`.
///
/// Matching is on bytes and ASCII-case-insensitive (RFC 9110 §5.1). The four families stand for names
/// that begin with a prefix and are not listed one by one; like `.other` they have no ``canonical``
/// spelling.
package enum FieldName: UInt8, Equatable, Hashable, Sendable, CaseIterable {
    // Connection management and framing (RFC 9110 §7, RFC 9112)
    case host, connection, keepAlive, proxyConnection, transferEncoding, te, trailer, upgrade, contentLength,
        http2Settings

    // Content and its representation
    case contentType, contentEncoding, contentLanguage, contentLocation, contentDisposition, contentRange

    // What a client asks for
    case accept, acceptEncoding, acceptLanguage, acceptCharset, acceptRanges, userAgent, from, maxForwards,
        expect, prefer, dnt, priority

    // Credentials
    case authorization, wwwAuthenticate, authenticationInfo, authenticationControl, proxyAuthorization,
        proxyAuthenticate, proxyAuthenticationInfo, cookie, cookie2, setCookie, setCookie2, xAPIKey

    // Where a browser says a request comes from
    case origin, referer, referrerPolicy, secFetchSite, secFetchMode, secFetchDest, secFetchUser, secPurpose

    // Cross-origin questions
    case accessControlRequestMethod, accessControlRequestHeaders, accessControlRequestPrivateNetwork,
        accessControlRequestLocalNetwork

    // Cross-origin answers, and what else opens a response to other origins
    case accessControlAllowOrigin, accessControlAllowMethods, accessControlAllowHeaders,
        accessControlAllowCredentials, accessControlAllowPrivateNetwork, accessControlAllowLocalNetwork,
        accessControlExposeHeaders, accessControlMaxAge, timingAllowOrigin

    // Who passed a message on
    case via, forwarded, xForwardedFor, xForwardedHost, xForwardedProto, xForwardedPort, xForwardedPrefix,
        xForwardedServer, xForwardedSsl, xForwardedScheme, xForwardedProtocol, xForwardedBy, xForwardedPath,
        xForwardedURI, xForwardedMethod, xForwardedUser, xForwardedClientCert, xForwarded

    // Whom a request claims to come from
    case xRealIP, xClientIP, xClusterClientIP, xRemoteAddr, xRemoteUser, remoteUser, xOriginatingIP,
        trueClientIP, cfConnectingIP, fastlyClientIP, xURLScheme, frontEndHttps

    // What some servers let override the method, the target or the host
    case xHTTPMethodOverride, xHTTPMethod, xMethodOverride, xOriginalURL, xOriginalURI, xRewriteURL,
        xOriginalHost, xHost, xHTTPHostOverride, xHTTPPathOverride, xOriginalMethod

    // Conditions, ranges and digests
    case etag, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange, range, contentMD5, digest,
        wantDigest, contentDigest, reprDigest, wantContentDigest, wantReprDigest

    // Control data of answers
    case location, refresh, link, retryAfter, allow, date, age, cacheControl, pragma, vary, lastModified,
        expires, server, serverTiming, warning

    // What an answer may tell a browser to do beyond itself
    case altSvc, strictTransportSecurity, publicKeyPins, nel, reportTo, reportingEndpoints, clearSiteData,
        contentSecurityPolicy, contentSecurityPolicyReportOnly, xContentTypeOptions, xFrameOptions

    // Isolation of documents and workers
    case crossOriginResourcePolicy, crossOriginOpenerPolicy, crossOriginEmbedderPolicy, sourceMap, xSourceMap,
        serviceWorker, serviceWorkerAllowed

    // Limits, tracing and protocols that are not spoken here
    case xRateLimitLimit, xRateLimitRemaining, xRateLimitReset, rateLimit, rateLimitPolicy, lastEventID,
        xRequestID, xCorrelationID, traceparent, tracestate, secWebSocketKey, secWebSocketVersion,
        secWebSocketProtocol, secWebSocketExtensions, secWebSocketAccept

    // Our own
    case cartoucheError, cartoucheRequestID, cartoucheKey

    // Families: X-Forwarded-…, Access-Control-…, Sec-Fetch-…, Cartouche-…
    case xForwardedOther, accessControlOther, secFetchOther, cartoucheOther

    case other
}
