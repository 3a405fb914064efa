"""aiohttp; its POST is a stream, so it comes in chunks."""

import asyncio
import json
import sys

import aiohttp
from python_steps import BIGGEST, MISTAKE, TABLE, filled, page, print_result


async def in_pieces(document):
    text = json.dumps(document).encode()
    for start in range(0, len(text), 16):
        yield text[start : start + 16]


async def main(base):
    async with aiohttp.ClientSession(base) as carto:
        async with carto.get("/v3/sql/carto_dw/query", params={"q": BIGGEST}, raise_for_status=True) as answer:
            rows = (await answer.json())["rows"]
        paged = 0
        while True:
            async with carto.post("/v3/sql/carto_dw/query", data=in_pieces({"q": page(paged)}),
                                  headers={"Content-Type": "application/json"}, raise_for_status=True) as answer:
                count = len((await answer.json())["rows"])
            paged += count
            if count < 100:
                break
        async with carto.get("/v3/maps/carto_dw/table", params={"name": TABLE}) as answer:
            tilejson = (await answer.json())["tilejson"]["url"][0]
        async with carto.get(tilejson) as answer:
            template = (await answer.json())["tiles"][0]
        async with carto.get(filled(template)) as answer:
            tile = answer.status, len(await answer.read())
        async with carto.get("/v3/sql/carto_dw/query", params={"q": MISTAKE}) as answer:
            print_result(rows, paged, template, *tile, answer.status, await answer.json())


asyncio.run(main(sys.argv[1]))
