"""Tells how to join in with a client of one's own."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.config.community import Community
from bot.demo.environment import DemoEnvironment
from bot.demo.terminal import Terminal
from bot.matrix.address import user_id


def print_login_instructions(screen: Terminal, village: DemoEnvironment, neighbours: dict[str, str], room: str) -> None:
    """Where the homeserver is, who one can be, and what to do; `neighbours` are user ids and names."""
    words, url = screen.text, village.homeserver.url
    facts = Table.grid(padding=(0, 2, 0, 0))
    for key, value in (("homeserver", url), ("password", village.password)):
        facts.add_row(Text(words(f"stay-{key}"), "dim"), Text(value, "bold"))
    title = Text(words("stay-title"), "bold")
    screen.print("", Panel(facts, title=title, title_align="left", border_style="green"))
    screen.print(_users_table(screen, village.communities, neighbours, room))
    screen.print("", Text(words("stay-how", url=url)), "", Text(words("stay-until"), "bold green"))


def _users_table(screen: Terminal, communities: list[Community], neighbours: dict[str, str], room: str) -> Table:
    table = Table(expand=True)
    for key in ("user", "name", "room"):
        table.add_column(screen.text(f"stay-{key}"), header_style="green", overflow="fold")
    for community in communities:
        for person in community.people:
            for address in person.addresses:
                table.add_row(Text(user_id(address) or ""), Text(person.name), Text(community.room))
    for user, name in neighbours.items():
        table.add_row(Text(user), Text(name), Text(room))
    return table
