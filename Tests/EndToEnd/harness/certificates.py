"""A throw-away certificate authority, and server certificates with whatever fault a test wants."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_numbers = itertools.count(1)
_day = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate, with the chain above it, and its key, as PEM files."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Authority:
    """Signs certificates; `certificate` is the PEM file a client has to trust."""

    def __init__(self, directory: Path, name: str = "Cartouche's tests", parent: Authority | None = None,
                 is_authority: bool = True) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = _name(name)
        self._parent = parent
        number = next(_numbers)
        issuer, signer = (parent._subject, parent._key) if parent else (self._subject, self._key)
        self._certificate = (
            self._builder(self._subject, issuer, self._key.public_key(), -_day, 30 * _day)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        self.certificate = directory / f"authority-{number}.pem"
        self.certificate.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    @staticmethod
    def _builder(subject, issuer, public_key, begins: datetime.timedelta, ends: datetime.timedelta):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
        )

    def key_file(self) -> Path:
        """Its key, for tools that sign."""
        file = self.certificate.with_suffix(".key")
        file.write_bytes(_pem(self._key))
        file.chmod(0o600)
        return file

    def intermediate(self, is_authority: bool = True) -> Authority:
        """An authority below this one; one that must not be believed when it is none."""
        return Authority(self._directory, "Cartouche's tests, one step down", self, is_authority)

    def issue(
        self,
        hosts: tuple[str, ...] = ("localhost", "127.0.0.1"),
        *,
        common_name: str = "localhost",
        begins: datetime.timedelta = -_day,
        ends: datetime.timedelta = 30 * _day,
        for_servers: bool = True,
        addresses_as_names: bool = False,
        self_signed: bool = False,
        with_chain: bool = True,
        rsa_bits: int | None = None,
    ) -> Identity:
        """A server's certificate, good for this machine unless told otherwise."""
        key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
        subject = _name(common_name)
        issuer, signer = (subject, key) if self_signed else (self._subject, self._key)
        usage = ExtendedKeyUsageOID.SERVER_AUTH if for_servers else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            self._builder(subject, issuer, key.public_key(), begins, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if hosts:
            names = [x509.DNSName(host) if addresses_as_names else _alternative(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(signer, hashes.SHA256())

        stem = self._directory / f"server-{next(_numbers)}"
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        if self._parent and with_chain and not self_signed:
            chain += self.certificate.read_bytes()
        identity = Identity(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        identity.certificate.write_bytes(chain)
        identity.key.write_bytes(_pem(key))
        identity.key.chmod(0o600)
        return identity
