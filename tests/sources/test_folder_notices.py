from __future__ import annotations

import pytest

from ingest.sources.notices import is_silent

MOUNTS = [
    "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw",
    "40 22 0:40 / /mnt/news rw - nfs4 server:/news rw",
    "41 22 0:41 / /mnt/my\\040share rw - fuse.sshfs host: rw",
]


@pytest.mark.parametrize(
    ("folder", "silent"),
    [
        ("/var/drop", False),
        ("/mnt/news", True),
        ("/mnt/news/in", True),
        ("/mnt/newspaper", False),
        ("/mnt/my share/a", True),
    ],
)
def test_network_mounts_are_known_to_be_silent(folder: str, silent: bool) -> None:
    assert is_silent(folder, MOUNTS) is silent
