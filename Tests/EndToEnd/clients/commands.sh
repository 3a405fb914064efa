# What the programs of the command line share: the statements, and reading and writing JSON.
# shellcheck shell=sh disable=SC2034
table=carto-demo-data.demo_tables.populated_places
biggest="SELECT name FROM populated_places ORDER BY population DESC LIMIT 3"
mistake="SELEC name"

page() { echo "SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET $1"; }
page_as_json() { python3 -c 'import json, sys; print(json.dumps({"q": sys.argv[1]}))' "$(page "$1")"; }

# member EXPRESSION: that of the document on standard input, which is `it`.
member() {
    python3 -c '
import json, sys
def names(rows): return json.dumps([row["name"] for row in rows])
it = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

encoded() { python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$1"; }
filled() { echo "$1" | sed 's/{z}/0/; s/{x}/0/; s/{y}/0/'; }
first_line() { echo "$1" | head -n 1; }
last_line() { echo "$1" | tail -n 1; }

# print_result ROWS PAGED TEMPLATE TILE_STATUS TILE_BYTES ERROR_STATUS ERROR_MESSAGE
print_result() {
    python3 -c '
import json, sys
rows, paged, url, tile_status, size, status, message = sys.argv[1:]
print(json.dumps({
    "rows": json.loads(rows), "paged": int(paged), "tile": {"url": url, "status": int(tile_status), "bytes": int(size)},
    "error": {"status": int(status), "message": message}}))' "$@"
}
