"""Python requests, with a session, so connections are kept."""

import sys

import requests
from python_steps import BIGGEST, MISTAKE, TABLE, filled, page, print_result

base = sys.argv[1]
with requests.Session() as carto:
    query = carto.get(f"{base}/v3/sql/carto_dw/query", params={"q": BIGGEST})
    query.raise_for_status()
    paged = 0
    while True:
        answer = carto.post(f"{base}/v3/sql/carto_dw/query", json={"q": page(paged)})
        answer.raise_for_status()
        paged += len(answer.json()["rows"])
        if len(answer.json()["rows"]) < 100:
            break
    tilejson = carto.get(f"{base}/v3/maps/carto_dw/table", params={"name": TABLE}).json()["tilejson"]["url"][0]
    template = carto.get(tilejson).json()["tiles"][0]
    tile = carto.get(filled(template))
    error = carto.get(f"{base}/v3/sql/carto_dw/query", params={"q": MISTAKE})
    print_result(query.json()["rows"], paged, template, tile.status_code, len(tile.content), error.status_code, error.json())
