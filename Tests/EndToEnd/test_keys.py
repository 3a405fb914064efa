"""Keys of clients: how they travel, what each may do, what each gets, and what is written down of it."""

from __future__ import annotations

import asyncio
import base64
import collections
import concurrent.futures
import dataclasses
import json
import os
import re
import signal
import socket
import ssl
import time
from pathlib import Path

import pytest

from harness.accounts import NOBODY, needs_root
from harness.cartouche import PATIENCE, run
from harness.keys import Keys, verify
from harness.messages import Reader, read_answer
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"
ORIGIN = "http://localhost:5173"


@pytest.fixture
def keys(tmp_path, canaries) -> Keys:
    (tmp_path / "person").mkdir()
    return Keys(tmp_path / "person", canaries)


@pytest.fixture
def guarded(start, keys, upstream, api_access_token):
    """Starts a proxy that wants keys; the first of them is there."""
    def begin(**settings):
        if not keys.file.exists():
            keys.add("first")
        return start(keys.settings, api_base_url=upstream.url, api_access_token=api_access_token, **settings)
    return begin


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(key: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()}


def ask(proxy, fields: dict[str, str] | None = None, method: str = "GET", target: str = QUERY, body: bytes = b""):
    return proxy.client().request(method, target, fields, body).answer()


def refused(answer, status: int, code: str) -> dict:
    told = json.loads(answer.body)
    assert (answer.status, told["code"], told["status"]) == (status, code, status), told
    assert answer.value("cartouche-error") == code
    return told


# How a key travels


@pytest.mark.parametrize("way", [bearer, basic, lambda key: basic(key, ""), lambda key: {"Cartouche-Key": key},
                                 lambda key: {"Cartouche-Key": key, "Authorization": "Bearer cartouche"}])
def test_a_key_opens_and_goes_no_further(guarded, keys, upstream, api_access_token, way):
    """In each of its places, beside what CARTO's own libraries put into Authorization; the upstream never sees it."""
    key = keys.add("maria")
    assert ask(guarded(), way(key)).status == 200
    exchange = upstream.the_exchange()
    assert exchange.values("authorization") == [f"Bearer {api_access_token}"]
    assert key not in repr(exchange) and "cartouche-key" not in exchange.names


def test_without_a_key_nothing_is_forwarded(guarded, keys, upstream):
    """And who asks is told how to ask."""
    key = keys.add("maria")
    proxy = guarded()
    for fields, code in [
        ({}, "key-missing"), ({"Authorization": "Bearer cartouche"}, "key-missing"), (basic("password"), "key-missing"),
        (bearer(key[:-1]), "key-malformed"), (bearer("cartouche_" + "a" * 47), "key-malformed"),
        ({"X-Api-Key": key}, "key-missing"), ({"Cookie": f"key={key}"}, "key-missing"),
    ]:
        answer = ask(proxy, fields)
        assert refused(answer, 401, code)["source"] == "client"
        assert answer.values("www-authenticate") == ['Bearer realm="cartouche"', 'Basic realm="cartouche", charset="UTF-8"']
    refused(ask(proxy, target=f"{QUERY}&access_token={key}"), 401, "key-missing")
    # Nor does anybody without one learn which routes there are.
    refused(ask(proxy, target="/v3/nothing"), 401, "key-missing")
    refused(ask(proxy, target="/carto-info.json"), 401, "key-missing")
    refused(ask(proxy, bearer(key) | {"Cartouche-Key": keys.add("other")}), 400, "key-conflict")
    assert not upstream.exchanges


def test_without_keys_configured_none_is_looked_at(proxy, upstream, keys):
    """As with any other credential a client may send."""
    assert ask(proxy, bearer(keys.add("maria"))).status == 200
    assert ask(proxy, {"Authorization": "Bearer cartouche", "Cartouche-Key": "nonsense"}).status == 200


def test_a_preflight_needs_no_key_and_a_page_is_not_prompted(guarded, keys):
    """Browsers put none into their questions. A page that has none can read why it is refused."""
    proxy = guarded()
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization, cartouche-key, content-type"}
    answer = ask(proxy, asked, "OPTIONS", "/v3/sql/carto_dw/query")
    assert answer.status == 204 and answer.value("access-control-allow-origin") == ORIGIN
    answer = ask(proxy, {"Origin": ORIGIN})
    refused(answer, 401, "key-missing")
    assert answer.value("access-control-allow-origin") == ORIGIN
    assert answer.values("www-authenticate") == ['Bearer realm="cartouche"']
    assert ask(proxy, {"Origin": ORIGIN} | bearer(keys.add("page"))).status in (200, 401)
    # A question that asks nothing is none.
    refused(ask(proxy, {"Access-Control-Request-Method": "GET"}, "OPTIONS"), 401, "key-missing")


# What a key may do


def test_a_scope_narrows_and_never_widens(guarded, keys, upstream):
    """By routes, by connections, to reading; the refusal says which key and what it is for."""
    routes = keys.add("routes", "--routes", "GET /v3/maps/{rest...}", "--routes", "POST /v3/named-sources")
    connection = keys.add("connection", "--connections", "carto_dw")
    reader = keys.add("reader", "--read-only")
    proxy = guarded()
    assert "routes GET /v3/maps/{rest...}" in refused(ask(proxy, bearer(routes)), 403, "key-scope")["hint"]
    # Denied by the policy, and the key names it: it stays denied.
    refused(ask(proxy, bearer(routes), "POST", "/v3/named-sources"), 403, "route-denied")
    assert ask(proxy, bearer(connection)).status == 200
    told = refused(ask(proxy, bearer(connection), target="/v3/sql/other/query?q=SELECT%201"), 403, "key-scope")
    assert "The key connection" in told["hint"]
    refused(ask(proxy, bearer(connection), target="/v3/lds/stats"), 403, "key-scope")
    assert ask(proxy, bearer(reader)).status == 200
    told = refused(ask(proxy, bearer(reader), target="/v3/sql/carto_dw/query?q=DELETE%20FROM%20t"), 403, "key-read-only")
    assert "The key reader" in told["hint"] and told["source"] == "proxy"
    body = {"Content-Type": "application/json"}
    refused(ask(proxy, bearer(reader) | body, "POST", "/v3/sql/carto_dw/query", b'{"q":"DROP TABLE t"}'), 403, "key-read-only")
    assert all("DELETE" not in exchange.target for exchange in upstream.exchanges)


def test_a_rate_and_a_quota(guarded, keys):
    """429, and how long to wait; what is refused does not count."""
    fast = keys.add("fast", "--rate", "1/h", "--burst", "2")
    few = keys.add("few", "--quota", "3/day")
    proxy = guarded()
    assert [ask(proxy, bearer(fast)).status for _ in range(3)] == [200, 200, 429]
    answer = ask(proxy, bearer(fast))
    assert refused(answer, 429, "key-rate")["source"] == "proxy"
    assert 3590 <= int(answer.value("retry-after")) <= 3600
    assert [ask(proxy, bearer(few)).status for _ in range(4)] == [200, 200, 200, 429]
    answer = ask(proxy, bearer(few))
    refused(answer, 429, "key-quota")
    assert 0 < int(answer.value("retry-after")) <= 86400


def test_a_quota_outlives_the_process(guarded, keys, start, upstream, api_access_token, tmp_path):
    """However that ended."""
    key = keys.add("few", "--quota", "5/day")
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    for expected in ([200] * 3, [200] * 2 + [429]):
        proxy = guarded(**state)
        assert [ask(proxy, bearer(key)).status for _ in expected] == expected
        proxy.stop()
        proxy.end_is_known = True
    proxy = guarded(**state)
    refused(ask(proxy, bearer(key)), 429, "key-quota")


# How keys change


def test_a_revoked_key_is_dead_within_a_second_on_open_connections_too(guarded, keys, record_property):
    """One person is shut out; nobody else notices."""
    key, other = keys.add("maria"), keys.add("other")
    proxy = guarded()
    client, others = proxy.client(), proxy.client()
    assert client.request("GET", QUERY, bearer(key)).answer().status == 200
    keys.revoke("maria")
    revoked = time.monotonic()
    while (answer := client.request("GET", QUERY, bearer(key)).answer()).status == 200:
        assert time.monotonic() - revoked < 1 * PATIENCE
        time.sleep(0.01)
    record_property("revoked_after_s", round(time.monotonic() - revoked, 3))
    refused(answer, 401, "key-revoked")
    assert others.request("GET", QUERY, bearer(other)).answer().status == 200


def test_a_rotated_key_has_an_overlap_if_asked_for(guarded, keys):
    """Without one the old secret is dead; with one both open."""
    first = keys.add("maria")
    proxy = guarded()
    second = keys.rotate("maria", "--overlap", "1h")
    eventually(lambda: ask(proxy, bearer(second)).status == 200, "the new one opens")
    assert ask(proxy, bearer(first)).status == 200
    third = keys.rotate("maria")
    eventually(lambda: ask(proxy, bearer(third)).status == 200, "the newest one opens")
    refused(ask(proxy, bearer(second)), 401, "key-replaced")
    refused(ask(proxy, bearer(first)), 401, "key-unknown")


def test_a_damaged_file_changes_nothing_while_running_and_ends_a_start(guarded, keys, tmp_path, canaries, upstream):
    """Nobody gets in by damaging it, and nobody is shut out."""
    key = keys.add("maria")
    proxy = guarded()
    good = keys.file.read_bytes()
    keys.file.write_bytes(good[:-20])
    proxy.logged("the keys were not read again, the old ones stay in force")
    assert ask(proxy, bearer(key)).status == 200
    code, _, error = run(tmp_path / "second", canaries, keys.settings | {
        "api_base_url": upstream.url, "api_access_token": "x" * 40}, "--listen", "127.0.0.1:0")
    assert code == 2 and "keys_file" in error and "no file of keys" in error
    keys.file.write_bytes(good)
    proxy.logged("the keys were read again")
    keys.file.chmod(0o644)
    code, _, error = run(tmp_path / "third", canaries, keys.settings | {
        "api_base_url": upstream.url, "api_access_token": "x" * 40}, "--listen", "127.0.0.1:0")
    assert code == 2 and "other users" in error


def test_a_start_without_keys_says_how_to_make_one(keys, tmp_path, canaries, upstream):
    """`clients: keys` without a file would let nobody in."""
    code, _, error = run(tmp_path / "first", canaries, keys.settings | {
        "api_base_url": upstream.url, "api_access_token": "x" * 40}, "--listen", "127.0.0.1:0")
    assert code == 2 and "cartouche keys add NAME" in error


def test_the_commands(keys):
    """What a person meets: mistakes are told apart, and the file is his alone."""
    keys.add("maria", "--rate", "10/s", "--burst", "20", "--quota", "100/day", "--expires", "30d",
             "--routes", "GET /v3/maps/{rest...}", "--connections", "carto_dw", "--read-only")
    assert keys.file.stat().st_mode & 0o777 == 0o600
    assert "cartouche_" not in keys.file.read_text()
    maria = keys.listed()["maria"]
    assert (maria["rate"], maria["burst"], maria["quota_per_day"], maria["used_today"]) == ("10/s", 20, 100, 0)
    assert (maria["routes"], maria["connections"], maria["read_only"]) == (["GET /v3/maps/{rest...}"], ["carto_dw"], True)
    for arguments, told in [
        (["add", "maria"], "cartouche keys rotate maria"), (["add", "a b"], "letters, digits"),
        (["add", "x", "--rate", "fast"], "--rate fast"), (["add", "x", "--quota", "5"], "5000/day"),
        (["add", "x", "--expires", "2020-01-01"], "over already"), (["add", "x", "--routes", "GET"], "--routes GET"),
        (["add", "x", "--burst", "3"], "--burst"), (["revoke", "nobody"], "there are maria"), (["rotate", "nobody"], "maria"),
    ]:
        assert told in keys.command(*arguments, code=2).stderr, arguments
    keys.revoke("maria")
    assert keys.listed()["maria"]["revoked"]
    assert "was revoked" in keys.command("rotate", "maria", code=2).stderr
    keys.add("maria")
    assert not keys.listed()["maria"]["revoked"]


def test_a_key_nobody_is_asked_for_is_told_of(tmp_path, canaries):
    """Or somebody makes keys, and believes the port closed."""
    for name, settings, is_told in [("a", {}, True), ("b", {"clients": "none"}, True), ("c", {"clients": "keys"}, False)]:
        code, _, error = run(tmp_path / name, canaries, settings, "keys", "add", "maria")
        assert code == 0 and ("does not say clients: keys" in error) == is_told, error


def test_explain_and_check_know_of_keys(keys, tmp_path, canaries, upstream):
    """Which key would open what, without its secret."""
    keys.add("reader", "--read-only", "--connections", "carto_dw")
    settings = keys.settings | {"api_base_url": upstream.url, "api_access_token": canaries.api_access_token()}
    def explain(name: str, *arguments: str) -> dict:
        code, output, error = run(tmp_path / name, canaries, settings, "explain", "--json", *arguments)
        assert code == 0, error
        return json.loads(output)
    assert explain("a", "GET", QUERY)["error"]["code"] == "key-missing"
    told = explain("b", "--key-name", "reader", "GET", QUERY)
    assert (told["outcome"], told["key"]) == ("forwarded", "reader")
    assert explain("c", "--key-name", "reader", "GET", "/v3/lds/stats")["error"]["code"] == "key-scope"
    assert explain("d", "--key-name", "reader", "GET", QUERY.replace("SELECT", "DROP"))["error"]["code"] == "key-read-only"
    code, output, _ = run(tmp_path / "e", canaries, settings, "check")
    assert code == 0 and "1 of 1 keys" in output


# What is written down


def test_the_audit_log_says_who_did_what_and_no_secret(guarded, keys, tmp_path):
    """And goes on in the same chain after a restart and after it was renamed."""
    key = keys.add("maria")
    log = tmp_path / "audit.log"
    settings = {"audit_log": str(log), "XDG_STATE_HOME": str(tmp_path / "state")}
    proxy = guarded(**settings)
    assert ask(proxy, bearer(key), target=QUERY + "&secret_parameter=1").status == 200
    refused(ask(proxy), 401, "key-missing")
    proxy.stop()
    proxy.end_is_known = True
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line.get("event") for line in lines] == ["started", None, None, "stopped"]
    # Each loop writes its line when its answer has left, so the second may be the faster.
    first, second = sorted(lines[1:3], key=lambda line: line["status"])
    assert (first["who"], first["method"], first["route"], first["status"]) == (
        "key maria", "GET", "/v3/sql/{connection}/query", 200)
    assert (second["who"], second["status"], second["error"]) == (f"user {os.getuid()}", 401, "key-missing")
    assert "secret_parameter" not in log.read_text() and key not in log.read_text()
    older = log.rename(tmp_path / "audit.log.1")
    proxy = guarded(**settings)
    ask(proxy, bearer(key))
    proxy.stop()
    proxy.end_is_known = True
    code, found = verify(tmp_path, log)
    assert (code, found["intact"]) == (0, True), found
    code, found = verify(tmp_path, log, older)
    assert (code, found["intact"], found["lines"]) == (0, True, 4 + 4), found


def test_without_its_audit_log_nothing_is_served(guarded, keys, tmp_path):
    """Or all is, and counted: as the configuration says."""
    key = keys.add("maria")
    for mode in ("refuse", "serve"):
        log = tmp_path / mode
        proxy = guarded(audit_log=str(log), audit_failure=mode, XDG_STATE_HOME=str(tmp_path / "state"))
        assert ask(proxy, bearer(key)).status == 200
        # Somebody puts a folder in the place of the log.
        log.rename(tmp_path / f"{mode}.moved")
        log.mkdir()
        ask(proxy, bearer(key))
        proxy.logged("the audit log cannot be written")
        if mode == "refuse":
            answer = ask(proxy, bearer(key))
            refused(answer, 503, "audit-unavailable")
            assert answer.value("retry-after")
        else:
            assert ask(proxy, bearer(key)).status == 200
        log.rmdir()
        (tmp_path / f"{mode}.moved").rename(log)
        proxy.logged("the audit log can be written again")
        assert ask(proxy, bearer(key)).status == 200
        proxy.stop()
        proxy.end_is_known = True
        code, found = verify(tmp_path, log)
        assert (code, found["intact"]) == (0, True), found
        assert ('"event":"lost"' in log.read_text()) == (mode == "serve")


# Who may listen where


def test_a_listener_that_others_reach_needs_keys_and_tls(keys, tmp_path, canaries, upstream):
    """Keys alone do not open the network: what travels there has to be under TLS as well."""
    keys.add("maria")
    settings = keys.settings | {"api_base_url": upstream.url, "api_access_token": canaries.api_access_token()}
    code, _, error = run(tmp_path / "a", canaries, settings, "check", "--listen", "0.0.0.0:0")
    assert code == 2 and "insecure_allow_plaintext" in error and "insecure_allow_unauthenticated" not in error
    code, _, error = run(tmp_path / "b", canaries, settings | {"insecure_allow_plaintext": "on"}, "check", "--listen", "0.0.0.0:0")
    assert code == 0, error


# Twenty at once


@dataclasses.dataclass
class Person:
    name: str
    key: str
    rate: int | None = None
    burst: int = 0
    quota: int | None = None
    may: str = "anything"
    target: str = QUERY
    method: str = "GET"
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    first: float = 0
    last_granted: float = 0
    last: float = 0
    revoked_at: float = 0
    times: list[float] = dataclasses.field(default_factory=list)


async def _hammer(person: Person, host: str, port: int, until: float) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    head = (f"{person.method} {person.target} HTTP/1.1\r\nHost: localhost:{port}\r\n"
            f"Authorization: Bearer {person.key}\r\n\r\n").encode()
    person.first = time.monotonic()
    while (now := time.monotonic()) < until:
        writer.write(head)
        answer = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in answer.decode().lower().split("\r\n")[1:] if line)
        if "content-length" in fields:
            await reader.readexactly(int(fields["content-length"]))
        elif "chunked" in fields.get("transfer-encoding", ""):
            while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
                await reader.readexactly(size + 2)
            await reader.readuntil(b"\r\n")
        status = int(answer[9:12])
        person.counts[status if status in (200, 429) else fields.get("cartouche-error", str(status))] += 1
        person.last = time.monotonic()
        if status == 200:
            person.times.append(now)
        else:
            # Who is refused asks again soon: often enough to get every token of its bucket.
            await asyncio.sleep(0.01)
    writer.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seconds", [6, pytest.param(30, marks=pytest.mark.full)])
def test_twenty_people_get_exactly_what_each_may_have(start, keys, nginx, api_access_token, tmp_path, seconds, capsys):
    """Twenty keys with different scopes, rates and quotas hammer for a while; one is revoked half way."""
    people: list[Person] = []
    for number in range(10):
        rate = 4 * (number + 1)
        people.append(Person(f"rate-{rate}", keys.add(f"rate-{rate}", "--rate", f"{rate}/s", "--burst", "5"), rate, 5))
    for number in range(4):
        quota = 25 * (number + 1)
        people.append(Person(f"quota-{quota}", keys.add(f"quota-{quota}", "--quota", f"{quota}/day"), quota=quota))
    both = Person("both", keys.add("both", "--rate", "30/s", "--burst", "5", "--quota", "40/day"), 30, 5, 40)
    reads = Person("reads", keys.add("reads", "--read-only", "--rate", "20/s", "--burst", "5"), 20, 5)
    writes = Person("writes", keys.add("writes", "--read-only"), may="key-read-only",
                    target="/v3/sql/carto_dw/query?q=DELETE%20FROM%20t")
    maps = Person("maps", keys.add("maps", "--routes", "GET /v3/maps/{rest...}"), may="key-scope")
    elsewhere = Person("elsewhere", keys.add("elsewhere", "--connections", "other"), may="key-scope")
    leaving = Person("leaving", keys.add("leaving", "--rate", "50/s", "--burst", "5"), 50, 5)
    people += [both, reads, writes, maps, elsewhere, leaving]
    assert len(people) == 20
    log = tmp_path / "audit.log"
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    proxy = start(keys.settings, state, api_base_url=nginx.url, api_access_token=api_access_token, audit_log=str(log),
                  log_level="info", access_log="off")

    async def everybody() -> None:
        until = time.monotonic() + seconds
        async def revoke() -> None:
            await asyncio.sleep(seconds / 2)
            await asyncio.to_thread(keys.revoke, "leaving")
            leaving.revoked_at = time.monotonic()
        await asyncio.gather(revoke(), *(_hammer(person, *proxy.address, until) for person in people))

    asyncio.run(everybody())
    proxy.stop()
    proxy.end_is_known = True
    table = [f"{'key':12} {'may':>14} {'got':>6} {'429':>6} {'refused':>8}"]
    for person in people:
        granted, length = person.counts[200], person.last - person.first
        others = {code: count for code, count in person.counts.items() if code not in (200, 429)}
        expected = None
        if person.may != "anything":
            assert set(person.counts) == {person.may}, person
            expected = 0
        elif person is leaving:
            assert set(others) == {"key-revoked"}, person.counts
            late = person.times[-1] - person.revoked_at
            assert late < 1 * PATIENCE, late
            table.append(f"(revoked; last answer {late * 1000:+.0f} ms after the command had ended)")
        else:
            assert not others, person.counts
            by_rate = person.burst + person.rate * length if person.rate else float("inf")
            expected = min(by_rate, person.quota or float("inf"))
            if person.quota and expected == person.quota:
                assert granted == person.quota, person
            else:
                # One in a hundred, and the one token that is due at the end; who is slowed down asks less often.
                assert (expected * 0.99 - 1) / PATIENCE <= granted <= expected * 1.01 + 1, (person.name, granted, expected)
        shown = "-" if expected is None else f"{expected:.1f}"
        table.append(f"{person.name:12} {shown:>14} {granted:>6} {person.counts[429]:>6} {sum(others.values()):>8}")

    # Every request has its line, and nothing can be done to them unnoticed.
    asked = sum(sum(person.counts.values()) for person in people)
    code, found = verify(tmp_path, log)
    assert (code, found["intact"], found["lines"]) == (0, True, asked + 2), found
    lines = log.read_text().splitlines(keepends=True)
    by_name = collections.Counter(json.loads(line)["who"] for line in lines if '"who"' in line)
    # Whoever shows a revoked key is nobody of ours any more.
    expected = {f"key {person.name}": sum(person.counts.values()) for person in people}
    expected["key leaving"] -= leaving.counts["key-revoked"]
    assert by_name == expected | {f"user {os.getuid()}": leaving.counts["key-revoked"]}
    middle = len(lines) // 2
    for what, changed in {
        "edited": [*lines[:middle], lines[middle].replace('"status":', '"status":1'), *lines[middle + 1:]],
        "removed": [*lines[:middle], *lines[middle + 1:]],
        "moved": [*lines[:middle], lines[middle + 1], lines[middle], *lines[middle + 2:]],
        "cut at the end": lines[:-1], "cut at the start": lines[1:],
    }.items():
        log.write_text("".join(changed))
        code, found = verify(tmp_path, log)
        assert code == 1 and not found["intact"] and found["faults"], what
        table.append(f"audit log {what}: {found['faults'][0].removeprefix(str(log))}")
    with capsys.disabled():
        print("\n" + "\n".join(table) + f"\n{asked} requests in {seconds} s, {len(lines)} lines verified")


# Turns


async def _ask_again_and_again(key: str, address: tuple[str, int], until: float, spent: list[float]) -> None:
    """One connection; how long each answer took."""
    reader, writer = await asyncio.open_connection(*address)
    request = f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    while (began := time.monotonic()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = next(int(line[15:]) for line in head.decode().lower().split("\r\n") if line.startswith("content-length"))
        await reader.readexactly(length)
        spent.append(time.monotonic() - began)
    writer.close()


@pytest.mark.parametrize("loops", [1, 2])
def test_who_asks_for_much_does_not_keep_the_others_waiting(guarded, keys, upstream, loops, capsys):
    """Four connections to an upstream that takes 20 ms: 60 clients with one key, and one client with another."""
    greedy, modest = keys.add("greedy"), keys.add("modest")

    def respond(exchange):
        time.sleep(0.02)
        exchange.answer(200, {"Content-Type": "application/json"}, b"{}")

    upstream.respond = respond
    proxy = guarded(max_upstream_connections=str(4 // loops), loops=str(loops), access_log="off")

    async def both() -> tuple[list[float], list[float]]:
        until = time.monotonic() + 3
        much: list[float] = []
        little: list[float] = []
        await asyncio.gather(
            *(_ask_again_and_again(greedy, proxy.address, until, much) for _ in range(60)),
            _ask_again_and_again(modest, proxy.address, until, little))
        return much, little

    much, little = map(sorted, asyncio.run(both()))
    middle = {"greedy": much[len(much) // 2], "modest": little[len(little) // 2]}
    with capsys.disabled():
        print(f"\nloops {loops}: 60 clients of one key {len(much)} answers, median {middle['greedy'] * 1000:.0f} ms; "
              f"one of another {len(little)}, median {middle['modest'] * 1000:.0f} ms, "
              f"slowest {little[-1] * 1000:.0f} ms")
    # In one line with the others it would wait for 0.3 s, fifteen times the upstream's time, or for twice that
    # where the 60 have come to its loop all together. By turns it waits for the
    # next connection that comes free, and then for its own answer.
    assert middle["modest"] < 0.1 * PATIENCE
    assert len(little) > 3 * len(much) / 60


# Under TLS, from one configuration and one process to the next


def test_counts_and_the_audit_log_go_on_under_tls_through_reloads_and_upgrades(
        start, keys, upstream, api_access_token, authority, identity, tmp_path):
    """On a listener that other machines reach: a quota is spent once, and there is one chain."""
    key, log = keys.add("maria", "--quota", "60/day"), tmp_path / "audit.log"
    proxy = start(keys.settings, {"XDG_STATE_HOME": str(tmp_path / "state")}, api_base_url=upstream.url,
                  api_access_token=api_access_token, tls_certificate_file=str(identity.certificate),
                  tls_key_file=str(identity.key), audit_log=str(log), log_level="info", drain_timeout="5s",
                  arguments=("--listen", "https://0.0.0.0:0"))
    context = ssl.create_default_context(cafile=str(authority.certificate))
    asked = collections.Counter()

    def ask_over_tls(times: int, fields: str = f"Authorization: Bearer {key}\r\n") -> list[int]:
        statuses = []
        with context.wrap_socket(socket.create_connection(("127.0.0.1", proxy.address[1]), 10 * PATIENCE),
                                 server_hostname="localhost") as connection:
            reader = Reader(connection)
            for _ in range(times):
                connection.sendall(f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode())
                statuses.append(read_answer(reader).status)
        asked.update(statuses)
        return statuses

    assert ask_over_tls(20) == [200] * 20
    assert ask_over_tls(1, "") == [401]
    proxy.signal(signal.SIGHUP)
    proxy.logged("the configuration was loaded anew and is in force")
    assert ask_over_tls(20) == [200] * 20
    proxy.signal(signal.SIGUSR2)
    successor = int(re.search(r"handed over to process (\d+)", proxy.logged("handed over to process", 30))[1])
    try:
        assert proxy.exit_code(within=30) == 0
        statuses = ask_over_tls(25)
        assert statuses == [200] * 20 + [429] * 5
        assert keys.listed()["maria"]["name"] == "maria"
    finally:
        os.kill(successor, signal.SIGTERM)
        eventually(lambda: not _lives(successor), "the successor ends", 20 * PATIENCE)
    code, found = verify(tmp_path, log)
    assert (code, found["intact"]) == (0, True), found
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert collections.Counter(line["status"] for line in lines if "status" in line) == asked
    assert len([line for line in lines if line.get("event") == "lost"]) == 0


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


# What a hostile client tries


def test_keys_of_pipelined_requests_are_each_their_own(guarded, keys, upstream):
    """What one request of a connection may, the next one may not."""
    good, reader = keys.add("good"), keys.add("reader", "--connections", "other")
    proxy = guarded()
    def request(*fields: str) -> bytes:
        return "".join([f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n", *(f"{field}\r\n" for field in fields), "\r\n"]).encode()
    with socket.create_connection(proxy.address, 10 * PATIENCE) as connection:
        connection.sendall(request(f"Authorization: Bearer {good}") + request(f"Cartouche-Key: {reader}") + request()
                           + request(f"Authorization: Bearer {good}"))
        answers = Reader(connection)
        found = [read_answer(answers) for _ in range(4)]
    assert [answer.status for answer in found] == [200, 403, 401, 200]
    assert len(upstream.exchanges) == 2


def test_a_key_counts_in_its_places_only(guarded, keys, upstream):
    """Not in a body, nor with another scheme, nor beside a second one in a list."""
    key, other = keys.add("maria"), keys.add("other")
    proxy = guarded()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(ask(proxy, form, "POST", "/v3/sql/carto_dw/query", f"access_token={key}&q=SELECT+1".encode()), 401, "key-missing")
    refused(ask(proxy, {"Authorization": key}), 401, "key-missing")
    refused(ask(proxy, {"Authorization": f"Token {key}"}), 401, "key-missing")
    refused(ask(proxy, {"Proxy-Authorization": f"Bearer {key}"}), 401, "key-missing")
    refused(ask(proxy, {"Authorization": f"Bearer {key}, Bearer {other}"}), 401, "key-malformed")
    refused(ask(proxy, {"Cartouche-Key": key.upper()}), 401, "key-malformed")
    refused(ask(proxy, basic(other) | {"Cartouche-Key": key}), 400, "key-conflict")
    assert not upstream.exchanges
    # The scheme's name is anybody's case, and the same key twice is one.
    assert ask(proxy, {"Authorization": f"bEARER {key}", "Cartouche-Key": key}).status == 200


def test_commands_at_the_same_moment_lose_nothing(keys):
    """Each takes its turn at the file."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: keys.add(f"key-{number}"), range(24)))
    assert len(set(made)) == 24
    assert sorted(keys.listed()) == sorted(f"key-{number}" for number in range(24))


def test_a_file_of_somebody_elses_is_not_read(keys, tmp_path, canaries, upstream):
    """Nor one that others may write to: whoever writes it lets in whom he likes."""
    needs_root()
    keys.add("maria")
    settings = keys.settings | {"api_base_url": upstream.url, "api_access_token": "x" * 40}
    for change, undo in [
        (lambda: os.chown(keys.file, NOBODY, NOBODY), lambda: os.chown(keys.file, 0, 0)),
        (lambda: keys.file.chmod(0o620), lambda: keys.file.chmod(0o600)),
        (lambda: keys.file.chmod(0o604), lambda: keys.file.chmod(0o600)),
    ]:
        change()
        code, _, error = run(tmp_path / "refused", canaries, settings, "--listen", "127.0.0.1:0")
        assert code == 2 and "keys_file" in error, error
        undo()
    # A link is another's word for which file it is.
    aside = keys.file.rename(keys.file.with_name("elsewhere.json"))
    keys.file.symlink_to(aside)
    code, _, error = run(tmp_path / "link", canaries, settings, "--listen", "127.0.0.1:0")
    assert code == 2 and "keys_file" in error, error


def test_an_audit_log_with_a_whole_file_missing(guarded, keys, tmp_path):
    """Its head record tells, and without that record nothing is called intact."""
    key, log, state = keys.add("maria"), tmp_path / "audit.log", tmp_path / "state"
    for _ in range(2):
        proxy = guarded(audit_log=str(log), XDG_STATE_HOME=str(state))
        assert ask(proxy, bearer(key)).status == 200
        proxy.stop()
        proxy.end_is_known = True
        if not (tmp_path / "audit.log.1").exists():
            log.rename(tmp_path / "audit.log.1")
    assert verify(tmp_path, log, tmp_path / "audit.log.1")[0] == 0
    whole = log.read_bytes()
    for content in (b"", (tmp_path / "audit.log.1").read_bytes()):
        log.write_bytes(content)
        code, found = verify(tmp_path, log)
        assert code == 1 and not found["intact"], found
    log.write_bytes(whole)
    records = [path for path in state.rglob("*") if path.is_file() and b"cartouche-audit-head" in path.read_bytes()]
    assert records
    for record in records:
        record.unlink()
    code, found = verify(tmp_path, log)
    assert code != 0 and not found.get("intact"), found
