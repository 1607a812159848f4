"""What happens to a watched file once its articles are accepted or it is refused: kept, moved aside, deleted.

The file under the name may not be the one that was read: a writer can replace it in between. So a file is first renamed
away, then compared with what was read; a newer one goes back, to be read like any other.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import Literal

from .fates import Fate
from .files import Signature, folder_beneath, look
from .names import printable

After = Literal["keep", "move", "delete"]

DONE, REFUSED = ".done", ".refused"
_MAX_REASONS = 1000


class Aftermath:
    """For one open folder."""

    def __init__(self, root: int, after: After) -> None:
        self._root, self._after = root, after

    @property
    def keeps(self) -> bool:
        return self._after == "keep"

    def settle(self, path: str, signature: Signature, fate: Fate, reasons: list[str]) -> bool:
        """Put a finished file where it belongs; False where it is another one by now, and was left in its place.

        Refused files are moved aside also where accepted ones are deleted, and so are those of which an item was
        refused: nobody else may have them. Raises OSError.
        """
        aside = REFUSED if fate.state == "refused" else DONE
        moved = self._move(path, aside, signature, fate.digest)
        if moved is None:
            return False
        if self._after == "delete" and fate.state == "accepted" and not fate.lost:
            self._remove(moved)
        if reasons:
            self._note(path, reasons)
        return True

    def _move(self, path: str, aside: str, signature: Signature, digest: bytes) -> str | None:
        now = look(self._root, path)
        if now is None:
            return path if self._gone(path) else None
        if now.signature != signature:
            return None
        *above, name = path.split("/")
        self._make([aside, *above])
        with folder_beneath(self._root, above) as here, folder_beneath(self._root, [aside, *above]) as there:
            target = name
            with suppress(FileNotFoundError):
                os.stat(name, dir_fd=there, follow_symlinks=False)
                target = f"{name}.{digest.hex()[:12]}"  # one of the same name and content may be replaced
            os.rename(name, target, src_dir_fd=here, dst_dir_fd=there)
            moved = Signature.of(os.stat(target, dir_fd=there, follow_symlinks=False))
            if (moved.inode, moved.size, moved.mtime_ns) == (signature.inode, signature.size, signature.mtime_ns):
                return "/".join([aside, *above, target])
            back = name if look(self._root, path) is None else f"{name}.{moved.mtime_ns}"
            os.rename(target, back, src_dir_fd=there, dst_dir_fd=here)
            return None

    def _gone(self, path: str) -> bool:
        *above, name = path.split("/")
        try:
            with folder_beneath(self._root, above) as here:
                os.stat(name, dir_fd=here, follow_symlinks=False)
        except FileNotFoundError:
            return True
        return False

    def _make(self, parts: list[str]) -> None:
        for depth, part in enumerate(parts):
            with folder_beneath(self._root, parts[:depth]) as above, suppress(FileExistsError):
                os.mkdir(part, dir_fd=above)

    def _remove(self, path: str) -> None:
        *above, name = path.split("/")
        with folder_beneath(self._root, above) as here, suppress(FileNotFoundError):
            os.unlink(name, dir_fd=here)

    def _note(self, path: str, reasons: list[str]) -> None:
        """Why it was refused, or which of its lines were, in a file beside the refused ones."""
        *above, name = path.split("/")
        self._make([REFUSED, *above])
        text = "\n".join(reasons[:_MAX_REASONS]) + "\n"
        if len(reasons) > _MAX_REASONS:
            text += f"and {len(reasons) - _MAX_REASONS} more\n"
        with folder_beneath(self._root, [REFUSED, *above]) as there:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                file = os.open(f"{name}.reason.txt", flags, 0o644, dir_fd=there)
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    return
                raise
            with open(file, "w", encoding="utf-8") as note:
                note.write(text)


def describe(path: str, error: OSError) -> str:
    return f"{printable(path)} stays where it is: {os.strerror(error.errno or 0)}"
