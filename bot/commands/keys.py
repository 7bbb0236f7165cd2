"""What a caretaker does with the keys of encrypted rooms: look at them, and replace a device that was lost."""

from collections.abc import Mapping
from pathlib import Path

from bot.commands.database import open_store
from bot.commands.replace_device import replace_device
from bot.commands.show_identity import format_key, read_identity
from bot.config.credentials import load_credentials
from bot.config.load import load_settings
from bot.pipeline.load_features import feature_names, load_features
from bot.store.messages import outbox


async def show_keys(config: Path, environ: Mapping[str, str], *, recovery: bool) -> str:
    """The bot's identity and device; with `recovery` the key that opens the identity in another client."""
    settings = load_settings(config, environ)
    secret = load_credentials(settings, environ)
    async with open_store(settings, load_features(feature_names()).values()) as store:
        seen = await read_identity(settings.account, secret, store)
    return f"{seen}\nrecovery  {seen.recovery_key}" if recovery else str(seen)


async def replace_keys(config: Path, environ: Mapping[str, str], *, new_identity: bool) -> str:
    """Give the bot a new device; what was done, and what the caretaker has to know."""
    settings = load_settings(config, environ)
    secret = load_credentials(settings, environ)
    async with open_store(settings, load_features(feature_names()).values(), alone=True) as store:
        replaced = await replace_device(settings, secret, store, new_identity=new_identity)
        async with store.read() as connection:
            waiting = await outbox.count_unsent(connection)
    lines = [f"{settings.account} has the new device {replaced.device_id}."]
    for device in replaced.former_devices:
        if replaced.logout_failure is None:
            lines.append(f"Its device {device} is logged out.")
        else:
            why = replaced.logout_failure
            lines.append(f"Its device {device} is still logged in ({why}); end that session in another client.")
    if new_identity:
        lines.append(f"Its new identity is {format_key(replaced.identity)}. Everybody has to verify the bot anew.")
    else:
        lines.append("Its identity is the one it had: whoever has verified it sees the new device as verified.")
    if waiting:
        lines.append(f"{waiting} messages still wait to be sent; the bot sends them when it starts.")
    return "\n".join(lines)
