"""Inputs to begin with: seeds.py TARGET FOLDER. What was found before, and the corpora beside the repository, if any.

They are named by their hash, as libFuzzer names its own, so that each is there once.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
LONGEST = 8192


def cases(suite: str) -> Iterator[dict]:
    file = CORPORA / suite / "cases.jsonl"
    if file.exists():
        with file.open() as lines:
            yield from map(json.loads, lines)


def stream(case: dict) -> bytes:
    encoded = case.get("request_b64") or case.get("b64")
    if encoded is not None:
        return base64.b64decode(encoded)
    parts = [part for step in case.get("steps", []) for part in step.get("parts", [])]
    return b"".join(base64.b64decode(part.get("b64", "")) for part in parts)


def filled(request: bytes) -> bytes:
    for name, value in {
        b"@HOST@": b"localhost:22786", b"@PATH@": b"/v3/sql/c/query", b"@BASE@": b"/v3", b"@ALLOW@": b"/v3/maps/c",
        b"@DENYREL@": b"v3/tokens", b"@DENYENC@": b"%76%33/%74okens", b"@DENYENC1@": b"v3/token%73",
        b"@DENYUP@": b"V3/TOKENS",
    }.items():
        request = request.replace(name, value)
    return re.sub(rb"@LEN\[[dx]\]:([A-Za-z0-9+/=]*)@", lambda m: b"%d" % len(base64.b64decode(m[1])), request)


def requests(*suites: str) -> Iterator[bytes]:
    for suite in suites:
        yield from (filled(stream(case)) for case in cases(suite))


def bodies(messages: Iterator[bytes]) -> Iterator[bytes]:
    for message in messages:
        head, _, body = message.partition(b"\r\n\r\n")
        if b"chunked" in head.lower():
            yield body


def found(target: str) -> Iterator[bytes]:
    file = ROOT / "Tests" / "Fuzzing" / "Found" / target
    if file.exists():
        yield from map(base64.b64decode, file.read_text().split())


def seeds(target: str) -> Iterator[bytes]:
    yield from found(target)
    match target:
        case "request-heads":
            yield from requests("llhttp", "gunicorn", "te-mutations", "path-bypass")
        case "answer-heads":
            yield from requests("upstream-responses")
        case "chunked-bodies":
            yield from bodies(requests("llhttp", "gunicorn", "te-mutations", "upstream-responses"))
        case "rewriting" | "json":
            yield from requests("json-bodies")
        case "token-answers":
            yield from (b for b in requests("json-bodies") if len(b) < 500)
        case "compressed-bodies":
            yield from requests("encoded-bodies")
        case "routes":
            for request in requests("path-bypass"):
                yield request.split(b"\r\n", 1)[0].rsplit(b" HTTP/", 1)[0]
        case "admission":
            for request in requests("gunicorn", "llhttp"):
                fields = request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
                yield b"\r\n".join(f for f in fields if re.match(rb"(?i)host|origin|sec-|access-control", f))
        case "configuration":
            yield (ROOT / "config" / "routes.yaml").read_bytes()[:LONGEST]


def main() -> None:
    target, folder = sys.argv[1], Path(sys.argv[2])
    for seed in seeds(target):
        if 0 < len(seed) <= LONGEST:
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


main()
