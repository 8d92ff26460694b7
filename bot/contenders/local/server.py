"""The child process that serves the local models: loads them, prints their addresses, ends with its stdin."""

import json
import os
import select
import sys

import xllamacpp

if sys.platform == "linux":
    import fcntl

CONTEXT = 4096  # tokens a request may fill, prompt and answer together
SLOTS = 2  # answers at once from one model; further ones queue


def main(models: list[str]) -> None:
    """Serve each "id=path to its GGUF"; print {id: base URL} as one line of JSON."""
    addresses_to = os.dup(1)
    os.dup2(2, 1)  # whatever llama.cpp prints belongs in the log
    _end_with_stdin()
    servers = {}
    for model in models:
        name, _, path = model.partition("=")
        servers[name] = _serve(name, path)
    addresses = {name: f"{server.listening_address}/v1" for name, server in servers.items()}
    os.write(addresses_to, json.dumps(addresses).encode() + b"\n")
    sys.stdin.read()
    os._exit(0)  # an answer that is still being written keeps nobody waiting


def _end_with_stdin() -> None:
    """Let the kernel end this process when its stdin is closed, also while a model loads and holds the GIL.

    Only Linux does this by default for SIGIO; elsewhere the end is noticed once the models are loaded.
    """
    if sys.platform == "linux":
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([0], [], [], 0)[0]:  # closed before we asked to be told
            os._exit(1)


def _serve(name: str, path: str) -> xllamacpp.Server:
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.port = 0
    params.n_parallel = SLOTS
    params.n_ctx = CONTEXT * SLOTS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads()
    # A prompt that was asked before must take as long as a new one, or the time to the first token lies.
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.fit_params = False  # measures the memory by loading twice
    params.endpoint_slots = False  # would show everybody's prompts
    params.cors_origins = "none"  # no page in a browser is meant to ask
    params.ui = False
    params.verbosity = 1  # errors
    try:
        return xllamacpp.Server(params)
    except RuntimeError:  # says nothing that llama.cpp has not logged
        sys.exit(f"{name} cannot be loaded from {path}")


def _threads() -> int:
    """Half of the processors, so that the two models can answer at once and neither slows the other."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(8, processors // 2))


if __name__ == "__main__":
    main(sys.argv[1:])
