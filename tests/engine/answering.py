"""Somebody who listens on a unix socket and answers one request with the bytes that a test says."""

import contextlib
import socket
import threading
from pathlib import Path

WAIT_SECONDS = 10.0


class Answering:
    """Listens at `path`, takes one request up to `until` and answers it with `answer` once it may `go`."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.asked = threading.Event()
        self.go = threading.Event()
        self.answer = b""
        self.request = b""
        self.until = b""
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            self.request = connection.recv(65536)
            while not self.request.endswith(self.until):
                self.request += connection.recv(65536)
            self.asked.set()
            assert self.go.wait(WAIT_SECONDS)
            # Who asked may have gone.
            with contextlib.suppress(BrokenPipeError):
                connection.sendall(self.answer)

    def close(self) -> None:
        self.go.set()
        self._thread.join(WAIT_SECONDS)
        self._listening.close()
