"""Secrets that no one could have guessed, so that finding one anywhere proves that it leaked."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import urllib.parse
from pathlib import Path


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwt(algorithm: str, claims: dict) -> str:
    parts = [json.dumps({"alg": algorithm, "typ": "JWT"}).encode(), json.dumps(claims).encode(), secrets.token_bytes(32)]
    return ".".join(_base64url(part) for part in parts)


def _forms(secret: str) -> set[bytes]:
    """The ways in which a program may come to write a secret down."""
    raw = secret.encode()
    forms = {
        raw,
        json.dumps(secret)[1:-1].encode(),
        urllib.parse.quote(secret).encode(),
        urllib.parse.quote(secret, safe="").encode(),
        urllib.parse.quote_plus(secret).encode(),
        raw.hex().encode(),
    }
    # In base64 a secret looks different at each of three offsets; what lies whole within it stays.
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw)
        whole = encoded[4 if lead else 0 : len(encoded) - 4]
        forms |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return forms


class Canaries:
    """Makes secrets, remembers all of them, and finds them again."""

    def __init__(self) -> None:
        self._forms: dict[bytes, str] = {}
        self._lock = threading.Lock()

    def remember(self, name: str, secret: str) -> str:
        with self._lock:
            for form in _forms(secret):
                self._forms[form] = name
            # A part of a token is as much of a leak as the whole.
            if len(secret) > 40:
                self._forms[secret[-24:].encode()] = f"the end of {name}"
        return secret

    def client_secret(self) -> str:
        """With every character that the form encoding, JSON, YAML or a shell could trip over."""
        return self.remember("a client secret", f"cs-{secrets.token_urlsafe(24)}+/&=%2B\"\\ '~:#")

    def api_access_token(self) -> str:
        claims = {"a": f"ac_{secrets.token_hex(4)}", "jti": secrets.token_hex(4)}
        return self.remember("an API access token", _jwt("HS256", claims))

    def oauth_access_token(self, lifetime: int = 86400) -> str:
        """One of the shape CARTO issues, for settings that take such a token as it is."""
        claims = {
            "aud": "carto-cloud-native-api",
            "exp": int(time.time()) + lifetime,
            "http://app.carto.com/account_id": f"ac_{secrets.token_hex(4)}",
        }
        return self.remember("a static OAuth access token", _jwt("RS256", claims))

    def credential_of_a_client(self) -> str:
        """What a client sends and the upstream must never see; it is no secret of ours."""
        return f"clients-own-{secrets.token_urlsafe(24)}"

    def found_in(self, data: bytes) -> list[str]:
        with self._lock:
            return sorted({name for form, name in self._forms.items() if form in data})

    def assert_absent(self, data: bytes | str, where: str) -> None:
        found = self.found_in(data.encode() if isinstance(data, str) else data)
        assert not found, f"{where} holds {', '.join(found)}"

    def assert_absent_from_file(self, file: Path) -> None:
        self.assert_absent(file.read_bytes(), str(file))
