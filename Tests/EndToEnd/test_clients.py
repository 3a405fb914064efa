"""The clients people have, as Debian and PyPI ship them: each runs its small program of `clients/` against the demo.

What each did is printed as a table when the tests have run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, Cartouche
from harness.recording_upstream import Exchange
from harness.relay import Relay

PROGRAMS = Path(__file__).parent / "clients"
PAGE = Path(__file__).parents[2] / "Sources/cartouche/Documentation.docc/Clients.md"
PYTHON = sys.executable


@dataclass(frozen=True)
class Client:
    """A client, its program, and how it is built and run; `needs` is the program or file that has to be there."""

    name: str
    program: str
    run: tuple[str, ...]
    build: tuple[str, ...] = ()
    needs: str = ""
    # What it does by itself, and so has to be seen to do.
    keeps_connections: bool = False
    asks_for_gzip: bool = False
    sends_chunks: bool = False


# {program}: the source; {built}: where the result of `build` goes.
CLIENTS = [
    Client("curl", "curl.sh", ("sh", "{program}"), needs="curl", asks_for_gzip=True),
    Client("wget", "wget.sh", ("sh", "{program}"), needs="wget", asks_for_gzip=True),
    Client("HTTPie", "httpie.sh", ("sh", "{program}"), needs="http", asks_for_gzip=True),
    Client("Python requests", "requests_client.py", (PYTHON, "{program}"), keeps_connections=True, asks_for_gzip=True),
    Client("Python httpx", "httpx_client.py", (PYTHON, "{program}"), keeps_connections=True, asks_for_gzip=True),
    Client("Python aiohttp", "aiohttp_client.py", (PYTHON, "{program}"), keeps_connections=True, asks_for_gzip=True,
           sends_chunks=True),
    Client("carto-auth, pydeck-carto", "pydeck_carto_client.py", (PYTHON, "{program}"), keeps_connections=True,
           asks_for_gzip=True),
    Client("Node fetch", "node_fetch.mjs", ("node", "{program}"), needs="node", keeps_connections=True, asks_for_gzip=True),
    Client("Node axios", "axios_client.cjs", ("node", "{program}"), needs="/usr/share/nodejs/axios", asks_for_gzip=True),
    Client("Go net/http", "net_http.go", ("{built}",), ("go", "build", "-o", "{built}", "{program}"), "go",
           keeps_connections=True, asks_for_gzip=True, sends_chunks=True),
    Client("Java HttpClient", "HttpClientProgram.java", ("java", "{program}"), needs="javac", keeps_connections=True,
           sends_chunks=True),
    Client("PHP cURL", "php_curl.php", ("php", "{program}"), needs="php", keeps_connections=True, asks_for_gzip=True),
    Client("PHP Guzzle", "guzzle.php", ("php", "{program}"), needs="/usr/share/php/GuzzleHttp/autoload.php",
           keeps_connections=True),
    Client("Ruby Net::HTTP", "net_http.rb", ("ruby", "{program}"), needs="ruby", keeps_connections=True, asks_for_gzip=True),
    Client("Perl LWP", "lwp.pl", ("perl", "{program}"), needs="/usr/share/perl5/LWP.pm", keeps_connections=True),
    Client("C libcurl", "libcurl.c", ("{built}",), ("cc", "-o", "{built}", "{program}", "-lcurl"), "cc",
           keeps_connections=True, asks_for_gzip=True),
    Client("Swift URLSession", "urlsession.swift", ("{built}",), ("swiftc", "-o", "{built}", "{program}"),
           "swiftc", keeps_connections=True, asks_for_gzip=True),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory, canaries):
    proxy = Cartouche(tmp_path_factory.mktemp("demo"), canaries, {}, ("demo", "--listen", "127.0.0.1:0"))
    try:
        proxy.listening()
        yield proxy
        proxy.stop()
    finally:
        proxy.kill()


@pytest.fixture
def relay(demo):
    relay = Relay(demo.address)
    yield relay
    relay.stop()


@pytest.fixture(scope="module")
def places(demo) -> list[str]:
    """All places by population, asked for without any of the clients."""
    rows = json.loads(demo.client().request(
        "GET", "/v3/sql/carto_dw/query?q=SELECT+name+FROM+populated_places+ORDER+BY+population+DESC").answer().body)["rows"]
    return [row["name"] for row in rows]


def environment(home: Path) -> dict[str, str]:
    """Nothing of the developer's own, no egress proxy above all; tools may cache where the machine lets them."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "GOCACHE", "GOROOT", "JAVA_HOME")}
    return {"HOME": str(home), "GOCACHE": str(home / "go"), "GO111MODULE": "off", "PYTHONDONTWRITEBYTECODE": "1",
            # Where Debian keeps the modules that a Node of other origin does not look for there.
            "NODE_PATH": "/usr/share/nodejs"} | kept


def run(arguments: tuple[str, ...], home: Path, **values: str) -> str:
    done = subprocess.run([argument.format_map(values) for argument in arguments], capture_output=True, text=True,
                          cwd=home, env=environment(home), timeout=100 * PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_there(needed: str) -> bool:
    return os.path.exists(needed) if needed.startswith("/") else shutil.which(needed) is not None


def result_of(client: Client, relay: Relay, home: Path) -> dict:
    """What its program prints."""
    if client.needs and not is_there(client.needs):
        if not shutil.which("apt-get"):
            pytest.skip(f"{client.needs} is not on this machine")
        pytest.fail(f"{client.needs} is missing: deploy/test installs it")
    values = {"program": str(PROGRAMS / client.program), "built": str(home / "program")}
    if client.build:
        run(client.build, home, **values)
    return json.loads(run((*client.run, relay.base), home, **values))


MCP = Client("Python mcp", "mcp_client.py", (PYTHON, "{program}"))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_the_client(client, relay, places, tmp_path, record_row):
    """A query, a paged POST, a map down to its tile and an error, each as the client's users would have it."""
    result = result_of(client, relay, tmp_path)
    assert result["rows"] == places[:3]
    assert result["paged"] == len(places)
    assert result["tile"]["url"].startswith(f"{relay.base}/v3/maps/carto_dw/table/{{z}}/{{x}}/{{y}}?")
    assert result["tile"]["status"] == 200 and result["tile"]["bytes"] > 500
    assert result["error"]["status"] == 400 and "SELEC" in result["error"]["message"]

    # All of it came by the base it was given: URLs it followed lead to where it came in.
    requests = relay.requests
    tiles = [request for request in requests if "/table/0/0/0?" in request.target]
    assert len(tiles) == 1
    posts = [request for request in requests if request.method == "POST"]
    assert len(posts) == len(places) // 100 + 1
    kept, gzip, chunks = (
        len(relay.connections) < len(requests) / 2,
        any("gzip" in request.fields.get("accept-encoding", "") for request in requests),
        all(request.fields.get("transfer-encoding") == "chunked" for request in posts),
    )
    assert (kept or not client.keeps_connections) and (gzip or not client.asks_for_gzip) and chunks == client.sends_chunks
    record_row("Clients", client.name, "3 rows", f"{result['paged']} in {len(posts)} pages", f"{result['tile']['bytes']} bytes",
               f"{result['error']['status']}", f"{len(requests)} on {len(relay.connections)}",
               "gzip" if gzip else "", "chunked" if chunks else "")


def test_the_mcp_client(relay, places, tmp_path, record_row):
    """The PyPI package `mcp`, by event streams: tools, progress while a call runs, a tool's error."""
    result = result_of(MCP, relay, tmp_path)
    assert result["rows"] == places[:3]
    assert result["paged"] == len(places)
    assert "run_query" in result["tools"]
    assert result["progress"][:3] == [1, 2, 3]
    assert "SELEC" in result["error"]
    record_row("Clients", "mcp, events", "3 rows", f"{result['paged']} in {len(places) // 100 + 1} pages", "no tiles",
               "in the result", f"{len(relay.requests)} on {len(relay.connections)}", "", "")


def answer_by_json(exchange: Exchange) -> None:
    """An MCP server that makes no event stream of its answers."""
    exchange.read_body()
    message = json.loads(exchange.body)
    if "id" not in message:
        return exchange.answer(202)
    parameters = message.get("params", {})
    match message["method"]:
        case "initialize":
            result = {"protocolVersion": parameters["protocolVersion"], "capabilities": {"tools": {}},
                      "serverInfo": {"name": "json", "version": "1"}}
        case "tools/list":
            result = {"tools": [{"name": "run_query", "inputSchema": {"type": "object"}}]}
        case "tools/call" if "SELEC " in parameters["arguments"]["query"]:
            result = {"content": [{"type": "text", "text": "no SELEC"}], "isError": True}
        case "tools/call":
            result = {"content": [{"type": "text", "text": json.dumps([{"name": "Madrid"}])}], "isError": False}
        case method:
            error = {"code": -32601, "message": f"Method not found: {method}"}
            return exchange.answer(body=json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode())
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
    exchange.answer(200, {"Mcp-Session-Id": "some-session"}, body)


def test_the_mcp_client_and_json_answers(proxy, upstream, tmp_path, record_row):
    """The same package before a server that answers by JSON; its session's id goes up with each call."""
    upstream.respond = answer_by_json
    relay = Relay(proxy.address)
    result = result_of(MCP, relay, tmp_path)
    relay.stop()
    assert (result["rows"], result["tools"], result["error"]) == (["Madrid"], ["run_query"], "no SELEC")
    calls = [exchange for exchange in upstream.exchanges if b"tools/call" in exchange.body]
    assert {exchange.value("mcp-session-id") for exchange in calls} == {"some-session"}
    record_row("Clients", "mcp, JSON", "1 row", "1 in 1 pages", "no tiles", "in the result",
               f"{len(relay.requests)} on {len(relay.connections)}", "", "")


def snippets() -> list[tuple[str, str]]:
    """The code of Clients.md that runs by itself, with its language."""
    found = re.findall(r"^ *```(sh|python|javascript)\n(.*?)^ *```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return [(language, code) for language, code in found if "@carto/api-client" not in code]


@pytest.mark.parametrize(("language", "code"), snippets(), ids=lambda value: value[:12] if "\n" not in value else "")
def test_what_the_page_on_clients_prints(demo, language, code, tmp_path):
    """Each piece of code of that page, as it stands there but for the port."""
    code = textwrap.dedent(code).replace("http://localhost:22786", demo.base)
    shell = "set -euo pipefail; curl() { command curl -fsS \"$@\"; };\n"
    arguments = {"sh": ("bash", "-c", shell + code), "python": (PYTHON, "-c", code),
                 "javascript": ("node", "--input-type=module", "-e", code)}[language]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, env=environment(tmp_path), timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout or "to_html" in code or "CartoAuth" in code
    assert "error" not in done.stdout
