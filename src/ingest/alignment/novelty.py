"""What one sentence has that its told partner lacks, and whether that matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import pairwise

import msgspec

from ingest.alignment.look import Look, Telling
from ingest.alignment.months import FOLDED
from ingest.alignment.number_words import PERCENT, PERHAPS
from ingest.alignment.numbers import Figure, but_spelled_out, same_value, words_of
from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import AlignmentThresholds
from ingest.alignment.tokens import stem
from ingest.alignment.words import CALENDAR

_NONE: frozenset[str] = frozenset()


class Novelty(msgspec.Struct, frozen=True, kw_only=True):
    """The differences of a sentence from its partner; without a partner everything is one.

    words          content words the partner lacks, endings and typing errors aside
    names          names that nothing told has
    figures        figures the partner lacks, figures_lost those of the partner that are gone
    weighty        whether a figure is new to all that was told, or stands where another stood
    turned         a denial came or went, two names or figures changed places, or (scripts without spaces) a word was
                   put in another's place that was never told
    covered, in_order, told     shares of words in the partner, of word pairs in the partner, of pairs told anywhere
    near           whether it re-tells its partner
    cosmetic       whether it says no more than was told
    """

    partner: bool
    words: frozenset[str]
    names: frozenset[str]
    figures: tuple[Figure, ...]
    figures_lost: tuple[Figure, ...]
    weighty: bool
    turned: bool
    covered: float
    in_order: float
    told: float
    near: bool
    cosmetic: bool


def compare(told: Telling, sentence: Sentence, look: Look, limits: AlignmentThresholds) -> Novelty:
    """The novelty of a sentence against its partner, and against everything told."""
    told_share = look.told / len(sentence.grams)
    if look.partner is None:
        return _alone(told, sentence, look, told_share)
    partner = told.sentence(look.partner)
    in_order = look.shared / len(sentence.grams)
    found, lost = _figure_changes(sentence, partner, in_order >= limits.substitution, limits)
    words, covered = _novel_words(sentence, partner, found, limits)
    names = _new_names(told, look.names, sentence, partner, limits)
    weighty = _weighty(told, found, lost, in_order, limits)
    turned = _turned(told, sentence, partner, in_order, limits)
    near = covered >= limits.covered and (in_order >= limits.in_order or covered >= limits.covered_alone)
    if not (weighty or turned or names):
        names = _homographs(told, sentence, partner)
    says_more = weighty or turned or bool(names)
    return Novelty(
        partner=True,
        words=words,
        names=names,
        figures=found,
        figures_lost=lost,
        weighty=weighty,
        turned=turned,
        covered=covered,
        in_order=in_order,
        told=told_share,
        near=near,
        cosmetic=not says_more
        and (
            (told_share >= limits.told and covered >= limits.told_partner)
            or (
                near
                and in_order >= limits.reordered
                and (covered >= limits.covered_fully or _is_filler(told, sentence, partner, words, limits))
            )
        ),
    )


def _alone(told: Telling, sentence: Sentence, look: Look, told_share: float) -> Novelty:
    return Novelty(
        partner=False,
        words=sentence.content,
        names=look.names,
        figures=tuple(sentence.figures),
        figures_lost=(),
        weighty=not told.has_figures(sentence.figure_keys),
        turned=False,
        covered=0.0,
        in_order=0.0,
        told=told_share,
        near=False,
        cosmetic=False,  # no told sentence has a word of it
    )


def _figure_changes(
    sentence: Sentence, partner: Sentence, close: bool, limits: AlignmentThresholds
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Figures found only here, and only in the partner; figures that agree across formats are neither."""
    if not sentence.figures and not partner.figures:
        return (), ()
    more = sentence.figure_keys - partner.figure_keys
    fewer = partner.figure_keys - sentence.figure_keys
    if close and len(sentence.figures) == len(partner.figures):
        # "10 and 12" -> "12 and 12": every value was there before. All places of a value are kept, pairing picks one.
        here, there = ([figure.key for figure in each.figures] for each in (sentence, partner))
        if here == there:
            return (), ()
        more, fewer = frozenset(Counter(here) - Counter(there)), frozenset(Counter(there) - Counter(here))
    found = [figure for figure in sentence.figures if figure.key in more]
    lost = [figure for figure in partner.figures if figure.key in fewer]
    if len(found) > limits.figures or len(lost) > limits.figures:
        return tuple(found), tuple(lost)
    for figure in tuple(found):
        twin = next((other for other in lost if same_value(figure, other)), None)
        if twin is not None:
            found.remove(figure)
            lost.remove(twin)
    found, lost = (
        but_spelled_out(found, sentence.words, partner.words),
        but_spelled_out(lost, partner.words, sentence.words),
    )
    return tuple(found), tuple(lost)


def _novel_words(
    sentence: Sentence, partner: Sentence, found: Collection[Figure], limits: AlignmentThresholds
) -> tuple[frozenset[str], float]:
    content, told = sentence.content, partner.content
    if not sentence.unspaced:  # whose trigrams have all figures alike
        content -= words_of(sentence.figures, sentence.words) if sentence.figures else _NONE
        told -= words_of(partner.figures, partner.words) if partner.figures else _NONE
    novel = content - told
    if novel and not sentence.unspaced:
        stems = partner.stems
        novel = frozenset([word for word in novel if stem(word) not in stems and word not in partner.content])
        novel = _but_shortened(_but_said_in_figures(novel, partner), sentence, partner)
        if novel and partner.months:
            novel = frozenset([word for word in novel if FOLDED.get(word) not in partner.months])
    covered = 1.0 - len(novel) / len(content) if content else 1.0
    if found:
        novel |= words_of(found, sentence.words) - partner.content
    return _but_typos(novel, sentence, partner, limits), covered


def _but_said_in_figures(words: frozenset[str], partner: Sentence) -> frozenset[str]:
    """Without what the partner has as a figure or a sign: "one" where it has 1, "percent" where it has %."""
    if words and partner.figures:
        keys = partner.figure_keys
        words = frozenset([word for word in words if PERHAPS.get(word) not in keys])
        if "%" in partner.line:
            words -= PERCENT
    return words


def _but_shortened(words: frozenset[str], sentence: Sentence, partner: Sentence) -> frozenset[str]:
    """Without what the partner writes in full where it is shortened here, or the other way round: `Sen.`, `Senator`."""
    if not words or not (sentence.shortened or partner.shortened):
        return words
    lost = partner.content - sentence.content
    there = tuple(lost & partner.shortened)
    here = [word for word in words & sentence.shortened if any(other.startswith(word) for other in lost)]
    words = words.difference(here)
    return frozenset([word for word in words if not word.startswith(there)]) if there else words


def _new_names(
    told: Telling, names: frozenset[str], sentence: Sentence, partner: Sentence, limits: AlignmentThresholds
) -> frozenset[str]:
    if names and not sentence.cased:  # any word may be a name here, and any word has endings
        names = frozenset(name for name in names if not told.has_stem(stem(name)))
    names = _but_shortened(_but_said_in_figures(names, partner), sentence, partner)
    if names and partner.months:
        names = frozenset([name for name in names if FOLDED.get(name) not in partner.months])  # Mar, March
    return _but_typos(names, sentence, partner, limits)


def _homographs(told: Telling, sentence: Sentence, partner: Sentence) -> frozenset[str]:
    """Names spelled like words that carry nothing, where the partner has no such word and nothing told has one beside
    the same neighbour."""
    words = sentence.words
    return frozenset(
        words[at]
        for at in sentence.homographs
        if words[at] not in partner.words
        and not any(told.has_pair(*words[start : start + 2]) for start in (at - 1, at) if 0 <= start < len(words) - 1)
    )


def _weighty(
    told: Telling, found: Collection[Figure], lost: Collection[Figure], in_order: float, limits: AlignmentThresholds
) -> bool:
    if lost and in_order >= limits.substitution and 0 < len(found) <= len(lost) + 1:
        return True  # a substitution counts even where its value stands elsewhere
    return bool(found) and not told.has_figures([figure.key for figure in found])


def _is_filler(
    told: Telling, sentence: Sentence, partner: Sentence, words: frozenset[str], limits: AlignmentThresholds
) -> bool:
    size = len(sentence.content)
    if sentence.unspaced:
        return len(words) <= max(limits.filler_unspaced, limits.filler_unspaced_share * size)
    words -= CALENDAR
    if size >= limits.long_sentence:
        return len(words) <= limits.filler or len(words - _told_in_pairs(told, sentence)) <= limits.filler
    if len(words) > limits.filler_short:
        return False
    if len(words) <= (1.0 - limits.substituted) * size:
        return True
    # In a short sentence a word in another's place is the news: "the hostages were freed", "were killed".
    stems = sentence.stems
    return all(stem(word) in stems for word in partner.content - CALENDAR)


def _told_in_pairs(told: Telling, sentence: Sentence) -> set[str]:
    """Content words that were told side by side as here: a "Security Council veto" where others told of a veto, and
    of the Security Council."""
    content = sentence.content
    return {
        word
        for first, second in pairwise(sentence.words)
        if first in content and second in content and told.has_pair(first, second)
        for word in (first, second)
    }


def _turned(told: Telling, sentence: Sentence, partner: Sentence, in_order: float, limits: AlignmentThresholds) -> bool:
    if in_order >= limits.denial:
        if _denied(sentence, partner) != _denied(partner, sentence):
            return True
        if sentence.months - partner.months and partner.months - sentence.months:  # be they filler of a long sentence
            return True
    if _swapped(sentence, partner):
        return True
    return sentence.unspaced and in_order >= limits.in_order and _replaced(told, sentence, partner)


def _denied(sentence: Sentence, other: Sentence) -> bool:
    """Whether it denies something that the other sentence has, too; what was cut off with its denial is no turn."""
    words = sentence.words
    for at in sentence.denials:
        sides = (words[at + 1 :], words[:at][::-1])
        beside = {next((word for word in side if word in sentence.content), "") for side in sides} - {""}
        if sentence.unspaced or not beside or not beside.isdisjoint(other.content):
            return True
    return False


def _swapped(sentence: Sentence, partner: Sentence) -> bool:
    """Russia attacked Ukraine, Ukraine attacked Russia: the same words, names or figures in each other's place."""
    if sentence.size != partner.size:
        return False
    differing = [(a, b) for a, b in zip(sentence.words, partner.words, strict=True) if a != b]
    if not differing or Counter(a for a, _ in differing) != Counter(b for _, b in differing):
        return False
    movable = sentence.names | {figure.token for figure in sentence.figures}
    movable -= FOLDED.keys()  # March 5, 5 March
    return all(a in movable for a, _ in differing)


def _replaced(told: Telling, sentence: Sentence, partner: Sentence) -> bool:
    """Two to four characters in the place of others, and never told: without capitals the only sign of a name."""
    start, end = 0, 0
    a, b = sentence.words, partner.words
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    here, there = a[start : len(a) - end], b[start : len(b) - end]
    if not 2 <= len(here) <= 4 or not 2 <= len(there) <= 4:  # one contiguous place, the length of a name
        return False
    return not told.has_run("".join(here))


def _but_typos(
    novel: frozenset[str], sentence: Sentence, partner: Sentence, limits: AlignmentThresholds
) -> frozenset[str]:
    """Without the words that are one letter (changed, added, left out, or two swapped) away from a lost one."""
    if not novel or len(novel) > limits.typo_pool:
        return novel
    size = limits.typo_letters
    long = [word for word in novel if len(word) >= size and not word[0].isdigit()]
    if not long:
        return novel
    lost: dict[str, list[str]] = {word[:2]: [] for word in long}  # by their first letters, which are the same
    for word in partner.content - sentence.content:
        if len(word) >= size and word[:2] in lost:
            lost[word[:2]].append(word)
    return novel.difference([word for word in long if any(_one_edit(word, other) for other in lost[word[:2]])])


def _one_edit(a: str, b: str) -> bool:
    """Whether two words that begin alike are one typing error apart."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return a[at + 1 :] == b[at + 1 :] or swapped
