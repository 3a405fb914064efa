import Sandbox
import Testing

@Suite struct SQLTests {
    @Test(arguments: [
        ("SELECT 1", #"[{"f0_":1}]"#),
        ("select 'a''b' as t, -2.5 as n, true as b, null as z;", #"[{"t":"a'b","n":-2.5,"b":true,"z":null}]"#),
        ("SELECT name FROM populated_places WHERE name = 'Madrid'", #"[{"name":"Madrid"}]"#),
        ("SELECT name FROM `carto-demo-data.demo_tables.populated_places` LIMIT 1", #"[{"name":"Tokyo"}]"#),
        ("SELECT name FROM carto-demo-data.demo_tables.populated_places LIMIT 1", #"[{"name":"Tokyo"}]"#),
        ("SELECT name FROM \"carto-demo-data\".\"demo_tables\".populated_places LIMIT 1", #"[{"name":"Tokyo"}]"#),
        ("SELECT NAME, Population AS p FROM populated_places LIMIT 1 OFFSET 1", #"[{"name":"Delhi","p":31200000}]"#),
        ("SELECT name FROM populated_places ORDER BY population DESC LIMIT 2", #"[{"name":"Tokyo"},{"name":"Delhi"}]"#),
        ("SELECT name FROM populated_places ORDER BY population, name LIMIT 1", #"[{"name":"Longyearbyen"}]"#),
        ("SELECT name FROM populated_places WHERE lat > 70", #"[{"name":"Longyearbyen"}]"#),
        ("SELECT name FROM populated_places WHERE lat < -50 AND country <> 'Chile'", #"[{"name":"Ushuaia"}]"#),
        ("SELECT name FROM populated_places WHERE name LIKE 're_kjav%'", "[]"),
        ("SELECT name FROM populated_places WHERE name LIKE 'Re_kjav_k'", #"[{"name":"Reykjavík"}]"#),
        ("SELECT name FROM populated_places WHERE name LIKE '%kja%vik'", "[]"),
        ("SELECT name FROM populated_places WHERE name LIKE 'R%k%v_k'", #"[{"name":"Reykjavík"}]"#),
        ("SELECT iata FROM airports WHERE iata IN ('MAD','BCN') ORDER BY 1", #"[{"iata":"BCN"},{"iata":"MAD"}]"#),
        ("SELECT iata FROM airports WHERE elevation_ft BETWEEN -100 AND 0", #"[{"iata":"AMS"}]"#),
        ("SELECT count(*) FROM airports WHERE iata IS NULL", #"[{"f0_":0}]"#),
        ("SELECT COUNT(*) AS n, min(iata) lo FROM airports", "Syntax error: unexpected lo"),
        ("SELECT count(*) AS n, min(iata) AS lo, max(iata) AS hi FROM airports", #"[{"n":54,"lo":"ADD","hi":"ZRH"}]"#),
        (
            "SELECT sum(elevation_ft) AS s, avg(elevation_ft) AS a FROM airports WHERE iata IN ('LHR','LGW')",
            #"[{"s":285,"a":142.5}]"#
        ),
        ("SELECT sum(elevation_ft) AS s FROM airports WHERE iata = 'none'", #"[{"s":null}]"#),
        (
            "SELECT country, count(*) AS n FROM airports GROUP BY country ORDER BY n DESC, country LIMIT 2",
            #"[{"country":"United States","n":11},{"country":"China","n":3}]"#
        ),
        ("SELECT name -- which\n FROM /* the */ airports # ones\n WHERE iata='MUC'", #"[{"name":"Munich"}]"#),
        (
            "SELECT geom FROM airports WHERE iata = 'MUC'",
            #"[{"geom":{"type":"Point","coordinates":[11.7861,48.3538]}}]"#
        ),
        ("", "Syntax error: the statement is empty"),
        ("   ", "Syntax error: the statement is empty"),
        ("DELETE FROM airports", "The sandbox only answers SELECT, not DELETE"),
        ("SELECT", "Syntax error: unexpected end of statement"),
        ("SELECT *", "Syntax error: unexpected end of statement"),
        ("SELECT * FROM nowhere", "Not found: Table nowhere"),
        ("SELECT nothing FROM airports", "Unrecognized name: nothing"),
        ("SELECT iata FROM airports WHERE iata = 3", "No matching signature for operator on column iata"),
        (
            "SELECT iata, count(*) FROM airports",
            "SELECT list expression references column iata which is neither grouped nor aggregated"
        ),
        ("SELECT sum(iata) FROM airports", "The column iata holds no numbers"),
        ("SELECT * FROM airports; DROP TABLE airports", "Syntax error: unexpected DROP"),
        ("SELECT * FROM airports WHERE iata = 'x", "Syntax error: unclosed literal at [1:37]"),
        ("SELECT * FROM airports LIMIT -1", "Syntax error: unexpected LIMIT or OFFSET"),
        ("SELECT * FROM airports LIMIT 99999999999999999999", "Syntax error: unexpected LIMIT or OFFSET"),
        ("SELECT 1e999", "Syntax error: malformed number at [1:8]"),
        ("SELECT * FROM airports ORDER BY 99", "Unrecognized name: 99"),
        ("SELECT % FROM airports", "Syntax error: illegal character at [1:8]"),
        ("SELECT * FROM synthetic_rows", "The table has no end: the statement must be SELECT * with a LIMIT"),
    ])
    func statement(_ statement: String, gives expected: String) {
        let answer = Bench().query(statement)
        let document = json(answer)
        if expected.hasPrefix("[") {
            #expect(answer.status == 200)
            #expect(document["rows"] == (try? JSONReader.read(Array(expected.utf8))), "\(text(answer))")
            #expect(document["schema"]?.asArray != nil)
            #expect(document["meta"]?["cacheHit"] == false)
        } else {
            #expect(answer.status == 400)
            #expect(document == ["error": .text(expected), "status": 400])
        }
    }
}
