import Configuration
import Policy
import Sandbox
import Secrets

/// What the demo's proxy is told, and what its user is.
enum DemoConfiguration {
    /// A configuration as a user would write it, for the sandbox at `urls`.
    static func text(identity: SandboxIdentity, urls: SandboxURLs) -> [UInt8] {
        var text = Array(
            """
            api_base_url: \(urls.api)
            auth_server: \(urls.auth)
            accounts_url: \(urls.accounts)
            ai_base_url: \(urls.ai)
            client_id: \(identity.clientID)
            token_cache: off

            """.utf8)
        append("client_secret", identity.clientSecret, to: &text)
        append("api_access_token", identity.apiAccessToken, to: &text)
        text += "routes:\n".utf8
        for line in linesThatAllow() { text += "  \(line)\n".utf8 }
        return text
    }

    private static func append(_ key: String, _ secret: Secret, to text: inout [UInt8]) {
        text += "\(key): \"".utf8
        secret.withExposedBytes { bytes in
            for index in bytes.indices { text.append(bytes[index]) }
        }
        text += "\"\n".utf8
    }

    /// Every route that is denied by default: nothing here belongs to anybody.
    private static func linesThatAllow() -> [String] {
        guard let rules = try? BuiltInRoutes.rules(), let table = try? RouteTable(builtIn: rules) else { return [] }
        return table.routes.filter(\.isDenied).flatMap { route in
            route.methods.methods.filter { $0 != .head }.map { route.lineThatAllows($0) }
        }
    }

    /// What to try, for whoever has just started it; `base` is where the proxy listens.
    static func greeting(_ base: String) -> String {
        """

        Cartouche is listening on \(base), before a CARTO of its own. Send it requests without any token:

          curl -sG \(base)/v3/sql/carto_dw/query --data-urlencode 'q=SELECT name, population FROM populated_places ORDER BY population DESC LIMIT 3'

          python3 -c "import json, urllib.request as u; get = lambda url: json.load(u.urlopen(url)); print(get(get('\(base)/v3/maps/carto_dw/table?name=carto-demo-data.demo_tables.populated_places')['tilejson']['url'][0])['tiles'][0])"

          node -e "fetch('\(base)/v3/lds/geocoding/geocode?address=Madrid').then(r => r.json()).then(places => console.log(JSON.stringify(places)))"

        The second one follows a map's URLs: they lead back here. Ctrl-C ends it.
        """
    }
}
