"""The shapes of captions: what goes around the words. A slot in braces holds a phrase; see ``captions``."""

from __future__ import annotations

from itertools import chain
from typing import Final

from .words import Ways


def _ways(*taught: str, unseen: tuple[str, ...]) -> Ways:
    return Ways(taught, unseen)


# One noun phrase and what follows it; {n} is the noun phrase, {s} the ending of a verb --------------------------------

WEARING: Final = _ways(
    "{n} wearing {worn}", "{n} with {worn}", "{n} with {worn} on", "{n} {that} wear{s} {worn}",
    "{n} {that} {is} wearing {worn}",
    unseen=("{n} {that} {has} {worn} on", "{n} now wearing {worn}"),
)  # fmt: skip
DRESSED: Final = _ways(  # of clothes, not of glasses
    "{n} in {worn}", "{n} dressed in {worn}", "{n} wearing {worn}", "{n} with {worn}",
    unseen=("{n} {that} {is} dressed in {worn}",),
)  # fmt: skip
CLAD: Final = _ways(  # of people, whose colour is that of their clothes
    "{n} in {color}", "{n} dressed in {color}", "{n} in {color} clothes", "{n} wearing {color} clothes",
    unseen=("{n} dressed in {color} clothes", "{n} now in {color}"),
)  # fmt: skip
ACTING: Final = _ways(
    "{n} {deed}", "{n} {that} {is} {deed}", "{n}, {deed}",
    unseen=("{n} which {is} {deed}", "{n} now {deed}"),
)  # fmt: skip
HOLDING: Final = _ways(
    "{n} holding {held}", "{n} with {held}", "{n} carrying {held}", "{n} {that} hold{s} {held}",
    "{n} with {held} in hand",
    "{n} {that} {is} holding {held}",
    unseen=("{n} {that} {is} carrying {held}", "{n} {that} {has} {held} in hand", "{n} now holding {held}"),
)  # fmt: skip
READING: Final = _ways(
    "{n} reading {held}", "{n} {that} {is} reading {held}", "{n} busy reading {held}", "{n} {that} read{s} {held}",
    unseen=("{n} {that} {is} busy reading {held}", "{n} now reading {held}"),
)  # fmt: skip
EATING: Final = _ways(
    "{n} eating {held}", "{n} {that} {is} eating {held}", "{n} busy eating {held}", "{n} {that} eat{s} {held}",
    unseen=("{n} {that} {is} busy eating {held}", "{n} now eating {held}"),
)  # fmt: skip
LETTERED: Final = _ways(
    '{n} {that} say{s} "{letters}"', '{n} with the word "{letters}"', '{n} with the letters "{letters}"',
    '{n} saying "{letters}"', '{n} with "{letters}" on it',
    unseen=('{n} with the word "{letters}" on it', '{n} {that} {has} the letters "{letters}" on it'),
)  # fmt: skip

# The same as sentences ------------------------------------------------------------------------------------------------

WEARS: Final = _ways(
    "{n} wear{s} {worn}", "{n} {is} wearing {worn}", "{n} {has} {worn} on", "{n} can be seen wearing {worn}",
    unseen=("{n} now wear{s} {worn}", "{n} can be seen with {worn} on"),
)  # fmt: skip
IS_CLAD: Final = _ways(
    "{n} {is} dressed in {color}", "{n} wear{s} {color} clothes", "{n} {is} in {color}",
    "{n} {is} wearing {color} clothes",
    unseen=("{n} {is} in {color} clothes", "{n} {is} now in {color}"),
)  # fmt: skip
ACTS: Final = _ways(
    "{n} {is} {deed}", "{n} {is} here, {deed}", "{n} can be seen {deed}",
    unseen=("{n} {is} now {deed}",),
)  # fmt: skip
FEELS: Final = _ways(
    "{n} {is} {feeling}", "{n} look{s} {feeling}", "{n} seem{s} {feeling}", "{n} {has} a {feeling} face",
    unseen=("{n} {is} {feeling} now", "by now {n} {is} {feeling}"),
)  # fmt: skip
HOLDS: Final = _ways(
    "{n} hold{s} {held}", "{n} {is} holding {held}", "{n} {is} carrying {held}", "{n} {has} {held} in hand",
    unseen=("{n} {is} here with {held} in hand", "{n} now hold{s} {held}"),
)  # fmt: skip
READS: Final = _ways(
    "{n} read{s} {held}", "{n} {is} reading {held}", "{n} {is} busy reading {held}",
    unseen=("{n} {is} now reading {held}",),
)  # fmt: skip
EATS: Final = _ways(
    "{n} eat{s} {held}", "{n} {is} eating {held}", "{n} {is} busy eating {held}",
    unseen=("{n} {is} now eating {held}",),
)  # fmt: skip
SAYS: Final = _ways(
    '{n} say{s} "{letters}"', '{n} show{s} the word "{letters}"', '{n} {has} the word "{letters}" on it',
    unseen=('{n} {has} the letters "{letters}" on it', '{n} show{s} the letters "{letters}"'),
)  # fmt: skip

# Two things: {a} is where the relation says as seen from {b}, {prep} is one of its prepositions -----------------------

RELATED: Final = _ways(
    "{a} {prep} {b}", "{a} {prep} {b}", "{a} that {is} {prep} {b}", "{a}, {prep} {b}",
    unseen=("{a} here, {prep} {b}", "{a} which {is} {prep} {b}"),
)  # fmt: skip
ARRANGED: Final = {  # some relations have their own shapes too
    "left of": _ways(
        "{a} on the left and {b} on the right", "{b} with {a} on the left", "{a} with {b} on the right",
        "{a} on the left, {b} on the right", "{b} on the right and {a} on the left",
        unseen=("{b} on the right, {a} on the left", "{a} on the left with {b} on the right"),
    ),
    "above": _ways(
        "{b} with {a} above", "{a} with {b} below", "{a} up in the air above {b}", "{a} in the air over {b}",
        unseen=("{b} and, up in the air above, {a}",),
    ),
    "on": _ways(
        "{b} with {a} on top", "{b} with {a} on it", "{b} and, on it, {a}", "{b} that {bhas} {a} on it",
        unseen=("{b} and, on top, {a}", "{b} that {bhas} {a} on top"),
    ),
    "under": _ways(
        "{b} with {a} under it", "{b} with {a} underneath", "{b} and, under it, {a}", "{b} that {bhas} {a} under it",
        unseen=("{b} and, underneath, {a}", "{b} that {bhas} {a} underneath"),
    ),
    "in front of": _ways(
        "{b} with {a} in front", "{a} with {b} behind", "{a} in front, {b} behind", "{b} in the back, {a} in front",
        unseen=("{a} in front and {b} in the back", "{b} behind, {a} in front"),
    ),
    "inside": _ways(
        "{b} with {a} inside", "{b} with {a} in it", "{b} and, in it, {a}", "{b} that {bhas} {a} inside",
        unseen=("{b} and, inside, {a}", "{b} that {bhas} {a} in it"),
    ),
}  # fmt: skip
BETWEEN: Final = _ways(
    "{a} {prep} {b} and {c}", "{a} that {is} {prep} {b} and {c}", "{a}, {prep} {b} and {c}",
    "{b} and {c} with {a} in between", "{b} and {c}, and {a} in between",
    unseen=("{a} here, {prep} {b} and {c}", "{b} and {c} and, in between, {a}"),
)  # fmt: skip
STANDS: Final = _ways(  # as a sentence
    "{a} {is} {prep} {b}", "{a} can be seen {prep} {b}", "{prep} {b} {is} {a}", "{prep} {b} there {is} {a}",
    unseen=("{prep} {b} you can see {a}", "{a} {is} here, {prep} {b}"),
)  # fmt: skip
LISTED: Final = _ways(
    "{a} and {b}", "{a}, {b}", "{a} and also {b}", "{a} together with {b}", "{a} plus {b}",
    unseen=("{a}, together with {b}", "{a} and, also, {b}"),
)  # fmt: skip

# Where and when -------------------------------------------------------------------------------------------------------

WHERE: Final = {
    "p": _ways("{place}", unseen=()),
    "w": _ways("{weather}", unseen=()),
    "t": _ways("{time}", unseen=()),
    "pw": _ways("{place} {weather}", "{weather} {place}", "{place}, {weather}", "{weather}, {place}",
                unseen=("here {place}, {weather}", "here {weather} {place}")),
    "pt": _ways("{place} {time}", "{time} {place}", "{place}, {time}", "{time}, {place}",
                unseen=("here {place}, {time}", "here {place} {time}")),
    "wt": _ways("{weather} {time}", "{time} {weather}", "on a {air} {hour}", "{weather}, {time}",
                unseen=("{time}, {weather}", "here on a {air} {hour}")),
    "pwt": _ways("{place} {weather} {time}", "{place} {time} {weather}", "{time} {place} {weather}",
                 "{place} on a {air} {hour}", "on a {air} {hour} {place}", "{place}, {weather} {time}",
                 unseen=("{time}, {weather}, {place}", "here on a {air} {hour} {place}")),
}  # fmt: skip

# Captions of one piece: {who} is a noun phrase or several, {clause} a sentence ----------------------------------------

PHRASES: Final = {
    "": _ways(
        "{who}", "{who}", "{who}", "a picture of {who}", "an illustration of {who}", "there {is} {who}",
        "this is {who}",
        "a storybook picture of {who}", "you can see {who}", "a scene with {who}", "here {is} {who}",
        "an image of {who}",
        "{who}, an illustration", "a picture with {who}", "an image with {who}",
        unseen=("a storybook scene with {who}", "here you can see {who}", "a storybook image of {who}",
                "in this picture, {who}"),
    ),
    "where": _ways(
        "{who} {where}", "{who} {where}", "{who} {where}", "{who}, {where}", "{where}, {who}",
        "{where} there {is} {who}",
        "a picture of {who} {where}", "an illustration of {who} {where}", "there {is} {who} {where}", "{where}: {who}",
        "a scene {where} with {who}", "{who} {where}, an illustration", "a storybook picture of {who} {where}",
        "an image of {who} {where}", "you can see {who} {where}", "here {is} {who} {where}", "this is {who} {where}",
        unseen=("{where} you can see {who}", "{where}, a scene with {who}", "{where}, here {is} {who}",
                "a storybook scene {where}: {who}", "in this picture, {where}, {who}"),
    ),
    "style": _ways(
        "{medium} of {who}", "{medium} of {who}", "{medium} of {who}", "{who}, {manner}", "{who} {manner}",
        "{medium} showing {who}", "{medium} with {who}", "{manner}: {who}", "{medium}: {who}", "{who}, {medium}",
        "a picture of {who} {manner}", "an illustration of {who}, {manner}", "{who} as {medium}",
        unseen=("{manner}, {who}", "{medium}, showing {who}", "a storybook picture, {manner}, of {who}",
                "here {is} {who} as {medium}"),
    ),
    "style where": _ways(
        "{medium} of {who} {where}", "{medium} of {who} {where}", "{medium} of {who} {where}",
        "{who} {where}, {manner}",
        "{where}, {who}, {manner}", "{medium} of {who}, {where}", "{medium} showing {who} {where}",
        "{who}, {where}, {manner}",
        "{medium}: {who} {where}", "{manner}: {who} {where}", "{who} {where}, {medium}", "{where}, {medium} of {who}",
        "{who} {where} as {medium}", "a picture of {who} {where}, {manner}",
        unseen=("{manner}, {who} {where}", "{medium}, showing {who} {where}", "{where}: {who}, {manner}",
                "a storybook scene {where}, {manner}, with {who}", "{medium} of a scene {where} with {who}"),
    ),
}  # fmt: skip
CLAUSES: Final = {
    "": _ways(
        "{clause}", "{clause}", "a picture in which {clause}", "you can see that {clause}", "in this picture {clause}",
        unseen=("this is a picture in which {clause}", "here {clause}"),
    ),
    "where": _ways(
        "{clause} {where}", "{clause} {where}", "{where}, {clause}", "{where} {clause}", "{clause}, {where}",
        "in this picture {clause} {where}", "a picture in which {clause} {where}",
        unseen=("{where}, here {clause}", "{where}: {clause}", "you can see that, {where}, {clause}"),
    ),
    "style": _ways(
        "{clause}, {manner}", "{medium} in which {clause}", "{manner}, {clause}", "{medium}: {clause}",
        unseen=("this is {medium} in which {clause}", "{medium}, in which {clause}"),
    ),
    "style where": _ways(
        "{clause} {where}, {manner}", "{medium} in which {clause} {where}", "{manner}, {clause} {where}",
        "{where}, {clause}, {manner}", "{medium}: {clause} {where}",
        unseen=("{medium}, in which {clause} {where}", "{manner}: {where}, {clause}"),
    ),
}  # fmt: skip

# Captions of several sentences ----------------------------------------------------------------------------------------

OPENINGS: Final = _ways(
    "this is a picture of {who}", "the picture shows {who}", "there {is} {who}", "we see {who}", "you can see {who}",
    "in this picture there {is} {who}", "this storybook page shows {who}", "the scene shows {who}", "here {is} {who}",
    "the illustration shows {who}", "in the picture we see {who}", "this page is about {who}",
    unseen=("here we see {who}", "on this page there {is} {who}", "this picture is about {who}",
            "the page shows a scene with {who}"),
)  # fmt: skip
STYLED_OPENINGS: Final = _ways(
    "this is {medium} of {who}", "{medium} shows {who}", "we see {medium} of {who}", "here is {medium} of {who}",
    "this is a picture of {who}, {manner}", "the picture shows {who}, {manner}", "this page is {medium} of {who}",
    unseen=("here we see {medium} of {who}", "on this page, {manner}, there {is} {who}"),
)  # fmt: skip
THE_STYLE: Final = _ways(
    "the whole picture is {medium}", "it is all {manner}", "everything is {manner}", "the style is that of {medium}",
    unseen=("all of it is {manner}", "all of this is {medium}"),
)  # fmt: skip
THE_PLACE: Final = _ways(
    "it all happens {place}", "the scene is {place}", "we are {place}", "all this is {place}",
    "everything happens {place}",
    unseen=("all of this happens {place}", "everything here is {place}"),
)  # fmt: skip
THE_AIR: Final = {
    "w": _ways("{sky}", "{sky} here", "all the while {sky}", unseen=("{sky} now", "here {sky}")),
    "t": _ways("{now}", "{now} here", "by now {now}", unseen=("here {now}", "{now} now")),
    "wt": _ways("{now} and {sky}", "{sky} and {now}", "{now}, and {sky}", "it is a {air} {hour}",
                unseen=("{sky}, and {now}", "all this happens on a {air} {hour}")),
    "pt": _ways("{now}, and all this is {place}", "the scene is {place}, and {now}", "it all happens {place} {time}",
                unseen=("everything here is {place}, and {now}",)),
    "pw": _ways("{sky}, and all this is {place}", "the scene is {place}, and {sky}", "it all happens {place} {weather}",
                unseen=("everything here is {place}, and {sky}",)),
    "pwt": _ways("the scene is {place}, {now} and {sky}", "it all happens {place} on a {air} {hour}",
                 "{now}, {sky}, and all this is {place}",
                 unseen=("everything here is {place} on a {air} {hour}",)),
}  # fmt: skip
TAGS: Final = _ways("{who}, {rest}", "{rest}, {who}", unseen=("{who}; {rest}",))

TABLES: Final = (
    WEARING, DRESSED, CLAD, ACTING, HOLDING, READING, EATING, LETTERED, WEARS, IS_CLAD, ACTS, FEELS, HOLDS, READS, EATS,
    SAYS, RELATED, *ARRANGED.values(), BETWEEN, STANDS, LISTED, *WHERE.values(), *PHRASES.values(), *CLAUSES.values(),
    OPENINGS, STYLED_OPENINGS, THE_STYLE, THE_PLACE, *THE_AIR.values(), TAGS,
)  # fmt: skip


def count(*, unseen: bool) -> int:
    """How many different templates there are, taught or unseen."""
    return len(set(chain.from_iterable(table.unseen if unseen else table.taught for table in TABLES)))
