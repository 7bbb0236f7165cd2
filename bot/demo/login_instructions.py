"""Prints how people can log in to the demo's homeserver with their own client."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.config.community import Community
from bot.demo.environment import DemoEnvironment
from bot.demo.terminal import Terminal
from bot.matrix.address import user_id


def print_login_instructions(
    terminal: Terminal, environment: DemoEnvironment, unlisted_users: dict[str, str], room: str
) -> None:
    """Print the homeserver, the password, the users to log in as, and the steps to do so.

    `unlisted_users` are the names of users whom no community file lists, by user id.
    """
    text_of, url = terminal.text, environment.homeserver.url
    facts = Table.grid(padding=(0, 2, 0, 0))
    for key, value in (("homeserver", url), ("password", environment.password)):
        facts.add_row(Text(text_of(f"stay-{key}"), "dim"), Text(value, "bold"))
    title = Text(text_of("stay-title"), "bold")
    terminal.print("", Panel(facts, title=title, title_align="left", border_style="green"))
    terminal.print(_users_table(terminal, environment.communities, unlisted_users, room))
    terminal.print("", Text(text_of("stay-how", url=url)), "", Text(text_of("stay-until"), "bold green"))


def _users_table(terminal: Terminal, communities: list[Community], unlisted_users: dict[str, str], room: str) -> Table:
    table = Table(expand=True)
    for key in ("user", "name", "room"):
        table.add_column(terminal.text(f"stay-{key}"), header_style="green", overflow="fold")
    for community in communities:
        for person in community.people:
            for address in person.addresses:
                table.add_row(Text(user_id(address) or ""), Text(person.name), Text(community.room))
    for user, name in unlisted_users.items():
        table.add_row(Text(user), Text(name), Text(room))
    return table
