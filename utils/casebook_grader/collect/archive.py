"""Reads a zip or a folder that others filled: file by file, within bounds, and nothing by its name.

Nothing is unpacked. What is asked for is read into memory, one file at a time; what cannot be read
or looks like an attack is left, with a reason. Zips within zips are read the same way.
"""

import io
import mmap
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from casebook_grader.course import CourseError
from casebook_grader.limits import GB, MB, Limits

METADATA = "submission_metadata.yml"
MADE_BY_SYSTEM = "the computer made it, not the learner"
_SYSTEM = {"__MACOSX", ".DS_Store", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini"}
_OTHER_ARCHIVES = (".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
_ENTRY = re.compile(rb"PK\x01\x02")  # opens each entry of a zip's directory
_PARTS = 40  # folders in a name
_NAME = 1000  # characters of a name


@dataclass(frozen=True)
class Bounds:
    """How much is read.

    Attributes:
        entries: Files and folders of the whole.
        total: Bytes of the whole, unpacked.
        own_entries: Files and folders of one zip within it, with the zips in that.
        own_total: Bytes of one zip within it, unpacked, with the zips in that.
        zip_size: Bytes of one zip within it, packed.
        metadata_size: Bytes of Gradescope's description of a class.
        ratio: How many times larger a file may be than it is packed, beyond the first megabyte.
        depth: How many zips may lie in each other; the whole counts.
    """

    entries: int = 100_000
    total: int = 16 * GB
    own_entries: int = 1_000
    own_total: int = 200 * MB
    zip_size: int = 100 * MB
    metadata_size: int = 50 * MB
    ratio: int = 200
    depth: int = 3


@dataclass(frozen=True)
class File:
    """A file that was read.

    Attributes:
        parts: Its folders and its name; a zip counts as a folder.
        content: Its bytes.
        modified: When it was changed last, as far as is known; in no zone.
    """

    parts: tuple[str, ...]
    content: bytes
    modified: datetime | None = None


@dataclass(frozen=True)
class Left:
    """A file that was left where it is, and why."""

    parts: tuple[str, ...]
    why: str


class _Refused(Exception):
    """A file or a zip is not read; the text says why."""


class _Budget:
    """What may still be read, of the whole or of one zip within it."""

    def __init__(self, entries: int, total: int, parent: "_Budget | None" = None):
        self._entries, self._total, self._parent = entries, total, parent

    def take(self, entries: int = 0, total: int = 0) -> None:
        if self._parent:
            self._parent.take(entries, total)
        self._entries -= entries
        self._total -= total
        if self._entries < 0 or self._total < 0:
            if self._parent is None:
                raise CourseError(
                    "it holds more files or bytes than a class hands in, unpacked. Expected an "
                    "LMS's download for one assignment; look into it, and collect its parts one "
                    "after the other."
                )
            raise _Refused("it holds more files or bytes than a submission; the rest was left")


def read(
    source: Path, limits: Limits | None = None, bounds: Bounds | None = None
) -> Iterator[File | Left]:
    """Read the notebooks, records and Gradescope's description in a zip or a folder.

    Args:
        source: The zip or the folder.
        limits: How large a notebook and a record may be.
        bounds: How much is read in all.

    Raises:
        CourseError: It is neither, or holds far more than a class hands in.
    """
    reader = _Reader(limits or Limits(), bounds or Bounds())
    if source.is_dir():
        yield from reader.folder(source)
        return
    try:
        with open(source, "rb") as file:
            yield from reader.whole(file)
    except OSError as error:
        raise CourseError(f"{source} cannot be read: {error.strerror}.") from None
    except _Refused as error:
        raise CourseError(
            f"{source} cannot be read as a zip: {error}. Expected a zip or a folder, as an LMS "
            "gives it; unpack another kind of archive first and name the folder."
        ) from None


class _Reader:
    def __init__(self, limits: Limits, bounds: Bounds):
        self._bounds = bounds
        self._caps = {
            ".ipynb": limits.notebook_size,
            ".json": limits.record_size,
            ".zip": bounds.zip_size,
            ".yml": bounds.metadata_size,
        }
        self._budget = _Budget(bounds.entries, bounds.total)

    def folder(self, folder: Path) -> Iterator[File | Left]:
        """All files of a folder and the folders in it."""
        for place, folders, names in os.walk(folder):
            self._budget.take(entries=len(folders) + len(names))
            above = Path(place).relative_to(folder).parts
            for name in [name for name in folders if os.path.islink(Path(place, name))]:
                yield Left((*above, name), "it is a link")
            folders.sort()
            for name in sorted(names):
                yield from self._from_folder(Path(place, name), (*above, name))

    def _from_folder(self, path: Path, parts: tuple[str, ...]) -> Iterator[File | Left]:
        try:
            cap = self._cap(parts)
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(handle, "rb") as file:
                about = os.fstat(handle)
                if not stat.S_ISREG(about.st_mode):
                    raise _Refused("it is no file, but a device or a pipe")
                content = _read(file, about.st_size, cap)
            self._budget.take(total=len(content))
        except OSError as error:
            why = "it is a link" if path.is_symlink() else f"it cannot be read: {error.strerror}"
            yield Left(parts, why)
        except _Refused as error:
            yield Left(parts, str(error))
        else:
            modified = datetime.fromtimestamp(int(about.st_mtime))
            yield from self._found(File(parts, content, modified), 0, self._budget)

    def whole(self, file: BinaryIO) -> Iterator[File | Left]:
        """All files of the zip that an LMS gives."""
        try:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise _Refused("it is empty") from None
        with view:
            self._require_few(view, self._bounds.entries)
        yield from self._zip(file, (), 1, self._budget)

    def _zip(
        self, file: BinaryIO, above: tuple[str, ...], depth: int, budget: _Budget
    ) -> Iterator[File | Left]:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _Refused(f"it is no zip, or damaged ({error})") from None
        with archive:
            for entry in archive.infolist():
                budget.take(entries=1)
                if not entry.is_dir():
                    yield from self._entry(archive, entry, above, depth, budget)

    def _entry(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        above: tuple[str, ...],
        depth: int,
        budget: _Budget,
    ) -> Iterator[File | Left]:
        name = _name(entry)
        try:
            parts = (*above, *_parts(name))
        except _Refused as error:
            yield Left((*above, name[:100]), str(error))
            return
        try:
            cap = self._cap(parts)
            self._require_plain(entry)
            budget.take(total=entry.file_size if entry.file_size <= cap else 0)
            with archive.open(entry) as file:
                content = _read(file, entry.file_size, cap)
        except _Refused as error:
            yield Left(parts, str(error))
            return
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as bad:
            yield Left(parts, f"it is damaged ({bad})")
            return
        try:
            modified = datetime(*entry.date_time)
        except ValueError:
            modified = None
        yield from self._found(File(parts, content, modified), depth, budget)

    def _found(self, file: File, depth: int, budget: _Budget) -> Iterator[File | Left]:
        """The file, or what it holds if it is a zip."""
        if _ending(file.parts[-1]) != ".zip":
            yield file
            return
        if depth >= self._bounds.depth:
            yield Left(file.parts, f"zips lie in each other more than {self._bounds.depth} deep")
            return
        own = budget
        if budget is self._budget:
            own = _Budget(self._bounds.own_entries, self._bounds.own_total, budget)
        try:
            self._require_few(file.content, self._bounds.own_entries)
            yield from self._zip(io.BytesIO(file.content), file.parts, depth + 1, own)
        except _Refused as error:
            yield Left(file.parts, str(error))

    def _require_few(self, content: bytes | mmap.mmap, most: int) -> None:
        """Refuse a zip whose directory would fill the memory."""
        if sum(1 for _ in islice(_ENTRY.finditer(content), most + 1)) > most:
            raise _Refused(f"it holds more than {most:,} files")

    def _cap(self, parts: tuple[str, ...]) -> int:
        """How large a file may be, by its kind; refuse those that are not read."""
        if _SYSTEM & set(parts) or parts[-1].startswith("._"):
            raise _Refused(MADE_BY_SYSTEM)
        name = parts[-1].lower()
        ending = _ending(name)
        if ending in _OTHER_ARCHIVES:
            raise _Refused("it is an archive of another kind; expected a zip. Unpack it yourself")
        known = ending in self._caps and (ending != ".yml" or name == METADATA)
        if not known or (ending == ".json" and "record_" not in name):
            raise _Refused("it is no notebook, no record and no zip")
        return self._caps[ending]

    def _require_plain(self, entry: zipfile.ZipInfo) -> None:
        """Refuse what is no plain file, packed in the usual way."""
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise _Refused("it is a link")
        if kind not in (0, stat.S_IFREG):
            raise _Refused("it is no file, but a device or a pipe")
        if entry.flag_bits & 0x1:
            raise _Refused("it is encrypted; ask for it without a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Refused("it is packed in an unusual way; ask for an ordinary zip")
        if entry.file_size > MB + self._bounds.ratio * entry.compress_size:
            raise _Refused(
                f"it unpacks to {entry.file_size:,} bytes from {entry.compress_size:,}, as no "
                "notebook does"
            )


def _read(file: BinaryIO, size: int, cap: int) -> bytes:
    """A file's content; what it says of its size is not believed."""
    content = file.read(cap + 1) if size <= cap else b""
    if max(size, len(content)) > cap:
        raise _Refused(f"it takes {max(size, len(content)):,} bytes; at most {cap:,} are read")
    return content


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name; macOS writes UTF-8 without saying so."""
    if not entry.flag_bits & 0x800:
        try:
            return entry.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return entry.filename


def _parts(name: str) -> tuple[str, ...]:
    r"""The folders and the name in an entry's name, which Windows may have written.

    Example:
        >>> _parts("class\\Jane Doe\\./lenet5.ipynb")
        ('class', 'Jane Doe', 'lenet5.ipynb')
    """
    name = name.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise _Refused("its name is absolute, which no LMS writes")
    if ".." in parts:
        raise _Refused("its name leads out of the zip, which no LMS writes")
    if not parts or len(parts) > _PARTS or len(name) > _NAME:
        raise _Refused("its name is empty or too long")
    return parts


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()
