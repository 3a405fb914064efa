"""httpx; its POST is a form, its pages come through one client."""

import sys

import httpx
from python_steps import BIGGEST, MISTAKE, TABLE, filled, page, print_result

with httpx.Client(base_url=sys.argv[1]) as carto:
    query = carto.get("/v3/sql/carto_dw/query", params={"q": BIGGEST}).raise_for_status()
    paged = 0
    while True:
        answer = carto.post("/v3/sql/carto_dw/query", data={"q": page(paged)}).raise_for_status()
        paged += len(answer.json()["rows"])
        if len(answer.json()["rows"]) < 100:
            break
    tilejson = carto.get("/v3/maps/carto_dw/table", params={"name": TABLE}).json()["tilejson"]["url"][0]
    template = carto.get(tilejson).json()["tiles"][0]
    tile = carto.get(filled(template))
    error = carto.get("/v3/sql/carto_dw/query", params={"q": MISTAKE})
    print_result(query.json()["rows"], paged, template, tile.status_code, len(tile.content), error.status_code, error.json())
