"""What all proxies of one run share: a folder, a certificate authority, the origin, and where programs run."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
import socket
import string
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOKEN = "side-by-side-" + "0123456789abcdef" * 2
MIB = 1 << 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


ORIGIN_PORT = free_port()

# The origin and the load share one processor, each proxy has the other: what a proxy takes is then its own.
LOAD_CPU, PROXY_CPU = "0", "1"

QUERY = "/v3/sql/carto_dw/query"
TILE = "/v3/maps/carto_dw/tileset/4/3/2"
TILEJSON = "/v3/maps/carto_dw/table"
DOCUMENT = "/v3/maps/carto_dw/raster"
DOWNLOAD = "/v3/sql/carto_dw/job/download"
UPLOAD = "/v3/imports"
TILE_URLS = 400
TRANSFER = 256 * MIB


class _Template(string.Template):
    """nginx and HAProxy have their own use for the dollar."""

    delimiter = "@"


class World:
    """Everything lives in one temporary folder; `close` ends what was started, by its pid."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="side-by-side."))
        self.folder.chmod(0o755)
        self._running: list[subprocess.Popen] = []
        self._make_certificates()
        self._make_files()

    @property
    def origin(self) -> str:
        return f"https://localhost:{ORIGIN_PORT}"

    @property
    def authority(self) -> Path:
        return self.folder / "ca.pem"

    def fill(self, template: str, **values: object) -> Path:
        """A template of peers/, filled in, as a file of the run's folder."""
        text = _Template((HERE / "peers" / template).read_text()).substitute(
            folder=self.folder, origin_port=ORIGIN_PORT, token=TOKEN, **values)
        file = self.folder / template
        file.write_text(text)
        return file

    def start(self, command: list[str], port: int, cpu: str, environment: dict[str, str] | None = None) -> subprocess.Popen:
        """Runs a server on one processor and returns once it listens."""
        if _listens(port):
            raise SystemExit(f"port {port} is taken: what is measured there would be another program")
        log = self.folder / f"{port}.log"
        process = subprocess.Popen(
            ["taskset", "-c", cpu, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=log.open("wb"), env={**os.environ, **(environment or {})})
        self._running.append(process)
        end = time.monotonic() + 20
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not serve:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        return process

    def start_origin(self) -> None:
        self.start(["nginx", "-p", str(self.folder), "-c", str(self.fill("origin.conf"))], ORIGIN_PORT, LOAD_CPU)

    def build(self, source: Path) -> Path:
        """A Go program."""
        program = self.folder / source.stem
        subprocess.run(["go", "build", "-o", str(program), str(source)], check=True, cwd=self.folder,
                       env={**os.environ, "GO111MODULE": "off", "GOCACHE": str(self.folder / "gocache"), "GOFLAGS": ""})
        return program

    def stop(self, process: subprocess.Popen) -> None:
        self._running.remove(process)
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        for process in reversed(self._running[:]):
            self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_certificates(self) -> None:
        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], check=True, cwd=self.folder, capture_output=True)

        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *curve, "-days", "9", "-subj", "/CN=Side by side", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "9", "-extfile", "names", "-out", "server.pem")

    def _make_files(self) -> None:
        def file(path: str, content: bytes) -> Path:
            place = self.folder / "files" / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            return place

        rows = {"rows": [{"id": i, "name": f"place {i}", "population": i * 7919} for i in range(24)], "schema": [], "meta": {}}
        file(QUERY, json.dumps(rows)[:1022].encode().ljust(1024))
        file(TILE, secrets.token_bytes(16 << 10))
        document = json.dumps({
            "tilejson": "2.2.0", "name": "carto_dw.places", "bounds": [-180, -85, 180, 85],
            "tiles": [f"{self.origin}/v3/maps/carto_dw/table/{{z}}/{{x}}/{{y}}?name=places&cache={i * 104729}" for i in range(TILE_URLS)],
            "tilestats": {"layers": [{"layer": f"l{i}", "count": i * 31, "geometry": "Polygon"} for i in range(400)]},
        }).encode()
        place = file(TILEJSON, document)
        place.with_name(place.name + ".gz").write_bytes(gzip.compress(document, 6))
        place = file(DOWNLOAD, b"")
        block = secrets.token_bytes(MIB)
        with place.open("wb") as big:
            for _ in range(TRANSFER // MIB):
                big.write(block)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
