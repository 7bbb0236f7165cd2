"""The command line of `bylaug`: run, migrate, backup, restore, check, keys, schema, parse, demo.

Each command imports its modules when it runs, so that commands that need few of them start quickly.
"""

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import EX_CONFIG, ConfigError, Fatal
from bot.languages.registry import DEFAULT_LANGUAGES, add_language, is_installed

_KEYS_DESCRIPTION = (
    "The bot has an identity that people verify once. It signs the devices the bot runs as, and is kept in the database"
    " and on the homeserver, locked with the passphrase."
)


class _ShowVersion(argparse.Action):
    """Prints the version, and finds it only then: that takes a search of the installed packages."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.version import program_version

        print(f"bylaug {program_version()}")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, which follows sysexits.h."""
    parsed = _build_parser().parse_args(arguments)
    try:
        exit_code: int = parsed.run(parsed)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    except Fatal as error:
        print(f"bylaug: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return exit_code


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bylaug", description="Neighbours agree among themselves, in their own Matrix rooms."
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and end")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: object, description: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=description, description=description)
        command.set_defaults(run=run)
        return command

    for name, run, description in (
        ("run", _run, "Run the bot."),
        ("migrate", _migrate, "Bring the database up to date; `run` does it too."),
        ("check", _check, "Check the configuration and every community file, naming file and line."),
    ):
        command = add(name, run, description)
        _add_config_option(command)
        if name == "check":
            command.add_argument(
                "--online", action="store_true", help="ask the homeserver too: does it answer, is the login valid"
            )
    backup = add("backup", _backup, "Copy the whole database into a file, also while the bot runs.")
    backup.description = (
        "Copy the whole database into a file, also while the bot runs. Keep the file as you keep a password: the bot's "
        "login is in it. It is always a SQLite file, whatever the database is, and only its owner may read it."
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="where to; in a folder, a file named after the time")
    backup.add_argument("--replace", action="store_true", help="a file of this name that is there already")
    backup.add_argument(
        "--keep",
        type=_positive_number,
        metavar="N",
        help="FILE is a folder: of the backups in it, only the newest N stay",
    )
    restore = add("restore", _restore, "Let the database be what a backup says. Stop the bot before.")
    restore.add_argument("file", type=Path, metavar="FILE", help="made by `bylaug backup`")
    restore.add_argument("--even-newer", action="store_true", help="the database may know more than the backup")
    for command in (backup, restore):
        _add_config_option(command)
    keys = commands.add_parser("keys", help="The keys of encrypted rooms.", description=_KEYS_DESCRIPTION)
    key_commands = keys.add_subparsers(title="commands", required=True, metavar="COMMAND")
    show = key_commands.add_parser("show", help="Show the bot's identity, to be compared with what a client shows.")
    show.set_defaults(run=_show_keys)
    show.add_argument("--recovery", action="store_true", help="also the secret key that opens it in Element")
    replace = key_commands.add_parser("replace", help="Replace a lost device by a new one. Stop the bot before.")
    replace.set_defaults(run=_replace_keys)
    replace.add_argument(
        "--new-identity", action="store_true", help="and the identity too: everybody has to verify the bot anew"
    )
    for command in (show, replace):
        _add_config_option(command)
    schema = add("schema", _schema, "Print the JSON Schema of a community file, for editors.")
    schema.add_argument("--config", action="store_true", help="that of config.yaml instead")
    parse = add("parse", _parse, "Show how phrases and commands are understood: one on each line of standard input.")
    parse.add_argument(
        "--language",
        metavar="CODE",
        help=f"of the phrases, {' or '.join(DEFAULT_LANGUAGES)} (default: the room's, else {DEFAULT_LANGUAGES[0]})",
    )
    parse.add_argument("--language-folder", type=Path, metavar="FOLDER", help="another language, in a folder of yours")
    parse.add_argument(
        "--timezone", type=_parse_time_zone, metavar="ZONE", help="where (default: the room's, else Europe/Copenhagen)"
    )
    parse.add_argument("--now", type=datetime.fromisoformat, metavar="TIME", help="ISO 8601 (default: the present)")
    parse.add_argument("--explain", action="store_true", help="show each stage in which a sentence is read")
    parse.add_argument("--room", type=Path, metavar="FILE", help="read whole commands, as in this community")
    demo = add("demo", _demo, "Play the story on a real homeserver on this machine.")
    demo.add_argument(
        "--language",
        choices=DEFAULT_LANGUAGES,
        default=DEFAULT_LANGUAGES[0],
        help="which story (default: %(default)s)",
    )
    demo.add_argument("--stay", action="store_true", help="leave everything running, to join in with a client")
    return parser


def _add_config_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-c", "--config", type=Path, default=Path("config.yaml"), help="the configuration (default: %(default)s)"
    )


def _positive_number(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def _run(arguments: argparse.Namespace) -> int:
    # The modules loaded here stay in memory. Searching them for garbage takes a tenth of the start-up time.
    gc.disable()
    from bot.app import run

    gc.freeze()
    gc.enable()
    asyncio.run(run(arguments.config, os.environ))
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    from bot.commands.database import migrate_database

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for revision in asyncio.run(migrate_database(arguments.config, os.environ)):
        print(revision)
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from bot.commands.database import back_up_database

    print(
        asyncio.run(back_up_database(arguments.config, arguments.file, os.environ, arguments.replace, arguments.keep))
    )
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from bot.commands.database import restore_database

    print(asyncio.run(restore_database(arguments.config, arguments.file, os.environ, arguments.even_newer)))
    return 0


def _show_keys(arguments: argparse.Namespace) -> int:
    from bot.commands.keys import show_keys

    print(asyncio.run(show_keys(arguments.config, os.environ, recovery=arguments.recovery)))
    return 0


def _replace_keys(arguments: argparse.Namespace) -> int:
    from bot.commands.keys import replace_keys

    print(asyncio.run(replace_keys(arguments.config, os.environ, new_identity=arguments.new_identity)))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from bot.calendars.check import find_unreadable_files
    from bot.commands.check_keys import check_keys
    from bot.config.contradictions import find_empty_sections
    from bot.config.credentials import check_credentials, find_exposed_secrets, require_passphrase
    from bot.config.load import load_settings
    from bot.pipeline.load_features import load_configured_communities
    from bot.pipeline.translations import find_missing_translations

    settings = load_settings(arguments.config, os.environ)
    communities, problems = load_configured_communities(settings)
    credentials, secret_problems = check_credentials(settings, os.environ)
    if credentials is not None:
        communities, missing_passphrase = require_passphrase(communities, credentials)
        problems = [*problems, *missing_passphrase]
    problems = [
        *problems,
        *secret_problems,
        *find_exposed_secrets(settings),
        *find_empty_sections(communities),
        *find_unreadable_files(communities),
        *find_missing_translations(communities),
        *asyncio.run(check_keys(settings, communities)),
    ]
    for problem in problems:
        print(problem, file=sys.stderr)
    for community in communities:
        summary = [community.name, f"{len(community.people)} people", *community.features]
        summary += ["encrypted"] * community.encrypted + ["open to everybody"] * (community.access == "public")
        print(f"{community.file}: {', '.join(summary)}")
    exit_code = 0 if all(problem.is_warning for problem in problems) else EX_CONFIG
    return (_check_online(arguments) or exit_code) if arguments.online else exit_code


def _check_online(arguments: argparse.Namespace) -> int:
    from bot.commands.check_online import check_online

    result = asyncio.run(check_online(arguments.config, os.environ))
    for finding in result.findings:
        print(finding)
    for problem in result.problems:
        print(problem, file=sys.stderr)
    return result.exit_code


def _schema(arguments: argparse.Namespace) -> int:
    from bot.config.load import community_schema, settings_schema

    print(json.dumps(settings_schema() if arguments.config else community_schema(), indent=2, ensure_ascii=False))
    return 0


def _parse_time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"there is no time zone '{name}'; write Europe/Copenhagen, say") from error


def _parse(arguments: argparse.Namespace) -> int:
    from bot.testing.explain_parsing import explain_lines

    try:
        added_language = add_language(arguments.language_folder) if arguments.language_folder else None
    except FileNotFoundError as error:
        raise Fatal(str(error), EX_CONFIG) from error
    language = arguments.language or added_language
    if language and not is_installed(language):
        raise Fatal(f"There is no language '{language}'.", EX_CONFIG)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for explanation in explain_lines(
        sys.stdin, arguments.room, language, arguments.timezone, arguments.now, stages=arguments.explain
    ):
        print(json.dumps(explanation, ensure_ascii=False))
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    if find_spec("rich") is None:
        raise Fatal("The demo needs packages that are not installed: pip install 'bylaug[demo]' brings them.")
    from bot.demo.run_demo import play_demo

    exit_code: int = asyncio.run(play_demo(arguments.language, stay=arguments.stay))
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
