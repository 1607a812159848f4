"""One number in two formats is no news, whatever the language; another number in either format is."""

from __future__ import annotations

import pytest

from ingest.alignment import align, prepare

ALIKE = [
    ("地震造成二十三人死亡，多栋房屋倒塌。", "地震造成23人死亡，多栋房屋倒塌。"),
    ("公司投资3万元建设新工厂项目。", "公司投资30000元建设新工厂项目。"),
    ("公司投资三万元建设新工厂项目。", "公司投资3万元建设新工厂项目。"),
    ("公司投资12亿元建设新工厂项目。", "公司投资十二亿元建设新工厂项目。"),
    ("有一百二十人参加了当天的会议。", "有120人参加了当天的会议。"),
    ("共有1万2000人参加了当天的会议。", "共有12000人参加了当天的会议。"),
    ("約1億2千万円を投じて建設した。", "約1億2000万円を投じて建設した。"),
    ("会議は二〇二四年に東京で開かれた。", "会議は2024年に東京で開かれた。"),
    ("지진으로 3만 명이 대피했다고 당국이 밝혔다.", "지진으로 30000 명이 대피했다고 당국이 밝혔다."),
    ("قتل ١٢ شخصا في الهجوم على المدينة أمس", "قتل 12 شخصا في الهجوم على المدينة أمس"),
    ("نزح 1.5 مليون شخص من المدينة بعد الهجوم", "نزح ١٬٥٠٠٬٠٠٠ شخص من المدينة بعد الهجوم"),
    ("ارتفع السعر ٣٫٥ دولار في السوق المحلية أمس", "ارتفع السعر 3.5 دولار في السوق المحلية أمس"),
    ("قتل خمسة أشخاص في الهجوم على المدينة أمس", "قتل 5 أشخاص في الهجوم على المدينة أمس"),
    ("The state paid 1.5 lakh rupees to each family.", "The state paid 1,50,000 rupees to each family."),
    ("The project will cost Rs 12 crore in two years.", "The project will cost Rs 12,00,00,000 in two years."),
    ("The plan will cost Rs 1 lakh crore in two years.", "The plan will cost Rs 1 trillion in two years."),
    ("सरकार ने हर परिवार को 1.5 लाख रुपये दिए।", "सरकार ने हर परिवार को 1,50,000 रुपये दिए।"),
    ("सरकार इस पर १२ करोड़ रुपये खर्च करेगी।", "सरकार इस पर 12,00,00,000 रुपये खर्च करेगी।"),
    ("Die Inflation stieg im Oktober auf 3,1 Prozent.", "Die Inflation stieg im Oktober auf 3.1 Prozent."),
    ("Der Kurs stieg auf 1,085 Dollar am Freitag.", "Der Kurs stieg auf 1.085 Dollar am Freitag."),
    ("Die Stadt hat 12.500 Einwohner nach der Zählung.", "Die Stadt hat 12 500 Einwohner nach der Zählung."),
    ("Zehn Menschen starben bei dem Brand in der Fabrik.", "10 Menschen starben bei dem Brand in der Fabrik."),
    ("Город насчитывает 1,5 миллиона жителей и гостей.", "Город насчитывает 1 500 000 жителей и гостей."),
    ("Погибли 12 тысяч человек, сообщили власти.", "Погибли 12 000 человек, сообщили власти."),
    ("Le projet coûtera 2 milliards d'euros à la ville.", "Le projet coûtera 2 000 millions d'euros à la ville."),
    ("La ciudad gastó 2 mil millones de pesos este año.", "La ciudad gastó 2.000 millones de pesos este año."),
    ("La ciudad tiene 15 mil habitantes según el censo.", "La ciudad tiene 15.000 habitantes según el censo."),
    ("Şehir 2 milyar lira harcadı geçen yıl yollara.", "Şehir 2.000 milyon lira harcadı geçen yıl yollara."),
    ("በአደጋው 1.5 ሚሊዮን ሰዎች ተፈናቀሉ ተብሏል ዛሬ።", "በአደጋው 1,500,000 ሰዎች ተፈናቀሉ ተብሏል ዛሬ።"),
    ("มีผู้ชม 1.5 ล้านคนในงานนี้", "มีผู้ชม 1,500,000 คนในงานนี้"),
    ("The city has 1.5 million people by the last count.", "The city has 1,500,000 people by the last count."),
    ("The plan costs 1'500'000 francs over five years.", "The plan costs 1.5 million francs over five years."),
    ("The plan costs 2-1/2 billion dollars over five years.", "The plan costs 2.5 billion dollars over five years."),
    ("Twenty-three people were killed at the market.", "23 people were killed at the market."),
    ("One person was killed in the blast at the market.", "1 person was killed in the blast at the market."),
    ("The rate rose to 5% in the third quarter.", "The rate rose to five per cent in the third quarter."),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_the_same_number_in_another_format_says_no_more(one: str, other: str) -> None:
    for was, now in ((one, other), (other, one)):
        assert not align(prepare([was]), prepare([now])).material, now


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("地震造成二十三人死亡。", "二十五", ("二十三", "二十五", "人死亡")),
        ("地震造成三人死亡。", "五", ("三", "五", "人死亡")),
        ("公司投资3万元建设新工厂。", "300000", ("3万", "300000", "元建设新工厂")),
        ("共有1万2000人参加了会议。", "1万3000", ("1万2000", "1万3000", "人参加了会议")),
        ("Zehn Menschen starben in der Fabrik.", "Zwölf", ("Zehn", "Zwölf", "Menschen starben")),
        ("Погибли 12 000 человек, сообщили власти.", "13 000", ("12 000", "13 000", "человек")),
        ("Погибли пять человек, сообщили власти.", "шесть", ("пять", "шесть", "человек")),
        ("The state paid 1.5 lakh rupees to each heir.", "1,60,000", ("1.5 lakh", "1,60,000", "rupees to each heir")),
        ("Die Stadt hat 1.250.000 Einwohner.", "1.350.000", ("1.250.000", "1.350.000", "Einwohner")),
        ("Twenty-three people died in the fire.", "Twenty-five", ("Twenty-three", "Twenty-five", "people died")),
        ("The rate is 6-1/2 percent in all banks.", "6-3/4", ("6-1/2", "6-3/4", "percent in all banks")),
    ],
)  # fmt: skip
def test_another_number_is_told_as_it_is_written(was: str, now: str, told: tuple[str, str, str]) -> None:
    found = align(prepare([was]), prepare([was.replace(told[0], now)]))
    changes = [(each.was, each.now, each.what) for match in found.matches for each in found.figure_changes(match)]
    assert changes == [told]


def test_a_numeral_that_is_part_of_a_word_is_no_number() -> None:
    assert prepare(["统一的市场十分重要，万一下雨，三星公司的数千人和四川的人们都会说一些话。"])[0].figures == []


def test_columns_of_a_table_are_no_groups_of_one_number() -> None:
    row, listed = prepare(["Jan 123 456 789 Feb 321 654 987", "In room 12, 345 people waited for the train."])
    assert [figure.key for figure in row.figures][:3] == ["123", "456", "789"]
    assert [figure.key for figure in listed.figures] == ["12", "345"]
