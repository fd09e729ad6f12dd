"""What a person sees while a picture is painted: a bar with the time left and, in colour terminals, the picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from rich.text import Text

    from ..pipeline.generate import Progress

T = TypeVar("T")

GLIMPSES = 6  # previews a picture: each costs a decoding


def say(line: str) -> None:
    """One line to the person, where it does not mix with results."""
    print(f"sfumato: {line}", file=sys.stderr, flush=True)


@contextmanager
def board(*, quiet: bool, preview: bool) -> Iterator[Callable[[Progress], None]]:
    """A place to report steps to; draws nothing when quiet or when nobody looks at a terminal."""
    if quiet or not sys.stderr.isatty():
        if preview:
            say("no terminal to draw previews in; painting without")
        yield lambda progress: None
        return
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeRemainingColumn
    from rich.text import Text

    console = Console(stderr=True)
    if preview and console.color_system not in ("truecolor", "256"):
        say("this terminal shows too few colours for previews; painting without")
        preview = False
    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    task = bar.add_task("loading", total=None)
    with Live(bar, console=console, transient=True, refresh_per_second=8) as live:

        def report(progress: Progress) -> None:
            total = progress.steps * progress.count
            done = progress.k * progress.steps + progress.step
            name = "painting" if progress.count == 1 else f"painting {progress.k + 1} of {progress.count}"
            bar.update(task, description=name, total=total, completed=done)
            if preview and progress.step % max(1, progress.steps // GLIMPSES) == 0:
                room = min(console.width, 2 * (console.height - 4))
                live.update(Group(blocks(progress.preview(), columns=min(64, room)), bar))

        live.update(Group(Text(), bar))
        yield report


def blocks(image: Image, *, columns: int) -> Text:
    """A picture as coloured half blocks: one character is two pixels, the upper in front, the lower behind."""
    from PIL.Image import Resampling
    from rich.style import Style
    from rich.text import Text

    scale = columns / max(image.size)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale / 2))
    small = image.resize((width, 2 * height), Resampling.BOX).tobytes()
    text = Text(no_wrap=True, end="")
    for row in range(height):
        for column in range(width):
            upper, lower = (3 * ((2 * row + half) * width + column) for half in (0, 1))
            front, back = ("#" + small[at : at + 3].hex() for at in (upper, lower))
            text.append("▀", Style(color=front, bgcolor=back))
        text.append("\n")
    return text


def counted(steps: Iterable[T], total: int, *, quiet: bool, doing: str = "drawing") -> Iterator[T]:
    """The same steps, with a bar while they pass; without one when quiet or when nobody looks at a terminal."""
    if quiet or not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(steps, doing, total, console=Console(stderr=True), transient=True)
