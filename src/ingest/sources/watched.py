"""feedparser's parser for well-formed feeds, watched: in which state it begins each entry, and that it ends it in the
same. Then no entry bears on another, and what was read of one in the same state would be read of it again.

The state is what feedparser keeps from element to element: namespaces, base address, language, version and some twenty
notes of where it is. Entries leave traces there more often than one thinks: an `xml:base` of an entry stays for all
behind it where the feed has none.
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
    "basestack", "contentparams", "decls", "feeddata", "langstack", "namespacemap", "namespaces_in_use", "sourcedata",
)  # fmt: skip
NO_STATE = (
    "bozo", "exc", "encoding", "resolve_relative_uris", "sanitize_html",  # the same for all
    "entries", "property_depth_map",  # by entry
    "elementstack",  # it grows with each `<content>`; an entry takes nothing from it but what it put there
    "guidislink", "title_depth",  # set anew where an entry begins; behind the last no title is suffered
)  # fmt: skip
_ENTRIES = frozenset({"item", "entry"})
_OF_FEED = ("title", "link", "language")
_XHTML = "http://www.w3.org/1999/xhtml"
_OLD = re.compile("[\x80-\x9f]")
_state_of = attrgetter(*STATE)


class _Params(FeedParserDict):  # type: ignore[misc]  # feedparser publishes no types
    """What feedparser notes of the text it is in: strings under names of which none has a second meaning. It asks for
    them with each piece of text, and copies them to the bottom for each element."""

    get, setdefault, update = dict.get, dict.setdefault, dict.update
    __getitem__, __setitem__, __contains__ = dict.__getitem__, dict.__setitem__, dict.__contains__

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
        self._declared: Any = None

    def push_content(self, *arguments: Any) -> None:
        super().push_content(*arguments)
        self.contentparams = _Params(self.contentparams)

    @staticmethod
    def decode_entities(element: str, data: str) -> str:
        return data if data.isascii() else _Text(data)

    @property
    def scope(self) -> bytes:
        # Without the last, which no entry looks at: a feed may be called after the day.
        return hash_of(repr(self._first[:-1])) if self._first is not None else b""

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:
        self._bound.append((prefix, uri))
        super().startPrefixMapping(prefix, uri)

    def endPrefixMapping(self, prefix: str | None) -> None:
        self._bound.pop()

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        self._declared = None
        super().track_namespace(prefix, uri)

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:
        if name[1].lower() in _ENTRIES:
            state = self._state()
            if self._first is None:
                self._first = state
                # Entries within one of these might be taken for its text.
                self.steady = not any(element[0] in _OF_FEED for element in self.elementstack)
            self.steady = self.steady and state == self._first
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        super().endElementNS(name, qname)
        if name[1].lower() in _ENTRIES:
            self.steady = self.steady and self._state() == self._first

    def _state(self) -> Any:
        if self._declared is None:
            self._declared = self._namespaces()
        about = self.feeddata
        beside = [repr(about[name]) for name in ("image", "textinput") if name in about]  # an entry may write there
        return (
            _state_of(self),
            [*self.basestack],
            [*self.langstack],
            [*self.sourcedata.items()],
            [*self.contentparams.items()],
            [*self.decls.items()],
            [*self._bound],
            self._declared,
            beside,
            (*map(partial(dict.get, about), _OF_FEED), len(dict.get(about, "links") or ())),
        )

    def _namespaces(self) -> Any:
        """Those that change how a name is read. Not the default one, which no lookup asks for, a prefix that stands for
        itself, nor XHTML, which Atom declares anew in each text."""
        used = [(name, uri) for name, uri in self.namespaces_in_use.items() if name and uri != _XHTML]
        return used, [(name, meant) for name, meant in self.namespacemap.items() if name and name != meant]


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
