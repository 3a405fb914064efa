import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Java's HttpClient: it asks for HTTP/2 by an upgrade, and its POST of a stream comes in chunks. */
class HttpClientProgram {
    static final HttpClient client = HttpClient.newHttpClient();
    static final String table = "carto-demo-data.demo_tables.populated_places";

    static HttpResponse<String> get(String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    static String query(String sql, String statement) {
        return sql + "?q=" + URLEncoder.encode(statement, StandardCharsets.UTF_8);
    }

    /** All strings that stand behind the name; Java brings no JSON parser. */
    static List<String> members(String document, String name) {
        var found = new ArrayList<String>();
        var matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\\[?\\s*(\"(?:[^\"\\\\]|\\\\.)*\")").matcher(document);
        while (matcher.find()) found.add(matcher.group(1));
        return found;
    }

    static String unquoted(String string) {
        return string.substring(1, string.length() - 1).replace("\\/", "/");
    }

    public static void main(String[] arguments) throws Exception {
        var base = arguments[0];
        var sql = base + "/v3/sql/carto_dw/query";
        var rows = get(query(sql, "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3")).body();
        var rowNames = members(rows.substring(0, rows.indexOf("\"schema\"")), "name");
        int paged = 0;
        for (int count = 100; count == 100; paged += count) {
            var body = "{\"q\":\"SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET " + paged + "\"}";
            var request = HttpRequest.newBuilder(URI.create(sql)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes()))).build();
            var page = client.send(request, BodyHandlers.ofString()).body();
            count = members(page.substring(0, page.indexOf("\"schema\"")), "name").size();
        }
        var instantiation = get(base + "/v3/maps/carto_dw/table?name=" + table).body();
        var tilejson = get(unquoted(members(instantiation.substring(instantiation.indexOf("\"tilejson\"")), "url").get(0))).body();
        var template = unquoted(members(tilejson, "tiles").get(0));
        var url = template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0");
        var tile = client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
        var error = get(query(sql, "SELEC name"));
        System.out.println("{\"rows\":" + rowNames + ",\"paged\":" + paged
            + ",\"tile\":{\"url\":\"" + template + "\",\"status\":" + tile.statusCode() + ",\"bytes\":" + tile.body().length + "}"
            + ",\"error\":{\"status\":" + error.statusCode() + ",\"message\":" + members(error.body(), "error").get(0) + "}}");
    }
}
