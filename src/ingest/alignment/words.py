"""Word lists of the comparison: what carries no content, what denies, what is spelled in two ways.

Every list is of folded tokens (`tokens.tokens`). A word that one language needs and another uses as a name or a noun
("die", "son", "men") is left out: the language of a sentence is not known here, and a lost content word costs more
than a function word too many.
"""

from __future__ import annotations

from ingest.alignment.folding import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(words).split())


FUNCTION_WORDS = _set(
    # English, with the verbs of attribution: "said" instead of "told reporters" is a copy editor's choice, not news.
    """a an the of to in for on and or nor at by with from into onto upon it its is are was were be been being am as has
    have had having do does did that this these those which who whom whose what where when while he she they them their
    theirs him his her hers we our you your i me my mine but if then than so such how also about up out over under
    after before during since until till per via not s t ll re ve said say says saying told tells will would shall
    should can could may might must there here now just very too both each any some all other another same own
    however meanwhile moreover furthermore nevertheless nonetheless therefore thus hence although though despite earlier
    later amid among according added adding still even"""
    # German, French, Spanish, Portuguese, Italian, Dutch, Swedish
    """ der das dem den des ein eine einen einem einer eines und oder aber auch auf aus bei bis durch fur gegen hat
    haben hatte ist sind war wird werden wurde wurden im ins mit nach nicht noch nur sei sein seine sich sie uber um von
    vor wie zu zum zur dass
    le la les un une des du et ou mais dans sur avec par aux ce cette ces qui que quoi dont il elle ils elles est sont
    etait ont été été a au se sa ses leur leurs ne pas plus d l qu c n
    el los las uno unos unas y o pero en con por para del al es son fue fueron ha han su sus lo le se como más mas que
    os um uma uns umas e ou mas em com por para do da dos das no na nos nas ao aos foi foram é sao são seu sua seus suas
    il lo gli i uno una ed ma nel nella nei nelle di da dal dalla dei delle del della con per che è sono ha hanno suo
    sua non si
    de het een en maar ook op uit bij tot door voor tegen heeft hebben had zijn wordt werd werden te met naar niet nog
    zich ze
    och att det den ett en som på pa är av för med till har hade inte om sig från sin sitt sina
    """
    # Russian, Ukrainian
    """ и в во на не что с со к ко по за из от до для о об у а но как это он она они его её ее их был была было были
    будет также же ли бы при после перед і й та що до від з із зі за про для як це він вона вони його її їх був була
    було були буде також"""
)
"""Tokens that carry no content of their own. Without "us": it is a country as often."""

FUNCTION_WORDS -= _set("war men son")  # English words for things; see above

NEGATIONS = _set(
    """not no never none nor neither without cannot false deny denies denied denying refuse refuses refused
    decline declines declined declining
    nicht kein keine keinen keiner nie niemals ohne pas jamais aucun aucune sans nunca jamás ningún sin não nunca nem
    sem mai nessun senza niet geen nooit inte aldrig ingen utan не нет никогда без ні немає
    不 没 沒 未 无 無 否 非 ない ず"""
)
"""A sentence with one of these, or with "n't", and its partner without any say opposite things."""

CALENDAR = _set(
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    today yesterday tomorrow tonight
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute gestern morgen
    lundi mardi mercredi jeudi vendredi samedi dimanche hier demain
    lunes martes miércoles jueves viernes sábado domingo hoy ayer mañana
    lunedì martedì mercoledì giovedì venerdì sabato domenica oggi ieri domani
    segunda terça quarta quinta sexta hoje ontem amanhã
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag gisteren
    måndag tisdag onsdag torsdag fredag lördag söndag idag igår
    понедельник вторник среду среда четверг пятницу пятница субботу суббота воскресенье сегодня вчера завтра"""
)
"""Days as news names them. "Tuesday" for "on June 18" is a desk's habit, so a day is neither a name nor a novelty."""

AMERICAN: dict[str, str] = {
    "ageing": "aging", "aluminium": "aluminum", "analyse": "analyze", "analysed": "analyzed", "analyses": "analyzes",
    "analysing": "analyzing", "catalogue": "catalog", "centre": "center", "centres": "centers", "centred": "centered",
    "cheque": "check", "cheques": "checks", "defence": "defense", "defences": "defenses", "dialogue": "dialog",
    "draught": "draft", "enrol": "enroll", "fibre": "fiber", "fulfil": "fulfill", "grey": "gray",
    "instalment": "installment", "jewellery": "jewelry", "judgement": "judgment", "kerb": "curb",
    "kilometre": "kilometer", "kilometres": "kilometers", "licence": "license", "licences": "licenses",
    "litre": "liter", "litres": "liters", "manoeuvre": "maneuver", "manoeuvres": "maneuvers", "metre": "meter",
    "metres": "meters", "offence": "offense", "offences": "offenses", "pct": "percent", "plough": "plow",
    "practise": "practice", "practised": "practiced", "pretence": "pretense", "programme": "program",
    "programmes": "programs", "sceptical": "skeptical", "sceptics": "skeptics", "skilful": "skillful",
    "sulphur": "sulfur", "theatre": "theater", "theatres": "theaters", "towards": "toward", "tyre": "tire",
    "tyres": "tires", "afterwards": "afterward", "whilst": "while", "amongst": "among",
}  # fmt: skip
"""British spelling to American, where no rule does it. Both sides of a comparison get it: a collision is harmless."""

OUR_STEMS = _set(
    "arm behavi clam col demean endeav fav ferv flav glam harb hon hum lab neighb od rig rum sav splend tum val vap vig"
)
"""X in `Xour` -> `Xor`."""

ISE_KEPT = _set(
    """advert adv chast circumc compr comprom conc demise desp dev disgu enterpr exc exerc expert franch improv inc
    likew merchand no otherw paradise poise pra prec prem prom pra ra rev superv surm surpr telev uprise"""
)
"""X in `Xise` that every spelling writes with an s."""
