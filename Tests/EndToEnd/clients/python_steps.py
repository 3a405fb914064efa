"""What the Python programs share: the statements, and what is printed."""

import json

TABLE = "carto-demo-data.demo_tables.populated_places"
BIGGEST = "SELECT name FROM populated_places ORDER BY population DESC LIMIT 3"
MISTAKE = "SELEC name"


def page(offset):
    return f"SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET {offset}"


def filled(template):
    return template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")


def print_result(rows, paged, tile_url, tile_status, tile_bytes, error_status, error):
    print(json.dumps({
        "rows": [row["name"] for row in rows], "paged": paged,
        "tile": {"url": tile_url, "status": tile_status, "bytes": tile_bytes},
        "error": {"status": error_status, "message": error["error"]}}))
