"""The encryption settings of rooms survive a restart, and a room stays encrypted that was encrypted."""

from bot.matrix.room_settings import RoomSettings
from bot.store.database.transaction import Store

ENCRYPTED, PLAIN, KNOWN = "!encrypted:example.org", "!plain:example.org", "!known:example.org"
CONTENT = {"algorithm": "m.megolm.v1.aes-sha2"}


async def test_rooms_noted_together_are_known_as_unencrypted_unless_they_were_encrypted(store: Store) -> None:
    settings = RoomSettings(store)
    await settings.note(ENCRYPTED, CONTENT)
    await settings.note(KNOWN, {})
    await settings.note_unencrypted([ENCRYPTED, PLAIN, KNOWN])
    loaded = RoomSettings(store)
    await loaded.load()
    for each in (settings, loaded):
        assert [each.find(room) for room in (ENCRYPTED, PLAIN, KNOWN)] == [CONTENT, None, None]
        assert each.is_known(PLAIN)
        assert not each.is_known("!unknown:example.org")
    await loaded.note_unencrypted([ENCRYPTED])
    assert loaded.is_encrypted(ENCRYPTED)
