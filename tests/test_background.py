from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.background import Background, bigrams, code_of, default_path, load, location
from ingest.background.lookup import FLOORS, STEM_MARK
from ingest.background.scripts import stem
from ingest.background.table import Table, pack
from ingest.errors import StoreError

FEW = {"the": 0.05, "harbour": 2e-5, STEM_MARK + "harbou": 6e-5, "北京": 6e-4, "brexit": 1e-5}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Background:
    path = Path(tmp_path_factory.mktemp("words")) / "few.bin"
    path.write_bytes(pack(FEW))
    return Background(Table(path))


@pytest.fixture
def quick_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The word lists are tiny; each time they are read leaves a line in the file."""
    log = tmp_path / "built"

    def frequencies(say: location.Message) -> tuple[dict[str, float], dict[str, float]]:
        say("building")
        with log.open("a") as file:
            file.write("once\n")
        return {"the": 0.05}, {"harbou": 6e-5}

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
    ("word", "term"), [("missiles", "missil"), ("korea", "korea"), ("covid19", "covid19"), ("202412", "202412")]
)
def test_only_long_words_of_letters_are_cut(word: str, term: str) -> None:
    assert stem(word) == term


def test_unspaced_runs_become_pairs_and_a_single_character_stays() -> None:
    assert bigrams("习近平") == ["习近", "近平"]
    assert bigrams("习") == ["习"]


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
