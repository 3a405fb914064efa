"""The programs that are measured, each set up for the same job: plain HTTP in, verified HTTPS out, a token added."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from world import HERE, ORIGIN_PORT, PROXY_CPU, TOKEN, World, free_port


@dataclass
class Contender:
    name: str
    port: int
    command: list[str]
    environment: dict[str, str]

    def start(self, world: World, cpu: str = PROXY_CPU) -> subprocess.Popen:
        return world.start(self.command, self.port, cpu, self.environment)


def cartouche(world: World, program: str, *flags: str) -> Contender:
    """As it comes: admission, guard and counters at work; the access log off, as it is for the others."""
    home = world.folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    port = free_port()
    command = [
        program, "serve", "--config", "/dev/null", "--listen", f"127.0.0.1:{port}", "--api-base-url", world.origin,
        "--token-url", f"{world.origin}/oauth/token", "--upstream-ca-file", str(world.authority), "--client-id", "bench",
        "--access-log", "off", "--log-level", "warning", *flags,
    ]
    # The secret goes in by the environment: the argument list of a program can be read by everybody.
    environment = {"CARTOUCHE_CLIENT_SECRET": "not-a-secret-" + "x" * 32, "XDG_STATE_HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    return Contender("cartouche", port, command, environment)


def peers(world: World, wanted: list[str]) -> list[Contender]:
    """Those of `wanted` that are installed."""
    home = {"HOME": str(world.folder), "XDG_DATA_HOME": str(world.folder), "XDG_CONFIG_HOME": str(world.folder)}
    found = []
    for name in ("nginx", "haproxy", "caddy", "go"):
        if name not in wanted:
            continue
        if shutil.which(name) is None:
            print(f"{name} is not installed: left out")
            continue
        port = free_port()
        match name:
            case "nginx": command = ["nginx", "-p", str(world.folder), "-c", str(world.fill("nginx.conf", port=port))]
            case "haproxy": command = ["haproxy", "-db", "-f", str(world.fill("haproxy.cfg", port=port))]
            case "caddy": command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(world.fill("Caddyfile", port=port))]
            case "go": command = [
                str(world.build(HERE / "peers/reverseproxy.go")), f"127.0.0.1:{port}", f"https://localhost:{ORIGIN_PORT}",
                str(world.authority), TOKEN]
        # Go takes as many threads as it sees processors unless it is told that there is one.
        found.append(Contender(name, port, command, home | {"GOMAXPROCS": "1"}))
    return found


def versions(program: str) -> list[str]:
    def first_line(*command: str) -> str | None:
        if shutil.which(command[0]) is None and not Path(command[0]).exists():
            return None
        output = subprocess.run(command, capture_output=True, text=True)
        return (output.stdout + output.stderr).strip().splitlines()[0]

    asked = [first_line(program, "--version"), first_line("nginx", "-v"), first_line("haproxy", "-v"),
             first_line("caddy", "version"), first_line("go", "version"), first_line("openssl", "version")]
    labels = ["cartouche ", "", "", "caddy ", "", ""]
    return [label + text for label, text in zip(labels, asked) if text]
