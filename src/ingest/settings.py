"""Every setting once: its type, default, unit and meaning. One table per stage; a stage is handed its own table only.

Read in this order, the first that names a setting wins: the environment (`INGEST_INBOX__MAX_ENTRIES=1000`), a secrets
folder, the TOML file (`--config`, else `config/ingest.toml` where it exists), the default here. `wiring` reads it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from ingest import faults


class Table(BaseModel):
    """A stage's settings. Unknown names are refused, so that a misspelt setting is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartitionSettings(Table):
    name: str = Field("main", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", description="the unit of order and scale")
    clock: str = Field("real", pattern="^(real|published)$", description="what time goes by; fixed for good")
    ordered: bool = Field(False, description="published time: the input is sorted, so one article may move it far")


class SourceSettings(Table):
    max_file_bytes: int = Field(16_000_000, description="a larger file is refused, in bytes")
    max_line_bytes: int = Field(10_000_000, description="a longer JSON line is refused, in bytes")
    max_text_chars: int = Field(200_000, description="a longer article text is refused, in characters")
    settle_seconds: float = Field(0.5, description="a watched file is complete when size and mtime stood still so long")
    watch_by: str = Field(
        "auto", pattern="^(auto|notices|polling)$", description="how a folder's changes are noticed; auto: by its mount"
    )


class FetchSettings(Table):
    user_agent: str = Field("Storywire/0.1 (news ingestion)", description="who asks; add an address")
    max_bytes: int = Field(10_000_000, description="a response is cut off and refused beyond, in bytes, decoded")
    deadline_seconds: float = Field(20.0, description="total time of one request, all redirects included")
    max_redirects: int = Field(5, description="hops followed, each address checked")
    max_entries: int = Field(2000, description="entries read of one feed")
    host_seconds: float = Field(1.0, gt=0, description="between two requests to one web host, from all fetchers")
    host_requests: int = Field(2, ge=1, description="requests to one web host at a time, from all fetchers")
    requests: int = Field(100, ge=1, description="requests of one fetcher at a time")
    callback_url: str = Field(
        "", pattern=r"^(https?://[^\s?#]+)?$", description="where hubs reach `ingest serve`; empty: no hub is asked"
    )
    allow_private: tuple[str, ...] = Field((), description='HOST:PORT that may be in a private network: ["intra:80"]')
    proxy: str = Field("", description="a proxy for all that is fetched, http://HOST:PORT; the environment's never is")

    @field_validator("allow_private")
    @classmethod
    def _hosts_and_ports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not re.fullmatch(r"([\w.-]+|\[[0-9a-fA-F:.]+\]):[1-9]\d{0,4}", each, re.ASCII):
                raise ValueError(f'{each!r} is not HOST:PORT, as in "intra:80" or "[fd00::1]:8080"')
        return value

    @field_validator("proxy")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        if value and not re.fullmatch(r"http://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}/?", value, re.ASCII):
            raise ValueError("http://HOST:PORT is wanted, without a password")  # it would be shown with the settings
        return value


_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "trailer", "upgrade",
         "expect", "range", "if-none-match", "if-modified-since"}  # fmt: skip
"""Headers that are the client's business, or that decide where a request ends."""


class AccessSettings(Table):
    """A licensed source: what its hosts are shown. Every secret stands in a file; the settings name the file."""

    hosts: tuple[str, ...] = Field(description='its own: ["api.example.org", "*.example.org:8443"]')
    headers: dict[str, str] = Field({}, description='header = the file of its value: {X-Api-Key = "/run/secrets/key"}')
    user: str = Field("", description="for Basic")
    password_file: str = Field("", description="for Basic: the file of the password")
    cookie_file: str = Field("", description="the file of what goes into Cookie")
    certificate_file: str = Field("", description="a client certificate, PEM, with its chain")
    key_file: str = Field("", description="its key, PEM, not locked; empty: in the file of the certificate")

    @field_validator("hosts")
    @classmethod
    def _names_of_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("no host is named that may be shown it")
        for host in value:
            if not re.fullmatch(r"(\*\.)?[\w-]+(\.[\w-]+)*(:[1-9]\d{0,4})?", host, re.ASCII):
                raise ValueError("a host is HOST, HOST:PORT or *.HOST, international ones as xn--")
            if host.startswith("*.") and "." not in host[2:]:
                raise ValueError(f"{host} is half the world")
        return tuple(host.lower() for host in value)

    @field_validator("headers")
    @classmethod
    def _names_of_headers(cls, value: dict[str, str]) -> dict[str, str]:
        for header in value:
            if not re.fullmatch(_TOKEN, header) or header.lower() in _OURS or header.lower().startswith("proxy-"):
                raise ValueError("a name in headers is none that may be set")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {header.lower() for header in self.headers}
        if bool(self.user) != bool(self.password_file):
            raise ValueError("user and password_file belong together")
        if ":" in self.user or not self.user.isprintable():
            raise ValueError("no such user is possible: a colon, or a control character")
        if (self.user and "authorization" in given) or (self.cookie_file and "cookie" in given):
            raise ValueError("the same header is set twice")
        if self.key_file and not self.certificate_file:
            raise ValueError("key_file without certificate_file")
        return self


class ServeSettings(Table):
    host: str = Field("127.0.0.1", description="address that `ingest serve` listens on")
    port: int = Field(8080, ge=0, le=65535, description="port that `ingest serve` listens on; 0: any that is free")
    requests: int = Field(100, ge=1, description="requests answered at a time; more get status 503")


class ExtractionSettings(Table):
    deadline_seconds: float = Field(
        5.0, gt=0, description="a page that takes more processor time, or six times as long, is stopped and refused"
    )
    feed_deadline_seconds: float = Field(5.0, gt=0, description="the same of a feed or an agency's delivery")
    memory_mb: int = Field(512, description="address space of the extraction child beyond its start, in MB")


class InboxSettings(Table):
    max_entries: int = Field(100_000, description="sources wait when the inbox holds so many entries")
    max_bytes: int = Field(500_000_000, description="sources wait when the inbox holds so many bytes")
    max_memory_share: float = Field(
        0.8, description="sources wait where memory, with what the inbox will come to, passes this share of maxmemory"
    )
    batch: int = Field(64, description="articles a worker reads at once")
    heartbeat_ms: int = Field(5000, description="a worker silent for so long is dead, in ms")
    hang_beats: int = Field(5, description="heartbeats of one second: an article that stands still so long is stopped")
    article_seconds: float = Field(3.0, gt=0, description="an article that takes more processor time is stopped")
    memory_mb: int = Field(1000, ge=500, description="address space of a worker beyond its start, in MB")
    attempts: int = Field(3, description="times an article is handled alone before it is a dead letter")
    drain_seconds: float = Field(5.0, description="a drain job lasts at most so long")


class EventSettings(Table):
    installation: str = Field("storywire", description="first part of the events' `source`")
    max_bytes: int = Field(64_000, description="an event is shortened and marked `truncated` beyond, in bytes")
    retention_days: int = Field(30, description="events are kept so long")


class LedgerSettings(Table):
    window_hours: int = Field(72, description="a text is compared with what came in so many hours")
    article_days: int = Field(30, description="article rows and texts are kept so long")
    decision_days: int = Field(400, description="decisions are kept so long after the article was last sighted")
    story_days: int = Field(14, description="a story takes articles so long after its last one")


class StorySettings(Table):
    publishers: dict[str, tuple[str, ...]] = Field(
        {}, description='outlets that are one publisher, by name or domain: {Acme=["acme.com", "The Daily"]}'
    )

    semantic: str = Field(
        "", description="a model of what headlines mean: a package's name, or a folder; empty: none"
    )

    @field_validator("publishers")
    @classmethod
    def _each_outlet_once(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        outlets = [" ".join(outlet.split()).casefold() for named in value.values() for outlet in set(named)]
        twice = [outlet for outlet, times in Counter(outlets).items() if times > 1]
        if twice:
            raise ValueError(f"{twice[0]} is given to two publishers")
        return value


class LogSettings(Table):
    level: str = Field("info", pattern="^(debug|info|warning|error)$", description="what is logged to standard error")
    json_lines: bool = Field(False, description="log JSON lines, for machines")


class Settings(BaseSettings):
    """All tables. Only `wiring` and the command line hold this; a stage gets its own table."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", env_nested_delimiter="__", extra="forbid", frozen=True)

    store: str = Field("./var", description="a folder (a private server is started in it) or a Redis URL")
    server: str = Field("bundled", description="server of a folder store: bundled, path, or the path of a binary")
    fsync: str = Field("everysec", pattern="^(everysec|always)$", description="when a folder's server syncs its file")
    private_network: bool = Field(False, description="a URL's server on another machine may lack password and TLS")
    word_table: str = Field("", description="where the word table lies; empty: in the installation or the user's cache")
    fault: str = Field("", description="for tests alone: where our processes die or stall (`ingest/faults.py`)")
    access: dict[str, AccessSettings] = Field({}, description="licensed sources, [access.NAME]: docs/operations.md")
    partition: PartitionSettings = PartitionSettings()
    sources: SourceSettings = SourceSettings()
    fetch: FetchSettings = FetchSettings()
    serve: ServeSettings = ServeSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    inbox: InboxSettings = InboxSettings()
    ledger: LedgerSettings = LedgerSettings()
    stories: StorySettings = StorySettings()
    events: EventSettings = EventSettings()
    log: LogSettings = LogSettings()

    @field_validator("fault")
    @classmethod
    def _spelt_well(cls, value: str) -> str:
        faults.parse(value)
        return value

    @field_validator("access")
    @classmethod
    def _short_names(cls, value: dict[str, AccessSettings]) -> dict[str, AccessSettings]:
        if not all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", name) for name in value):
            raise ValueError("an access is named by small letters, digits, - and _")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, file_secret_settings, TomlConfigSettingsSource(settings_cls)


PREFIX = "INGEST_"
