"""A model in a folder, as `model2vec` and sentence-transformers' static models lay it: a vector for each token.

`tokenizer.json` is the Hugging Face form of a tokenizer, `model.safetensors` has the tokens' vectors under one of the
names below; a text is the mean of its tokens. In sentence-transformers' models the two lie in `0_StaticEmbedding`.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.meaning.port import LONGEST, quantised

TOKENIZER: Final = "tokenizer.json"
MODEL: Final = "model.safetensors"
_VECTORS: Final = ("embeddings", "embedding.weight")
_WEIGHTS: Final = "weights"  # of each token, where its vector is not weighed already
_ROWS: Final = "mapping"  # token -> row, where several tokens share one


class _Table(NamedTuple):
    vectors: NDArray[np.floating]  # as stored: half as large where that is f16
    rows: NDArray[np.integer] | None
    weights: NDArray[np.floating] | None


class Folder:
    """Opened here, read at the first text: most processes only ask for the fingerprint.

    Raises ValueError where the files do not fit together, and what their readers raise.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors import safe_open  # here: the two are an extra
        from tokenizers import Tokenizer

        self._folder = folder
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._unknown = _unknown(self._tokenizer.to_str())
        with safe_open(folder / MODEL, framework="numpy") as file:
            self._vectors, self.dimension = _checked(file, self._tokenizer.get_vocab_size())
        self.name = folder.name
        self.fingerprint = _fingerprint(folder)

    @cached_property
    def _table(self) -> _Table:
        from safetensors.numpy import load_file

        found = load_file(self._folder / MODEL)
        return _Table(found[self._vectors], found.get(_ROWS), found.get(_WEIGHTS))

    def vector(self, text: str) -> NDArray[np.int8]:
        read = self._tokenizer.encode(text[:LONGEST], add_special_tokens=False).ids
        tokens = [token for token in read if token != self._unknown]
        table = self._table
        vectors = table.vectors[tokens if table.rows is None else table.rows[tokens]].astype(np.float64)
        if table.weights is not None:
            vectors *= table.weights[tokens][:, None]
        return quantised(vectors.sum(0))


def _checked(file: Any, tokens: int) -> tuple[str, int]:
    """Name and dimension of the vectors in an opened file. Raises ValueError where it has not what its readers need."""
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 -- it is no mapping
    shapes = {name: part.get_shape() for name, part in slices.items()}
    vectors = next((name for name in _VECTORS if len(shapes.get(name, ())) == 2), None)
    if vectors is None:
        raise ValueError(f"{MODEL} has no {' or '.join(_VECTORS)}, which a static model has")
    if slices[vectors].get_dtype() == "BF16":
        raise ValueError(f"{MODEL} has numbers of the type bfloat16, which numpy has not: save it as f16 or f32")
    by_token = [name for name in (_ROWS, _WEIGHTS) if name in shapes]
    have = min(shapes[name][0] for name in by_token or [vectors])
    if have < tokens:
        raise ValueError(f"{TOKENIZER} has {tokens} tokens, {MODEL} knows {have}")
    rows = range(shapes[vectors][0]) if _ROWS not in shapes else file.get_tensor(_ROWS)
    if len(rows) < tokens or max(rows) >= shapes[vectors][0]:
        raise ValueError(f"{MODEL} has {shapes[vectors][0]} vectors, and tokens without any")
    return vectors, int(shapes[vectors][1])


def _unknown(tokenizer: str) -> int | None:
    """The token of what is in no vocabulary: it says nothing, and models have some vector for it all the same."""
    model: dict[str, Any] = json.loads(tokenizer)["model"]
    by_number: int | None = model.get("unk_id")  # of Unigram models
    by_name: int | None = None if "unk_id" in model else model["vocab"].get(model.get("unk_token"))
    return by_number if by_name is None else by_name


def _fingerprint(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for name in (TOKENIZER, MODEL):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
