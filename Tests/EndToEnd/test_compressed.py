"""Compressed answers: read where they can be, relayed unopened where they cannot, and never with a wrong byte.

`gzip` and `x-gzip` are opened, once. Of all else not a byte is touched: it was not asked for (`Accept-Encoding` names
gzip alone), and what a client makes of it is between it and the upstream. A broken gzip that would have to be rewritten
never looks whole; one that is only searched is relayed as far as it can be read, as it came.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import struct
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.cartouche import PATIENCE, SANITIZER
from harness.memory import MiB, ResidentMemory
from harness.recording_upstream import Exchange

QUERY = "/v3/sql/carto_dw/query?q=1"  # searched for secrets
MAP = "/v3/maps/carto_dw/table?name=a.b&format=tilejson"  # searched and rewritten
TILE = "/v3/maps/carto_dw/table/0/0/0?name=a.b"  # opaque
JSON = {"Content-Type": "application/json"}
DOCUMENT = json.dumps({"tiles": ["https://elsewhere.example/{z}"], "rows": [{"n": n, "text": "Añ" * n} for n in range(60)]}).encode()
PACKED = gzip.compress(DOCUMENT)

Respond = Callable[[Exchange], None]


def answered(body: bytes, codings: list[str], framing: str = "length", kind: dict[str, str] = JSON) -> Respond:
    """An answer with that body and a Content-Encoding line for each of `codings`."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in kind.items())
    fields += "".join(f"Content-Encoding: {coding}\r\n" for coding in codings)

    def respond(exchange: Exchange) -> None:
        if framing == "length":
            exchange.send(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            return
        exchange.send(f"HTTP/1.1 200 OK\r\n{fields}Transfer-Encoding: chunked\r\n\r\n".encode())
        size = 1 if framing == "bytes" else 1 << 14
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    return respond


def fetched(proxy, target: str, timeout: float = 30) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer and its body as they came. Raises where the body is cut."""
    connection = http.client.HTTPConnection(*proxy.address, timeout=timeout * PATIENCE)
    connection.request("GET", target, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    try:
        return answer, answer.read()
    finally:
        connection.close()


CUT = (http.client.IncompleteRead, ConnectionResetError, http.client.RemoteDisconnected)


def is_refused_or_cut(proxy, target: str) -> None:
    """An error of the proxy's own, or an answer that any client sees is cut."""
    try:
        answer, _ = fetched(proxy, target)
    except CUT:
        proxy.logged("upstream-body-unreadable")
        return
    assert (answer.status, answer.getheader("Cartouche-Error")) == (502, "upstream-body-unreadable")


def deflated_times(count: int) -> bytes:
    body = DOCUMENT
    for _ in range(count):
        body = gzip.compress(body, 1)
    return body


# What is sent, and under which codings: nothing of it is opened.
UNOPENED = {
    "br": (b"\x8b\x02\x80{}\x03", ["br"]),
    "zstd": (bytes.fromhex("28b52ffd2002110000 7b7d"), ["zstd"]),
    "deflate": (zlib.compress(DOCUMENT), ["deflate"]),
    "compress": (b"\x1f\x9d\x90{\xfa\x00", ["compress"]),
    "gzip, gzip": (deflated_times(2), ["gzip, gzip"]),
    "gzip, gzip in two lines": (deflated_times(2), ["gzip", "gzip"]),
    "gzip 1,000 times": (PACKED, [", ".join(["gzip"] * 1000)]),
    "gzip, br": (PACKED, ["gzip, br"]),
    "gzip, identity": (PACKED, ["gzip, identity"]),
    "pack200-gzip": (PACKED, ["pack200-gzip"]),
    "an unknown word": (os.urandom(100), ["secret-sauce"]),
    "gzip;q=1": (PACKED, ["gzip;q=1"]),
}


@pytest.mark.parametrize("target", [QUERY, MAP, TILE])
@pytest.mark.parametrize("name", UNOPENED)
def test_other_codings_pass_untouched(proxy, upstream, name, target):
    """Byte for byte, with the Content-Encoding they came with."""
    body, codings = UNOPENED[name]
    upstream.respond = answered(body, codings)
    answer, received = fetched(proxy, target)
    assert (answer.status, received) == (200, body)
    assert ", ".join(answer.headers.get_all("Content-Encoding")) == ", ".join(codings)


@pytest.mark.parametrize("target", [QUERY, MAP, TILE])
@pytest.mark.parametrize("coding", ["", "identity", "Identity"])
def test_no_coding_at_all(proxy, upstream, coding, target):
    """An empty field says as much as none."""
    upstream.respond = answered(DOCUMENT, [coding])
    answer, received = fetched(proxy, target)
    assert (answer.status, received) == (200, DOCUMENT)


@pytest.mark.parametrize("framing", ["length", "chunks", "bytes"])
@pytest.mark.parametrize("target", [QUERY, MAP])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZip"])
def test_gzip_is_read(proxy, upstream, coding, target, framing):
    upstream.respond = answered(PACKED, [coding], framing)
    answer, received = fetched(proxy, target)
    assert answer.status == 200 and gzip.decompress(received) == DOCUMENT
    assert answer.getheader("Content-Encoding") == coding
    if target == QUERY:
        assert received == PACKED  # relayed as it came


def with_sum(change: int) -> bytes:
    crc, length = struct.unpack("<II", PACKED[-8:])
    return PACKED[:-8] + struct.pack("<II", crc ^ change, length)


WHOLE = {
    "two members": PACKED[:0] + gzip.compress(DOCUMENT[:100]) + gzip.compress(DOCUMENT[100:], 9),
    "a hundred members": b"".join(gzip.compress(DOCUMENT[at : at + 50]) for at in range(0, 5000, 50)) + gzip.compress(DOCUMENT[5000:]),
    "an empty member between": gzip.compress(DOCUMENT[:7]) + gzip.compress(b"") + gzip.compress(DOCUMENT[7:]),
    "stored, not compressed": gzip.compress(DOCUMENT, 0),
    "with name, comment and extra": b"\x1f\x8b\x08\x1c\0\0\0\0\0\x03\x04\0abcdname\0words\0" + PACKED[10:],
}


@pytest.mark.parametrize("framing", ["length", "bytes"])
@pytest.mark.parametrize("target", [QUERY, MAP])
@pytest.mark.parametrize("name", WHOLE)
def test_every_valid_gzip_is_read(proxy, upstream, name, target, framing):
    """RFC 1952 §2.2: members follow one another, and what they inflate to is joined."""
    upstream.respond = answered(WHOLE[name], ["gzip"], framing)
    answer, received = fetched(proxy, target)
    assert answer.status == 200 and gzip.decompress(received) == DOCUMENT


BROKEN = {
    "plain text": DOCUMENT,
    "nothing": b"",
    "one byte": b"\x1f",
    "a header alone": PACKED[:10],
    "cut in the data": PACKED[: len(PACKED) // 2],
    "cut before the sum": PACKED[:-8],
    "cut in the sum": PACKED[:-5],
    "cut by a byte": PACKED[:-1],
    "a wrong sum": with_sum(1),
    "a wrong length": PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
    "a flipped bit": PACKED[:200] + bytes([PACKED[200] ^ 4]) + PACKED[201:],
    "a NUL behind": PACKED + b"\0",
    "garbage behind": PACKED + b"garbage",
    "half a member behind": PACKED + PACKED[:20],
    "a broken member behind": PACKED + with_sum(1),
    "another method": b"\x1f\x8b\x07" + PACKED[3:],
    "reserved flags": b"\x1f\x8b\x08\xe0" + PACKED[4:],
    "zlib's format": zlib.compress(DOCUMENT),
}

ENDS_TOO_SOON = {"one byte", "a header alone", "cut in the data", "cut before the sum", "cut in the sum", "cut by a byte",
                 "half a member behind"}


@pytest.mark.parametrize("framing", ["length", "chunks", "bytes"])
@pytest.mark.parametrize("target", [QUERY, MAP])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_gzip_never_passes_for_a_whole_one(proxy, upstream, name, target, framing):
    """A 502 where nothing was sent yet, else the connection is cut; the next request is served.

    One that merely ends too soon is only noticed at its end. Where it is relayed as it came and has a length, the client
    then has all there was, and sees for itself that it is not whole.
    """
    upstream.respond = answered(BROKEN[name], ["gzip"], framing)
    if target == QUERY and framing == "length" and name in ENDS_TOO_SOON:
        answer, received = fetched(proxy, target)
        assert (answer.status, received) == (200, BROKEN[name])
        assert zlib.decompressobj(31).decompress(received) in DOCUMENT or "behind" in name
    else:
        is_refused_or_cut(proxy, target)
    upstream.respond = answered(PACKED, ["gzip"])
    answer, received = fetched(proxy, target)
    assert answer.status == 200 and gzip.decompress(received) == DOCUMENT


@pytest.mark.parametrize("name", BROKEN)
def test_an_opaque_body_is_nobodys_business(proxy, upstream, name):
    """Tiles are not opened, so whether their gzip is whole is for the client to see."""
    kind = {"Content-Type": "application/vnd.mapbox-vector-tile"}
    upstream.respond = answered(BROKEN[name], ["gzip"], kind=kind)
    answer, received = fetched(proxy, TILE)
    assert (answer.status, received) == (200, BROKEN[name])


BOMB_SIZE = (32 if SANITIZER else 256) * MiB


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """256 MiB of blanks in 250 KB, JSON all the same."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blanks = bytes([0x20]) * MiB
    body = packer.compress(b"[") + b"".join(packer.compress(blanks) for _ in range(BOMB_SIZE // MiB))
    body += packer.compress(b"]") + packer.flush()
    assert len(body) < BOMB_SIZE // 1000
    return body


def warmed(proxy, upstream) -> None:
    """What any answer needs is allocated."""
    upstream.respond = answered(PACKED, ["gzip"])
    for target in (QUERY, MAP):
        assert fetched(proxy, target)[0].status == 200


def test_a_bomb_is_not_rewritten(proxy, upstream, bomb):
    """Where it would have to be inflated and deflated again it ends at the limit of the ratio."""
    warmed(proxy, upstream)
    upstream.respond = answered(bomb, ["gzip"])
    with ResidentMemory(proxy) as memory:
        is_refused_or_cut(proxy, MAP)
    assert SANITIZER or memory.growth < 64 * MiB, memory.growth


def test_a_bomb_that_is_only_relayed_passes(proxy, upstream, bomb):
    """It is searched as it is inflated, a step at a time, and arrives as it came."""
    warmed(proxy, upstream)
    upstream.respond = answered(bomb, ["gzip"], "chunks")
    with ResidentMemory(proxy) as memory:
        answer, received = fetched(proxy, QUERY, timeout=60)
    assert (answer.status, received) == (200, bomb)
    assert SANITIZER or memory.growth < 64 * MiB, memory.growth


@pytest.mark.measured
def test_six_bombs_at_a_time(start, upstream, api_access_token, bomb):
    """Others are served meanwhile, by the one loop there is: a turn of it inflates a MiB of each. Memory does not follow the
    number."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, loops="1")
    warmed(proxy, upstream)

    def respond(exchange: Exchange) -> None:
        answered(bomb if "bomb" in exchange.target else PACKED, ["gzip"])(exchange)

    upstream.respond = respond
    with ResidentMemory(proxy) as memory, ThreadPoolExecutor(6) as clients:
        bombs = [clients.submit(fetched, proxy, QUERY + "bomb", 100) for _ in range(6)]
        waits = []
        while not all(each.done() for each in bombs):
            began = time.monotonic()
            assert fetched(proxy, QUERY)[0].status == 200
            waits.append(time.monotonic() - began)
        assert all(each.result()[1] == bomb for each in bombs)
    print(f"{len(waits)} answers meanwhile, the slowest after {max(waits) * 1000:.0f} ms; memory +{memory.growth / MiB:.1f} MiB")
    assert memory.growth < 64 * MiB, memory.growth
    # Six of them, with what becomes of a bomb not looked at; 35 with it.
    assert len(waits) > 12
