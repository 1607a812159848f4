from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from store_users import User


@pytest.fixture
def user() -> Iterator[Callable[..., User]]:
    """Start a user; all are ended after the test."""
    users: list[User] = []

    def start(spec: str | Path, **options: Any) -> User:
        users.append(User(spec, **options))
        return users[-1]

    yield start
    for one in users:
        if one.pid:
            one.kill()
            one.end()
