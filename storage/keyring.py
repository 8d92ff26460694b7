"""Secrets at rest: the first key encrypts, and every key decrypts, so that keys can be changed."""

import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import SettingsError

log = logging.getLogger(__name__)

NO_KEY = (
    "INSTALLATION_KEYS: no key fits an installation. If another program of this Duel has a newer key, put "
    "that behind the first one here as well, and start this program anew; else put the key back that the "
    "installation was made with, behind the newest one."
)
MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


class Keyring:
    """Keys for what is written down encrypted."""

    def __init__(self, keys: str) -> None:
        """`keys` are Fernet keys with commas between, the newest first. Raises `SettingsError`."""
        try:
            every = [Fernet(key.strip()) for key in keys.split(",")]
        except ValueError:
            raise SettingsError(
                f"INSTALLATION_KEYS: each must be 32 bytes in URL-safe base64. Make one: {MAKE_ONE}"
            ) from None
        self._newest = every[0]
        self._keys = MultiFernet(every)

    def lock(self, secret: str) -> str:
        return self._newest.encrypt(secret.encode()).decode()

    def unlock(self, locked: str) -> str:
        """Raises `SettingsError` where no key fits."""
        try:
            return self._keys.decrypt(locked.encode()).decode()
        except InvalidToken:
            log.error(NO_KEY)
            raise SettingsError(NO_KEY) from None

    def renewed(self, locked: str) -> str | None:
        """The same under the newest key; `None` if that holds it already. Raises `SettingsError`."""
        try:
            self._newest.decrypt(locked.encode())
        except InvalidToken:
            return self.lock(self.unlock(locked))
        return None
