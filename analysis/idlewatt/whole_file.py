"""Files that have their name only when they are whole. The same as sim/base/whole_file.hpp."""

from __future__ import annotations

import errno
import os
import pathlib
import secrets
import stat

_LETTERS = "abcdefghijkmnopqrstuvwxyz2345679"
_LONGEST_NAME = 255
_TAIL = len(".12345678.part")


def write_whole(path: pathlib.Path, content: bytes) -> None:
    """Writes aside, under a name that nobody can foresee, to the disk; then gives the file its name. OSError.

    A symbolic link is replaced, not followed; what is there and is no regular file is not replaced.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    stem = os.fsencode(path.name)[: _LONGEST_NAME - _TAIL]
    part = path.parent / os.fsdecode(stem + b"." + "".join(secrets.choice(_LETTERS) for _ in range(8)).encode() + b".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
