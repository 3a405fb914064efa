"""nginx as CARTO's API: HTTPS, static answers, big files, a log of exactly what it received."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from .certificates import Identity
from .waiting import eventually

# What a query answers; the text inside the row looks like an URL to be rewritten, and must stay.
QUERY_ANSWER = (
    '{"rows":[{"id":1,"name":"Madrid","url":"https://localhost/v3/maps"}],'
    '"schema":[{"name":"id","type":"number"}],"meta":{"cacheHit":true}}'
)

# A map document, names of the upstream in it.
MAP = (
    '{"tilejson":"2.2.0","tiles":["https://$http_host/v3/maps/carto_dw/table/{z}/{x}/{y}?name=a.b"],'
    '"note":"' + "tilestats " * 100 + '"}'
)

_tls = """ssl backlog=4096;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_session_cache shared:sessions:1m"""

_configuration = """
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    # One JSON record per request: what the proxy really sent.
    log_format record escape=json '{{"method":"$request_method","target":"$request_uri","protocol":"$server_protocol",'
        '"host":"$http_host","authorization":"$http_authorization","via":"$http_via","origin":"$http_origin",'
        '"referer":"$http_referer","cookie":"$http_cookie","connection":"$http_connection",'
        '"forwarded":"$http_forwarded$http_x_forwarded_for$http_x_forwarded_host","te":"$http_te",'
        '"keep_alive":"$http_keep_alive","proxy_authorization":"$http_proxy_authorization",'
        '"user_agent":"$http_user_agent","content_type":"$content_type","body_length":"$content_length",'
        '"serial":"$connection","tls":"$ssl_protocol","server_name":"$ssl_server_name","reused":"$ssl_session_reused"}}';
    access_log {record};
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    keepalive_requests 100000;
    client_max_body_size 0;
    sendfile on;
    default_type application/json;

    server {{
        listen 127.0.0.1:{port} {tls};
        root {directory}/files;

        location ~ ^/v3/sql/[^/]+/query$ {{ return 200 '{answer}'; }}
        location ~ ^/v3/sql/[^/]+/job/big$ {{ default_type application/octet-stream; try_files /big =404; }}
        location ~ ^/v3/sql/[^/]+/job/megabyte$ {{ default_type application/octet-stream; try_files /megabyte =404; }}
        location ~ ^/v3/sql/[^/]+/job/gzipped$ {{ gzip on; gzip_proxied any; gzip_min_length 1; gzip_types *; try_files /text =404; }}
        location ~ ^/v3/sql/[^/]+/job/events$ {{ default_type text/event-stream; limit_rate 2k; try_files /events =404; }}
        location = /v3/maps/carto_dw/table {{ gzip on; gzip_proxied any; gzip_min_length 1; return 200 '{map}'; }}
        location ~ ^/v3/maps/carto_dw/table/[0-9]+/[0-9]+/[0-9]+$ {{ default_type application/vnd.mapbox-vector-tile; try_files /tile =404; }}
        location ~ ^/v3/sql/[^/]+/job/missing$ {{ return 404 '{{"error":"Job not found","status":404}}'; }}
        # The body is read to its end before the answer, as an API that looks at it does.
        location /v3/imports {{
            client_body_buffer_size 1m;
            proxy_pass http://unix:{directory}/sink.sock;
        }}
        location / {{ return 200 '{{"served":"$uri"}}'; }}
    }}
    server {{
        listen unix:{directory}/sink.sock;
        access_log off;
        location / {{ return 201 '{{"jobId":"1"}}'; }}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """A running nginx with a folder of its own; `url` is its base. Without an identity it speaks plain HTTP."""

    def __init__(self, directory: Path, identity: Identity | None, big_file: int = 1 << 30, records: bool = True) -> None:
        self._directory = directory
        self.port = free_port()
        self.url = f"{'https' if identity else 'http'}://localhost:{self.port}"
        files = directory / "files"
        files.mkdir(parents=True)
        self.big_file = files / "big"
        with self.big_file.open("wb") as file:
            file.truncate(big_file)
        self.megabyte = os.urandom(1 << 20)
        (files / "megabyte").write_bytes(self.megabyte)
        self.text = b"tilestats " * 10_000
        (files / "text").write_bytes(self.text)
        self.tile = os.urandom(20_000)
        (files / "tile").write_bytes(self.tile)
        self.events = b"".join(b"id: %d\ndata: a row\n\n" % number for number in range(250))
        (files / "events").write_bytes(self.events)
        (directory / "record.log").touch()

        self._configuration = directory / "nginx.conf"
        self._configuration.write_text(
            _configuration.format(
                user="user root;" if os.geteuid() == 0 else "",
                directory=directory, port=self.port, answer=QUERY_ANSWER, map=MAP,
                record=f"{directory}/record.log record" if records else "off",
                tls=_tls.format(certificate=identity.certificate, key=identity.key) if identity else "backlog=4096",
            )
        )
        self.start()

    def start(self) -> None:
        """Starts it, or starts it anew after :meth:`kill`."""
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        directory = str(self._directory)
        self._process = subprocess.Popen(
            [program, "-p", directory, "-e", f"{directory}/error.log", "-c", str(self._configuration)], stdin=subprocess.DEVNULL,
        )
        eventually(self._accepts, "nginx accepts connections")

    def _accepts(self) -> bool:
        assert self._process.poll() is None, (self._directory / "error.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def _workers(self) -> list[int]:
        return [int(child) for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()]

    def kill_worker(self) -> None:
        """Kills what serves the connections; the listening socket stays, and a new one serves on it at once."""
        for worker in self._workers:
            os.kill(worker, signal.SIGKILL)

    def kill(self) -> None:
        """Kills all of it; connections are refused until :meth:`start`."""
        workers = self._workers
        self._process.kill()
        self._process.wait()
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), "its workers are gone")
        (self._directory / "sink.sock").unlink(missing_ok=True)

    @property
    def requests(self) -> list[dict[str, str]]:
        """Every request received so far; nginx writes one down when it has answered it."""
        return [json.loads(line) for line in (self._directory / "record.log").read_text().splitlines()]

    def forget(self) -> None:
        """Empties the record; nginx appends, so it goes on at the beginning."""
        os.truncate(self._directory / "record.log", 0)

    def the_request(self) -> dict[str, str]:
        """The only request since the record was last emptied."""
        eventually(lambda: self.requests, "a request reaches nginx")
        (request,) = self.requests
        return request

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
