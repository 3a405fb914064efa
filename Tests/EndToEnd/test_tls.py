"""TLS to the upstream: no byte of HTTP, and so no token, to a server that has not proved who it is."""

from __future__ import annotations

import datetime
import ssl
import warnings

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
