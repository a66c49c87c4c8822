"""The checksum at the end of every HDF5 file of idlewatt (FORMAT.md, "The checksum").

It is checked before the HDF5 library sees the file: a damaged one can make that library loop or return other numbers.
"""

from __future__ import annotations

import pathlib
import struct
import zlib

from .errors import RunError

FORMAT = 3
"""The version of the format that this package reads."""

_SEAL = struct.Struct("<8sIIQ8s")
_BEFORE, _BEHIND = b"idlewatt", b"checksum"
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_BLOCK = 1 << 20
# The attribute as our writers encode it: its name, a 32-bit signed little-endian integer, a scalar.
_VERSION_ATTRIBUTE = b"format_version\0" + b"\x10\x08\0\0\x04\0\0\0\0\0\x20\0" + b"\x02\0\0\0"


def check(path: pathlib.Path) -> None:
    """Raises RunError, one line, unless the file is whole and of this version of the format. Reads all of it."""
    try:
        if path.exists() and not path.is_file():
            raise RunError(f"{path}: is a folder, not a result file" if path.is_dir() else f"{path}: is no regular file")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _SEAL.size))
            tail = file.read(_SEAL.size)
            file.seek(0)
            if len(tail) < _SEAL.size or tail[:8] != _BEFORE or tail[-8:] != _BEHIND:
                raise RunError(f"{path}: {_without_seal(file.read(_BLOCK), size)}")
            _, version, checksum, length, _ = _SEAL.unpack(tail)
            whole = length == size - _SEAL.size
            if whole and version > FORMAT:
                raise RunError(f"{path}: {_version_problem(version)}")
            found, left = 0, size - _SEAL.size
            while whole and left > 0:
                block = file.read(min(_BLOCK, left))
                if not block:
                    break
                found, left = zlib.crc32(block, found), left - len(block)
            if not whole or left > 0 or found != checksum:
                raise RunError(f"{path}: is damaged: its bytes do not give the checksum at its end")
            if version != FORMAT:
                raise RunError(f"{path}: {_version_problem(version)}")
    except FileNotFoundError:
        raise RunError(f"{path}: no such file") from None
    except PermissionError:
        raise RunError(f"{path}: permission denied") from None
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror or error}") from None


def _version_problem(version: int) -> str:
    if version < FORMAT:
        return f"format version {version}, written by an older idlewatt: run the scenario again with this one"
    return f"format version {version}, newer than {FORMAT}, the newest that this idlewatt knows: update idlewatt"


def _without_seal(start: bytes, size: int) -> str:
    """Why a file without a checksum is none that can be read."""
    if not start.startswith(_SIGNATURE):
        return "not an HDF5 file (expected a result of idlewatt)"
    if len(start) >= 36 and start[8] in (2, 3) and start[9] == 8 and size < int.from_bytes(start[28:36], "little"):
        return "is cut off: its end is missing"
    place = start.find(_VERSION_ATTRIBUTE)
    if place >= 0:
        at = place + len(_VERSION_ATTRIBUTE)
        version = int.from_bytes(start[at : at + 4], "little")
        if version != FORMAT:
            return _version_problem(version)
    return (
        "has no checksum at its end: its writer was killed or still writes (`idlewatt recover` shows what is whole in it), "
        "another program changed it, or it is no file of idlewatt"
    )
