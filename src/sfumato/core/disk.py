"""Files that are there whole or not at all: written beside their place, forced to the disk, then renamed."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from .refusal import Refusal


def write_whole(path: Path, *parts: bytes, force: bool) -> None:
    """Write ``parts`` one after another as the file ``path``.

    Whatever stops it (a full disk, Ctrl-C), no half file stays and an older file is untouched. Raises Refusal when the
    file exists and ``force`` is false, and when the disk or the folder does not take it.
    """
    beside = path.with_name(f".sfumato-{secrets.token_hex(6)}.part")
    try:
        refuse_existing(path, force=force)
        # 0o666 is what the person's umask expects; tempfile would give 0o600 and a picture nobody else may read.
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise Refusal(f"cannot write {path}: {reason(error)}") from error


def check_writable(path: Path, *, force: bool) -> None:
    """Raise Refusal now if ``path`` could not be written later; leaves nothing behind.

    The folder is tried out rather than asked: its permission bits say nothing to root or on a read-only disk.
    """
    refuse_existing(path, force=force)
    try:
        if path.is_dir():
            raise Refusal(f"cannot write {path}: it is a folder")
        with tempfile.TemporaryFile(dir=path.parent, prefix=".sfumato-"):
            pass
    except OSError as error:
        raise Refusal(f"cannot write {path}: {reason(error, path.parent)}") from error


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise Refusal if ``path`` is there and ``force`` is false."""
    if not force and os.path.lexists(path):  # a dangling link counts as there
        raise Refusal(f"{path} is there already; --force replaces it")


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes; raises Refusal when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error


def reason(error: OSError, folder: Path | None = None) -> str:
    """Why the system said no, in its own words."""
    words = error.strerror or str(error)
    return f"{words.lower()} ({folder})" if folder is not None else words.lower()


def _settle(folder: Path) -> None:
    """Force the folder's entry to the disk where folders can be opened (not on Windows)."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
