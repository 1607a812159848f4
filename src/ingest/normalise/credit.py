"""Which news agency a text is credited to, by how plainly the text says so."""

from __future__ import annotations

import re

# Name as told to subscribers -> spellings. Upper-case acronyms are matched in upper case only: `ap` and `pa` are words.
# fmt: off
AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": (
        "AFP", "Agence France-Presse", "Agence France Presse", "法新社", "АФП", "AFP通信", "أ ف ب", "أ.ف.ب",
        "فرانس برس", "เอเอฟพี", "ኤኤፍፒ",
    ),
    "Reuters": (
        "Reuters", "REUTERS", "Reuter", "REUTER", "Thomson Reuters", "路透社", "路透", "ロイター", "Рейтер", "رويترز",
        "รอยเตอร์", "ሮይተርስ", "로이터",
    ),
    "AP": ("AP", "Associated Press", "The Associated Press", "美联社", "美聯社", "AP通信", "أسوشيتد برس", "أ ب",
        "เอพี"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur", "Deutschen Presse-Agentur", "德新社", "د ب أ"),
    "TASS": ("TASS", "ITAR-TASS", "Itar-Tass", "ТАСС", "ИТАР-ТАСС", "塔斯社", "تاس"),
    "Xinhua": ("Xinhua", "XINHUA", "Xinhua News Agency", "新华社", "新華社", "新华网", "Синьхуа", "شينخوا",
        "ซินหัว"),
    "RIA Novosti": ("RIA Novosti", "RIA", "РИА Новости", "РИА", "俄新社"),
    "Interfax": ("Interfax", "INTERFAX", "Интерфакс"),
    "ANSA": ("ANSA", "Ansa"),
    "EFE": ("EFE", "Efe", "Agencia EFE", "埃菲社"),
    "Europa Press": ("Europa Press", "EUROPA PRESS"),
    "Kyodo": ("Kyodo", "KYODO", "Kyodo News", "共同社", "共同通信"),
    "Jiji": ("Jiji", "Jiji Press", "時事通信", "时事社"),
    "Yonhap": ("Yonhap", "YONHAP", "Yonhap News Agency", "연합뉴스", "韩联社", "韓聯社"),
    "UPI": ("UPI", "United Press International"),
    "PA": ("PA", "PA Media", "Press Association", "PA news agency"),
    "ANI": ("ANI", "Asian News International"),
    "PTI": ("PTI", "Press Trust of India"),
    "IANS": ("IANS", "Indo-Asian News Service"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "Anadolu Ajansı", "AA", "الأناضول"),
    "DHA": ("DHA", "Demirören Haber Ajansı"),
    "İHA": ("İHA", "İhlas Haber Ajansı"),
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
    "SANA": ("SANA", "سانا"),
    "WAM": ("WAM", "وام"),
    "SPA": ("Saudi Press Agency", "واس"),
    "IRNA": ("IRNA",),
    "KCNA": ("KCNA", "Korean Central News Agency", "朝中社"),
    "MENA": ("Middle East News Agency",),
    "NAN": ("News Agency of Nigeria", "NAN"),
    "GNA": ("Ghana News Agency", "GNA"),
    "PANA": ("Panapress",),
    "ENA": ("Ethiopian News Agency", "ኢዜአ"),
}
# fmt: on
NAMES: dict[str, str] = {alias: name for name, aliases in AGENCIES.items() for alias in aliases}
ALIASES = "|".join(re.escape(alias) for alias in sorted(NAMES, key=len, reverse=True))
# In Japanese brackets alone: both are everyday words elsewhere.
SHORTENED = {"共同": "Kyodo", "時事": "Jiji"}
_ANY = re.compile(rf"(?<![^\W\u3040-\u9fff])(?:{ALIASES})(?![A-Za-z\u0400-\u04ff\u0620-\u06ff\u1200-\u137f])")


def named(text: str) -> str | None:
    """The agency that a credit line, byline or dateline names first."""
    m = _ANY.search(text)
    return NAMES[m[0]] if m else None


# `（新华社）`, `(dpa/lno)`, `. EFE`: how the last sentence is signed.
_CLOSING = re.compile(
    rf"(?<=[.!?»”\"。！？」])(?:\s?[(\[（【［](?:{ALIASES}|共同|時事)(?:[/、,;-]\s?[^\s()（）]{{2,12}})?[)\]）】］][.。]?$"
    rf"|\s(?:{ALIASES})$)"
)
_CLOSES = ")]）】］"
_REACH = 40  # characters from the end


def closing(text: str) -> tuple[int, str] | None:
    """Where the agency begins that signs the end of a paragraph, and which it is; None where none does."""
    end = text[-_REACH:].rstrip(" .。")
    if not end or not (end[-1] in _CLOSES or end[-2:].isupper()):
        return None
    m = _CLOSING.search(text, max(0, len(text) - _REACH))
    name = (named(m[0]) or SHORTENED.get(m[0].strip("（）() "))) if m else None
    return (m.start(), name) if m and m.start() and name else None
