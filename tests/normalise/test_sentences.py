from __future__ import annotations

import pytest

from ingest.normalise.sentences import LONGEST, split, words


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Mr. Doe met Ms. Roe at 5 p.m. Monday.", "They left the U.S. Senate at six."]),
        ("en", ["The No. 3 bank, Acme Inc., lost 3.5 pct.", "He said no.", "The vote was on Jan. 5."]),
        ("en", ["Acme bought the unit of Roe Corp.", "The price is 5 mln."]),
        ("en", ["They came from the U.S.", "But she stayed."]),
        ("en", ["J. R. Doe, R-N.C., spoke in St. Paul.", "J.A. Roe did not."]),
        ("en", ["“We will go on,” he said.", "“It is late.", "We are tired.”"]),
        ("en", ['"Why now?" she asked.', '"It was time."', "(Nobody knew.)", "That was all!"]),
        ("en", ["It ended in 1987.", "In 1988 it began again."]),
        ("en", ["Well… perhaps.", "He waited... and waited."]),
        ("en", ["She flew into space.", "Doe stayed."]),
        ("en", ["See the page.", "https://example.com has it."]),
        ("de", ["Am 18. Juni kam Dr. Mustermann.", "Die 5. Klasse sang, z.B. Lieder."]),
        ("de", ["„Es ist spät“, sagte er.", "Dann ging er."]),
        ("fr", ["M. Dupont est parti.", "« Il est tard », dit-il."]),
        ("es", ["¿Quién vino?", "¡Nadie!", "El Sr. Pérez se fue."]),
        ("ru", ["А. С. Пушкин родился в 1799 г. в Москве.", "Он сказал: «Да».", "Это всё."]),
        ("tr", ["13. yüzyıl böyle geçti.", "İnsanlar gitti."]),
        ("ar", ["هل جاء؟", "نعم.", "ثم ذهب."]),
        ("hi", ["वह आया।", "वह गया।"]),
        ("ur", ["وہ آیا۔", "وہ گیا۔"]),
        ("am", ["አንድ ነው።", "ሁለት ነው።"]),
        ("my", ["သူလာသည်။", "သူသွားသည်။"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, sentences: list[str]) -> None:
    assert split(" ".join(sentences), language) == sentences


def test_sentences_of_scripts_without_spaces_keep_their_closing_quotes() -> None:
    sentences = ["他说：“我来了。”", "然后走了。", "6月下旬以来，无人回应！", "真的吗？"]
    assert split("".join(sentences), "zh") == sentences


def test_thai_is_cut_between_clauses_and_short_clauses_are_joined() -> None:
    clause = "ประธานาธิบดีเดินทางถึงเมืองหลวงเมื่อวันอังคาร"
    assert split(f"{clause} {clause} วันนี้ {clause}", "th") == [clause, clause, f"วันนี้ {clause}"]


def test_a_space_lost_between_sentences_is_no_joint() -> None:
    assert split("Doe went into space.Roe stayed.", "en") == ["Doe went into space.", "Roe stayed."]
    assert split("See example.com or Node.js 3.5.", "en") == ["See example.com or Node.js 3.5."]


def test_the_language_a_copy_is_filed_under_does_not_move_its_sentences() -> None:
    text = "The harbour was closed. “We wait,” Ms. Roe said. Nobody was hurt in the U.S. city of St. Paul!"
    assert split(text, "en") == split(text, "fr") == split(text, "sw") == split(text, None)


def test_words_of_spaced_scripts_and_characters_of_the_others_are_counted() -> None:
    assert len(words("It's 1,200 dlrs, AT&T said.")) == 5
    assert len(words("习近平 met Putin")) == 5
    assert len(words("")) == 0


def test_text_without_a_full_stop_is_cut_between_words_or_at_the_limit() -> None:
    spaced = "word " * 1500
    parts = split(spaced)
    assert max(map(len, parts)) <= LONGEST
    assert " ".join(parts) == spaced.strip()
    assert "".join(split("水" * 5000)) == "水" * 5000
