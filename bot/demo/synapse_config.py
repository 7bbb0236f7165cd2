"""Writes the configuration of a Synapse that lives for a demo or a test: small, quick, and on loopback only."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The name that `Wanted.mark` has in /.well-known/matrix/client.
INSTANCE_ID_KEY = "bylaug.demo.mark"

_NO_LIMIT = {"per_second": 100_000, "burst_count": 100_000}

#: Every limiter of Synapse (configuration manual, "Rate limiting"), put out of the way.
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
    """What one start of Synapse is to be like."""

    server_name: str
    port: int
    #: Told to everybody in /.well-known/matrix/client: shows that it is this Synapse which answers on the port.
    instance_id: str
    #: Lets whoever knows it register accounts.
    registration_secret: str
    rate_limits: bool
    #: Whatever else is to stand in homeserver.yaml.
    extra_config: Mapping[str, Any] = field(default_factory=dict)


def write_config(folder: Path, options: SynapseOptions) -> Path:
    """Write what Synapse reads into the folder and return the main file; keys that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_signing_key(folder / "signing.key")
    # JSON is YAML, and needs no library to be written.
    (folder / "log.yaml").write_text(json.dumps(_logging_config(folder)), "utf-8")
    main = folder / "homeserver.yaml"
    limits = {} if options.rate_limits else NO_RATE_LIMITS
    main.write_text(json.dumps({**_homeserver_config(folder, options), **limits, **options.extra_config}), "utf-8")
    return main


def _write_signing_key(file: Path) -> None:
    """Write a random key as Synapse would; it would load half of itself in another process to do so."""
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
        "bcrypt_rounds": 4,  # passwords of people who live for a minute
        "presence": {"enabled": False},
        "report_stats": False,
        "trusted_key_servers": [],  # it knows no other server,
        "federation_domain_whitelist": [],  # and talks to none
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
