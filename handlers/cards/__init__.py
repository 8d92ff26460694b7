"""Domain objects → Block Kit. Pure: a card is a function, and its text escapes, splits and keeps limits."""

from typing import Any

Block = dict[str, Any]
Message = dict[str, Any]
"""`text` and `blocks`, as `chat.postMessage` and `chat.update` take them."""
