"""An authority of a test, its certificates, and a server that says whose certificate it was shown."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


class Authority:
    def __init__(self, folder: Path) -> None:
        self._openssl = shutil.which("openssl")
        if self._openssl is None:
            pytest.skip("no openssl command to make certificates with")
        self._folder = folder
        self.certificate, self._key = folder / "authority.pem", folder / "authority.key"
        self._make("authority", "-x509", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name: str) -> tuple[Path, Path]:
        """Certificate and key of `name`, good for `name` and all hosts of the tests."""
        names = f"subjectAltName=DNS:{name},DNS:wire.example,DNS:other.example"
        self._make(name, "-x509", "-CA", str(self.certificate), "-CAkey", str(self._key), "-addext", names,
                   "-addext", "basicConstraints=CA:FALSE")  # fmt: skip
        return self._folder / f"{name}.pem", self._folder / f"{name}.key"

    def _make(self, name: str, *more: str) -> None:
        assert self._openssl is not None
        files = ["-keyout", str(self._folder / f"{name}.key"), "-out", str(self._folder / f"{name}.pem")]
        subprocess.run(
            [self._openssl, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", *files, *more], check=True, capture_output=True,
        )  # fmt: skip

    @contextmanager
    def server(self, name: str) -> Iterator[int]:
        """Its port. Every answer is the common name of who asks, or `nobody`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name))
        context.load_verify_locations(self.certificate)
        context.verify_mode = ssl.CERT_OPTIONAL
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65_536)
                    shown = secure.getpeercert()
                    who = dict(pair[0] for pair in shown["subject"])["commonName"] if shown else "nobody"  # type: ignore[misc, arg-type]  # typeshed's is wider
                    secure.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(who)}\r\n\r\n{who}".encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
