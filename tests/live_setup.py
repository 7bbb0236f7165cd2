"""Real Matrix users in real rooms and the whole program beside them, for tests on a live homeserver."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from bot.app import App, read_communities
from bot.config.credentials import Credentials
from bot.config.load import load_settings
from bot.demo.homeserver import Account, Homeserver
from bot.matrix.client import Client
from bot.pipeline.load_features import migration_folders
from bot.store.database.transaction import Store
from bot.testing.new_database import create_tables

Event = dict[str, Any]

#: Seconds that a wait may take on a slow machine.
TIMEOUT_SECONDS = 60.0

#: The passphrase of the bot's keys.
PASSPHRASE = "tolv køer går hjem"

_numbers = count(1)


async def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for a condition that nothing signals."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not is_true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class MatrixUser:
    """A person with an account who writes, reacts and reads."""

    def __init__(self, homeserver: Homeserver, account: Account) -> None:
        self.user_id = account.user_id
        self.client = Client(homeserver.url, account.user_id, account.device_id, account.access_token)
        self.client.timeout_seconds = TIMEOUT_SECONDS  # its own: a test may shorten the bot's, which is the class's
        self._since: str | None = None
        #: The events read so far, by room.
        self.events: dict[str, list[Event]] = {}

    async def send(self, room: str, event_type: str, content: dict[str, Any]) -> str:
        """Send an event of any type and return its id."""
        path = ("rooms", room, "send", event_type, f"n-{next(_numbers)}")
        return str((await self.client.call("PUT", *path, body=content))["event_id"])

    async def say(self, room: str, body: str, **content: Any) -> str:
        """Send a text message and return its event id."""
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": body, **content})

    async def tap(self, room: str, key: str, on: str) -> str:
        """React to an event and return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": on, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def join(self, room: str) -> str:
        """Join a room by id or alias and return its id."""
        return str((await self.client.call("POST", "join", room, body={}))["room_id"])

    async def create_room(self, **options: Any) -> str:
        """Create a room and return its id."""
        return str((await self.client.call("POST", "createRoom", body={"preset": "public_chat", **options}))["room_id"])

    async def state(self, room: str) -> dict[tuple[str, str], tuple[str, Event]]:
        """Return the state of a room: (type, state key) → (event id, content)."""
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        url = f"{self.client.homeserver}/_matrix/client/v3/rooms/{room}/state"
        response = await self.client.session.get(url, headers=headers)
        return {(e["type"], e["state_key"]): (e["event_id"], e["content"]) for e in await response.json()}

    async def wait_for_event(self, room: str, is_wanted: Callable[[Event], bool]) -> Event:
        """Return the first wanted event that this client has read in a room; read on until there is one."""
        checked = 0
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                events = self.events.setdefault(room, [])
                for event in events[checked:]:
                    if is_wanted(event):
                        return event
                checked = len(events)
                await self._sync(room)

    async def wait_for_text(self, room: str, part: str) -> Event:
        """Return the first message of somebody else that contains these words."""

        def is_wanted(event: Event) -> bool:
            return part in str(event["content"].get("body")) and event["sender"] != self.user_id

        return await self.wait_for_event(room, is_wanted)

    async def wait_for_membership(self, room: str, user_id: str, membership: str) -> Event:
        """Return the first event that gives a user this membership ("join", "leave", …)."""

        def is_wanted(event: Event) -> bool:
            return event.get("state_key") == user_id and event["content"].get("membership") == membership

        return await self.wait_for_event(room, is_wanted)

    def texts_from(self, room: str, sender: str) -> list[str]:
        """Return every text this client has read of one sender in a room, oldest first."""
        events = [event for event in self.events.get(room, []) if event["sender"] == sender]
        return [event["content"]["body"] for event in events if "body" in event["content"]]

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def read_all_texts(self, room: str, sender: str) -> list[str]:
        """Return every message that one sender ever sent to a room, oldest first, asked of the homeserver."""
        query = {"dir": "f", "limit": "500", "filter": json.dumps({"senders": [sender], "types": ["m.room.message"]})}
        texts: list[str] = []
        while True:
            page = await self.client.call("GET", "rooms", room, "messages", query=query)
            texts += [event["content"]["body"] for event in page["chunk"]]
            if "end" not in page:
                return texts
            query["from"] = page["end"]

    async def _sync(self, room: str) -> None:
        """Wait for the next events of any room and keep them; `room` is where the caller waits for one."""
        query = {"timeout": "30000", "filter": '{"room":{"timeline":{"limit":1000}}}'}
        if self._since is not None:
            query["since"] = self._since
        answer = await self.client.call("GET", "sync", query=query, timeout=TIMEOUT_SECONDS)
        self._since = answer["next_batch"]
        for room, part in answer.get("rooms", {}).get("join", {}).items():
            self.events.setdefault(room, []).extend(part["timeline"]["events"])


async def book_and_counter(room: str, club: MatrixUser, firm: MatrixUser) -> Event:
    """Let the club ask for pitch 1, and the firm offer another time in the thread of the card; return the card."""
    await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
    card = await firm.wait_for_text(room, "📋 Aftale 1: slåning af bane 1")
    assert card["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
    await firm.wait_for_event(room, lambda e: e["type"] == "m.reaction" and "❌" in str(e["content"]))
    thread = {"rel_type": "m.thread", "event_id": card["event_id"], "is_falling_back": True}
    await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
    countered = await club.wait_for_text(room, "nyt forslag")
    assert countered["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": card["event_id"]}
    return card


async def start_app(app: App) -> asyncio.Task[None]:
    """Start the program and return its task once it asks for its first sync.

    A program that would have to make its database finds it made. Raises what the program ended with if it ended before
    that.
    """
    await _create_database(app)
    task = asyncio.create_task(app.run())
    listening = asyncio.create_task(app.first_sync_started.wait())
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    if task.done():
        task.result()
    return task


async def _create_database(app: App) -> None:
    store = Store(app.settings.database)
    if store.file is not None and not any(store.file.path.parent.glob(f"{store.file.path.name}*")):
        await create_tables(store, migration_folders(app.features.values()))
    await store.close()


_User = TypeVar("_User", bound=MatrixUser)


class LiveSetup:
    """The bot's account, its configuration with one or more communities, and users, on the shared homeserver."""

    def __init__(self, homeserver: Homeserver, folder: Path, localpart: Callable[[str], str]) -> None:
        self.homeserver, self.folder = homeserver, folder
        #: Where the bot finds the homeserver; may be a proxy.
        self.homeserver_url = homeserver.url
        self._localpart = localpart
        #: The user id of the bot.
        self.bot_id = f"@{localpart('bylaug')}:{homeserver.server_name}"
        self.community_key = localpart("landsby")
        #: The passphrase of the bot's keys; None where no room is encrypted.
        self.passphrase: str | None = None
        self._users: list[MatrixUser] = []

    @property
    def alias(self) -> str:
        """The alias of the community's room."""
        return f"#{self.community_key}:{self.homeserver.server_name}"

    def start_another_community(self) -> None:
        """Let the files and rooms made from now on be of one more community."""
        self.community_key = self._localpart("landsby")

    async def add_user(self, name: str) -> MatrixUser:
        """Register a user whose connections are closed at the end."""
        return self.track_user(MatrixUser(self.homeserver, await self.register_account(name)))

    async def register_account(self, name: str) -> Account:
        """Register an account; give the user made of it to `track_user`."""
        return await self.homeserver.register(self._localpart(name), "hemmelig")

    def track_user(self, user: _User) -> _User:
        """Close this user's connections at the end."""
        self._users.append(user)
        return user

    async def create_room(
        self, *people: MatrixUser, state: Sequence[Event] = (), features: str = "bookings", more: str = ""
    ) -> str:
        """Create the community's room and write its files; return the room id. The first user creates the room."""
        room = await people[0].create_room(room_alias_name=self.community_key, initial_state=list(state))
        for person in people[1:]:
            await person.join(room)
        await self.write_files(*(person.user_id for person in people), features=features, more=more)
        return room

    async def write_files(
        self,
        *people: str,
        room: str = "",
        greeting: str = "Velkommen til landsbyen!",
        features: str = "bookings",
        more: str = "",
    ) -> None:
        """Register the bot and write config.yaml and the community's file.

        The people (user ids) are clubs, the last one a contractor. Nobody has quiet hours, since tests run at night,
        too.
        """
        if not (self.folder / "config.yaml").exists():
            await self.homeserver.register(self.bot_id[1:].partition(":")[0], "adgangskode")
        config = f'homeserver: {self.homeserver_url}\naccount: "{self.bot_id}"\ncommunities: rooms\n'
        (self.folder / "config.yaml").write_text(config, "utf-8")
        (self.folder / "rooms").mkdir(exist_ok=True)
        lines = [
            "name: Landsbyen",
            f'room: "{room or self.alias}"',
            "access: public",
            f"greeting: {greeting}",
            "people:",
        ]
        for number, person in enumerate(people, start=1):
            role = "contractor" if number == len(people) else "club"
            lines += [f"  {person[1:].partition(':')[0]}:", f"    name: Nummer {number}", f"    roles: [{role}]"]
        lines += ["things:", "  bane-1:", "    name: bane 1", "tasks:", "  slåning:", "    duration: 2h"]
        lines += ["    role: contractor", f"features: [{features}]", "limits: off", "quiet: off", more]
        (self.folder / "rooms" / f"{self.community_key}.yaml").write_text("\n".join(lines) + "\n", "utf-8")

    def make_app(self, password: str | None = "adgangskode", access_token: str | None = None) -> App:
        """Return the program as `bylaug run` would make it."""
        settings = load_settings(self.folder / "config.yaml", {})
        communities, problems = read_communities(settings)
        assert problems == []
        return App(settings, Credentials(password, access_token, self.passphrase), communities)

    @asynccontextmanager
    async def run_app(self, app: App | None = None) -> AsyncIterator[App]:
        """Run the program inside the block and stop it in good order at the end."""
        app = app or self.make_app()
        task = await start_app(app)
        try:
            yield app
        finally:
            app.stop()
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await task

    async def close(self) -> None:
        """Close the connections of all users."""
        for user in self._users:
            await user.close()
