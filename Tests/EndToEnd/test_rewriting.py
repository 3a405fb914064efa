"""URLs in map documents lead back through the proxy, however big the document is, however it is packed and cut."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import time
import zlib
from collections.abc import Iterator

import pytest

from harness.cartouche import PATIENCE, SANITIZER
from harness.memory import MiB, ResidentMemory
from harness.recording_upstream import Exchange

TARGET = "/v3/maps/carto_dw/table?name=a.b&format=tilejson"
# Of the upstream's own body, and untrue of ours.
DESCRIPTIONS = {
    "ETag": '"theirs"', "Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT", "Content-MD5": "x", "Digest": "sha-256=x",
    "Content-Digest": "sha-256=:eA==:", "Repr-Digest": "sha-256=:eA==:", "Accept-Ranges": "bytes", "Age": "100",
    "Expires": "Wed, 01 Jan 2070 00:00:00 GMT", "Cache-Control": "public, max-age=31536000",
}


def tile_json(upstream: str, proxy: str, size: int, seed: int) -> Iterator[tuple[bytes, bytes]]:
    """A TileJSON in pieces, each as it is sent and as it has to arrive.

    Around the URLs stand what must stay: the same URLs as data, strings inside strings, escapes, UTF-8, depth.
    """
    noise = random.Random(seed)
    escaped = upstream.replace("/", "\\/")

    def same(text: str) -> tuple[bytes, bytes]:
        return text.encode(), text.encode()

    yield same('{"tilejson":"2.2.0","note":"%s/v3/x","attribution":"{\\"tiles\\":[\\"%s\\"]}","tiles":[' % (upstream, upstream))
    rest = "/v3/maps/carto_dw/table/{z}/{x}/{y}?name=a.b&x=%C3%A9&y=é"
    yield f'"{upstream}{rest}", "{escaped}{rest}"'.encode(), f'"{proxy}{rest}", "{proxy}{rest}"'.encode()
    yield same(',"https://elsewhere.example/{z}?signature=1",7,null],"tilestats":{"tiles":["%s"],"layers":[' % upstream)
    values = [f'"{upstream}/v3/x"', "1.5e-7", '"\\ud83c\\udf0d é \\\\"', '{"tiles":["%s"]}' % upstream, "[[[[]]]]", "true"]
    layers = [
        same('{"attribute":"%d","values":[%s]},\n ' % (noise.getrandbits(64), ",".join(noise.choices(values, k=400))))
        for _ in range(64)]
    produced = 0
    while produced < size:
        layer = noise.choice(layers)
        produced += len(layer[0])
        yield layer
    yield same("{}]}")
    yield (f',"properties_tiles" : [ "{upstream}{rest}" ]'.encode(), f',"properties_tiles" : [ "{proxy}{rest}" ]'.encode())
    yield same(',"last":"%s"}' % upstream)


def send(exchange: Exchange, pieces: Iterator[bytes], packed: bool, seed: int, framing: str, length: int) -> None:
    """Sends the document in chunks, or with its length, cut at random: now and then byte by byte."""
    cuts = random.Random(seed)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31) if packed else None
    fields = DESCRIPTIONS | {"Content-Type": "application/json; charset=utf-8"} | ({"Content-Encoding": "gzip"} if packed else {})
    fields |= {"Transfer-Encoding": "chunked"} if framing == "chunked" else {"Content-Length": str(length)}
    exchange.send(("HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode())

    def out(data: bytes) -> None:
        if data:
            exchange.send(b"%x\r\n%s\r\n" % (len(data), data) if framing == "chunked" else data)

    def cut(data: bytes) -> None:
        at = 0
        while at < len(data):
            size = cuts.choice([1, 2, 3, 7, 100]) if len(data) < 4096 and cuts.random() < 0.5 else cuts.randint(1, 1 << 16)
            out(data[at : at + size])
            at += size

    for piece in pieces:
        cut(packer.compress(piece) if packer else piece)
    if packer:
        cut(packer.flush())
    if framing == "chunked":
        exchange.send(b"0\r\n\r\n")


def receive(proxy, packed: bool, seed: int) -> tuple[http.client.HTTPResponse, str, int]:
    """The answer, the digest of its unpacked body, and its length; read in pieces of random size."""
    cuts = random.Random(seed)
    connection = http.client.HTTPConnection(*proxy.address, timeout=60 * PATIENCE)
    connection.request("GET", TARGET, headers={"Accept-Encoding": "gzip" if packed else "identity"})
    answer = connection.getresponse()
    unpacker = zlib.decompressobj(31) if answer.getheader("Content-Encoding") == "gzip" else None
    digest = hashlib.sha256()
    length = 0
    while piece := answer.read(cuts.randint(1, 1 << 17)):
        text = unpacker.decompress(piece) if unpacker else piece
        digest.update(text)
        length += len(text)
    assert unpacker is None or unpacker.eof
    connection.close()
    return answer, digest.hexdigest(), length


@pytest.mark.parametrize(("packed", "framing"), [(False, "chunked"), (False, "length"), (True, "chunked")])
def test_a_tilejson_of_fifty_megabytes(start, upstream, api_access_token, packed, framing, record_row):
    """Rewritten in its places and the same byte for byte elsewhere; the proxy's memory does not follow its size."""
    size = (5 if SANITIZER else 50) * MiB
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    parts = list(tile_json(upstream.url, proxy.base, size, seed=1))
    wanted = hashlib.sha256()
    for _, part in parts:
        wanted.update(part)
    length = sum(len(part) for part, _ in parts)
    if packed:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        length = sum(len(packer.compress(part)) for part, _ in parts) + len(packer.flush())
    upstream.respond = lambda exchange: send(exchange, (part for part, _ in parts), packed, 2, framing, length)
    assert proxy.client().request("GET", "/v3/unheard").answer().status == 403

    began = time.monotonic()
    with ResidentMemory(proxy) as memory:
        answer, digest, received = receive(proxy, packed, seed=3)
    seconds = time.monotonic() - began
    assert digest == wanted.hexdigest()
    assert (answer.getheader("Content-Encoding") == "gzip") == packed
    assert answer.getheader("Content-Length") is None
    assert answer.getheader("Cache-Control") == "no-store"
    for name in DESCRIPTIONS.keys() - {"Cache-Control"}:
        assert answer.getheader(name) is None, name
    record_row("Rewriting", "gzip" if packed else "plain", framing, f"{received / MiB:.1f} MiB", f"{seconds:.1f} s",
               f"{memory.growth / MiB:.1f} MiB")
    if not SANITIZER:
        assert memory.growth < 6 * MiB, memory.growth


@pytest.mark.parametrize("seed", range(12))
def test_any_split_gives_the_same(proxy, upstream, seed):
    """A small document many times, cut elsewhere each time."""
    parts = list(tile_json(upstream.url, proxy.base, 3000, seed))
    packed = seed % 2 == 1
    upstream.respond = lambda exchange: send(exchange, (part for part, _ in parts), packed, seed, "chunked", 0)
    _, digest, _ = receive(proxy, packed, seed)
    assert digest == hashlib.sha256(b"".join(part for _, part in parts)).hexdigest()


def test_a_head_is_that_of_the_get(proxy, upstream):
    """HEAD of a document that would be rewritten: no length and no tag, which would be those of the upstream's."""
    upstream.respond = lambda exchange: exchange.answer(
        200, DESCRIPTIONS, b"" if exchange.method == "HEAD" else json.dumps({"tiles": [upstream.url]}).encode())
    client = proxy.client()
    heads = []
    for method in ("GET", "HEAD"):
        answer = client.request(method, TARGET).answer(method)
        heads.append({name.lower() for name, _ in answer.fields} - {"transfer-encoding"})
        assert answer.value("cache-control") == "no-store"
    assert heads[0] == heads[1]
    assert not heads[0] & {name.lower() for name in DESCRIPTIONS.keys() - {"Cache-Control"}} and "content-length" not in heads[0]


def test_conditions_and_ranges_are_not_asked_of_another_body(proxy, upstream):
    """The client's are about what it got from here, which the upstream never had."""
    upstream.respond = lambda exchange: exchange.answer(body=b"{}")
    fields = {"If-None-Match": '"a"', "If-Modified-Since": "Wed, 01 Jan 2025 00:00:00 GMT", "Range": "bytes=0-1",
              "If-Range": '"a"', "If-Match": '"a"', "If-Unmodified-Since": "Wed, 01 Jan 2025 00:00:00 GMT",
              "Accept-Encoding": "br, zstd, gzip;q=0.5"}
    assert proxy.client().request("GET", TARGET, fields).answer().body == b"{}"
    names = upstream.the_exchange().names
    assert not set(names) & {name.lower() for name in fields.keys() - {"Accept-Encoding"}}
    assert upstream.the_exchange().value("accept-encoding") in ("gzip", "gzip, identity", "identity, gzip", "identity")


def test_tiles_pass_untouched(proxy, upstream):
    """A tile is not JSON: its coding, tag and age are the upstream's, and a condition is its affair."""
    body = bytes(range(256))
    upstream.respond = lambda exchange: exchange.answer(
        200, {"Content-Type": "application/vnd.mapbox-vector-tile", "ETag": '"tile"', "Cache-Control": "max-age=60"}, body)
    answer = proxy.client().request("GET", "/v3/maps/carto_dw/table/0/0/0?name=a.b", {"If-None-Match": '"old"'}).answer()
    assert (answer.body, answer.value("etag"), answer.value("cache-control")) == (body, '"tile"', "max-age=60")
    assert upstream.the_exchange().value("if-none-match") == '"old"'


def rewritten(proxy, upstream, url: str, fields: dict[str, str] | None = None) -> str:
    """What becomes of an URL in an instantiation."""
    upstream.respond = lambda exchange: exchange.answer(body=json.dumps({"tilejson": {"url": [url]}}).encode())
    answer = proxy.client().request("GET", "/v3/maps/carto_dw/table?name=a.b", fields).answer()
    return json.loads(answer.body)["tilejson"]["url"][0]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_self_hosted_base_goes_with_its_path(start, upstream, api_access_token, slash):
    """`https://host/api` is replaced whole; another path on that host is not the API's."""
    proxy = start(api_base_url=f"{upstream.url}/api{slash}", api_access_token=api_access_token)
    assert rewritten(proxy, upstream, f"{upstream.url}/api/v3/maps/x?a=1") == f"{proxy.base}/v3/maps/x?a=1"
    for other in ("/apis/v3/x", "/v3/x", "/other/api/v3/x"):
        assert rewritten(proxy, upstream, upstream.url + other) == upstream.url + other
    assert {exchange.target for exchange in upstream.exchanges} == {"/api/v3/maps/carto_dw/table?name=a.b"}


def test_followed_through_a_self_hosted_base(start, upstream, api_access_token):
    """The URL that was rewritten is a request like any other, and arrives below the base's path again."""
    proxy = start(api_base_url=f"{upstream.url}/api", api_access_token=api_access_token)
    url = rewritten(proxy, upstream, f"{upstream.url}/api/v3/maps/carto_dw/table?format=tilejson&cache=1")
    assert proxy.client().request("GET", url.removeprefix(proxy.base)).answer().status == 200
    assert upstream.exchanges[-1].target == "/api/v3/maps/carto_dw/table?format=tilejson&cache=1"


def test_other_names_of_the_api(start, upstream, api_access_token):
    """`api_base_aliases`: the API names its hosts from a list of its own."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token,
                  api_base_aliases="https://gcp-us-east1.api.carto.com, https://maps.example.com/api")
    for alias in ("https://gcp-us-east1.api.carto.com", "https://maps.example.com/api"):
        assert rewritten(proxy, upstream, f"{alias}/v3/maps/x") == f"{proxy.base}/v3/maps/x"
    for other in ("https://gcp-us-east1.api.carto.com.evil.example/v3", "https://maps.example.com/v3",
                  "http://gcp-us-east1.api.carto.com/v3"):
        assert rewritten(proxy, upstream, other) == other


def test_a_public_url_is_what_clients_get(start, upstream, api_access_token):
    """Behind something that ends TLS: URLs, redirects and carto-info.json name that, whatever name the request used."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, public_url="https://maps.example.com/carto")
    for fields in ({}, {"Host": "maps.example.com"}):
        assert rewritten(proxy, upstream, f"{upstream.url}/v3/maps/x", fields) == "https://maps.example.com/carto/v3/maps/x"
        info = proxy.client().request("GET", "/carto-info.json", fields).answer()
        assert json.loads(info.body)["apiBaseUrl"] == "https://maps.example.com/carto"
    upstream.respond = lambda exchange: exchange.answer(
        307, {"Location": f"{upstream.url}/v3/x?a=1", "Content-Location": f"{upstream.url}/v3/y"})
    answer = proxy.client().request("GET", "/v3/exports/7").answer()
    assert answer.value("location") == "https://maps.example.com/carto/v3/x?a=1"
    assert answer.value("content-location") == "https://maps.example.com/carto/v3/y"


def test_the_base_is_the_one_the_client_used(proxy, upstream):
    """A forwarded port, a name in capitals: what the client called it is what leads back to it."""
    for host in ("localhost:7", "LOCALHOST:8080", "[::1]:9", "127.0.0.1"):
        url = rewritten(proxy, upstream, f"{upstream.url}/v3/maps/x", {"Host": host})
        assert url.lower() == f"http://{host.lower()}/v3/maps/x"


def test_a_configured_referer_is_sent_and_the_clients_is_not(start, upstream, api_access_token):
    """A token locked to a page works from a program, with the page the user names."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, referer="https://app.example.com/map")
    page = {"Referer": "http://localhost:3000/", "Origin": "http://localhost:3000"}
    assert proxy.client().request("GET", "/v3/lds/stats", page).answer().status == 200
    assert upstream.the_exchange().values("referer") == ["https://app.example.com/map"]
    assert upstream.the_exchange().values("origin") == []
