"""Writes the configuration of a Synapse for a demo or a test: small, quick to start, and on loopback only."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The key of `SynapseOptions.instance_id` in /.well-known/matrix/client.
INSTANCE_ID_KEY = "bylaug.demo.instance_id"

_NO_LIMIT = {"per_second": 100_000, "burst_count": 100_000}

#: Settings that lift every rate limit of Synapse (configuration manual, "Rate limiting").
NO_RATE_LIMITS: dict[str, Any] = {
    "rc_message": _NO_LIMIT,
    "rc_registration": _NO_LIMIT,
    "rc_registration_token_validity": _NO_LIMIT,
    "rc_login": {"address": _NO_LIMIT, "account": _NO_LIMIT, "failed_attempts": _NO_LIMIT},
    "rc_admin_redaction": _NO_LIMIT,
    "rc_joins": {"local": _NO_LIMIT, "remote": _NO_LIMIT},
    "rc_joins_per_room": _NO_LIMIT,
    "rc_invites": {"per_room": _NO_LIMIT, "per_user": _NO_LIMIT, "per_issuer": _NO_LIMIT},
    "rc_room_creation": _NO_LIMIT,
    "rc_presence": {"per_user": _NO_LIMIT},
    "rc_media_create": _NO_LIMIT,
}


@dataclass(frozen=True)
class SynapseOptions:
    """The options for one start of Synapse."""

    server_name: str
    port: int
    #: Published in /.well-known/matrix/client, to prove that it is this Synapse that answers on the port.
    instance_id: str
    #: Registers accounts (Synapse admin API, "Shared-Secret Registration").
    registration_secret: str
    rate_limits: bool
    #: Further settings of homeserver.yaml.
    extra_config: Mapping[str, Any] = field(default_factory=dict)


def write_config(folder: Path, options: SynapseOptions) -> Path:
    """Write the files that Synapse reads and return homeserver.yaml. An existing signing key is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_signing_key(folder / "signing.key")
    # JSON is valid YAML, and writing it needs no library
    (folder / "log.yaml").write_text(json.dumps(_logging_config(folder)), "utf-8")
    main = folder / "homeserver.yaml"
    limits = {} if options.rate_limits else NO_RATE_LIMITS
    main.write_text(json.dumps({**_homeserver_config(folder, options), **limits, **options.extra_config}), "utf-8")
    return main


def _write_signing_key(file: Path) -> None:
    """Write a random signing key in Synapse's format. Synapse's own tool for this would take seconds to start."""
    if not file.exists():
        seed = b64encode(os.urandom(32)).decode().rstrip("=")
        file.write_text(f"ed25519 a_demo {seed}\n", "utf-8")


def _homeserver_config(folder: Path, options: SynapseOptions) -> dict[str, Any]:
    listener = {
        "type": "http",
        "port": options.port,
        "bind_addresses": ["127.0.0.1"],
        "tls": False,
        "resources": [{"names": ["client"], "compress": False}],
    }
    return {
        "server_name": options.server_name,
        "public_baseurl": f"http://127.0.0.1:{options.port}/",
        "extra_well_known_client_content": {INSTANCE_ID_KEY: options.instance_id},
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "pid_file": str(folder / "homeserver.pid"),
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": options.registration_secret,
        "macaroon_secret_key": options.registration_secret,
        "form_secret": options.registration_secret,
        "bcrypt_rounds": 4,  # quick, since the accounts exist for minutes only
        "presence": {"enabled": False},
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],  # no federation with other servers
        "suppress_key_server_warning": True,
    }


def _logging_config(folder: Path) -> dict[str, Any]:
    handler = {"class": "logging.FileHandler", "formatter": "line", "filename": str(folder / "homeserver.log")}
    return {
        "version": 1,
        "formatters": {"line": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
        "handlers": {"file": {**handler, "encoding": "utf-8"}},
        "root": {"level": "WARNING", "handlers": ["file"]},
        "disable_existing_loggers": False,
    }
