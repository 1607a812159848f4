"""feedparser's parser for well-formed feeds, with each entry kept to itself, and watched: in which state of the parser
it begins, and that it ends in the same. Then no entry bears on another, and what was read of one in the same state
would be read of it again.

The state is what feedparser keeps from element to element: namespaces, base address, language, version, some twenty
notes of where it is. Left alone, entries leave traces there: an `xml:base` of a text, where the feed has none, stays
for all entries behind it, and so does a namespace. That is undone; whatever else may be left shows in `steady`.
"""

from __future__ import annotations

import re
import xml.sax
from functools import partial
from operator import attrgetter
from typing import Any
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.util import FeedParserDict

from .visits import hash_of

STATE = (
    "baseuri", "depth", "hasContent", "inauthor", "incontent", "incontributor", "inentry", "infeed", "ingeometry",
    "inimage", "inpublisher", "insource", "intextinput", "lang", "psc_chapters_flag", "svgOK", "version", "_summaryKey",
)  # fmt: skip
"""Single values that bear on what is read."""
TAKEN_APART = (
    "basestack", "contentparams", "feeddata", "langstack", "namespacemap", "namespaces_in_use", "sourcedata",
)  # fmt: skip
NO_STATE = (
    "bozo", "exc", "encoding", "resolve_relative_uris", "sanitize_html",  # the same for all
    "entries", "property_depth_map",  # by entry
    "decls",  # of one element
    "elementstack",  # it grows with each `<content>`; an entry takes nothing from it but what it put there
    "guidislink", "title_depth",  # set anew where an entry begins
)  # fmt: skip
_ENTRIES = frozenset({"item", "entry"})
_MAX_STATE = 20_000  # characters: looked at twice an entry, it must not cost more than the entry
_OF_FEED = ("title", "link", "language")
_Names = tuple[tuple[tuple[str | None, str], ...], tuple[tuple[str | None, str], ...]]
_OLD = re.compile("[\x80-\x9f]")
_state_of = attrgetter(*STATE)


class _Params(FeedParserDict):  # type: ignore[misc]  # feedparser publishes no types
    """What feedparser notes of the text it is in: strings under names of which none has a second meaning. It asks for
    them with each piece of text, and copies them to the bottom for each element."""

    get, setdefault, update = dict.get, dict.setdefault, dict.update
    __getitem__, __setitem__, __contains__ = dict.__getitem__, dict.__setitem__, dict.__contains__

    def __delitem__(self, name: str) -> None:
        self.pop(name, None)  # it deletes what mostly is not there, and an error takes longer than all else

    def __deepcopy__(self, memo: object) -> FeedParserDict:
        return FeedParserDict(self)


class _Text(str):
    """A text that feedparser looks through for the control characters that stand for quotes in old documents."""

    def translate(self, table: Any) -> str:
        return super().translate(table) if _OLD.search(self) else str(self)


class Watched(StrictFeedParser):  # type: ignore[misc]  # feedparser publishes no types
    """`scope`: hash of the state in which every entry began, empty where there was none; `steady`: each one ended in
    the state in which it and all others began."""

    def __init__(self) -> None:
        super().__init__("", None, "utf-8")
        self.resolve_relative_uris = self.sanitize_html = False
        self.contentparams: Any = _Params()
        self.steady = True
        self._first: Any = None
        self._bound: list[tuple[str | None, str]] = []
        self._names: _Names | None = None
        self._own: tuple[_Names, int] | None = None
        self._around: list[tuple[str, int, _Names, int]] = []

    def push_content(self, *arguments: Any) -> None:
        super().push_content(*arguments)
        self.contentparams = _Params(self.contentparams)

    @staticmethod
    def decode_entities(element: str, data: str) -> str:
        return data if data.isascii() else _Text(data)

    def resolve_uri(self, uri: str) -> str:
        # Without a base feedparser only takes away slashes that are too many.
        return super().resolve_uri(uri) if self.baseuri or ":///" in uri else uri

    @property
    def scope(self) -> bytes:
        # Without the last, which no entry looks at: a feed may be called after the day.
        return hash_of(repr(self._first[:-1])) if self._first is not None else b""

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:
        if self._own is None and not self._around:
            self._own = self._namespaces(), len(self._bound)  # as they are outside of the element that declares
        self._bound.append((prefix, uri))
        super().startPrefixMapping(prefix, uri)

    def endPrefixMapping(self, prefix: str | None) -> None:
        self._bound.pop()

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        self._names = None
        super().track_namespace(prefix, uri)

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:
        own, self._own = self._own, None
        if name[1].lower() in _ENTRIES:
            self.hasContent = 0  # that the feed has a text of its own says nothing of its first entry
            names, bound = own or (self._namespaces(), len(self._bound))
            self._around.append((self.baseuri, self.title_depth, names, bound))
            if self._first is None:
                self._first = self._state(names, bound)
                # Entries within one of these might be taken for its text.
                within = any(element[0] in _OF_FEED for element in self.elementstack)
                self.steady = not within and len(repr(self._first)) < _MAX_STATE
            self.steady = self.steady and self._state(names, bound) == self._first
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        super().endElementNS(name, qname)
        if name[1].lower() in _ENTRIES:
            self.baseuri, self.title_depth, names, bound = self._around.pop()
            if self._names is not names:
                self.namespacemap, self.namespaces_in_use = map(dict, names)
                self._names = names
            self.steady = self.steady and self._state(names, bound) == self._first

    def _state(self, names: _Names, bound: int) -> Any:
        about = self.feeddata
        # An entry may write there.
        beside = [repr(dict.get(about, name)) for name in ("image", "textinput") if dict.__contains__(about, name)]
        return (
            _state_of(self),
            [*self.basestack],
            [*self.langstack],
            [*self.sourcedata.items()],
            [*self.contentparams.items()],
            self._bound[:bound],
            names,
            beside,
            (*map(partial(dict.get, about), _OF_FEED), len(dict.get(about, "links") or ())),
        )

    def _namespaces(self) -> _Names:
        if self._names is None:
            self._names = tuple(self.namespacemap.items()), tuple(self.namespaces_in_use.items())
        return self._names


def strictly(text: str) -> Watched | None:
    """None of what is not well-formed. `text` has neither prolog nor DTD."""
    parser, reader = Watched(), ExpatParser()
    reader.setFeature(feature_namespaces, 1)
    reader.setFeature(feature_external_ges, 0)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    try:
        reader.feed(text.encode())
        reader.close()
    except xml.sax.SAXException:
        return None
    return parser


def loosely(text: str) -> Any:
    """Whatever can be read of what is not well-formed."""
    parser = LooseFeedParser("", None, "utf-8", {})
    parser.resolve_relative_uris = parser.sanitize_html = False
    parser.feed(text)
    return parser
