"""Made-up news in eight scripts: sentences of invented words, with the marks, spaces and figures that each script has.

No word means anything, so nothing here knows a language: what the product tells of an edit is the work of its tokens
and sentences alone. The same seed gives the same text.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Script:
    """How one writes. `consonants` and `vowels` make words; `spellings` are letters that desks write either way."""

    consonants: str
    vowels: str
    language: str | None = None
    spaced: bool = True
    stop: str = "."
    gap: str = " "
    syllables: tuple[int, int] = (1, 3)
    words: tuple[int, int] = (8, 16)
    capitals: bool = False
    small: str = ""
    spellings: Mapping[str, str] = field(default_factory=dict)
    quotes: tuple[str, str] = ("“", "”")


SCRIPTS: dict[str, Script] = {
    "Latin": Script(
        "bcdfglmnprstvkh", "aeiouäéöü", syllables=(2, 4), capitals=True, small="the of in and to was", language="en",
    ),
    "Cyrillic": Script(
        "бвгджзклмнпрстфхш", "аеёиоуыюя", capitals=True, small="и в на с по к", spellings={"ё": "е"}, quotes=("«", "»"),
        language="ru",
    ),
    "Arabic": Script(
        "بتجحدرسشصعفقكلمنهوأإآيىة", "اوي", stop=".", small="في من على إلى عن", language="ar",
        spellings={"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"}, quotes=("«", "»"),
    ),
    "Devanagari": Script(
        "कखगचजटडतदनपबमयरलवसहड़", "ािीुूेोँ", stop="।", small="का के की में से ने", language="hi",
        spellings={"\u0901": "\u0902"},
    ),
    "Ethiopic": Script(
        "በቤቱለሉላመሙማረሩራሰሱሳሠሡሣቀቁቃነኑናአኡኢከኩካወውዋደዱዳጀጁጃገጉጋፀፁጸጹሐሑሀሁ", "", stop="።", language="am",
        syllables=(2, 4), spellings={"ሠ": "ሰ", "ሡ": "ሱ", "ሣ": "ሳ", "ፀ": "ጸ", "ፁ": "ጹ", "ሐ": "ሀ", "ሑ": "ሁ"},
        quotes=("«", "»"),
    ),
    "Han": Script(
        "国人大中会政经发业产工地法民主要公司市场技术信息新闻报道北南西东海山江河城省县长王李张陈刘赵黄周吴徐孙"
        "学校老师医院生病药房路车站机船桥水电火风雨雪年月日时分万亿元美欧亚非洋岛港湾州区街楼门窗室内外前后左右",
        "", spaced=False, stop="。", gap="", syllables=(1, 3), words=(7, 14), language="zh",
    ),
    "Japanese": Script(
        "国会政府首相東京大阪市長選挙経済産業省庁警察事件事故調査発表記者会見地震津波台風雨雪電車駅空港",
        "のをがはにでとしたてるいかなれあうけ", spaced=False, stop="。", gap="", syllables=(1, 2), words=(8, 16),
        quotes=("「", "」"), language="ja",
    ),
    "Thai": Script(
        "กขคงจชซดตทนบปผพมยรลวสหอ", "ะาิีึืุูำ", spaced=False, stop="", gap=" ", syllables=(2, 3), words=(8, 16),
        language="th",
    ),
}  # fmt: skip

_COUNTED = 5  # words of a text's own vocabulary that figures count


@dataclass(frozen=True)
class Story:
    """A text by paragraphs of sentences; its headline; a sentence that is none of it, in the same words mostly."""

    script: Script
    title: str
    paragraphs: list[list[str]]
    foreign: str

    @property
    def sentences(self) -> list[str]:
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]

    def written(self, paragraphs: list[list[str]] | None = None) -> str:
        """As a page has it."""
        chosen = self.paragraphs if paragraphs is None else paragraphs
        return "\n\n".join(self.script.gap.join(paragraph) for paragraph in chosen)


def story(script: Script, seed: int, sentences: int = 12) -> Story:
    """Some 150 words of a vocabulary, the common ones again and again."""
    chance = random.Random(seed)
    words = list(dict.fromkeys(_word(script, chance) for _ in range(240)))
    shares = [1.0 / (nth + 8) for nth in range(len(words))]

    def sentence(only: list[str]) -> str:
        picked = chance.choices(words, shares, k=chance.randint(*script.words))
        return _sentence(script, list(dict.fromkeys([*picked, *only])), chance)

    told = [sentence([]) for _ in range(sentences)]
    strange = list(dict.fromkeys(_word(script, chance) for _ in range(12)))
    cut = [told[at : at + 3] for at in range(0, sentences, 3)]
    headline = (" " if script.spaced else "").join(chance.choices(words, shares, k=6))
    return Story(script, headline, cut, sentence(strange))


def _word(script: Script, chance: random.Random) -> str:
    made = "".join(
        chance.choice(script.consonants) + (chance.choice(script.vowels) if script.vowels else "")
        for _ in range(chance.randint(*script.syllables))
    )
    return made.capitalize() if script.capitals and chance.random() < 0.15 else made


def _sentence(script: Script, words: list[str], chance: random.Random) -> str:
    parts = list(words)
    chance.shuffle(parts)
    if script.small:
        small = script.small.split()
        before = [[chance.choice(small)] if chance.random() < 0.4 else [] for _ in parts]
        parts = [part for small_ones, word in zip(before, parts, strict=True) for part in (*small_ones, word)]
    if chance.random() < 0.6:
        at = chance.randrange(1, len(parts))
        parts[at:at] = [str(chance.randint(10, 990))]
    if script.spaced:
        made = " ".join(parts)
    elif script.stop:
        made = "".join(parts)
    else:  # clauses, with spaces between, and around figures
        made = "".join(
            f" {part} " if part.isdigit() else part + (" " if nth % 5 == 4 and nth < len(parts) - 3 else "")
            for nth, part in enumerate(parts)
        )
    made = " ".join(made.split())
    if script.stop and chance.random() < 0.3:
        half = made.rfind(script.gap or made[len(made) // 2], 0, len(made) // 2 + 1)
        made = made[:half] + script.gap + script.quotes[0] + made[half:].lstrip() + script.quotes[1]
    return made[0].upper() + made[1:] + script.stop
