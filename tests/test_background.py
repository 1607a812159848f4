from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.background import Background, code_of, default_path, load, location, pieces
from ingest.background.build import Frequencies
from ingest.background.lookup import CHARACTER_MARK, FLOORS, STEM_MARK
from ingest.background.scripts import fold, stem
from ingest.background.table import Table, pack
from ingest.errors import StoreError

FEW = {"the": 0.05, "harbour": 2e-5, STEM_MARK + "harbou": 6e-5, "北京": 6e-4, "brexit": 1e-5}
FEW |= {CHARACTER_MARK + "的": 0.04, CHARACTER_MARK + "京": 1e-3, STEM_MARK + "министер"[:5]: 2e-4}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Background:
    path = Path(tmp_path_factory.mktemp("words")) / "few.bin"
    path.write_bytes(pack(FEW))
    return Background(Table(path))


@pytest.fixture
def quick_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The word lists are tiny; each time they are read leaves a line in the file."""
    log = tmp_path / "built"

    def frequencies(say: location.Message) -> Frequencies:
        say("building")
        with log.open("a") as file:
            file.write("once\n")
        return Frequencies({"the": 0.05}, {"harbou": 6e-5}, {"北": 1e-3})

    monkeypatch.setattr(location, "frequencies", frequencies)
    return log


def test_a_word_has_the_frequency_of_the_language_that_uses_it_most(few: Background) -> None:
    assert few.frequency("the") == pytest.approx(0.05, rel=0.05)
    assert few.frequency("北京") == pytest.approx(6e-4, rel=0.05)


@pytest.mark.parametrize(
    ("word", "floor"),
    [("zzyzx", FLOORS.word), ("2024", FLOORS.number), ("555123", FLOORS.long_number), ("", FLOORS.word)],
)
def test_unknown_words_are_rare_and_numbers_less_so(few: Background, word: str, floor: float) -> None:
    assert few.frequency(word) == floor


def test_a_short_word_in_no_list_may_be_common_and_a_long_one_is_not(few: Background) -> None:
    presences = [few.word(word).presence for word in ("nk", "nka", "nkat", "nkata", "nkataa")]
    assert presences == sorted(presences, reverse=True)
    assert presences[0] > 9 * presences[1] > 80 * presences[2] > 700 * presences[3]
    assert presences[3] == presences[4]
    assert few.idf("nk") == few.idf("nkata")  # of titles, where short names tell items apart


def test_the_rarer_a_word_the_more_it_weighs(few: Background) -> None:
    weights = [few.idf(word) for word in ("the", "北京", "harbour", "brexit", "zzyzx")]
    assert weights == sorted(weights)
    assert weights[0] < 0.1 < 5 < weights[-1]


def test_forms_of_a_word_share_its_term(few: Background) -> None:
    one, other = few.word("harbour"), few.word("harbours")
    assert (one.term, one.code) == (other.term, other.code) == ("harbou", code_of("harbou"))
    assert one.presence == other.presence > 250 * 5e-5
    assert one.frequency > other.frequency == FLOORS.word


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("missiles", "missil"),
        ("korea", "korea"),
        ("covid19", "covid19"),
        ("202412", "202412"),
        ("министерство", "минис"),
        ("والمدرسة", "مدرس"),
        ("للمدرسين", "مدرس"),
        ("وزير", "زير"),
        ("عن", "عن"),
        ("ከኢትዮጵያ", "ኢትዮ"),
        ("በቃ", "በቃ"),
    ],
)
def test_a_word_counts_by_as_many_letters_as_its_script_needs(word: str, term: str) -> None:
    assert stem(fold(word)) == term


@pytest.mark.parametrize(
    ("written", "spellings"),
    [
        ("ёлка", ["елка"]),
        ("αθήνα", ["αθηνα"]),
        ("إلى", ["الى", "الي", "إلــى"]),
        ("مُدَرِّسَة", ["مدرسة", "مدرسه"]),
        ("ክፍለ ሀገር", ["ክፍለ ሐገር", "ክፍለ ኀገር"]),
        ("שָׁלוֹם", ["שלום"]),
        ("İstanbul".casefold(), ["ISTANBUL".casefold(), "ıstanbul"]),
    ],
    ids=["Russian yo", "Greek accents", "alef", "Arabic points", "Amharic homophones", "Hebrew points", "Turkish i"],
)
def test_spellings_of_one_word_are_one(written: str, spellings: list[str]) -> None:
    assert {fold(spelling) for spelling in spellings} == {fold(written)}


@pytest.mark.parametrize("word", ["für", "año", "été", "đường", "हिन्दी", "straße", "plain"])
def test_signs_that_make_another_letter_or_word_stay(word: str) -> None:
    assert fold(word) == word


@given(st.text(st.characters(codec="utf-8"), max_size=8).map(str.casefold))
def test_folding_and_stems_take_any_text_and_folding_twice_changes_nothing(word: str) -> None:
    once = fold(word)
    assert fold(once) == once
    assert len(stem(once)) <= len(once)
    assert bool(stem(once)) == bool(once)


def test_forms_of_a_word_in_any_alphabet_share_its_frequency(few: Background) -> None:
    assert few.word("министерству").presence == few.word("министра").presence > few.word("вокзала").presence


def test_characters_that_no_word_holds_meet_as_often_as_by_chance(few: Background) -> None:
    assert few.frequency("的京") == few.frequency("京的") == pytest.approx(4e-5, rel=0.1)
    assert few.frequency("的北") == FLOORS.word
    assert few.frequency("京的") < few.frequency("北京")


def test_unspaced_runs_become_pairs_and_a_single_character_stays() -> None:
    assert pieces("习近平") == ["习近", "近平"]
    assert pieces("习") == ["习"]


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("เรือเดินทาง", ["เรือเดิ", "อเดิน", "เดินทา", "นทาง"]),
        ("ປະເທດລາວ", ["ປະເທດ", "ເທດລາ", "ດລາວ"]),
        ("ကျွန်တော်", ["ကျွန်တော်"]),
        ("ក្រុងភ្នំពេញ", ["ក្រុងភ្នំ", "ងភ្នំពេ", "ភ្នំពេញ"]),
        ("ไป", ["ไป"]),
    ],
    ids=["Thai", "Lao", "Burmese", "Khmer", "a single one"],
)
def test_alphabets_without_spaces_are_read_three_clusters_at_a_time(run: str, found: list[str]) -> None:
    assert pieces(run) == found


@given(st.dictionaries(st.text(min_size=1), st.floats(1e-5, 0.5), max_size=200))
def test_every_packed_word_is_found_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, words: dict[str, float]
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.bin"
    path.write_bytes(pack(words))
    table = Table(path)
    for word, frequency in words.items():
        assert table.get(word) == pytest.approx(frequency, rel=0.05)
    assert table.get("\x01 not there") == 0.0
    path.unlink()


@pytest.mark.parametrize("damage", [b"", b"not a table", pack(FEW)[:-1], pack(FEW)[:-1] + b"\x07"])
def test_a_damaged_table_is_built_anew(quick_lists: Path, tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "w.bin"
    path.write_bytes(damage)
    assert load(path).frequency("the") == pytest.approx(0.05, rel=0.05)
    assert Table(path).get("the") > 0


def test_the_table_is_built_once_and_says_so(quick_lists: Path, tmp_path: Path) -> None:
    said: list[str] = []
    for _ in range(3):
        load(tmp_path / "deep" / "w.bin", say=said.append)
    assert said == ["building"]
    assert quick_lists.read_text() == "once\n"
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["w.bin", "w.bin.lock"]


def test_processes_that_start_together_build_it_once(quick_lists: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)

    def start() -> None:
        barrier.wait(10)
        os._exit(0 if load(tmp_path / "w.bin").frequency("the") > 0.04 else 1)

    processes = [context.Process(target=start) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0] * 4
    assert quick_lists.read_text() == "once\n"


def test_the_place_is_the_installation_else_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert default_path(tmp_path / "prefix").parent == tmp_path / "prefix" / "share" / "storywire"
    monkeypatch.setattr(location.os, "access", lambda *_: False)  # root may write anywhere
    assert default_path(tmp_path / "prefix").parent == tmp_path / "cache" / "storywire"


def test_a_place_that_cannot_be_written_is_named(quick_lists: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"w\.bin"):
        load(tmp_path / "file" / "w.bin")
