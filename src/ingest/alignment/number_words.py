"""Numbers as words, in the languages that the news is mostly written in. All of folded tokens.

News spells numbers up to ten or twelve, English ones up to a hundred; larger ones stand in figures, with a magnitude.
A word that another language uses for something else as often ("on", "fire", "dos") is not among NUMBER_WORDS.
"""

from __future__ import annotations

import unicodedata

from ingest.alignment.folding import fold


def _folded(word: str) -> str:
    return fold(unicodedata.normalize("NFKC", word))


def _counted(first: int, words: str) -> dict[str, str]:
    """Numbers from `first` on, words for one of them joined by a stroke, a dash where there is none."""
    return {
        _folded(word): str(number)
        for number, names in enumerate(words.split(), first)
        for word in names.split("/")
        if word != "-"
    }


NUMBER_WORDS: dict[str, str] = {
    **_counted(1, "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"),
    **_counted(17, "seventeen eighteen nineteen twenty"),
    **{word: str(10 * tens) for tens, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)},
    **_counted(2, "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
    **_counted(2, "deux trois quatre cinq six - huit - dix onze douze"),
    **_counted(3, "tres cuatro cinco seis siete ocho nueve diez - doce"),
    **_counted(2, "dois/duas três quatro - - sete oito - - onze doze"),
    **_counted(4, "quattro cinque - sette - nove dieci undici dodici"),
    **_counted(2, "twee drie vier vijf zes zeven acht negen - elf twaalf"),
    **_counted(2, "två tre fyra fem - sju åtta nio - elva tolv"),
    **_counted(5, "fem seks syv otte - - elleve"),
    **_counted(2, "dwa/dwie/dwoje trzy/troje cztery pięć sześć siedem osiem dziewięć dziesięć"),
    **_counted(2, "два/две/двое/двух три/трое/трех четыре/четверо/четырех пять/пяти шесть/шести семь/семи"),
    **_counted(8, "восемь/восьми девять/девяти десять/десяти одиннадцать двенадцать"),
    **_counted(2, "два/дві/двоє три/троє чотири - шість сім вісім - десять"),
    **_counted(2, "iki - dört beş altı yedi sekiz dokuz"),
    **_counted(2, "dua tiga empat - enam tujuh delapan sembilan sepuluh"),
    **_counted(3, "ثلاثة/ثلاث أربعة/أربع خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني تسعة/تسع عشرة"),
    **_counted(2, "दो तीन चार पांच/पाँच छह/छः सात आठ नौ दस"),
    **_counted(2, "ሁለት ሶስት/ሦስት አራት አምስት ስድስት ሰባት ስምንት ዘጠኝ አስር/አሥር"),
}
"""Written-out numbers. "one" is read as a number only before a magnitude: mostly it is a pronoun."""

PERHAPS: dict[str, str] = {
    **_counted(1, "one dos/due tri/üç fire - sei/sex sept otto neuf/ni dez/tien/tio/kumi once"),
    **_counted(1, "ein/eine/einen/einem/einer/un/une/uno/una/um/uma/een/en/ett/bir/один/одна/одного/satu"),
    **_counted(1, "واحد - - - - - - - - عشر"),
    **_counted(1, "एक"),
    **_counted(1, "አንድ"),
}  # fmt: skip
"""Words that are numbers where the other text has the same in figures, and nothing otherwise."""

TEENS: dict[str, int] = {"عشر": 10, "عشره": 10}
"""What is added to the unit before it: Arabic "five ten"."""

PERCENT = frozenset(map(_folded, "percent prozent procent ciento cento cent yüzde процент процента процентов".split()))
"""The sign % as a word, or the last of two."""

NOT_COUNTING = frozenset("the these those between of both die den der beiden les los las gli os".split())
"""After one of these a number word points ("the two leaders") and does not count."""

_TENS = "hundred hundreds hundert centaines сотен"
_THOUSANDS = """thousand thousands k tausend mille mil mila duizend tusen tusind tys tysiąc tysiące tysięcy tisíc тыс
    тысяч тысячи тысяча тысячу тис тисяч тисячі bin ribu nghìn ألف آلاف الف هزار हजार हज़ार ሺህ ሺ"""
_MILLIONS = """m mn mln million millions mio millionen millón millones milhão milhões milione milioni miljoen miljon
    miljoner millioner milion miliony milionów milyon juta triệu миллион миллиона миллионов млн мільйон мільйона
    мільйонів مليون ملايين میلیون मिलियन ሚሊዮን εκατομμύρια εκατ"""
_BILLIONS = """bn bln billion billions mrd milliarde milliarden milliard milliards miliardo miliardi miljard miljarder
    milliarder miliard miliardy miliardów mld milyar miliar tỷ bilhão bilhões bi миллиард миллиарда миллиардов млрд
    мільярд мільярда мільярдів مليار مليارات میلیارد अरब ቢሊዮን δισεκατομμύρια δισ"""
_TRILLIONS = """trn trln trillion trillions billionen billones billón biliony bilionów trilyon triliun трлн триллион
    триллиона триллионов تريليون"""

MAGNITUDES: dict[str, float] = {
    _folded(word): value
    for words, value in (
        ("dozen dozens", 12.0),
        (_TENS, 1e2),
        (_THOUSANDS, 1e3),
        (_MILLIONS, 1e6),
        (_BILLIONS, 1e9),
        (_TRILLIONS, 1e12),
        ("lakh lakhs lac लाख লাখ لاکھ", 1e5),
        ("crore crores करोड़ কোটি کروڑ", 1e7),
        ("百", 1e2),
        ("千", 1e3),
        ("万 萬 만", 1e4),
        ("亿 億 억", 1e8),
        ("兆 조", 1e12),
    )
    for word in words.split()
}
"""What the tokens after a figure multiply it by, one after the other: `2 mil millones`, `1 lakh crore`, `3千万`."""

SPELLED: dict[str, float] = {"ล้าน": 1e6, "แสน": 1e5, "หมื่น": 1e4}
"""The same in scripts that are read by the character: three of them each."""

NUMERALS: dict[str, int] = {
    **{numeral: value for value, numeral in enumerate("零一二三四五六七八九")},
    "〇": 0, "两": 2, "兩": 2, "十": 10, "百": 100, "千": 1000,
}  # fmt: skip
"""Of Han, with the units of a number below ten thousand."""

MEASURES = frozenset(
    "人名位个個口次天日号號岁歳年月周週点點时時分秒元円圆架辆輛艘枚发発條条项項件场場国國州省市县縣村所座栋棟层層"
    "台臺部种種类類倍成匹头頭本冊册段届屆级級期号班组組万萬亿億兆"
)
"""What stands behind a single Han numeral that counts or dates something; behind others it is part of a word."""

UNITS = frozenset("米克瓦卡焦赫伏帕")
"""Behind 千 in a unit of measurement: a kilometre is no thousand of them."""
