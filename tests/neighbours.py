"""Real Matrix accounts in real rooms, and the whole program beside them, for the tests that are live."""

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
from bot.pipeline.load_features import feature_names

Event = dict[str, Any]

#: Seconds that anything waited for may take on a slow machine.
PATIENCE = 60.0

#: What the bot's keys are locked with.
PASSPHRASE = "tolv køer går hjem"

_numbers = count(1)


async def until(wanted: Callable[[], bool]) -> None:
    """Wait until something is so that the program tells nobody of."""
    async with asyncio.timeout(PATIENCE):
        while not wanted():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Neighbour:
    """Somebody with an account who writes, taps and reads."""

    def __init__(self, homeserver: Homeserver, account: Account) -> None:
        self.user_id = account.user_id
        self.client = Client(homeserver.url, account.user_id, account.device_id, account.access_token)
        self._since: str | None = None
        self._heard: dict[str, list[Event]] = {}

    async def send(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Send any event; its id."""
        path = ("rooms", room, "send", kind, f"n-{next(_numbers)}")
        return str((await self.client.call("PUT", *path, body=content))["event_id"])

    async def say(self, room: str, body: str, **content: Any) -> str:
        """Write a message; its event id."""
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": body, **content})

    async def tap(self, room: str, key: str, on: str) -> str:
        """Tap an emoji under an event."""
        relation = {"rel_type": "m.annotation", "event_id": on, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def join(self, room: str) -> str:
        """Join a room by id or alias; its id."""
        return str((await self.client.call("POST", "join", room, body={}))["room_id"])

    async def make_room(self, **wanted: Any) -> str:
        """Make a room; its id."""
        return str((await self.client.call("POST", "createRoom", body={"preset": "public_chat", **wanted}))["room_id"])

    async def state(self, room: str) -> dict[tuple[str, str], tuple[str, Event]]:
        """The state of a room: type and key → event id and content."""
        headers = {"Authorization": f"Bearer {self.client.nio.access_token}"}
        url = f"/_matrix/client/v3/rooms/{room}/state"
        response = await self.client.nio.send("GET", url, None, headers)
        return {(e["type"], e["state_key"]): (e["event_id"], e["content"]) for e in await response.json()}

    async def hear(self, room: str, wanted: Callable[[Event], bool]) -> Event:
        """The first event of a room, from when this client first looked, that is wanted; waits until there is one."""
        looked = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                heard = self._heard.setdefault(room, [])
                for event in heard[looked:]:
                    if wanted(event):
                        return event
                looked = len(heard)
                await self._listen(room)

    async def hear_body(self, room: str, part: str) -> Event:
        """The first message with these words in it that the neighbour has not sent."""
        return await self.hear(room, lambda e: part in str(e["content"].get("body")) and e["sender"] != self.user_id)

    def bodies(self, room: str, sender: str) -> list[str]:
        """Everything heard of one sender in a room, oldest first."""
        events = [event for event in self._heard.get(room, []) if event["sender"] == sender]
        return [event["content"]["body"] for event in events if "body" in event["content"]]

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def all_said(self, room: str, sender: str) -> list[str]:
        """Everything that somebody ever said in a room, oldest first, however long ago."""
        query = {"dir": "f", "limit": "500", "filter": json.dumps({"senders": [sender], "types": ["m.room.message"]})}
        said: list[str] = []
        while True:
            page = await self.client.call("GET", "rooms", room, "messages", query=query)
            said += [event["content"]["body"] for event in page["chunk"]]
            if "end" not in page:
                return said
            query["from"] = page["end"]

    async def _listen(self, room: str) -> None:
        """Take in what has happened everywhere, when something has; somebody waits for it in a room."""
        query = {"timeout": "30000", "filter": '{"room":{"timeline":{"limit":1000}}}'}
        if self._since is not None:
            query["since"] = self._since
        answer = await self.client.call("GET", "sync", query=query, timeout=PATIENCE)
        self._since = answer["next_batch"]
        for room, part in answer.get("rooms", {}).get("join", {}).items():
            self._heard.setdefault(room, []).extend(part["timeline"]["events"])


async def booked_and_countered(room: str, club: Neighbour, firm: Neighbour) -> Event:
    """The club asks for pitch 1, and the firm for another time in the thread of the card, which is given back."""
    await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
    card = await firm.hear_body(room, "📋 Aftale 1: slåning af bane 1")
    assert card["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
    await firm.hear(room, lambda e: e["type"] == "m.reaction" and "❌" in str(e["content"]))
    thread = {"rel_type": "m.thread", "event_id": card["event_id"], "is_falling_back": True}
    await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
    countered = await club.hear_body(room, "nyt forslag")
    assert countered["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": card["event_id"]}
    return card


async def started(app: App) -> asyncio.Task[None]:
    """The program, running and listening, for whoever wants to see it end; raises what it ended with before that."""
    task = asyncio.create_task(app.run())
    listening = asyncio.create_task(app.listening.wait())
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    if task.done():
        task.result()
    return task


_SomeNeighbour = TypeVar("_SomeNeighbour", bound=Neighbour)


class Street:
    """Accounts, a configuration and a community file of their own on the shared homeserver."""

    def __init__(self, homeserver: Homeserver, folder: Path, localpart: Callable[[str], str]) -> None:
        self.homeserver, self.folder = homeserver, folder
        #: Where the bot finds the homeserver: there may be a proxy between them.
        self.url = homeserver.url
        self._localpart = localpart
        self.bot = f"@{localpart('bylaug')}:{homeserver.server_name}"
        self.key = localpart("landsby")
        self._neighbours: list[Neighbour] = []

    @property
    def alias(self) -> str:
        """The alias of the community's room."""
        return f"#{self.key}:{self.homeserver.server_name}"

    def begin_another(self) -> None:
        """What is written from now on is about one more community; the ones before stay."""
        self.key = self._localpart("landsby")

    async def add(self, name: str) -> Neighbour:
        """Somebody new."""
        return self.take_in(Neighbour(self.homeserver, await self.register(name)))

    async def register(self, name: str) -> Account:
        """An account for somebody whom `take_in` is then told of."""
        return await self.homeserver.register(self._localpart(name), "hemmelig")

    def take_in(self, neighbour: _SomeNeighbour) -> _SomeNeighbour:
        """Somebody who lives here and is seen off at the end."""
        self._neighbours.append(neighbour)
        return neighbour

    async def settle(
        self, *people: Neighbour, state: Sequence[Event] = (), features: str = "bookings", more: str = ""
    ) -> str:
        """The community's room with these people in it, and its files; the room's id. The first one makes it."""
        room = await people[0].make_room(room_alias_name=self.key, initial_state=list(state))
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
        """The bot's account, config.yaml and the community's file; the people are clubs, the last one a contractor.

        Nobody has quiet hours, since tests run at night, too.
        """
        if not (self.folder / "config.yaml").exists():
            await self.homeserver.register(self.bot[1:].partition(":")[0], "adgangskode")
        config = f'homeserver: {self.url}\naccount: "{self.bot}"\ncommunities: rooms\n'
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
        (self.folder / "rooms" / f"{self.key}.yaml").write_text("\n".join(lines) + "\n", "utf-8")

    def app(self, password: str | None = "adgangskode", access_token: str | None = None) -> App:
        """The whole program, as its command would make it."""
        settings = load_settings(self.folder / "config.yaml", {})
        communities, problems = read_communities(settings, feature_names())
        assert problems == []
        return App(settings, Credentials(password, access_token, PASSPHRASE), communities)

    @asynccontextmanager
    async def running(self, app: App | None = None) -> AsyncIterator[App]:
        """The program, listening; stopped in good order at the end."""
        app = app or self.app()
        task = await started(app)
        try:
            yield app
        finally:
            app.stop()
            async with asyncio.timeout(PATIENCE):
                await task

    async def close(self) -> None:
        """Close everybody's connections."""
        for neighbour in self._neighbours:
            await neighbour.close()
