"""`cartouche demo`: CARTO and the proxy before it, in one program, for whoever wants to see it work."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, Cartouche
from harness.waiting import eventually


@pytest.fixture
def demo(tmp_path, canaries):
    """The demo on a port of its own, nothing configured."""
    proxy = Cartouche(tmp_path / "demo", canaries, {}, ("demo", "--listen", "127.0.0.1:0"))
    try:
        proxy.listening()
        yield proxy
        proxy.stop()
    finally:
        proxy.kill()


def printed(demo: Cartouche, beginning: str) -> str:
    """The line to copy that begins so; they follow the announcement of the listener."""
    def line():
        text = demo.standard_output.read_text(errors="replace")
        lines = (line.strip() for line in text.splitlines(keepends=True) if line.endswith("\n"))
        return next((line for line in lines if line.startswith(beginning)), None)
    return eventually(line, f"a line that begins with {beginning}", 10 * PATIENCE)


def copied(line: str) -> str:
    """What the line prints when it is pasted into a shell."""
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, env={
        "PATH": f"{Path(__file__).parents[2]}/.venv/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"})
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


def test_the_printed_curl_line_works(demo):
    """Pasted, it prints JSON that is no error."""
    assert "error" not in json.loads(copied(printed(demo, "curl ")))


def test_the_printed_python_line_works(demo):
    """Pasted, it prints something."""
    assert copied(printed(demo, "python3 "))


def test_the_printed_javascript_line_works(demo):
    """Pasted, it prints something, where there is a Node."""
    if not shutil.which("node"):
        pytest.skip("no node on this machine")
    assert copied(printed(demo, "node "))


def test_from_a_query_to_a_tile(demo, session):
    """What a map does: instantiate, follow the TileJSON URL, follow its tiles, get a tile. All through the proxy."""
    query = session.get(f"{demo.base}/v3/sql/carto_dw/query", params={"q": "SELECT * FROM `carto-demo-data.demo_tables.populated_places` LIMIT 3"})
    assert query.status_code == 200, query.text
    assert len(query.json()["rows"]) == 3
    instantiation = session.get(f"{demo.base}/v3/maps/carto_dw/table", params={"name": "carto-demo-data.demo_tables.populated_places"})
    assert instantiation.status_code == 200, instantiation.text
    url = instantiation.json()["tilejson"]["url"][0]
    assert url.startswith(f"{demo.base}/")
    template = session.get(url).json()["tiles"][0]
    assert template.startswith(f"{demo.base}/")
    tile = session.get(template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0"))
    assert tile.status_code == 200
    assert tile.content


def test_both_kinds_of_route_work(demo, session):
    """The sandbox insists on the right kind of token for each; the demo allows what is denied elsewhere."""
    for target in ("/v3/named-sources", "/v3/tokens", "/v3/connections", "/v3/lds/geocoding/geocode?address=Madrid&country=ES"):
        answer = session.get(demo.base + target)
        assert answer.status_code == 200, (target, answer.text)


def test_the_demo_is_for_this_machine_alone(demo, session):
    """A foreign page is refused here too."""
    assert session.get(f"{demo.base}/v3/named-sources", headers={"Origin": "https://evil.example"}).status_code == 403
