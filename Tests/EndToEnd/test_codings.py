"""Compressed answers that are not what they say: passed on as they are, or refused; never other bytes."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from harness.cartouche import SANITIZER
from harness.memory import MiB, ResidentMemory

QUERY = "/v3/sql/carto_dw/query"
MAP = "/v3/maps/carto_dw/table?name=a.b&format=tilejson"
JSON = json.dumps({"rows": [{"id": number, "name": "x" * 50} for number in range(200)]}).encode()
PACKED = gzip.compress(JSON)

CASES = {
    "twice": ("gzip, gzip", gzip.compress(PACKED)),
    "a thousand times": (", ".join(["gzip"] * 1000), PACKED),
    "in two words": ("gzip, identity", PACKED),
    "br": ("br", b"\x1b\x0f\x00\xf8" + JSON[:100]),
    "zstd": ("zstd", b"\x28\xb5\x2f\xfd" + JSON[:100]),
    "x-gzip": ("x-gzip", PACKED),
    "in capitals": ("GZIP", PACKED),
    "empty": ("", JSON),
    "gzip that is none": ("gzip", JSON),
    "gzip cut short": ("gzip", PACKED[:-20]),
    "gzip with a wrong sum": ("gzip", PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:]),
    "gzip in two members": ("gzip", PACKED + gzip.compress(b" ")),
    "gzip with something behind": ("gzip", PACKED + b"behind"),
    "deflate": ("deflate", zlib.compress(JSON)),
    "a word of its own": ("pack200-gzip", PACKED),
}


@pytest.mark.parametrize("target", [QUERY, MAP], ids=["guarded", "rewritten"])
@pytest.mark.parametrize("case", CASES)
def test_a_coding(proxy, upstream, case, target):
    """The client gets what the upstream sent, coding and bytes; or what is in it, uncompressed; or no whole answer."""
    coding, body = CASES[case]
    upstream.respond = lambda exchange: exchange.answer(fields={"Content-Encoding": coding}, body=body)
    client = proxy.client().request("GET", target, {"Accept-Encoding": "gzip"})
    try:
        answer = client.answer()
    except (EOFError, ConnectionError):
        # Cut in the middle, so that the client sees it.
        assert case.startswith("gzip ")
    else:
        if answer.status == 502:
            assert answer.values("cartouche-error") == ["upstream-body-unreadable"]
        else:
            assert answer.status == 200
            told = answer.values("content-encoding")
            if answer.body == body:
                assert [each.strip().lower() for each in told] == [coding.lower()]
            else:
                # Rewritten: it is the same document, packed anew or not at all.
                assert target == MAP and case in ("in capitals", "gzip in two members", "x-gzip")
                unpacked = gzip.decompress(answer.body) if told else answer.body
                assert json.loads(unpacked) == json.loads(JSON)
    # The next request is served as ever.
    upstream.respond = lambda exchange: exchange.answer(body=JSON)
    assert proxy.client().request("GET", QUERY).answer().body == JSON


def bomb() -> bytes:
    """256 MiB of spaces around a document, in some 250 KB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(b"{")]
    blank = b" " * MiB
    pieces += [packer.compress(blank) for _ in range(256)]
    return b"".join([*pieces, packer.compress(b"}"), packer.flush()])


@pytest.mark.parametrize("target", [QUERY, MAP], ids=["guarded", "rewritten"])
def test_a_bomb(proxy, upstream, target):
    """It is passed on packed, or refused; either way it does not fill the memory."""
    packed = bomb()
    assert len(packed) < MiB
    upstream.respond = lambda exchange: exchange.answer(fields={"Content-Encoding": "gzip"}, body=packed)
    assert proxy.client().request("GET", "/v3/unheard/of").answer().status == 403
    with ResidentMemory(proxy) as memory:
        client = proxy.client(60).request("GET", target, {"Accept-Encoding": "gzip"})
        try:
            answer = client.answer()
            assert answer.status == 502 or answer.body == packed or target == MAP
        except (EOFError, ConnectionError):
            pass
    if not SANITIZER:
        assert memory.growth < 64 * MiB
