"""Training by the clock: so many minutes in all, the learning rate down at their end, however fast the machine is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console

from ..core.disk import write_whole
from . import checkpoint
from .run import Report, train
from .task import Run, TrainingError

FALL: Final = 0.4  # the share of the time in which the rate falls
_ENDLESS: Final = 10**9


@dataclass(frozen=True)
class Clock:
    """What a run by the clock must remember: the minutes it has, the seconds it spent, and when it will fall and end.

    ``falls`` and ``ends`` are steps; they are known once the machine has shown its pace.
    """

    minutes: float
    spent: float = 0.0
    pace: float = 0.0  # steps a second
    falls: int | None = None
    ends: int | None = None

    def after(self, report: Report, batch: int) -> Clock:
        return replace(self, spent=self.spent + report.seconds, pace=report.images_per_second / batch or self.pace)

    def save(self, folder: Path) -> Clock:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "clock.json", json.dumps(asdict(self)).encode(), force=True)
        return self

    @staticmethod
    def of(folder: Path, minutes: float, *, resume: bool) -> Clock:
        """The clock of a folder, or a new one; raises TrainingError if what is there is not to be gone on with."""
        path = folder / "clock.json"
        if not path.exists() and not checkpoint.exists(folder / "checkpoints"):
            return Clock(minutes)
        if not resume:
            raise TrainingError(f"{folder} already holds a run: resume it, or choose another folder")
        if not path.exists():
            raise TrainingError(f"{folder} holds a run that goes by steps, not by the clock: choose another folder")
        try:
            clock = Clock(**json.loads(path.read_text()))
        except (OSError, TypeError, ValueError) as error:
            raise TrainingError(f"{path} is damaged: {error}") from error
        if clock.minutes != minutes:
            raise TrainingError(f"{folder} was begun for {clock.minutes:g} minutes, not {minutes:g}")
        return clock


def train_for(
    run: Run,
    folder: Path,
    *,
    minutes: float,
    looks: Sequence[float] = (),
    resume: bool = False,
    quiet: bool = False,
    console: Console | None = None,
    track: bool = True,
) -> Iterator[Report]:
    """Train for ``minutes`` in all, over any number of calls; the run's own ``steps`` and ``cooldown`` do not count.

    Reports come at the shares of the time in ``looks``, each below 1 - FALL, and at the end; a report that ended
    ``interrupted`` is the last. The pace until 1 - FALL says how many steps the rest has, so a machine that becomes
    slower then makes the run longer, not the schedule shorter. A kill forgets the seconds since the last report.
    Raises what ``train`` raises, and TrainingError if the folder was begun for another time.
    """
    clock = Clock.of(folder, minutes, resume=resume).save(folder)
    plateau = replace(run, steps=_ENDLESS, cooldown=0.0)
    for share in (*looks, 1 - FALL):
        left, last = share * minutes - clock.spent / 60, share == 1 - FALL
        if clock.ends is not None or (left <= 0 and not last):
            continue
        report = train(plateau, folder, minutes=max(left, 0), resume=True, quiet=quiet, console=console, track=track)
        clock, stopped = clock.after(report, run.batch), report.ended == "interrupted"
        if last and not stopped:
            steps = max(1, round(clock.pace * (60 * minutes - clock.spent)))
            clock = replace(clock, falls=report.step, ends=report.step + steps)
        clock.save(folder)
        if stopped or not last:
            yield report
        if stopped:
            return
    assert clock.falls is not None and clock.ends is not None
    falling = replace(run, steps=clock.ends, cooldown=(clock.ends - clock.falls) / clock.ends)
    yield train(falling, folder, resume=True, quiet=quiet, console=console, track=track)
