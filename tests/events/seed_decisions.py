"""The five seeds as the decisions that they should become: opened, updated, updated, repeated, updated. Made by hand.

Times: 000 arrives at noon on 18 June 2024, the others two minutes apart. The sentences are the first that count.
"""

from __future__ import annotations

from ingest import identity
from ingest.model import (
    Added,
    ArticleRef,
    Decision,
    Delta,
    EventType,
    HeadlineChange,
    Normalised,
    Outlet,
    Relation,
    Stamp,
    StoryCounts,
    StoryState,
    Superseded,
)

NOON = 1_718_712_000_000
KEYS = tuple(
    f"seeds/{name}.txt"
    for name in (
        "000_8cf9da5644d1772f",
        "001_6d9064bd1dbd574f",
        "002_cae04e5c9d74d822",
        "003_371dc738ca8c34bb",
        "004_19efda94ec1e927b",
    )
)
TITLES = (
    "Putin hails North Korea’s support for Ukraine war ahead of visit",
    "Ahead Of North Korea Visit, Putin Lauds Pyongyang's 'Firm Support' For Ukraine War",
    "Putin Hails North Korea's Support for Ukraine War as He Lands in Pyongyang",
    None,
    "Kim tells Putin North Korea 'fully supports' Russia on Ukraine",
)
MOSCOW_TIMES = Outlet("themoscowtimes.com", "The Moscow Times")
MOSCOW_TIMES_URL = "https://www.themoscowtimes.com/2024/06/18/putin-hails-north-koreas-support-for-ukraine-war-as-he-lands-in-pyongyang-a85446"
LANDED = (
    "Russian President Vladimir Putin landed in North Korea early Wednesday, the Kremlin said, kicking off a "
    "visit set to boost defense ties between the two nuclear-armed countries as Moscow pursues its war in "
    "Ukraine."
)
HAILED = (
    "Russian President Vladimir Putin hailed North Korea on Tuesday for “firmly supporting” Moscow’s war in "
    "Ukraine ahead of a visit to Pyongyang set to boost defence ties between the two nuclear-armed countries."
)
CARPET = (
    "Just after the pre-dawn touchdown, Russian TV showed North Korean leader Kim Jong Un greeting Putin in "
    "the dark, on a red carpet at Pyongyang's airport, with the pair shaking hands and embracing before a "
    "motorcade took Putin along streets lined with Russian flags."
)
TRAIN = (
    "In 2023, North Korean leader Kim Jong Un made a rare overseas trip on his bulletproof train to meet Putin"
    " at a Russian spaceport."
)
DOCUMENTS = (
    'Citing a Kremlin aide, Russian agencies reported on Monday that the two leaders will sign "important '
    "documents\" during Putin's visit."
)
BANNERS = (
    "Huge banners with a smiling photograph of the Russian leader reading “we ardently welcome President "
    "Putin!” were hung from lamp-posts across Pyongyang alongside Russian flags, images in Russian state media"
    " showed."
)
FULLY = (
    "North Korea fully supports Russia's war in Ukraine, leader Kim Jong Un told President Vladimir Putin on "
    "Wednesday during a state visit to Pyongyang, which has raised fears of more sanctions-busting military "
    "cooperation."
)
TREATY = (
    "The two internationally isolated leaders, who greeted each other with a hug on the red carpet at the "
    'airport, signed a new "strategic partnership" deal during the trip, Putin\'s first to the nuclear-armed '
    "North since 2000."
)
MOSCOW = (
    "After a welcoming ceremony in Kim Il Sung square, featuring a military band and mass synchronised "
    "dancing, Putin invited his host to visit Moscow."
)
SENTENCES = (
    (HAILED, BANNERS),
    (TRAIN, DOCUMENTS),
    (LANDED, CARPET),
    (LANDED, CARPET),
    (FULLY, TREATY, MOSCOW),
)
RELATIONS = (
    Relation(kind="new", rule="no story", why=("Nothing like it was seen.",)),
    Relation(
        kind="coverage",
        rule="placed",
        similarity=0.412,
        why=("Scores 0.41 with the story, 0.30 is enough; shared: pyongyang, putin, kcna.",),
    ),
    Relation(
        kind="revision",
        rule="re-filed",
        to=ArticleRef(id=KEYS[0], version=1, title=TITLES[0]),
        in_old=0.864,
        in_new=0.871,
        similarity=0.766,
        why=("86 % of it stands in the earlier version, and two sentences are new.",),
    ),
    Relation(
        kind="copy",
        rule="whole",
        to=ArticleRef(id=KEYS[2], version=1, title=TITLES[2], outlet=MOSCOW_TIMES, url=MOSCOW_TIMES_URL),
        extent="whole",
        in_old=0.981,
        in_new=0.975,
        similarity=0.957,
        why=("No sentence is new or changed; spelling and quotes aside.",),
    ),
    Relation(kind="coverage", rule="placed", similarity=0.377, why=("Scores 0.38 with the story, 0.30 is enough.",)),
)
DELTAS = (
    Delta(materiality=None),
    Delta(materiality=0.3941, added=(Added(text=DOCUMENTS, position=9), Added(text=TRAIN, position=7))),
    Delta(
        materiality=0.5276,
        added=(Added(text=LANDED, position=0, was=HAILED), Added(text=CARPET, position=1)),
        removed=(BANNERS,),
        headline=HeadlineChange(was=TITLES[0], now=TITLES[2]),
    ),
    Delta(),
    Delta(
        materiality=0.8312,
        added=tuple(Added(text=text, position=n) for n, text in enumerate((FULLY, TREATY, MOSCOW))),
    ),
)
TYPES: tuple[EventType, ...] = ("story.opened", "story.updated", "story.updated", "story.repeated", "story.updated")
COUNTS = ((1, 0, 1, 0, 1), (2, 0, 2, 0, 2), (3, 0, 2, 1, 2), (4, 1, 2, 1, 3), (5, 1, 3, 1, 4))
WORDS = (748, 404, 742, 728, 716)


def _article(n: int) -> Normalised:
    landed = n == 2
    return Normalised(
        key=KEYS[n],
        version=identity.version_of(TITLES[n], SENTENCES[n]),
        source="seeds",
        id=None,
        url=MOSCOW_TIMES_URL if landed else None,
        title=TITLES[n],
        sentences=SENTENCES[n],
        marked=(),
        words=WORDS[n],
        language="en",
        outlet=MOSCOW_TIMES if landed else None,
        published=Stamp(1_718_668_800_000, exact=False) if landed else None,
        credit="AFP",
    )


def _story(n: int) -> StoryState:
    articles, repeats, texts, outlets, unknown = COUNTS[n]
    return StoryState(
        id=identity.story_id("main", KEYS[0]),
        headline=str(TITLES[0] if n < 2 else TITLES[2] if n < 4 else TITLES[4]),
        opened_at=NOON,
        updated_at=NOON + n * 120_000,
        counts=StoryCounts(
            articles=articles,
            repeats=repeats,
            texts=texts,
            outlets=outlets,
            outlets_unknown=unknown,
            publishers=outlets,
        ),
        credits=("AFP",),
    )


def decision(n: int) -> Decision:
    """The decision on seed `n`, in file order."""
    article = _article(n)
    before = _article(n - 1) if n else None
    return Decision(
        type=TYPES[n],
        partition="main",
        event_id=identity.event_id("main", article.key, article.version),
        sequence=n + 1,
        time=NOON + n * 120_000,
        previous=identity.event_id("main", before.key, before.version) if before else None,
        article=article,
        arrived=NOON + n * 120_000 - 40,
        version_number=1,
        relation=RELATIONS[n],
        delta=DELTAS[n],
        story=_story(n),
        supersedes=(Superseded(id=KEYS[0], version=1),) if n == 2 else (),
    )


DECISIONS = tuple(decision(n) for n in range(5))
