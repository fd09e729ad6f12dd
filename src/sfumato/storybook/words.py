"""The words of captions: three to six ways to say each thing, some kept out of training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from .kinds import ACCESSORIES, KINDS


@dataclass(frozen=True)
class Ways:
    """Ways to say one thing, the most usual first. ``unseen`` ones are never in a training caption."""

    taught: tuple[str, ...]
    unseen: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Taught and unseen."""
        return self.taught + self.unseen


def ways(text: str) -> Ways:
    """``"at night|by night||in the night"``: what stands after the double bar is unseen."""
    taught, _, unseen = text.partition("||")
    return Ways(tuple(taught.split("|")), tuple(unseen.split("|")) if unseen else ())


COLORS: Final = {
    "red": ways("red|scarlet|crimson||red-colored"),
    "orange": ways("orange|tangerine|orange-colored"),
    "yellow": ways("yellow|lemon yellow|golden||yellow-colored"),
    "green": ways("green|emerald|leaf green||green-colored"),
    "blue": ways("blue|azure|blue-colored"),
    "purple": ways("purple|violet|plum||purple-colored"),
    "pink": ways("pink|rosy|pink-colored"),
    "brown": ways("brown|chestnut|chocolate brown||brown-colored"),
    "black": ways("black|jet black|coal black||black-colored"),
    "white": ways("white|snow white|white-colored"),
    "gray": ways("gray|grey|ash gray||gray-colored"),
}
PATTERNS: Final = {
    "striped": ways("striped|stripy|stripe-patterned"),
    "dotted": ways("dotted|polka-dot|spotted||dot-patterned"),
    "checkered": ways("checkered|checked|chequered"),
}
SIZES: Final = {
    "tiny": ways("tiny|very small|teeny||very little"),
    "small": ways("small|little|smallish"),
    "big": ways("big|large|biggish"),
    "huge": ways("huge|giant|enormous||very big|very large"),
}
COUNTS: Final = {
    "2": ways("two|2|a pair of||a group of two"),
    "3": ways("three|3|a group of three"),
    "4": ways("four|4|a group of four"),
    "5": ways("five|5|a group of five"),
    "6": ways("six|6|a group of six"),
    "7": ways("seven|7|a group of seven"),
}
MANY: Final = ("some",)  # before a plural without its number
EXPRESSIONS: Final = {
    "happy": ways("happy|smiling|cheerful||happy-looking"),
    "laughing": ways("laughing|giggling|merry"),
    "calm": ways("calm|quiet|relaxed||calm-looking"),
    "sad": ways("sad|unhappy|sad-looking"),
    "angry": ways("angry|cross|grumpy||angry-looking"),
    "surprised": ways("surprised|astonished|amazed||surprised-looking"),
}
SKINS: Final = {
    "pale": ways("pale|pale-skinned|very light-skinned"),
    "light": ways("light-skinned|fair-skinned|fair"),
    "tan": ways("tan-skinned|tanned|suntanned"),
    "brown": ways("brown-skinned|medium-skinned|medium-brown-skinned"),
    "dark": ways("dark-skinned|dark|very dark-skinned"),
}
GENDERS: Final = {
    "female": ways("female|woman|lady"),
    "male": ways("male|man|gentleman"),
}
CHILD: Final = {"female": "girl", "male": "boy"}
ACTIONS: Final = {
    "standing": ways("standing|standing up|standing still||still standing"),
    "sitting": ways("sitting|seated|sitting down||sitting still"),
    "sleeping": ways("sleeping|asleep|fast asleep|napping||sleeping still"),
    "waving": ways("waving|waving hello|saying hello||waving and saying hello"),
    "running": ways("running|racing along|dashing along||running along"),
    "jumping": ways("jumping|leaping|jumping up||leaping up"),
    "dancing": ways("dancing|doing a dance|dancing along"),
    "reading": ways("reading|busy reading|just reading"),
    "eating": ways("eating|busy eating|just eating"),
}
BEFORE_NOUN: Final = {  # deeds that can stand before the noun: "a sleeping fox"
    "sitting": ways("sitting|seated"),
    "sleeping": ways("sleeping|napping"),
    "waving": ways("waving"),
    "running": ways("running|racing"),
    "jumping": ways("jumping|leaping"),
    "dancing": ways("dancing"),
}

PLACES: Final = {
    "meadow": ways("in a meadow|in the meadow|on a meadow|in a field||out in a meadow"),
    "beach": ways("on the beach|at the beach|on a beach|at the seaside|by the sea||out on the beach"),
    "forest": ways("in a forest|in the forest|in the woods|among forest trees||deep in the woods"),
    "city": ways("in the city|in a city|on a city street|in a town street|in town||out in a city street"),
    "room": ways("in a room|in a cozy room|indoors in a room|inside a room||in a quiet room"),
    "mountains": ways("in the mountains|in front of the mountains|by the mountains||high in the mountains"),
    "lake": ways("by a lake|at the lake|by the lake|on the shore of a lake||on the lake shore"),
    "desert": ways("in the desert|in a desert|in a sandy desert||out in the desert|deep in the desert"),
    "farm": ways("on a farm|at the farm|on the farm|at a farm||out on a farm"),
    "kitchen": ways("in a kitchen|in the kitchen|in a cozy kitchen|inside a kitchen||in a quiet kitchen"),
    "park": ways("in the park|in a park|in a city park||out in the park"),
    "space": ways("in space|in outer space|out in space|among the stars||high among the stars"),
}
PLACE_NAMES: Final = {
    "meadow": ways("meadow|field|open meadow"),
    "beach": ways("beach|seaside|sandy beach"),
    "forest": ways("forest|woods|deep woods"),
    "city": ways("city|town street|city street"),
    "room": ways("room|cozy room|inside a room"),
    "mountains": ways("mountains|the mountains|high mountains"),
    "lake": ways("lake|lake shore|by a lake"),
    "desert": ways("desert|sandy desert|dry desert"),
    "farm": ways("farm|a farm|on a farm"),
    "kitchen": ways("kitchen|cozy kitchen|inside a kitchen"),
    "park": ways("park|city park|in a park"),
    "space": ways("space|outer space|in space"),
}
WEATHERS: Final = {
    "sunny": ways("in the sun|in the sunshine|in sunny weather||while the sun shines"),
    "clear": ways("under a clear sky|in clear weather|in fine weather||in fine, clear weather"),
    "cloudy": ways("under a cloudy sky|under gray clouds|in cloudy weather||while the sky is cloudy"),
    "rainy": ways("in the rain|while it rains|in rainy weather|in pouring rain||while rain is falling"),
    "snowy": ways("in the snow|while it snows|in snowy weather|in falling snow||while snow is falling"),
    "foggy": ways("in the fog|in thick fog|in foggy weather|in the mist||while it is foggy"),
    "stormy": ways("in a storm|during a storm|in stormy weather|in wind and storm||while a storm is raging"),
}
AIRS: Final = {  # before morning, day, evening, night
    "sunny": ways("sunny|bright|sunlit"),
    "clear": ways("clear|fine|cloudless"),
    "cloudy": ways("cloudy|gray|overcast"),
    "rainy": ways("rainy|wet|drizzly"),
    "snowy": ways("snowy|white|wintry"),
    "foggy": ways("foggy|misty|hazy"),
    "stormy": ways("stormy|windy|wild"),
}
WEATHER_NAMES: Final = {
    "sunny": ways("sunny|sunshine|sun"),
    "clear": ways("clear sky|clear|cloudless"),
    "cloudy": ways("cloudy|clouds|cloudy sky"),
    "rainy": ways("rain|rainy|raining"),
    "snowy": ways("snow|snowy|snowing"),
    "foggy": ways("fog|foggy|mist"),
    "stormy": ways("storm|stormy|wind and storm"),
}
WEATHER_CLAUSES: Final = {
    "sunny": ways("the sun is shining|the sun shines|it is sunny||the weather is sunny"),
    "clear": ways("the sky is clear|the weather is clear|the weather is fine"),
    "cloudy": ways("the sky is cloudy|it is cloudy|the sky is full of clouds||the weather is cloudy"),
    "rainy": ways("it is raining|rain is falling|it rains||the weather is rainy"),
    "snowy": ways("it is snowing|snow is falling|it snows||the weather is snowy"),
    "foggy": ways("it is foggy|fog fills the air|the air is full of mist||the weather is foggy"),
    "stormy": ways("a storm is raging|it is stormy|there is a storm||the weather is stormy"),
}
TIMES: Final = {
    "morning": ways("in the morning|early in the morning|in the early morning|at sunrise||in morning light"),
    "day": ways("during the day|in the daytime|by day|at noon||in the light of day"),
    "sunset": ways("at sunset|in the evening|in the evening light|at dusk||in the light of the sunset"),
    "night": ways("at night|by night|in the dark of night|late at night||in the dark of the night"),
}
HOURS: Final = {  # after "on a rainy"
    "morning": ways("morning|early morning|late morning"),
    "day": ways("day|afternoon|midday"),
    "sunset": ways("evening|early evening|late evening"),
    "night": ways("night|dark night|late night"),
}
TIME_NAMES: Final = {
    "morning": ways("morning|sunrise|early morning"),
    "day": ways("day|daytime|noon"),
    "sunset": ways("sunset|evening|dusk"),
    "night": ways("night|night time|late at night"),
}
TIME_CLAUSES: Final = {
    "morning": ways("it is morning|it is early in the morning|the sun is rising||the morning is early"),
    "day": ways("it is day|it is the middle of the day|it is noon||it is daytime"),
    "sunset": ways("the sun is setting|it is evening|it is sunset||it is late in the evening"),
    "night": ways("it is night|it is late at night|night has fallen||it is the middle of the night"),
}
MEDIUMS: Final = {  # "... of a fox"
    "flat": ways("a flat illustration|a flat picture|a flat vector picture||a flat vector illustration"),
    "outline": ways("a line drawing|an outline drawing|an ink drawing|a pen drawing||a line art drawing"),
    "watercolour": ways("a watercolour|a watercolor|a watercolour painting|a watercolor picture||a painted watercolor"),
    "pixel art": ways("pixel art|a pixel art picture|a pixelated picture|8-bit pixel art||a pixelated illustration"),
    "pencil": ways("a pencil drawing|a pencil sketch|a pencil picture||a sketch in pencil"),
    "crayon": ways("a crayon drawing|a wax crayon drawing|a crayon picture||a wax crayon picture"),
    "paper cut": ways("a paper cut|a paper cutout|a paper cut picture|a paper collage||a cut paper picture"),
    "neon": ways("a neon drawing|a neon picture|a glowing neon picture|neon art||a glowing neon drawing"),
}
MANNERS: Final = {  # "a fox, ..."
    "flat": ways("in a flat style|in flat colors|drawn flat||in flat vector style"),
    "outline": ways("in outline|drawn in outlines|drawn with a pen||in ink outlines"),
    "watercolour": ways("in watercolour|in watercolor|painted in watercolours||in watercolour style"),
    "pixel art": ways("in pixel art|drawn in pixels|in pixel art style||in 8-bit style"),
    "pencil": ways("in pencil|drawn in pencil|sketched in pencil|in pencil style||drawn with a pencil"),
    "crayon": ways("in crayon|drawn with crayons|drawn in crayon|in wax crayon||drawn in wax crayon"),
    "paper cut": ways("in cut paper|cut out of paper|in paper cut style||all cut out of paper"),
    "neon": ways("in neon|in neon lines|in glowing neon|in neon light||drawn in neon light"),
}
STYLE_NAMES: Final = {
    "flat": ways("flat style|flat illustration|flat colors"),
    "outline": ways("line art|line drawing|outline drawing"),
    "watercolour": ways("watercolour|watercolor|watercolour painting"),
    "pixel art": ways("pixel art|8-bit|pixelated"),
    "pencil": ways("pencil drawing|pencil sketch|pencil art"),
    "crayon": ways("crayon drawing|crayon art|wax crayon"),
    "paper cut": ways("paper cut|paper cutout|paper collage"),
    "neon": ways("neon|neon art|glowing neon"),
}
PREPOSITIONS: Final = {
    "left of": ways("left of|to the left of|on the left of||on the left side of|at the left of"),
    "right of": ways("right of|to the right of|on the right of||on the right side of|at the right of"),
    "above": ways("above|over|high above||high over"),
    "below": ways("below|down below|somewhere below||right below"),
    "on": ways("on|on top of|upon||right on top of"),
    "under": ways("under|underneath|beneath||right under|right underneath"),
    "in front of": ways("in front of|right in front of|before||just before"),
    "behind": ways("behind|right behind|partly behind||just behind"),
    "between": ways("between|in between|in the middle between||right between"),
    "inside": ways("inside|in|within||right inside"),
    "next to": ways("next to|beside|alongside|at the side of||right next to|right beside"),
}

NAMES: Final = {  # beside those in the rows of the kinds
    "dog": "puppy", "cat": "kitten", "newspaper": "daily paper", "umbrella": "brolly", "balloon": "air balloon",
    "ball": "toy ball", "sign": "signboard", "box": "carton", "gift": "wrapped gift", "sofa": "settee",
    "flower": "blossom", "castle": "fortress", "tent": "camping tent", "well": "water well", "bus": "coach",
    "bicycle": "cycle", "car": "motor car", "rocket": "space rocket", "lighthouse": "light tower", "teapot": "tea pot",
    "beret": "beret hat|flat beret", "top hat": "tall hat|tall top hat", "crown": "royal crown|shining crown",
    "party hat": "pointed hat|pointed party hat", "cap": "peaked cap", "hair bow": "hair ribbon|bow in the hair",
    "flower wreath": "garland", "headphones": "earphones|head phones", "glasses": "eyeglasses",
    "sunglasses": "dark glasses|shades", "scarf": "neck scarf|warm scarf", "bow tie": "bowtie|bow at the neck",
    "necktie": "long tie", "necklace": "neck chain|neck jewelry", "apron": "bib apron|pinafore", "cape": "mantle",
    "backpack": "knapsack", "boots": "high boots|rubber boots",
}  # fmt: skip
PAIR: Final = "a pair of"  # of glasses, of boots
ARTICLES: Final = ("a", "an", "the")
TABLES: Final = (
    COLORS, PATTERNS, SIZES, COUNTS, EXPRESSIONS, SKINS, GENDERS, ACTIONS, BEFORE_NOUN, PLACES, PLACE_NAMES, WEATHERS,
    AIRS, WEATHER_NAMES, WEATHER_CLAUSES, TIMES, HOURS, TIME_NAMES, TIME_CLAUSES, MEDIUMS, MANNERS, STYLE_NAMES,
    PREPOSITIONS,
)  # fmt: skip
IRREGULAR: Final = {
    "mouse": "mice", "child": "children", "man": "men", "woman": "women", "scarf": "scarves",
    "leaf": "leaves", "wolf": "wolves", "shelf": "shelves", "fish": "fish", "sheep": "sheep", "bunny": "bunnies",
    "lady": "ladies", "gentleman": "gentlemen", "fireman": "firemen", "policeman": "policemen", "loaf": "loaves",
    "bookshelf": "bookshelves", "calf": "calves", "elf": "elves", "goose": "geese", "snowman": "snowmen",
}  # fmt: skip


@cache
def plural(noun: str) -> str:
    """The plural of a noun of the world: of its last word, or of the one before "of"."""
    if noun in _pairs():
        return noun
    if noun in KINDS and KINDS[noun].plural:
        return KINDS[noun].plural
    head, of, rest = noun.partition(" of ")
    if of:
        return f"{plural(head)} of {rest}"
    *first, last = noun.split(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*first, last])


@cache
def _pairs() -> frozenset[str]:
    return frozenset(noun for kind, row in ACCESSORIES.items() if row.pair for noun in nouns(kind).all)


@cache
def nouns(kind: str) -> Ways:
    """The names of a kind or accessory: the usual one, what its row adds, what is true of all that we draw."""
    more = tuple(NAMES[kind].split("|")) if kind in NAMES else ()
    if kind in ACCESSORIES:
        return Ways((kind, *ACCESSORIES[kind].words, *more))
    return Ways((kind, *KINDS[kind].words, *more, f"cartoon {kind}"), (f"storybook {kind}",))
