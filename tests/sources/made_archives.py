"""Web archives as crawlers write them, made up."""

from __future__ import annotations

import gzip
from pathlib import Path

DATE = "2016-08-30T01:02:03Z"


class Archive:
    """Writes records by the standard's letter, each packed by itself, as archives have them."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self._path, self._packed = path, packed
        self._records: list[bytes] = []

    def answer(
        self, url: str, body: bytes, content_type: str = "text/html", status: str = "200 OK", **more: str
    ) -> None:
        said = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in more.items()}}
        head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items()) + "\r\n"
        self.record(url, "response", head.encode() + body, "application/http; msgtype=response")

    def record(self, url: str, kind: str, block: bytes, content_type: str) -> None:
        said = {
            "WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{len(self._records)}>", "WARC-Date": DATE,
            "WARC-Target-URI": url, "Content-Type": content_type, "Content-Length": str(len(block)),
        }  # fmt: skip
        head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items() if value) + "\r\n"
        whole = head.encode() + block + b"\r\n\r\n"
        self._records.append(gzip.compress(whole, mtime=0) if self._packed else whole)

    def raw(self, whole: bytes) -> None:
        self._records.append(gzip.compress(whole, mtime=0))

    @property
    def sizes(self) -> list[int]:
        return [len(record) for record in self._records]

    def close(self) -> Path:
        self._path.write_bytes(b"".join(self._records))
        return self._path
