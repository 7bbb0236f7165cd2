"""Starts the bot like `python -m bot`, and lets it kill itself (SIGKILL) at a moment named in the environment.

CHAOS_KILL_AT=answer:3 is the third time that the bot is about to store the event id of a sent message. The kinds:
statement (between two statements of one writing transaction), commit (before a commit), answer (between the
homeserver's response and storing it in the outbox) and gap (before a page of a gap is stored). CHAOS_SYNC and
CHAOS_PAGE make the timeline limit and the pages small, so that there are gaps of several pages.
"""

import os
import secrets
import signal
import sys
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bot import cli
from bot.matrix.sync import gaps, sync_loop
from bot.store.database import postgres_lock

IsMoment = Callable[[str, Any], bool]


def _writes(statement: str, parameters: Any) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))


def _stores_an_event_id(statement: str, parameters: Any) -> bool:
    return statement.startswith("UPDATE outbox SET") and "external_id=" in statement.partition("WHERE")[0]


def _stores_a_gap_page(statement: str, parameters: Any) -> bool:
    return statement.startswith("INSERT INTO meta") and any(
        str(parameter).startswith(gaps.GAP_FACT) for parameter in parameters
    )


_MOMENTS: dict[str, IsMoment] = {"statement": _writes, "answer": _stores_an_event_id, "gap": _stores_a_gap_page}


def die() -> None:
    """End this process like a power cut: nothing is finished or closed."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_moment(kind: str, nth: int) -> None:
    """Let this process kill itself at the nth moment of a kind."""
    occurrences = count(1)
    if kind == "commit":

        @event.listens_for(Engine, "commit")
        def _before_a_commit(connection: Connection) -> None:
            if next(occurrences) == nth:
                die()

        return

    is_moment = _MOMENTS[kind]
    statements_by_connection: dict[int, int] = {}

    @event.listens_for(Engine, "begin")
    def _begin(connection: Connection) -> None:
        statements_by_connection[id(connection)] = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def _before_a_statement(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, several: bool
    ) -> None:
        if not is_moment(statement, parameters):
            return
        statements_before = statements_by_connection.get(id(connection), 0)
        statements_by_connection[id(connection)] = statements_before + 1
        if kind == "statement" and statements_before == 0:
            return  # the first statement of a transaction: nothing is written yet
        if next(occurrences) == nth:
            die()


def name_holder_of_lock() -> None:
    """Let the fencing token of the instance lock (PostgreSQL) begin with the id of this process."""
    named = SimpleNamespace(token_hex=lambda size: f"{os.getpid()}-{secrets.token_hex(size)}")
    postgres_lock.secrets = named  # type: ignore[attr-defined]


if __name__ == "__main__":
    name_holder_of_lock()
    sync_loop.TIMELINE_LIMIT = int(os.environ.get("CHAOS_SYNC", sync_loop.TIMELINE_LIMIT))
    gaps.PAGE_LIMIT = int(os.environ.get("CHAOS_PAGE", gaps.PAGE_LIMIT))
    if kill_at := os.environ.get("CHAOS_KILL_AT"):
        kind, _, nth = kill_at.partition(":")
        kill_at_moment(kind, int(nth))
    sys.exit(cli.main())
