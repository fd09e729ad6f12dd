"""File <-> picture <-> tensor: the only file that opens or writes an image."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .disk import reason, write_whole
from .refusal import Refusal, unknown

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

FORMATS = {"png": ".png", "webp": ".webp", "jpeg": ".jpg"}
SUFFIXES = {".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"}
LOSSLESS = frozenset({"png", "webp"})  # as written here: WebP in its lossless mode
AI_MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FLAT = 2  # of 255: a picture whose channels all span less than this shows nothing
MOST_PIXELS = 80_000_000  # refuse to open more: a few kilobytes of file can claim terabytes of picture

_DESCRIPTION, _SOFTWARE, _EXIF, _COMMENT = 0x010E, 0x0131, 0x8769, 0x9286  # EXIF 2.32, tables 4 and 7
_ASCII = b"ASCII\0\0\0"
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/" Iptc4xmpExt:DigitalSourceType="{AI_MADE}">'
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@dataclass(frozen=True)
class Opened:
    """A picture file: its pixels, the format it is in, and the record it carries, as text, if any."""

    image: Image
    format: str
    record: str | None


def spoiled(latent: Tensor, pixels: Tensor) -> str | None:
    """What is wrong with a picture that must not be kept, or None: ``pixels`` (3 H W) before they are clamped."""
    if not (latent.isfinite().all() and pixels.isfinite().all()):
        return "with values that are no numbers"
    shown = pixels.clamp(-1, 1).flatten(1) * 127.5
    if (shown.amax(1) - shown.amin(1) < FLAT).all():
        return "flat"
    return None


def to_image(pixels: Tensor) -> Image:
    """Pixels (3 H W) in [-1, 1], clamped and rounded to 8 bits."""
    from PIL import Image

    bytes_ = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round().byte()
    return Image.fromarray(bytes_.permute(1, 2, 0).contiguous().cpu().numpy())


def to_pixels(image: Image) -> Tensor:
    """A picture as float32 pixels (3 H W) in [-1, 1]; what is transparent is laid on white."""
    import numpy
    import torch

    values = torch.from_numpy(numpy.array(_opaque(image), dtype=numpy.float32))
    return values.permute(2, 0, 1) / 127.5 - 1


def pixel_hash(image: Image) -> str:
    """SHA-256 over the size and the 8-bit RGB values: equal exactly when two pictures are."""
    return hashlib.sha256(f"{image.width}x{image.height} RGB\n".encode() + image.convert("RGB").tobytes()).hexdigest()


def likeness(one: Image, other: Image) -> float:
    """Peak signal-to-noise ratio of two pictures of one size, in decibels; infinite when they are equal."""
    error = (to_pixels(one) - to_pixels(other)).square().mean().item()
    return math.inf if error == 0 else 10 * math.log10(4 / error)  # the range of [-1, 1] is 2, squared 4


def sheet(images: Sequence[Image], *, gap: int = 8) -> Image:
    """Pictures of one size side by side, row by row, in a near-square grid on white."""
    from PIL import Image

    columns = math.ceil(math.sqrt(len(images)))
    width, height = images[0].width + gap, images[0].height + gap
    board = Image.new("RGB", (gap + columns * width, gap + math.ceil(len(images) / columns) * height), "white")
    for i, image in enumerate(images):
        board.paste(image, (gap + i % columns * width, gap + i // columns * height))
    return board


def format_of(path: Path) -> str:
    """The format a file name asks for; raises Refusal for an ending nobody knows."""
    if (kind := SUFFIXES.get(path.suffix.lower())) is None:
        raise unknown("format", path.suffix.lstrip("."), [*FORMATS, "jpg"])
    return kind


def save(image: Image, path: Path, *, record: str, description: str, software: str, force: bool) -> None:
    """Write a picture with its record, whole or not at all, in the format that ``path`` ends on.

    ``record`` (ASCII) goes where tools leave it alone: a text chunk of PNG, the EXIF user comment of JPEG and WebP.
    Beside it stand a description, the software and, as XMP, the mark of the IPTC that an AI made the picture. Raises
    Refusal when the file exists and ``force`` is false, when the record is too long for JPEG, or when the disk is full.
    """
    from PIL import Image, PngImagePlugin

    kind, file, xmp = format_of(path), io.BytesIO(), (_XMP % escape(description)).encode()
    if kind == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt("sfumato", record)
        chunks.add_itxt("Software", software)
        chunks.add_itxt("Description", description)
        chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
        image.save(file, "PNG", pnginfo=chunks)
    else:
        exif = Image.Exif()
        exif[_SOFTWARE], exif[_DESCRIPTION] = software, description
        exif.get_ifd(_EXIF)[_COMMENT] = _ASCII + record.encode("ascii")
        try:
            if kind == "webp":
                image.save(file, "WEBP", lossless=True, exact=True, exif=exif, xmp=xmp)
            else:
                image.save(file, "JPEG", quality=95, subsampling=0, exif=exif, xmp=xmp)
        except ValueError as error:
            raise Refusal(f"the record does not fit into a jpeg ({error}); use png or webp") from error
    write_whole(path, file.getvalue(), force=force)


def load(path: Path) -> Opened:
    """Open a picture file; raises Refusal when it is missing, damaged, no picture, or too large."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refusal(f"{path} claims {image.width}x{image.height} pixels, too many to open")
            image.load()
            exif = image.getexif()
            comment = exif.get_ifd(_EXIF).get(_COMMENT, b"")
            text = image.info.get("sfumato") if image.format == "PNG" else None
            if isinstance(comment, bytes) and comment.startswith(_ASCII):
                text = comment.removeprefix(_ASCII).decode("ascii", "replace")
            return Opened(_opaque(image), (image.format or "").lower(), str(text) if text is not None else None)
    except UnidentifiedImageError as error:
        raise Refusal(f"{path} is not a picture") from error
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Refusal(f"cannot read {path}: {reason(error)}") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise error if isinstance(error, Refusal) else Refusal(f"{path} is damaged: {error}") from error


def _opaque(image: Image) -> Image:
    """The picture upright and as RGB, its transparent parts on white."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode == "RGB":
        return image.copy()
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")
