"""What is wrong with a thing in a folder, and not with what is in it; and what happens while the folder is watched."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from kinds import Kind, text

ROOT = os.geteuid() == 0
"""Who may read everything finds nothing unreadable."""


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        here = os.open(folder, os.O_RDONLY)
        bound.bind(f"/proc/self/fd/{here}/s")  # a socket's path may have 107 bytes, a test's has more
        os.close(here)


def _deep(folder: Path) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1_200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with open(os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as file:
        file.write(text("deep folder"))
    os.close(here)


def _unreadable(folder: Path) -> None:
    path = folder / "a.txt"
    path.write_text(text("unreadable"))
    path.chmod(0)


def _closed_folder(folder: Path) -> None:
    inner = folder / "closed"
    inner.mkdir()
    (inner / "a.txt").write_text(text("closed folder"))
    inner.chmod(0)


def _named(folder: Path, *names: bytes) -> None:
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(text(repr(name)).encode())


def _hard_link(folder: Path) -> None:
    (folder / "a.txt").write_text(text("hard link"))
    (folder / "b.txt").hardlink_to(folder / "a.txt")


def _loop(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")


def _linked_out(folder: Path) -> None:
    (folder / "a.txt").symlink_to("/etc/hostname")
    (folder / "b").symlink_to("/etc")
    (folder / "c.txt").symlink_to("../../../../../../../../etc/passwd")


def _not_ours(folder: Path) -> None:
    for name in (".hidden.txt", "a.txt.part", "b.txt~", "c.tmp"):
        (folder / name).write_text(text(name))


def _empty(folder: Path) -> None:
    (folder / "a.txt").touch()


NOT_REGULAR = "refused not-a-regular-file"


def things() -> tuple[Kind, ...]:
    """There when the watch begins."""
    return (
        Kind("a FIFO", lambda folder: os.mkfifo(folder / "a.txt"), {NOT_REGULAR: 1}),
        Kind("a socket", _socket, {NOT_REGULAR: 1}),
        Kind("a link to a device", lambda folder: (folder / "a.txt").symlink_to("/dev/zero"), {NOT_REGULAR: 1}),
        Kind("a link to nowhere", lambda folder: (folder / "a.txt").symlink_to("nowhere"), {NOT_REGULAR: 1}),
        Kind("links that lead outside", _linked_out, {NOT_REGULAR: 3}),
        Kind("links in a circle", _loop, {NOT_REGULAR: 2}),
        Kind("a link to the folder above", lambda folder: (folder / "a").symlink_to(".."), {NOT_REGULAR: 1}),
        Kind("a hard link", _hard_link, {"accepted": 2}),
        Kind("1,200 folders in each other", _deep, {"warning too-deep|refused too-deep": 1}),
        Kind("an unreadable file", _unreadable, {"accepted" if ROOT else "refused unreadable": 1}),
        Kind("an unreadable folder", _closed_folder, {"accepted" if ROOT else "warning unreadable": 1}),
        Kind("a name with a line break", lambda folder: _named(folder, b"a\nrefused b.txt"), {"accepted": 1}),
        Kind("a name of terminal commands", lambda folder: _named(folder, b"\x1b[31m\x1b]0;t\x07"), {"accepted": 1}),
        Kind("names that are not UTF-8", lambda folder: _named(folder, b"\xff.txt", b"\xc2\x9b.txt"), {"accepted": 2}),
        Kind("a name with bidi controls", lambda folder: _named(folder, "a\u202etxt.exe".encode()), {"accepted": 1}),
        Kind("a name like an option", lambda folder: _named(folder, b"--help", b"-"), {"accepted": 2}),
        Kind("a name like a pattern", lambda folder: _named(folder, b"*?[a].txt"), {"accepted": 1}),
        Kind("a name of 255 bytes", lambda folder: _named(folder, b"n" * 251 + b".txt"), {"accepted": 1}),
        Kind("a name with backslashes", lambda folder: _named(folder, b"a\\..\\a.txt"), {"accepted": 1}),
        Kind("hidden and unfinished files", _not_ours, {}),
        Kind("a file of no bytes", _empty, {"refused empty": 1}),
    )  # fmt: skip


def _vanishes(folder: Path) -> None:
    (folder / "a.txt").write_text(text("vanishes"))
    (folder / "a.txt").unlink()


def _folder_goes(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "a.txt").write_text(text("goes"))
    shutil.rmtree(inner)


def _grows(folder: Path) -> None:
    whole = text("grows")
    with (folder / "a.txt").open("w") as file:
        for at in range(0, len(whole), 50):
            file.write(whole[at : at + 50])
            file.flush()


def _renamed_in(folder: Path) -> None:
    (folder / ".a").write_text(text("renamed in"))
    (folder / ".a").rename(folder / "a.txt")


def happenings() -> tuple[Kind, ...]:
    """Done while the folder is watched."""
    return (
        Kind("a file that vanishes", _vanishes, {}),
        Kind("a folder that is removed", _folder_goes, {}),
        Kind("a file written in pieces", _grows, {"accepted": 1}),
        Kind("a file renamed in", _renamed_in, {"accepted": 1}),
    )


def rewritten(folder: Path) -> None:
    """The second time another article stands under the name."""
    (folder / ".b").write_text(text(f"rewritten {(folder / 'a.txt').exists()}"))
    (folder / ".b").rename(folder / "a.txt")
