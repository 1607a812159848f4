"""Lines that say what a picture shows. They move freely between outlets' copies of one text and are no news of it."""

from __future__ import annotations

import re

import msgspec

from ingest.normalise.text import ends_sentence, fold


class CaptionLimits(msgspec.Struct, frozen=True):
    """In characters."""

    longest: int = 400
    """captions of agencies run to 350; a longer line that ends in a picture credit is a paragraph with one glued on"""
    tail: int = 120
    """where the picture's credit stands: two offices and a photographer take 95"""
    start: int = 80
    """where `In this photo released by ...` stands"""


LIMITS = CaptionLimits()

_PICTURE = "photo|photograph|picture|image|illustration"
_SHOPS = "afp|ap|reuters|epa|epa-efe|getty images|getty|tass|sputnik|pool|shutterstock|xinhua|anadolu|istock|afp photo"

_START = re.compile(
    rf"(?:in this (?:[\w,.'-]+ ){{0,6}}(?:{_PICTURE}|frame grab|screengrab|screenshot|handout)\b"
    rf"|(?:file )?(?:{_PICTURE})(?: illustration)?s?\s?[:(|]"
    r"|file (?:photo|picture|image)\b|pictured:|pictured (?:above|left|right|here)\b|caption:"
    r"|image (?:caption|source|credit|copyright)\b|photo (?:caption|credit|by|courtesy)\b|media caption\b|getty images"
    r"|archivfoto|archivbild|symbolbild|foto:|bild:"
    r"|图为|图片说明|资料图|图：|图:|фото:|на фото[:\s])"
)
_INSIDE = r"[^()\[\]（）【】]"
_BRACKETED = re.compile(
    rf"[(\[（【](?:{_INSIDE}{{0,60}}(?:[/ |:,]))?(?:file )?"
    rf"(?:photo|picture|image|foto|фото|getty|handout|screengrab){_INSIDE}{{0,60}}[)\]）】]$"
    rf"|[(\[（【](?:{_SHOPS})(?: photo| images| file)?/{_INSIDE}{{2,50}}[)\]）】]$"
    rf"|[(\[（【]{_INSIDE}{{2,50}}/ ?(?:{_SHOPS})(?: photo| file)?[)\]）】]$"
    rf"|[(\[（【]{_INSIDE}{{0,50}}(?:via|from) (?:{_SHOPS})[)\]）】]$"
)
_SHOP_BRACKET = re.compile(rf"[(\[](?:{_SHOPS})[)\]]$")
_UNBRACKETED = re.compile(
    rf"(?:^|[.!?\"')\s])(?:{_PICTURE}|pic|foto|bild|фото|photo credit|image credit|credit|摄影|摄)s?"
    r"\s?[:：/]\s?[^.:：]{2,60}$"
    rf"|(?:^|[.!?\"')\s])(?:{_SHOPS}) ?(?:photo|images|file photo)?\s?/\s?[\w .'-]{{2,50}}$"
    rf"|/ ?(?:{_SHOPS})(?:[/ ](?:via )?(?:getty images|ap|afp|reuters|pool|file))?$"
    r"|\bvia (?:getty images|ap|afp|reuters|shutterstock)$|getty images$|新华社记者\s?\S{2,8}\s?摄$"
)
# `(R)` alone is a Republican.
_SIDES = re.compile(
    r"\((?:L|C|left|right|centre|center|(?:2nd|3rd|far|second) (?:[LR]|left|right)|[LR]-[LR]|from left)\)"
)
_GAP = re.compile(r"[^\W_][\"”’)]?[.!?][\"”’)]? +[A-Z“\"]")


def is_caption(text: str) -> bool:
    """It says so at the start, ends in a picture's credit, or places people left and right without being a sentence."""
    if len(text) > LIMITS.longest:
        return False
    if _START.match(fold(text[: LIMITS.start])):
        return True
    bare = text.rstrip(". *")
    ended = ends_sentence(bare)
    bracket = bare[-1:] in ")]）】"
    if (ended or bare != text) and not bracket:
        return False  # whole sentences are paragraphs: three in four lines leave here
    tail = fold(bare[-LIMITS.tail :])
    if bracket:
        if _BRACKETED.search(tail):
            return len(_GAP.findall(bare)) < 2  # two sentences before the credit make a paragraph
        return _SHOP_BRACKET.search(tail) is not None and not ends_sentence(bare[: bare.rfind(" ")])
    if _UNBRACKETED.search(tail):
        return len(_GAP.findall(bare)) < 3
    return _SIDES.search(text) is not None
