"""Upstreams behind names: several addresses, other addresses than before, a resolver that hangs."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from harness.names import Names
from harness.waiting import eventually

pytestmark = pytest.mark.skipif("CARTOUCHE_SANITIZER" in os.environ,
                                reason="a sanitizer's library has to be the first to be loaded")

QUERY = "/v3/sql/carto_dw/query"
API, ACCOUNTS = "api.carto.invalid", "accounts.carto.invalid"


@pytest.fixture
def names(tmp_path) -> Names:
    return Names(tmp_path / "names")


@pytest.fixture
def api(new_upstream, authority):
    return new_upstream(authority.issue((API, ACCOUNTS)))


@pytest.fixture
def named(api, names, api_access_token):
    """Settings for the API under its name."""
    return names.environment | {"api_base_url": f"https://{API}:{api.port}", "api_access_token": api_access_token}


def test_a_resolver_that_never_answers(start, api, names, named, canaries):
    """Fifty requests for it are told so in time; those that need no look-up are served meanwhile, with few threads."""
    names.set({API: "127.0.0.1", ACCOUNTS: Names.HANGS})
    proxy = start(named, accounts_url=f"https://{ACCOUNTS}:{api.port}", connect_timeout="2s",
                  oauth_access_token=canaries.oauth_access_token())
    pooled = proxy.client()
    assert pooled.request("GET", QUERY).answer().status == 200
    before = proxy.threads
    waiting = [proxy.client(20).request("GET", "/activity-data-jobs/7") for _ in range(50)]
    eventually(lambda: ACCOUNTS in names.asked, "the name is looked up")
    for _ in range(100):
        assert pooled.request("GET", QUERY).answer().status == 200
    # New connections, too, while the first name is known.
    for _ in range(5):
        assert proxy.client().request("GET", QUERY).answer().status == 200
    threads = proxy.threads
    assert threads < 64 and threads <= before + 8, threads
    for client in waiting:
        error = client.error()
        assert (error["status"], error["source"], error["code"]) == (504, "upstream", "upstream-name-timeout")
    # One look-up for all of them; the second would come only much later.
    assert names.asked.count(ACCOUNTS) == 1
    assert pooled.request("GET", QUERY).answer().status == 200


def test_a_name_that_comes_back(start, api, names, named):
    """What was unknown is asked for again by the next request."""
    names.set({API: Names.UNKNOWN})
    proxy = start(named)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["code"]) == (502, "upstream-name-not-resolved")
    names.set({API: "127.0.0.1"})
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_several_addresses(start, api, names, named):
    """One that refuses, and one that does not take the handshake on, are passed over."""
    names.set({API: "127.0.0.3 127.0.0.2 127.0.0.1"})
    listener = socket.create_server(("127.0.0.2", api.port))
    taken = []

    def cut():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            taken.append(connection)
            connection.recv(1)
            connection.close()

    threading.Thread(target=cut, daemon=True).start()
    try:
        proxy = start(named)
        assert proxy.client().request("GET", QUERY).answer().status == 200
        assert len(taken) == 1
        # The next connection goes to where the last one was served.
        holding = [proxy.client().request("GET", QUERY) for _ in range(3)]
        assert [client.answer().status for client in holding] == [200] * 3
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
