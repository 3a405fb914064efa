"""Paths that have slipped past other policies: what was judged is what arrived, or nothing arrived.

Every case of the corpus beside the repository is sent as it is, to a proxy with an open and a shut prefix, so that
there is something to slip past and something to reach.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "path-bypass" / "cases.jsonl"
OPEN, SHUT = "/v3/open", "/v3/shut"
METHODS = "GET,POST,PUT,PATCH,DELETE"
ROUTES = f"""
routes:
  - {{ match: "{METHODS} {OPEN}", access: allow, reads: always }}
  - {{ match: "{METHODS} {OPEN}/{{rest...}}", access: allow, reads: always }}
  - {{ match: "{METHODS} {SHUT}", access: deny }}
  - {{ match: "{METHODS} {SHUT}/{{rest...}}", access: deny }}
"""


def cases() -> list[dict]:
    return [json.loads(line) for line in CORPUS.read_text().splitlines()]


def filled(request: bytes, host: str) -> bytes:
    """The case with names and prefixes in their places, some of them encoded."""
    shut = SHUT.lstrip("/").encode()
    encoded = b"".join(b"/" if byte == 0x2F else b"%%%02X" % byte for byte in shut)
    for name, value in {
        b"@ALLOW@": OPEN.encode(), b"@PATH@": OPEN.encode(), b"@BASE@": b"/v3", b"@HOST@": host.encode(),
        b"@DENYREL@": shut, b"@DENYUP@": shut.upper(), b"@DENYENC1@": shut[:-1] + b"%%%02X" % shut[-1], b"@DENYENC@": encoded,
    }.items():
        request = request.replace(name, value)
    return re.sub(rb"@LEN\[d\]:([A-Za-z0-9+/=]*)@", lambda match: b"%d" % len(base64.b64decode(match[1])), request)


def resolved(path: bytes) -> bytes:
    """Without dot segments (RFC 3986 §5.2.4)."""
    segments: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b"..":
            del segments[-1:]
        elif segment != b".":
            segments.append(segment)
    return b"/" + b"/".join(segments)


OVERLONG = {b"\xc0\xae": b".", b"\xe0\x80\xae": b".", b"\xc0\xaf": b"/", b"\xe0\x80\xaf": b"/", b"\xc1\x9c": b"/"}


def readings(path: bytes) -> set[bytes]:
    """What any server could make of a path, decoding it up to three times."""
    seen: dict[bytes, int] = {}
    left = [(path, 0)]
    while left and len(seen) < 500:
        path, depth = left.pop()
        if seen.get(path, 4) <= depth:
            continue
        seen[path] = depth
        decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), path)
        short = path
        for form, byte in OVERLONG.items():
            short = short.replace(form, byte)
        alike = [
            re.sub(rb";[^/]*", b"", path), path.replace(b"\\", b"/"), re.sub(rb"/+", b"/", path), resolved(path),
            re.split(rb"[\0?#]", path)[0], re.sub(rb"[ .]+(?=/|$)", b"", path), path.lower()]
        left += [(each, depth) for each in alike] + [(each, depth + 1) for each in (decoded, short) if depth < 3]
    return set(seen)


def is_below(path: bytes, prefix: str) -> bool:
    return path == prefix.encode() or path.startswith(prefix.encode() + b"/")


@pytest.mark.timeout(300)
@pytest.mark.skipif(not CORPUS.is_file(), reason="the corpora are not beside this repository")
def test_what_is_judged_is_what_arrives(start, upstream, api_access_token, tmp_path, record_row):
    """For each case: refused, and nothing arrived; or one request arrived, its target byte for byte the one that was
    sent, under the route that the access log names, and no reading of it leaves the open prefix."""
    configuration = tmp_path / "cartouche.yaml"
    configuration.write_text(ROUTES)
    configuration.chmod(0o600)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, config=str(configuration),
                  log_format="json", log_level="info")
    outcomes: dict[str, Counter] = {}
    faults: list[str] = []
    forwarded: list[tuple[str, str, bytes]] = []
    for case in cases():
        before = len(upstream.exchanges)
        sent = filled(base64.b64decode(case["request_b64"]), proxy.client().host)
        outcome, identifier = exchange(proxy, sent)
        arrived = upstream.exchanges[before:]
        if outcome.isdecimal():
            forwarded.append((case["id"], identifier, target_of(sent)))
            targets = [each.target.encode("latin-1") for each in arrived]
            if targets != [target_of(sent)]:
                faults.append(f"{case['id']}: sent {target_of(sent)!r}, arrived {targets}")
            elif not all(is_below(each, OPEN) for each in readings(re.split(rb"\?", targets[0])[0])):
                faults.append(f"{case['id']}: {targets[0]!r} can be read as another path")
            if case["verdict"] == "reject":
                faults.append(f"{case['id']}: has to be refused")
            if arrived and "set-cookie" in arrived[0].names:
                faults.append(f"{case['id']}: a field was injected")
            outcome = "forwarded as judged"
        elif arrived:
            faults.append(f"{case['id']}: {outcome}, yet {[each.target for each in arrived]} arrived")
        suite = case["id"].split("/")[1]
        outcomes.setdefault(suite, Counter())[outcome] += 1

    proxy.stop()
    routes = {line["request_id"]: line["route"] for line in map(json.loads, proxy.log.splitlines()) if line.get("msg") == "request"}
    for name, identifier, target in forwarded:
        wanted = OPEN if re.split(rb"\?", target)[0].rstrip(b"/") == OPEN.encode() else OPEN + "/{rest...}"
        if routes.get(identifier) != wanted:
            faults.append(f"{name}: judged by {routes.get(identifier)}, arrived as {target!r}")
    for suite, counts in sorted(outcomes.items()):
        for outcome, count in counts.most_common():
            record_row("Paths", suite, outcome, str(count))
    assert not faults, "\n".join(faults)
    assert sum(map(Counter.total, outcomes.values())) == len(cases())
    assert len(forwarded) > 50 and sum(each["forwarded as judged"] for each in outcomes.values()) == len(forwarded)


def target_of(request: bytes) -> bytes:
    """The target of the first line, as an origin server is to get it (RFC 9112 §3.2.1)."""
    words = request.split(b"\r\n")[0].split(b" ")
    target = words[1] if len(words) > 1 else b""
    absolute = re.match(rb"(?i)https?://[^/?]*", target)
    return target[absolute.end() :] if absolute else target


def exchange(proxy, sent: bytes) -> tuple[str, str]:
    """The status of an answer of the upstream's, or the code of a refusal; and the request's name in the log."""
    with proxy.client() as client:
        client.send(sent)
        client.finish_sending()
        try:
            answer = client.answer("HEAD" if sent.startswith(b"HEAD ") else "GET")
        except (EOFError, ConnectionResetError):
            return "closed without an answer", ""
    return answer.value("cartouche-error") or str(answer.status), answer.value("cartouche-request-id") or ""
