"""After the homeserver ended a session, the bot logs in with the password as the same device."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config.credentials import Credentials
from bot.config.load import load_settings
from bot.demo.homeserver import Homeserver
from bot.matrix.client import LoggedOut
from bot.matrix.login import delete_access_token, open_client
from bot.store.database.transaction import Store
from bot.testing.new_database import create_tables


async def test_login_after_logout_is_the_same_device(
    homeserver: Homeserver, localpart: Callable[[str], str], tmp_path: Path
) -> None:
    account = await homeserver.register(localpart("bylaug"), "secret")
    config = tmp_path / "config.yaml"
    config.write_text(f'homeserver: {homeserver.url}\naccount: "{account.user_id}"\n')
    settings, credentials = load_settings(config, {}), Credentials(password="secret")
    store = Store(settings.database)
    await create_tables(store)
    first = await open_client(settings, credentials, store)
    await first.call("POST", "logout", body={})
    with pytest.raises(LoggedOut):
        await first.call("GET", "account", "whoami")
    await first.close()
    await delete_access_token(store)
    again = await open_client(settings, credentials, store)
    answer = await again.call("GET", "account", "whoami")
    await again.close()
    await store.close()
    assert answer["device_id"] == first.device_id
