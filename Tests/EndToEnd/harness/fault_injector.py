"""A hop between the proxy and a server that fails in the ways networks and servers fail."""

from __future__ import annotations

import enum
import socket
import struct
import threading
import time


class Fault(enum.Enum):
    NONE = "none"
    DOWN = "down"  # connections are reset, new ones too
    HANGING = "hanging"  # nothing is passed on, now or later, on connections that have met this
    TRICKLE = "trickle"  # the server's bytes arrive one at a time
    DELAY = "delay"  # each piece arrives 0.2 s late
    # Of what the server sends next, the first half arrives. Then:
    LOSS = "loss"  # a byte is missing
    CUT = "cut"  # the connection is closed
    RESET = "reset"  # the connection is reset
    STALL = "stall"  # nothing more arrives


class FaultInjector:
    """Passes bytes to `127.0.0.1:port` and back; `fault` says how badly, and holds for open connections too."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._fault = Fault.NONE
        self._next: Fault | None = None
        self._lock = threading.Lock()
        self._tunnels: set[_Tunnel] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        with self._lock:
            self._fault = fault
            tunnels = set(self._tunnels)
        if fault is Fault.DOWN:
            for tunnel in tunnels:
                tunnel.reset()

    def set(self, fault: Fault) -> None:
        self.fault = fault

    def strike_once(self, fault: Fault) -> None:
        """What the server sends next meets this fault; what comes after it, on other connections, does not."""
        self._next = fault

    def strikes(self) -> Fault:
        """The fault that a piece of the server's meets now."""
        with self._lock:
            fault, self._next = self._next or self._fault, None
        return fault

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._fault is Fault.DOWN:
                _reset(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _reset(near)
                continue
            tunnel = _Tunnel(self, near, far)
            with self._lock:
                self._tunnels.add(tunnel)
            for source, sink, is_answer in ((near, far, False), (far, near, True)):
                threading.Thread(target=tunnel.carry, args=(source, sink, is_answer), daemon=True).start()

    def forget(self, tunnel: _Tunnel) -> None:
        with self._lock:
            self._tunnels.discard(tunnel)

    def stop(self) -> None:
        self._listener.close()
        for tunnel in set(self._tunnels):
            tunnel.reset()


def _reset(end: socket.socket) -> None:
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # A thread that reads does not notice a close.
        end.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    end.close()


class _Tunnel:
    def __init__(self, injector: FaultInjector, near: socket.socket, far: socket.socket) -> None:
        self._injector = injector
        self._ends = (near, far)
        self._hangs = False

    def carry(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(1 << 16):
                fault = self._injector.strikes() if is_answer else self._injector.fault
                if fault is Fault.HANGING:
                    self._hangs = True
                if not self._hangs and not self._pass(data, sink, fault, is_answer):
                    return self.reset()
            if not self._hangs:
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset()
        finally:
            self._injector.forget(self)

    def _pass(self, data: bytes, sink: socket.socket, fault: Fault, is_answer: bool) -> bool:
        """Whether the connection goes on."""
        half = len(data) // 2
        if fault is Fault.DELAY:
            time.sleep(0.2)
            sink.sendall(data)
        elif not is_answer or fault in (Fault.NONE, Fault.DOWN):
            sink.sendall(data)
        elif fault is Fault.TRICKLE:
            for byte in data:
                sink.sendall(bytes((byte,)))
                if self._injector.fault is Fault.TRICKLE:
                    time.sleep(0.001)
        elif fault is Fault.LOSS:
            sink.sendall(data[:half] + data[half + 1 :])
        else:
            sink.sendall(data[:half])
            self._hangs = True
            if fault is Fault.CUT:
                sink.shutdown(socket.SHUT_WR)
            return fault is not Fault.RESET
        return True

    def reset(self) -> None:
        for end in self._ends:
            _reset(end)
