"""TLS towards clients: what they may speak, what they must show, and what happens to those who do neither."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import time
import warnings
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, run
from harness.certificates import Authority, Identity
from harness.messages import Reader, read_answer
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
REQUEST = f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


@pytest.fixture
def client_authority(tmp_path) -> Authority:
    """Signs the certificates of clients, and of nobody else."""
    (tmp_path / "clients").mkdir()
    return Authority(tmp_path / "clients", "Clients")


@pytest.fixture
def start_tls(start, upstream, api_access_token, identity):
    """Starts a proxy that listens under TLS on a free port of this machine."""
    def start_tls(identity: Identity = identity, listen: str = "https://127.0.0.1:0", **settings):
        return start(api_base_url=upstream.url, api_access_token=api_access_token,
                     tls_certificate_file=str(identity.certificate), tls_key_file=str(identity.key),
                     arguments=("--listen", listen), **settings)
    return start_tls


def trusting(authority: Authority, identity: Identity | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if identity:
        context.load_cert_chain(identity.certificate, identity.key)
    return context


def connect(proxy, context: ssl.SSLContext) -> ssl.SSLSocket:
    return context.wrap_socket(socket.create_connection(proxy.address, 10 * PATIENCE), server_hostname="localhost")


def status(connection: socket.socket) -> int:
    connection.sendall(REQUEST)
    return read_answer(Reader(connection)).status


def openssl(proxy, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess:
    host, port = proxy.address
    return subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", "-servername", "localhost", *arguments],
                          input=data, capture_output=True, timeout=30 * PATIENCE, check=False)


def test_curl_is_served(start_tls, authority):
    """It offers HTTP/2 as well and gets HTTP/1.1; bases in answers and in the announcement are https."""
    proxy = start_tls()
    assert proxy.base.startswith("https://127.0.0.1:")
    url = proxy.base.replace("127.0.0.1", "localhost")
    result = subprocess.run(
        ["curl", "-sS", "--fail", "--noproxy", "*", "--cacert", str(authority.certificate), "-w", "\n%{http_version}", url + QUERY],
        capture_output=True, timeout=30, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith(b"\n1.1")
    info = subprocess.run(["curl", "-sS", "--fail", "--noproxy", "*", "--cacert", str(authority.certificate),
                           url + "/carto-info.json"], capture_output=True, timeout=30, check=True)
    assert url in info.stdout.decode() and "http://" not in info.stdout.decode().replace("https://", "")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_present_versions(start_tls, authority, version):
    """Large bodies in both directions, several requests on one connection, and resumption on the next."""
    proxy = start_tls()
    context = trusting(authority)
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["http/1.1"])
    with connect(proxy, context) as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
        assert connection.cipher()[0].startswith(("ECDHE", "TLS_"))
        reader = Reader(connection)
        for size in (0, 1, 70_000, 3_000_000):
            body = json.dumps({"q": "x" * size}).encode()
            connection.sendall(f"POST {QUERY} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                               f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            assert read_answer(reader, "POST").status == 200
        session = connection.session
    with context.wrap_socket(socket.create_connection(proxy.address, 10), server_hostname="localhost", session=session) as again:
        assert again.session_reused
        assert status(again) == 200


def test_an_answer_larger_than_the_clients_window(start_tls, upstream, authority):
    """Back-pressure under TLS: a slow reader gets all of it."""
    body = os.urandom(1 << 20) * 8
    upstream.respond = lambda exchange: exchange.answer(200, {"Content-Type": "application/octet-stream"}, body)
    proxy = start_tls()
    with connect(proxy, trusting(authority)) as connection:
        connection.sendall(REQUEST)
        time.sleep(0.3)  # So that every buffer on the way is full.
        assert read_answer(Reader(connection)).body == body


@pytest.mark.parametrize("arguments", [
    ("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"), ("-tls1_2", "-cipher", "AES128-GCM-SHA256"),
    ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"), ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384"),
    ("-alpn", "h2"), ("-alpn", "http/1.0,spdy/1"),
], ids=lambda arguments: " ".join(arguments[:3]))
def test_what_is_not_spoken(start_tls, upstream, arguments):
    """Old versions, suites without forward secrecy or authenticated encryption, other protocols: no handshake."""
    proxy = start_tls()
    result = openssl(proxy, *arguments, data=REQUEST)
    assert b"HTTP/1.1" not in result.stdout
    assert result.returncode != 0 and b"alert" in result.stderr, result.stderr
    assert upstream.exchanges == []


def test_plain_http_is_told(start_tls, upstream):
    """400 in our own words, in the clear, and the connection ends."""
    proxy = start_tls()
    with proxy.client() as client:
        error = client.request("GET", QUERY).error()
        assert (error["status"], error["code"]) == (400, "plain-http")
        assert client.is_closed()
    assert upstream.exchanges == []


@pytest.mark.parametrize("data", [b"\0" * 100, b"SSH-2.0-x\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 100, b"PATCH / HTTP/1.1\r\n\r\n",
                                  b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"])
def test_garbage_is_closed_on(start_tls, authority, data):
    """And the next client is served."""
    proxy = start_tls(head_timeout="1s")
    with proxy.client(timeout=5) as client:
        client.send(data)
        while client.socket.recv(1000):
            pass  # An alert.
    with connect(proxy, trusting(authority)) as connection:
        assert status(connection) == 200


@pytest.mark.parametrize("said", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_a_slow_handshake_is_ended(start_tls, said):
    """From the first moment on it has the time of a head; dripping does not extend it."""
    proxy = start_tls(head_timeout="500ms")
    with proxy.client(timeout=5) as client:
        began = time.monotonic()
        if said:
            client.send(said)
        assert client.is_closed()
        assert 0.3 < time.monotonic() - began < 3 * PATIENCE


def test_many_slow_handshakes_leave_room(start_tls, authority):
    """Those who say nothing do not keep others out."""
    proxy = start_tls(head_timeout="2s")
    silent = [socket.create_connection(proxy.address, 10) for _ in range(200)]
    with connect(proxy, trusting(authority)) as connection:
        assert status(connection) == 200
    eventually(lambda: proxy.sockets < 20, "all of them are closed", 10 * PATIENCE)
    for each in silent:
        each.close()


# MARK: Certificates of clients

def test_clients_without_a_certificate_are_refused(start_tls, upstream, authority, client_authority):
    """Nor is one of another authority, an expired one, or one for servers."""
    proxy = start_tls(tls_client_ca_file=str(client_authority.certificate), listen="https://0.0.0.0:0")
    good = client_authority.issue((), common_name="notebook", for_servers=False)
    with connect(proxy, trusting(authority, good)) as connection:
        assert status(connection) == 200
    assert "CN=notebook" in proxy.logged("a client has shown its certificate")
    bad = [None, authority.issue((), for_servers=False), client_authority.issue(("localhost",))]
    for identity in bad:
        # With TLS 1.3 a client learns of it only when it reads.
        with pytest.raises((ssl.SSLError, ConnectionError)):
            with connect(proxy, trusting(authority, identity)) as connection:
                connection.sendall(REQUEST)
                assert not connection.recv(1)
                raise ConnectionError
    assert len(upstream.exchanges) == 1


def test_certificates_may_be_optional(start_tls, authority, client_authority):
    """Then none is needed; one that is shown has to be good."""
    proxy = start_tls(tls_client_ca_file=str(client_authority.certificate), tls_client_certificates="optional")
    with connect(proxy, trusting(authority)) as connection:
        assert status(connection) == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with connect(proxy, trusting(authority, authority.issue((), for_servers=False))) as connection:
            connection.sendall(REQUEST)
            assert not connection.recv(1)
            raise ConnectionError


def test_curl_shows_a_certificate(start_tls, authority, client_authority):
    """As the manual says."""
    proxy = start_tls(tls_client_ca_file=str(client_authority.certificate))
    good = client_authority.issue((), for_servers=False)
    url = proxy.base.replace("127.0.0.1", "localhost") + QUERY
    curl = ["curl", "-sS", "--fail", "--noproxy", "*", "--cacert", str(authority.certificate), url]
    assert subprocess.run(curl, capture_output=True, timeout=30, check=False).returncode != 0
    with_certificate = [*curl, "--cert", str(good.certificate), "--key", str(good.key)]
    result = subprocess.run(with_certificate, capture_output=True, timeout=30, check=False)
    assert result.returncode == 0, result.stderr


# MARK: The files

def served_certificate(proxy, authority) -> bytes:
    with connect(proxy, trusting(authority)) as connection:
        return connection.getpeercert(binary_form=True)


def test_another_certificate_takes_its_place(start_tls, upstream, authority, tmp_path):
    """On HUP; connections that are open go on. One that does not fit changes nothing, and is named."""
    first, second = authority.issue(), authority.issue()
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"

    def put(certificate_of: Identity, key_of: Identity) -> None:
        certificate.write_bytes(certificate_of.certificate.read_bytes())
        key.touch(mode=0o600)
        key.write_bytes(key_of.key.read_bytes())

    put(first, first)
    proxy = start_tls(Identity(certificate, key))
    before = served_certificate(proxy, authority)
    with connect(proxy, trusting(authority)) as old:
        put(second, second)
        proxy.signal(signal.SIGHUP)
        eventually(lambda: served_certificate(proxy, authority) != before, "the second one is shown")
        assert status(old) == 200
    after = served_certificate(proxy, authority)
    put(second, first)
    proxy.signal(signal.SIGHUP)
    assert "tls_key_file" in proxy.logged("not reloaded")
    assert served_certificate(proxy, authority) == after


def test_renewed_files_are_noticed(start_tls, authority, tmp_path):
    """Without a signal, once they have come to rest; half of a renewal changes nothing, and the rest of it is noticed too."""
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    first, second = authority.issue(), authority.issue()
    certificate.write_bytes(first.certificate.read_bytes())
    key.touch(mode=0o600)
    key.write_bytes(first.key.read_bytes())
    proxy = start_tls(Identity(certificate, key))
    before = served_certificate(proxy, authority)
    with connect(proxy, trusting(authority)) as old:
        certificate.write_bytes(second.certificate.read_bytes())
        assert "tls_key_file" in proxy.logged("not reloaded")
        assert served_certificate(proxy, authority) == before
        key.write_bytes(second.key.read_bytes())
        eventually(lambda: served_certificate(proxy, authority) != before, "the second one is shown", 10 * PATIENCE)
        assert status(old) == 200
    assert proxy.log.count("the configuration was loaded anew") == 1


def test_what_is_asked_of_clients_holds_on_open_connections(start, upstream, api_access_token, identity, authority,
                                                            client_authority, tmp_path):
    """From the next request on: who shows nothing, or what another authority signed, has to come in again."""
    file = tmp_path / "cartouche.yaml"

    def configure(listen: str = "https://127.0.0.1:0", **keys) -> None:
        keys |= {"api_base_url": upstream.url, "api_access_token": api_access_token, "listen": f"'{listen}'",
                 "tls_certificate_file": identity.certificate, "tls_key_file": identity.key,
                 "upstream_ca_file": authority.certificate}
        file.write_text("".join(f"{name}: {value}\n" for name, value in keys.items()))
        file.chmod(0o600)

    def reload() -> None:
        had = proxy.log.count("is in force")
        proxy.signal(signal.SIGHUP)
        eventually(lambda: proxy.log.count("is in force") > had, "it is in force", 10 * PATIENCE)

    def ask(connection: ssl.SSLSocket) -> int | None:
        connection.sendall(REQUEST.replace(b"Connection: close\r\n", b""))
        try:
            return read_answer(Reader(connection)).status
        except (EOFError, ConnectionError, ssl.SSLError):
            return None

    configure()
    proxy = start(arguments=("--config", str(file)), log_level="info")
    known = client_authority.issue((), common_name="notebook", for_servers=False)
    with connect(proxy, trusting(authority)) as silent:
        assert ask(silent) == 200
        reload()
        assert ask(silent) == 200
        configure(tls_client_ca_file=client_authority.certificate)
        reload()
        assert ask(silent) is None
    with connect(proxy, trusting(authority, known)) as shown:
        assert ask(shown) == 200
        reload()
        assert ask(shown) == 200
        configure(tls_client_ca_file=authority.certificate)
        reload()
        assert ask(shown) is None
    assert len(upstream.exchanges) == 4


def test_the_audit_log_names_certificates(start_tls, authority, client_authority, tmp_path):
    """Of who shows no key."""
    log = tmp_path / "audit.log"
    proxy = start_tls(tls_client_ca_file=str(client_authority.certificate), audit_log=str(log),
                      XDG_STATE_HOME=str(tmp_path / "state"))
    known = client_authority.issue((), common_name="notebook", for_servers=False)
    with connect(proxy, trusting(authority, known)) as connection:
        assert status(connection) == 200
    proxy.stop()
    proxy.end_is_known = True
    assert '"who":"certificate CN=notebook"' in log.read_text()


@pytest.mark.parametrize("fault, words", [
    ("another key", ["tls_certificate_file", "tls_key_file"]), ("no certificate", ["tls_certificate_file"]),
    ("readable key", ["tls_key_file", "chmod 600"]), ("no file", ["tls_certificate_file", "there is no file"]),
])
def test_files_that_are_wrong(canaries, upstream, api_access_token, authority, tmp_path, fault, words):
    """Exit 2, and which file it is."""
    identity = authority.issue()
    certificate, key = identity.certificate, identity.key
    if fault == "another key":
        key = authority.issue().key
    elif fault == "no certificate":
        certificate = tmp_path / "not.pem"
        certificate.write_text("not a certificate")
    elif fault == "readable key":
        key.chmod(0o644)
    else:
        certificate = Path("/nonexistent/server.pem")
    code, _, error = run(tmp_path / "it", canaries, {
        "api_base_url": upstream.url, "api_access_token": api_access_token, "tls_certificate_file": str(certificate),
        "tls_key_file": str(key)}, "--listen", "https://127.0.0.1:0")
    assert code == 2
    assert all(word in error for word in words), error
