"""Which news agency a text is credited to, by how plainly the text says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# Name as told to subscribers -> spellings. Upper-case acronyms are matched in upper case only: `ap` and `pa` are words.
# fmt: off
AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse", "法新社", "АФП", "AFP通信", "أ ف ب", "فرانس برس"),
    "Reuters": (
        "Reuters", "REUTERS", "Reuter", "REUTER", "Thomson Reuters", "路透社", "路透", "ロイター", "Рейтер", "رويترز",
    ),
    "AP": ("AP", "Associated Press", "The Associated Press", "美联社", "美聯社", "AP通信", "أسوشيتد برس"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur", "德新社"),
    "TASS": ("TASS", "ITAR-TASS", "Itar-Tass", "ТАСС", "ИТАР-ТАСС", "塔斯社"),
    "Xinhua": ("Xinhua", "XINHUA", "Xinhua News Agency", "新华社", "新華社", "新华网", "Синьхуа"),
    "RIA Novosti": ("RIA Novosti", "RIA", "РИА Новости", "РИА", "俄新社"),
    "Interfax": ("Interfax", "INTERFAX", "Интерфакс"),
    "ANSA": ("ANSA", "Ansa"),
    "EFE": ("EFE", "Efe", "Agencia EFE", "埃菲社"),
    "Europa Press": ("Europa Press",),
    "Kyodo": ("Kyodo", "KYODO", "Kyodo News", "共同社", "共同通信"),
    "Jiji": ("Jiji", "Jiji Press", "時事通信", "时事社"),
    "Yonhap": ("Yonhap", "YONHAP", "Yonhap News Agency", "연합뉴스", "韩联社", "韓聯社"),
    "UPI": ("UPI", "United Press International"),
    "PA": ("PA", "PA Media", "Press Association", "PA news agency"),
    "ANI": ("ANI", "Asian News International"),
    "PTI": ("PTI", "Press Trust of India"),
    "IANS": ("IANS", "Indo-Asian News Service"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "Anadolu Ajansı", "AA"),
    "Bloomberg": ("Bloomberg", "Bloomberg News", "BLOOMBERG"),
    "AAP": ("AAP", "Australian Associated Press"),
    "CP": ("The Canadian Press", "Canadian Press"),
    "ATS": ("ATS", "Keystone-ATS", "Keystone-SDA", "SDA"),
    "APA": ("APA", "Austria Presse Agentur"),
    "Belga": ("Belga", "BELGA"),
    "ANP": ("ANP",),
    "TT": ("TT",),
    "NTB": ("NTB",),
    "Ritzau": ("Ritzau",),
    "STT": ("STT",),
    "PAP": ("PAP",),
    "CTK": ("CTK", "ČTK"),
    "MTI": ("MTI",),
    "Ukrinform": ("Ukrinform", "Укрінформ", "Укринформ"),
    "UNIAN": ("UNIAN", "УНИАН", "УНІАН"),
    "BelTA": ("BelTA", "БелТА", "БЕЛТА"),
    "Lusa": ("Lusa", "LUSA", "Agência Lusa"),
    "Agência Brasil": ("Agência Brasil",),
    "Télam": ("Télam",),
    "Notimex": ("Notimex", "NTX"),
    "China News Service": ("China News Service", "中新社", "中新网", "中国新闻网"),
    "CNA": ("Central News Agency", "中央社"),
    "CCTV": ("央视新闻", "央视网"),
    "SANA": ("SANA",),
    "IRNA": ("IRNA",),
    "KCNA": ("KCNA", "Korean Central News Agency", "朝中社"),
    "MENA": ("Middle East News Agency",),
    "NAN": ("News Agency of Nigeria", "NAN"),
    "GNA": ("Ghana News Agency", "GNA"),
    "PANA": ("Panapress",),
}
# fmt: on
NAMES: dict[str, str] = {alias: name for name, aliases in AGENCIES.items() for alias in aliases}
ALIASES = "|".join(re.escape(alias) for alias in sorted(NAMES, key=len, reverse=True))

# Those that give interviews: "told AFP" names the writer. State agencies are quoted far more often than they write.
_WRITERS = (
    "AFP|Reuters|AP|The Associated Press|Associated Press|Agence France-Presse|dpa|ANSA|EFE|Efe|UPI|PTI|ANI|Bloomberg"
)
_TOLD = re.compile(
    r"\b(?:told|tells|telling|interview with|statement to|(?:dit|déclaré|confié|assuré|affirmé) à l['’]"
    r"|(?:dijo|declaró|explicó) a|(?:sagte|sagten)(?: \w+){0,4} der|der Nachrichtenagentur) ?"
    rf"(?:the )?(?:news agency )?({_WRITERS})\b"
)
_REPORTED = re.compile(
    rf"\b({_WRITERS}) (?:reported|reports|said|has learned|understands|witness|journalist|reporter|correspondent"
    r"|photographer|berichtet|meldet|rapporte|informó)\b"
    r"|\b(?:according to|reports|reported by|quoted by|citing|laut|selon|según|secondo|volgens|enligt)"
    r"(?: the)?(?: news agency)? "
    rf"(?:l['’]|la |der )?({_WRITERS})\b"
)
INTERVIEW = 3  # votes of `told AFP` against one of `AFP reported`, which other agencies write as well
_ANY = re.compile(rf"(?<![\w])(?:{ALIASES})(?![A-Za-z\u0400-\u04ff])")


def named(text: str) -> str | None:
    """The agency that a credit line, byline or dateline names first."""
    m = _ANY.search(text)
    return NAMES[m[0]] if m else None


def attributed(sentences: Iterable[str]) -> str | None:
    """Weaker evidence than a credit: who was told, or is said to have reported it.

    The one named most, interviews counting three times; the first among equals.
    """
    votes: Counter[str] = Counter()
    for sentence in sentences:
        if not _WRITER.search(sentence):
            continue
        for m in _TOLD.finditer(sentence):
            votes[NAMES[m[1]]] += INTERVIEW
        for m in _REPORTED.finditer(sentence):
            votes[NAMES[m[1] or m[2]]] += 1
    return votes.most_common(1)[0][0] if votes else None


_WRITER = re.compile(_WRITERS)
