"""An OAuth 2 authorization server: Authlib's, wired to Flask as its documentation shows, over TLS."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

from .canaries import Canaries
from .certificates import Identity

AUDIENCE = "carto-cloud-native-api"

# Made once: it takes longer than most tests.
_keys = KeySet([RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})])


@dataclass
class Client(ClientMixin):
    """A registered machine-to-machine client."""

    client_id: str
    client_secret: str = field(repr=False)

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_client_secret(self, client_secret):
        return client_secret == self.client_secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_post", "client_secret_basic")

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


class MachineToMachine(ClientCredentialsGrant):
    """The grant, for clients that send their secret in the form as well as in Basic credentials."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class Tokens(JWTBearerTokenGenerator):
    """RS256 tokens with `exp` and `aud`, the shape CARTO's have; each is its own canary."""

    def __init__(self, server: OAuthServer) -> None:
        super().__init__(issuer=server.url)
        self._server = server

    def get_jwks(self):
        return _keys

    def get_audiences(self, client, user, scope):
        return [AUDIENCE]

    def get_extra_claims(self, client, grant_type, user, scope):
        return {"http://app.carto.com/account_id": "ac_endtoend"}

    def __call__(self, *arguments, **keywords):
        keywords["expires_in"] = self._server.lifetime
        keywords["include_refresh_token"] = False
        return super().__call__(*arguments, **keywords)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type, message, *arguments):
        """Says nothing: what reached the server is in `requests`."""


class OAuthServer:
    """Serves `{url}/oauth/token`; remembers the form of each request and each token it issued.

    `interfere`, when set, is called before each request; what it returns, if anything, is the
    answer instead: how a test makes the server fail, dawdle or talk nonsense.
    """

    def __init__(self, identity: Identity, canaries: Canaries, lifetime: int = 86400) -> None:
        self.requests: list[dict[str, str]] = []
        self.issued: list[str] = []
        self.issued_at: list[float] = []
        self.lifetime = lifetime
        self.interfere: Callable[[flask.Request], flask.Response | tuple | None] | None = None
        self.client = Client("cartouche-end-to-end", canaries.client_secret())
        self._canaries = canaries
        self._lock = threading.Lock()

        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        app = flask.Flask("authorization-server")
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler,
                                   ssl_context=identity.server_context())
        # In the thread of the connection, as a server does that others depend on: here, one client that says nothing
        # would keep all others waiting.
        self._server.socket.do_handshake_on_connect = False
        # Nor may it wait for ever for one that has gone before it was taken: it could not be stopped any more.
        self._server.socket.settimeout(1)
        self.port = self._server.server_port
        self.url = f"https://localhost:{self.port}"

        authorization = AuthorizationServer(app, query_client=self._find_client, save_token=self._remember)
        authorization.register_grant(MachineToMachine)
        authorization.register_token_generator("default", Tokens(self))

        @app.post("/oauth/token")
        def token():
            with self._lock:
                self.requests.append(dict(flask.request.form))
            if self.interfere and (answer := self.interfere(flask.request)) is not None:
                return answer
            # CARTO's server wants an audience, which the grant itself does not know.
            if flask.request.form.get("audience") != AUDIENCE:
                return {"error": "access_denied", "error_description": "Unauthorized"}, 403
            return authorization.create_token_response()

        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def settings(self) -> dict[str, str]:
        """What Cartouche has to know to be this server's client."""
        return {
            "auth_server": self.url,
            "client_id": self.client.client_id,
            "client_secret": self.client.client_secret,
        }

    def _find_client(self, client_id: str) -> Client | None:
        return self.client if client_id == self.client.client_id else None

    def _remember(self, token: dict, request) -> None:
        with self._lock:
            self.issued_at.append(time.time())
            self.issued.append(self._canaries.remember("an issued OAuth access token", token["access_token"]))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
