from __future__ import annotations

import threading
from pathlib import Path

import pytest
from source_doubles import READERS, RememberingInbox

from ingest.settings import SourceSettings
from ingest.sources import notices
from ingest.sources.notices import Notices, silent_mount
from ingest.sources.port import Outcome
from ingest.sources.watch import watch

MOUNTS = [
    "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw",
    "40 22 0:40 / /mnt/news rw - nfs4 server:/news rw",
    "41 22 0:41 / /mnt/my\\040share\\134x rw - fuse.sshfs host: rw",
    "42 22 0:42 / /srv/wire/afp rw - cifs //server/afp rw",
    "43 22 0:43 / /mnt/stick rw - fuseblk /dev/sdb1 rw",
    "44 22 0:44 / /mnt/cache rw - nfs server:/old rw",
    "45 44 0:45 / /mnt/cache rw - tmpfs tmpfs rw",
]


@pytest.mark.parametrize(
    ("folder", "silent"),
    [
        ("/var/drop", ""),
        ("/mnt/news", "nfs4 at /mnt/news"),
        ("/mnt/news/in", "nfs4 at /mnt/news"),
        ("/mnt/newspaper", ""),
        ("/mnt/my share\\x/a", "fuse.sshfs at /mnt/my share\\\\x"),
        ("/srv/wire", "cifs at /srv/wire/afp"),
        ("/srv/wire/dpa", ""),
        ("/mnt/stick", ""),
        ("/mnt/cache", ""),
    ],
)
def test_network_mounts_are_known_to_be_silent_also_below_the_folder(folder: str, silent: str) -> None:
    assert silent_mount(folder, MOUNTS) == silent


def test_a_link_to_a_network_mount_is_one(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    (tmp_path / "link").symlink_to("mount")
    table = [f"50 22 0:50 / {tmp_path.resolve()}/mount rw - nfs server:/news rw"]
    assert silent_mount(str(tmp_path / "link"), table).startswith("nfs at ")


def test_the_table_of_this_machine_is_read(tmp_path: Path) -> None:
    assert isinstance(silent_mount(str(tmp_path)), str)


@pytest.mark.parametrize(
    ("asked", "polls", "says"), [(None, True, True), (True, True, False), (False, False, False)]
)
def test_what_the_operator_says_goes_before_the_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool | None, polls: bool, says: bool
) -> None:
    monkeypatch.setattr(notices, "silent_mount", lambda folder: "nfs4 at /mnt/news")
    found = Notices(tmp_path, threading.Event(), polling=asked)
    assert (found.polling, bool(found.why)) == (polls, says)


def test_that_a_folder_is_looked_at_every_second_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "silent_mount", lambda folder: "nfs4 at /mnt/news")
    (tmp_path / "a.txt").write_text("Title\nText.")
    stop, said = threading.Event(), list[Outcome]()
    limits = SourceSettings(settle_seconds=0.05)
    for outcome in watch(tmp_path, inbox=RememberingInbox(), readers=READERS, settings=limits, stop=stop):
        said.append(outcome)
        if outcome.fate == "accepted":
            (tmp_path / "b.txt").write_text("Other\nText.")
        if len(said) == 3:
            stop.set()
    assert [o.fate for o in said] == ["warning", "accepted", "accepted"]
    assert str(said[0]) == f"warning {tmp_path} (looked at every second: nfs4 at /mnt/news announces no changes)"
