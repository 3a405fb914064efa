"""carto-auth and pydeck-carto.

Their objects hold the base and the token; a source of pydeck-carto is written into the page as a call, and the browser
makes the requests. Here they are made from what the sources hold, the token they were given included.
"""

import json
import sys

import pydeck_carto as pdkc
import requests
from carto_auth import CartoAuth
from python_steps import BIGGEST, MISTAKE, TABLE, filled, page, print_result

auth = CartoAuth(mode="oauth", api_base_url=sys.argv[1], access_token="cartouche", expiration=4102444800, use_cache=False)
common = {"api_base_url": auth.get_api_base_url(), "access_token": auth.get_access_token(), "connection_name": "carto_dw"}


def arguments(source):
    """Of the call that a source is."""
    return json.loads(json.dumps(source, default=vars))


table = arguments(pdkc.sources.vector_table_source(table_name=TABLE, **common))
query = arguments(pdkc.sources.vector_query_source(sql_query=BIGGEST, **common))
with requests.Session() as carto:
    carto.headers["Authorization"] = f"Bearer {query['accessToken']}"
    sql = f"{query['apiBaseUrl']}/v3/sql/{query['connectionName']}/query"
    rows = carto.get(sql, params={"q": query["sqlQuery"], "client": query["clientId"]}).json()["rows"]
    paged = 0
    while True:
        count = len(carto.post(sql, json={"q": page(paged), "client": query["clientId"]}).json()["rows"])
        paged += count
        if count < 100:
            break
    instantiation = carto.get(f"{table['apiBaseUrl']}/v3/maps/{table['connectionName']}/table",
                              params={"name": table["tableName"], "client": table["clientId"]}).json()
    template = carto.get(instantiation["tilejson"]["url"][0]).json()["tiles"][0]
    tile = carto.get(filled(template))
    error = carto.get(sql, params={"q": MISTAKE})
    print_result(rows, paged, template, tile.status_code, len(tile.content), error.status_code, error.json())
