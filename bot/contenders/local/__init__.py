"""Two small language models that answer on this machine, with no key and no account."""

from bot.contenders.local.catalogue import LOCAL_MODELS, LocalModel
from bot.contenders.local.progress import Progress, progress_on_stderr
from bot.contenders.local.serving import serve_local_models
from bot.contenders.local.weights import fetch_weights

__all__ = [
    "LOCAL_MODELS",
    "LocalModel",
    "Progress",
    "fetch_weights",
    "progress_on_stderr",
    "serve_local_models",
]
