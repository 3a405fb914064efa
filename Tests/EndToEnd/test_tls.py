"""TLS to the upstream: no byte of HTTP, and so no token, to a server that has not proved who it is."""

from __future__ import annotations

import datetime
import shutil
import ssl
import subprocess
import warnings
from pathlib import Path

import pytest

from harness.certificates import Authority, Identity
from harness.recording_upstream import RecordingUpstream

QUERY = "/v3/sql/carto_dw/query"
DAY = datetime.timedelta(days=1)


def names_no_one(error: dict, upstream: RecordingUpstream, *words: str) -> None:
    """502 from the upstream's side, the cause in words, and not one byte of HTTP was sent."""
    assert (error["status"], error["source"]) == (502, "upstream")
    text = f"{error['code']} {error['error']} {error['hint']}".lower()
    assert any(word in text for word in words), error
    assert upstream.exchanges == []
    assert [connection.bytes_received for connection in upstream.connections] == [0] * len(upstream.connections)
    assert upstream.connections


FAULTS = {
    "another host": (dict(hosts=("api.example",)), "name", "host"),
    "no name at all": (dict(hosts=()), "name", "host"),
    "partial wildcard": (dict(hosts=("local*",)), "name", "host"),
    "expired": (dict(begins=-3 * DAY, ends=-DAY), "expired"),
    "not yet valid": (dict(begins=DAY, ends=3 * DAY), "not valid yet", "not yet valid"),
    "self-signed": (dict(self_signed=True), "self-signed", "self signed"),
    "for clients only": (dict(for_servers=False), "purpose", "certificate"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_certificate(start, new_upstream, authority, api_access_token, fault):
    """Its fault is named, and nothing is sent."""
    parameters, *words = FAULTS[fault]
    upstream = new_upstream(authority.issue(**parameters))
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, *words)


def test_an_unknown_authority(start, new_upstream, api_access_token, tmp_path):
    """One that is in no store, and one that merely has the right name."""
    upstream = new_upstream(Authority(tmp_path).issue())
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "issuer", "unknown", "authority", "self-signed",
                 "signature")


def test_the_system_store_alone_does_not_know_ours(start, new_upstream, authority, identity, api_access_token):
    """Without `upstream_ca_file` our own authority is a stranger."""
    upstream = new_upstream(identity)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, upstream_ca_file="/etc/ssl/certs/ca-certificates.crt")
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "issuer", "unknown", "authority")


def test_an_intermediate_authority(start, new_upstream, authority, api_access_token):
    """Is fine when the server sends it, and cannot be guessed when it does not."""
    intermediate = authority.intermediate()
    upstream = new_upstream(intermediate.issue())
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    silent = new_upstream(intermediate.issue(with_chain=False))
    proxy = start(api_base_url=silent.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), silent, "issuer", "authority")


def test_an_issuer_that_is_no_authority(start, new_upstream, authority, api_access_token):
    """A server's certificate cannot vouch for another server."""
    upstream = new_upstream(authority.intermediate(is_authority=False).issue())
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "ca", "authority", "issuer")


def test_a_certificate_of_version_1(start, new_upstream, authority, api_access_token, tmp_path):
    """It cannot say for whom it is, nor for what."""
    def openssl(*arguments) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=tmp_path)

    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "v1.key", "-out", "v1.csr")
    openssl("x509", "-req", "-in", "v1.csr", "-CA", authority.certificate, "-CAkey", authority.key_file(), "-days", "2",
            "-set_serial", "7", "-out", "v1.pem", "-extfile", "/dev/null")
    shown = subprocess.run(["openssl", "x509", "-in", "v1.pem", "-noout", "-text"], cwd=tmp_path, capture_output=True, text=True)
    assert "Version: 1" in shown.stdout, shown.stdout
    upstream = new_upstream(Identity(tmp_path / "v1.pem", tmp_path / "v1.key"))
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "name", "host")


def test_an_address_for_a_name(start, new_upstream, authority, api_access_token):
    """A certificate for the address is good for the address; one that has it as a DNS name is not."""
    good = new_upstream(authority.issue(("127.0.0.1",)))
    proxy = start(api_base_url=good.url.replace("localhost", "127.0.0.1"), api_access_token=api_access_token)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert good.the_exchange().value("host") == f"127.0.0.1:{good.port}"
    bad = new_upstream(authority.issue(("127.0.0.1",), addresses_as_names=True))
    proxy = start(api_base_url=bad.url.replace("localhost", "127.0.0.1"), api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), bad, "name", "address", "host")


def context(identity: Identity, **changes) -> ssl.SSLContext:
    made = identity.server_context()
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_an_old_version(start, new_upstream, identity, api_access_token):
    """TLS 1.1 is refused, however the server insists."""
    with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
        old = context(identity, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    upstream = new_upstream(context=old)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "version", "protocol", "tls")


def test_a_short_key(start, new_upstream, authority, api_access_token):
    """1,024 bits of RSA prove nothing any more."""
    identity = authority.issue(rsa_bits=1024)
    weak = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    weak.set_ciphers("DEFAULT:@SECLEVEL=0")
    weak.load_cert_chain(identity.certificate, identity.key)
    upstream = new_upstream(context=weak)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "key", "small", "weak", "handshake", "certificate")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_present_versions(start, new_upstream, identity, api_access_token, version):
    """Both work; a second connection resumes the first one's session."""
    upstream = new_upstream(context=context(identity, minimum_version=version, maximum_version=version))
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    upstream.respond = lambda exchange: exchange.answer(fields={"Connection": "close"})
    for _ in range(4):
        with proxy.client() as client:
            assert client.request("GET", QUERY).answer().status == 200
    assert any(connection.resumed for connection in upstream.connections)


def test_a_server_that_speaks_no_tls(start, new_upstream, api_access_token):
    """Plain HTTP where TLS belongs: 502, and the token stays here."""
    upstream = new_upstream(None, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    proxy = start(api_base_url=upstream.url.replace("http:", "https:"), api_access_token=api_access_token)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (502, "upstream")
    assert upstream.exchanges == []


def test_a_plain_upstream_on_this_machine(start, new_upstream, api_access_token):
    """`http://` is for loopback addresses, and works there."""
    upstream = new_upstream(None)
    proxy = start(api_base_url=upstream.url.replace("localhost", "127.0.0.1"), api_access_token=api_access_token)
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_the_authorization_server_is_verified_too(start, new_upstream, upstream, authority, oauth):
    """The client secret goes to a server that proved its name, or nowhere."""
    impostor = new_upstream(authority.issue(("auth.example",)))
    proxy = start(oauth.settings, api_base_url=upstream.url, auth_server=impostor.url)
    error = proxy.client().request("GET", QUERY).error()
    assert error["source"] == "auth"
    assert [connection.bytes_received for connection in impostor.connections] == [0] * len(impostor.connections)
    assert upstream.exchanges == []


def test_a_body_without_its_close_notify_is_cut_not_ended(proxy, upstream):
    """Anyone on the way can end a TCP connection; only the server can end a TLS one."""
    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhalf")
        exchange.connection.close()

    upstream.respond = respond
    client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7")
    with pytest.raises((EOFError, ConnectionResetError)):
        assert client.answer().status == 502
        raise EOFError


@pytest.mark.parametrize("ciphers", ["eNULL", "3DES", "RC4"])
def test_a_suite_that_hides_nothing(start, new_upstream, identity, api_access_token, ciphers):
    """No encryption, or none that holds; where this machine's OpenSSL still has it."""
    weak = context(identity, maximum_version=ssl.TLSVersion.TLSv1_2)
    try:
        weak.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    except ssl.SSLError:
        pytest.skip(f"this OpenSSL has no {ciphers}")
    upstream = new_upstream(context=weak)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    names_no_one(proxy.client().request("GET", QUERY).error(), upstream, "handshake", "cipher")


def test_a_server_that_speaks_http_2(start, new_upstream, identity, api_access_token):
    """Whether it says so in the handshake or not: 502."""
    h2 = context(identity)
    h2.set_alpn_protocols(["h2"])
    settings_frame = b"\0\0\0\4\0\0\0\0\0"
    upstream = new_upstream(context=h2, greeting=settings_frame)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (502, "upstream")


def test_a_thousand_session_tickets(start, new_upstream, identity, api_access_token):
    """They come between handshake and answer, and leave the answer whole."""
    generous = context(identity)
    generous.num_tickets = 1000
    upstream = new_upstream(context=generous)
    upstream.respond = lambda exchange: exchange.answer(body=b"x" * 100_000)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    for _ in range(3):
        assert proxy.client().request("GET", "/v3/sql/carto_dw/job/7").answer().body == b"x" * 100_000


@pytest.mark.skipif(not shutil.which("cc"), reason="the server is written in C")
def test_key_updates_within_a_body(start, identity, api_access_token, tmp_path):
    """A thousand of them, each asking for one in return, leave it whole."""
    program, source = tmp_path / "key_updates", Path(__file__).parent / "harness" / "key_updates.c"
    subprocess.run(["cc", "-Wall", "-Werror", "-o", str(program), str(source), "-lssl", "-lcrypto"], check=True)
    server = subprocess.Popen([program, identity.certificate, identity.key, "1000"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        proxy = start(api_base_url=f"https://127.0.0.1:{port}", api_access_token=api_access_token)
        answer = proxy.client(30).request("GET", "/v3/sql/carto_dw/job/7").answer()
        assert (answer.status, answer.body) == (200, b"body\n" * 1000)
    finally:
        server.kill()
        server.wait()
