"""The cast itself, without Cartouche: a test that proves nothing without its proxy must not pass by a broken prop."""

from __future__ import annotations

import socket
import ssl
import subprocess

import pytest
import requests

from harness.nginx import QUERY_ANSWER


def test_nginx_answers_and_writes_down_what_it_got(nginx, authority):
    """The record is what other tests believe about the upstream."""
    answer = subprocess.run(["curl", "-sS", "--noproxy", "*", "--cacert", authority.certificate, "-H", "Authorization: Bearer x",
                             f"{nginx.url}/v3/sql/c/query?q=%201"], capture_output=True, check=True, text=True)
    assert answer.stdout == QUERY_ANSWER
    request = nginx.the_request()
    assert (request["target"], request["authorization"]) == ("/v3/sql/c/query?q=%201", "Bearer x")


def test_the_oauth_server_grants_and_refuses(oauth, authority):
    """A JWT for the right secret and audience; nothing for another."""
    def ask(**changes):
        form = {"grant_type": "client_credentials", "client_id": oauth.client.client_id,
                "client_secret": oauth.client.client_secret, "audience": "carto-cloud-native-api"} | changes
        return requests.post(f"{oauth.url}/oauth/token", data=form, verify=str(authority.certificate))
    granted = ask()
    assert granted.status_code == 200
    assert granted.json()["token_type"] == "Bearer"
    assert granted.json()["expires_in"] == 86400
    assert granted.json()["access_token"].count(".") == 2
    assert oauth.issued == [granted.json()["access_token"]]
    assert ask(client_secret="wrong").status_code == 401
    assert ask(audience="").status_code == 403
    assert len(oauth.requests) == 3


def test_the_recording_upstream_records(upstream, authority):
    """Also what it must not be sent."""
    answer = requests.post(f"{upstream.url}/x", data=iter([b"a", b"b"]), verify=str(authority.certificate))
    assert answer.json()["body_length"] == 2
    assert upstream.the_exchange().body == b"ab"
    context = ssl.create_default_context(cafile=str(authority.certificate))
    with socket.create_connection(("127.0.0.1", upstream.port)) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(b"GET /x HTTP/1.1\nHost: x\n\n\r\n")
        assert client.recv(100) == b""
    assert upstream.faults
    upstream.faults.clear()


@pytest.mark.parametrize("faulty", [dict(hosts=("api.example",)), dict(self_signed=True)], ids=["host", "self-signed"])
def test_faulty_certificates_are_faulty(new_upstream, authority, faulty):
    """As far as OpenSSL in Python's hands can tell."""
    upstream = new_upstream(authority.issue(**faulty))
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{upstream.url}/x", verify=str(authority.certificate))
    upstream.faults.clear()
