"""The commands `bylaug keys show` and `bylaug keys replace`, and the text that they print."""

from collections.abc import Mapping
from pathlib import Path

from bot.commands.database import open_store
from bot.commands.replace_device import DeviceReplacement, replace_device
from bot.commands.show_identity import format_key, read_identity
from bot.config.credentials import load_credentials
from bot.config.load import load_settings
from bot.pipeline.load_features import feature_names, load_features
from bot.store.messages import outbox
from bot.store.text_lock import open_text_lock


async def show_keys(config: Path, environ: Mapping[str, str], *, recovery: bool) -> str:
    """Return the bot's identity, device and key backup as text; with `recovery` also the recovery key.

    The recovery key lets another client use the identity, and read the key backup.
    """
    settings = load_settings(config, environ)
    credentials = load_credentials(settings, environ)
    async with open_store(settings, load_features(feature_names()).values()) as store:
        identity = await read_identity(settings.account, credentials, store)
    return f"{identity}\nrecovery  {identity.recovery_key}" if recovery else str(identity)


async def replace_keys(config: Path, environ: Mapping[str, str], *, new_identity: bool) -> str:
    """Give the bot a new device. Return what was done, and what the administrator has to know."""
    settings = load_settings(config, environ)
    credentials = load_credentials(settings, environ)
    async with open_store(settings, load_features(feature_names()).values(), exclusive=True) as store:
        await open_text_lock(store, credentials.passphrase, is_locking=False)
        replacement = await replace_device(settings, credentials, store, new_identity=new_identity)
        async with store.read() as connection:
            unsent = await outbox.count_unsent(connection)
    lines = [f"{settings.account} has the new device {replacement.device_id}."]
    lines += [_describe_logout(replacement, device) for device in replacement.former_devices]
    if new_identity:
        lines.append(f"Its new identity is {format_key(replacement.identity)}. Everybody has to verify the bot anew.")
        lines.append(
            "It makes a new key backup on the homeserver; the one before opens with the old recovery key only."
        )
    else:
        lines.append("Its identity is the one it had: whoever has verified it sees the new device as verified.")
    if unsent:
        lines.append(f"{unsent} messages still wait to be sent; the bot sends them when it starts.")
    return "\n".join(lines)


def _describe_logout(replacement: DeviceReplacement, device: str) -> str:
    reason = replacement.logout_failure
    if reason is None:
        return f"Its device {device} is logged out."
    return f"Its device {device} is still logged in ({reason}); end that session in another client."
