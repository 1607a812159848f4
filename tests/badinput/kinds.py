"""The kinds of bad input, each in a row: what it is called, what is made, and what must become of it.

    made       a function of the kind's own folder, which puts it there
    becomes    outcome -> how often. An outcome is `accepted`, or `refused` or `warning` with its reason; `a|b`: either
    heavy      takes longer than a second; left to `make badinput`

Everything is made here: no file of the project is hostile by itself. `kinds_folder` has what is wrong with a file and
not with its content, `kinds_web` what servers send.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hostile import HOSTILE


@dataclass(frozen=True)
class Kind:
    name: str
    made: Callable[[Path], object]
    becomes: Mapping[str, int]
    heavy: bool = False


def file(name: str, called: str, content: bytes | str, *becomes: str, heavy: bool = False, **counted: int) -> Kind:
    """A kind that is one file. Its outcomes: as often as they are named."""
    data = content.encode() if isinstance(content, str) else content
    found = {outcome: becomes.count(outcome) for outcome in becomes}
    return Kind(name, lambda folder: (folder / called).write_bytes(data), found or counted, heavy)


def refused(name: str, called: str, content: bytes | str, reason: str, *, heavy: bool = False) -> Kind:
    return file(name, called, content, f"refused {reason}", heavy=heavy)


def accepted(name: str, called: str, content: bytes | str, *, heavy: bool = False) -> Kind:
    return file(name, called, content, "accepted", heavy=heavy)


def lines(name: str, *rows: object, becomes: str, called: str = "a.jsonl") -> Kind:
    """JSON lines; `becomes` has a word for each: `accepted` or the reason."""
    raw = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    words = ["accepted" if word == "accepted" else f"refused {word}" for word in becomes.split()]
    return file(name, called, raw + b"\n", *words)


def text(name: str) -> str:
    """An article of its own: no two kinds tell the same story."""
    draw = random.Random(name)
    words = ["".join(draw.choices("bcdfglmnprst", k=3)) + "a" + draw.choice("nrst") for _ in range(60)]
    told = "\n\n".join(" ".join(draw.choices(words, k=12)).capitalize() + "." for _ in range(5))
    return f"{' '.join(words[:6]).capitalize()}\n\n{told}\n"


def page(body: str, head: str = "<title>A page</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body><article>{body}</article></body></html>"


def paragraphs(name: str) -> str:
    return "".join(f"<p>{line}</p>" for line in text(name).split("\n\n"))


def zipped(data: bytes | str) -> bytes:
    return gzip.compress(data.encode() if isinstance(data, str) else data, 6)


def bomb(megabytes: int) -> bytes:
    """Gzip that unpacks a thousandfold, made without holding what it unpacks to."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(squeeze.compress(b"a" * 1_000_000) for _ in range(megabytes)) + squeeze.flush()


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def article(name: str, **fields: object) -> dict[str, object]:
    title, _, body = text(name).partition("\n\n")
    return {"id": name, "title": title, "text": body, **fields}


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + noise(600)
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + noise(600)



def nothing() -> tuple[Kind, ...]:
    return (
    refused("an empty file", "a.txt", "", "empty"),
    refused("blanks and line breaks", "a.txt", " \t\r\n" * 500, "empty"),
    refused("only a byte order mark", "a.txt", b"\xef\xbb\xbf", "empty"),
    refused("3 MB of blanks", "a.txt", b" " * 3_000_000, "empty"),
    refused("100,000 line breaks, gzipped", "a.txt.gz", zipped(b"\n" * 100_000), "empty"),
    refused("an empty JSON list", "a.json", "[]", "empty"),
    refused("a JSON object without title and text", "a.json", "{}", "not-an-article"),
    refused("an empty page", "a.html", "<html></html>", "no-text"),
)

def binary() -> tuple[Kind, ...]:
    return (
    refused("a PNG called .txt", "a.txt", PNG, "binary"),
    refused("a PDF", "a.pdf", b"%PDF-1.7\n" + noise(500), "unknown-format"),
    refused("a PDF called .html", "a.html", b"%PDF-1.7\n" + noise(500), "unknown-format"),
    refused("a ZIP archive", "a.zip", b"PK\x03\x04\x14\x00\x00\x00" + noise(500), "binary"),
    refused("an ELF program", "a.txt", ELF, "binary"),
    refused("a tar archive in gzip", "a.tgz", zipped(b"a.txt" + b"\0" * 507 + b"Title\n" + b"\0" * 500), "binary"),
    refused("random bytes", "a.txt", noise(5_000), "binary"),
    refused("random bytes without NUL", "a.txt", noise(5_000).replace(b"\0", b""), "binary"),
    refused("random bytes called .json", "a.json", b"{" + noise(500).replace(b"\0", b""), "bad-encoding"),
    refused("control characters", "a.txt", "\x01\x02\x1b\x1c" * 200, "binary"),
)

def encodings() -> tuple[Kind, ...]:
    return (
    accepted("windows-1252", "a.txt", (text("cp1252") + "Größe – „Grüße“\n").encode("cp1252")),
    accepted("windows-1251", "a.txt", ("Заголовок новости\n\n" + "Президент прибыл в столицу. " * 20).encode("cp1251")),
    accepted("UTF-16 with its mark", "a.txt", text("utf16").encode("utf-16")),
    accepted("UTF-32 with its mark", "a.txt", b"\xff\xfe\0\0" + text("utf32").encode("utf-32-le")),
    refused("UTF-16 without a mark", "a.txt", text("utf16 bare").encode("utf-16-le"), "binary"),
    accepted("UTF-16 cut in half a character", "a.txt", text("utf16 cut").encode("utf-16")[:-1]),
    accepted("UTF-8 with its mark", "a.txt", b"\xef\xbb\xbf" + text("bom").encode()),
    accepted("UTF-8 cut in a character", "a.txt", (text("utf8 cut") + "é").encode()[:-1]),
    accepted("two encodings in one file", "a.txt", (text("mixed") + "Grüße ").encode() + "Grüße".encode("cp1252")),
    accepted("a page whose charset lies", "a.html", page(paragraphs("lies"), '<meta charset="utf-16">')),
    accepted("a page of a charset that does not exist", "a.html", page(paragraphs("x-no"), '<meta charset="x-no">')),
    accepted("JSON in UTF-16", "a.json", json.dumps(article("json16")).encode("utf-16")),
    refused("JSON in windows-1252", "a.json", '{"title": "Grüße", "text": "t"}'.encode("cp1252"), "bad-encoding"),
    accepted("one NUL in a page", "a.html", page(paragraphs("nul")).replace("</p>", "&#0;\x01</p>", 1)),
    refused("one NUL in a text", "a.txt", text("nul text").replace(".", ".\0", 1), "binary"),
)

def in_gzip() -> tuple[Kind, ...]:
    return (
    accepted("gzipped text", "a.txt.gz", zipped(text("gz text"))),
    accepted("gzipped page", "a.html.gz", zipped(page(paragraphs("gz page")))),
    accepted("gzipped JSON", "a.json.gz", zipped(json.dumps(article("gz json")))),
    accepted("gzipped JSON lines by magic only", "a.data", zipped(json.dumps(article("gz magic")) + "\n")),
    accepted("gzip in two members", "a.txt", zipped(text("gz members")) + zipped("And a last line of it.\n")),
    file("gzip with zeros behind it", "a.txt", zipped(text("gz zeros")) + b"\0" * 300, "accepted"),
    refused("gzip with garbage behind it", "a.txt", zipped(text("gz garbage")) + b"garbage" * 9, "unreadable"),
    refused("gzip cut off", "a.txt.gz", zipped(text("gz cut"))[:-9], "unreadable"),
    file(
        "gzipped lines cut off", "a.jsonl.gz",
        zipped("\n".join(json.dumps(article(f"gz cut {n}", noise=noise(3000 + n).hex())) for n in range(9)))[:-9_000],
        **{"accepted": 6, "refused bad-json|unreadable": 1},
    ),
    refused("gzip with a wrong checksum", "a.txt.gz", zipped(text("gz crc"))[:-8] + b"\1" * 8, "unreadable"),
    refused("gzip's first two bytes", "a.gz", b"\x1f\x8b", "unreadable"),
    refused("gzip in gzip", "a.txt.gz.gz", zipped(zipped(text("gz gz"))), "binary"),
    refused("a bomb", "a.txt.gz", bomb(60), "too-large"),
    file("a bomb called lines", "a.jsonl.gz", b"{" + bomb(1)[1:], "refused bad-json|bad-encoding|binary"),
)  # fmt: skip

def in_json() -> tuple[Kind, ...]:
    return (
    refused("JSON nested 100 deep", "a.json", b'{"text": "t", "x": ' + nested(100) + b"}", "too-deep"),
    refused("JSON nested 100,000 deep", "a.json", nested(100_000), "too-deep"),
    refused("100,000 brackets", "a.json", "[" * 100_000, "too-deep"),
    accepted("a number of 5,000 digits", "a.json", '{"title": "Huge", "text": "A number.", "n": ' + "9" * 5000 + "}"),
    accepted("a number beyond floats", "a.json", '{"title": "Huge", "text": "A float.", "n": 1e999999}'),
    refused("NaN", "a.json", '{"text": "t", "n": NaN}', "bad-json"),
    refused("Infinity", "a.json", '{"text": "t", "n": -Infinity}', "bad-json"),
    refused("a key twice with two values", "a.json", '{"text": "one", "text": "two"}', "bad-json"),
    accepted("a key twice with the same value", "a.json", '{"title": "Twice", "text": "The same.", "title": "Twice"}'),
    refused("JSON cut off", "a.json", json.dumps(article("json cut"))[:-5], "bad-json"),
    refused("a comma too many", "a.json", '{"text": "t",}', "bad-json"),
    refused("single quotes", "a.json", "{'text': 't'}", "bad-json"),
    lines(
        "a broken line in the middle", article("before"), b'{"text": "t', article("after"),
        becomes="accepted bad-json accepted",
    ),
    lines("values that are no objects", article("object"), 1, "text", None, [], True,
          becomes="accepted" + " not-an-article" * 5),
    file(
        "a line of 10 MB", "a.jsonl",
        b'{"text": "' + b"a" * 10_000_000 + b'"}\n' + json.dumps(article("after 10 MB")).encode() + b"\n",
        "refused too-large", "accepted",
    ),
    lines("a text of 200,001 characters", article("long", text="a " * 100_001), becomes="too-large"),
    lines("lone surrogates, escaped", b'{"id": "ls", "title": "Half \\ud83d", "text": "A \\udc00 pair."}',
          becomes="accepted"),
    lines("NUL, escaped", b'{"id": "a\\u0000b", "title": "N\\u0000UL", "text": "A text\\u0000."}', becomes="accepted"),
    *(
        lines(f"{name} as {value!r}", article(f"{name} {value}", **{name: value}), becomes=became)
        for name in ("title", "text", "url", "outlet", "author", "source", "rights")
        for value, became in ((7, "bad-field"), (["x"], "bad-field"))
    ),
    *(
        lines(f"{name} as {value!r}", article(f"{name} {value}", **{name: value}), becomes=became)
        for name, value, became in (
            ("id", True, "bad-field"), ("id", [], "bad-field"), ("id", 17, "accepted"), ("id", 1.5, "bad-field"),
            ("outlet", {"name": 5}, "bad-field"), ("language", 5, "accepted"), ("language", "x" * 500, "accepted"),
            ("html", 5, "accepted"), ("published_at", [], "accepted"), ("published_at", {}, "accepted"),
        )
    ),
)  # fmt: skip

def dates() -> tuple[Kind, ...]:
    return tuple(
    lines(f"published {value!r}"[:60], article(f"date {value}", published_at=value), becomes="accepted")
    for value in (
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2024-13-01T00:00:00Z",
        "2024-02-31", "2924-06-18T12:00:00Z", "next tuesday", "", "2024-06-18T25:61:61Z", -1, 0, 1e300, 10**18, 10**40,
        "Tue, 99 Foo 2024 12:00:00 +9999", "9" * 99, "2024-06-18T12:00:00+99:99", "\x1b[31m2024", "١٧٣٠٠٠٠٠٠٠",
    )
)  # fmt: skip

def names() -> tuple[Kind, ...]:
    return (
    *(
        lines(f"an id like {value[:24]!r}", article(f"path {value[:40]}", id=value), becomes=became)
        for value, became in (
            ("../../etc/passwd", "accepted"), ("/etc/passwd", "accepted"), ("..\\..\\boot.ini", "accepted"),
            ("a\0b", "accepted"), ("x" * 1_001, "bad-field"), ("%2e%2e%2f", "accepted"), ("*", "accepted"),
            ("{main}:inbox", "accepted"), (HOSTILE, "accepted"), (" ", "accepted"),
        )
    ),
    *(
        lines(f"the URL {value[:30]!r}", article(f"url {value[:40]}", url=value), becomes="accepted")
        for value in (
            "javascript:alert(1)", "data:text/html,<script>", "file:///etc/passwd", "https://user:secret@example.org/a",
            "https://bbc.com@evil.example/", "https://a.example/\r\nSet-Cookie: a=b", "http://[::1", "http://a:99999999/",
            "//evil.example/", "https://ex\u202eample.org/", "http://" + "a" * 5_000, HOSTILE, "http://xn--a/",
            "https://example.org/" + "?a=b" * 900, "\x00", "http://%00/", "https://①②⑦.example/",
        )
    ),
    lines("controls in every field", {
        "id": "h" + HOSTILE, "title": "Title " + HOSTILE, "text": text("hostile") + HOSTILE, "outlet": "O " + HOSTILE,
        "author": "A " + HOSTILE, "source": "S " + HOSTILE, "rights": "R " + HOSTILE, "language": "en" + HOSTILE,
        "url": "https://example.org/" + HOSTILE, "published_at": HOSTILE, HOSTILE: HOSTILE,
    }, becomes="accepted"),
    lines("a title of 2,001 characters", article("long title", title="a" * 2_001), becomes="bad-field"),
    lines("a title alone, of bidi controls", {"id": "bidi", "title": "\u202e\u202d\u2066 x"}, becomes="accepted"),
    lines("16,001 characters of extra", article("extra", more="x" * 16_001), becomes="accepted"),
    lines("10,000 extra keys", article("keys", **{f"k{n}": n for n in range(10_000)}), becomes="accepted"),
)  # fmt: skip


def contents() -> tuple[Kind, ...]:
    """What is wrong with what is in a file."""
    return (*nothing(), *binary(), *encodings(), *in_gzip(), *in_json(), *dates(), *names())
