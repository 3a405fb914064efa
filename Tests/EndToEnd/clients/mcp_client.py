"""The `mcp` package: streamable HTTP. It does what MCP has for each step: a tool, its pages, its errors."""

import asyncio
import json
import sys

from mcp import Client


async def main(base):
    progress = []

    async def note(done, total, message):
        progress.append(done)

    async with Client(f"{base}/mcp/ac_sandbox") as carto:
        async def rows(statement):
            result = await carto.call_tool("run_query", {"query": statement}, progress_callback=note)
            return json.loads(result.content[0].text) if not result.is_error else result.content[0].text

        biggest = await rows("SELECT name FROM populated_places ORDER BY population DESC LIMIT 3")
        paged = 0
        while True:
            page = await rows(f"SELECT name FROM populated_places ORDER BY name LIMIT 100 OFFSET {paged}")
            paged += len(page)
            if len(page) < 100:
                break
        tools = [tool.name for tool in (await carto.list_tools()).tools]
        print(json.dumps({"rows": [row["name"] for row in biggest], "paged": paged, "tools": tools,
                          "progress": progress, "error": await rows("SELEC name")}))


asyncio.run(main(sys.argv[1]))
