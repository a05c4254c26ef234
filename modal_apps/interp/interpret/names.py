"""Names of models: on the Hub, and those that Neuronpedia's clients send."""

from __future__ import annotations

HUB_IDS = {
    "gpt2-small": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
    "gemma-2-2b": "google/gemma-2-2b",
    "gemma-2-2b-it": "google/gemma-2-2b-it",
    "gemma-2-9b": "google/gemma-2-9b",
    "gemma-2-9b-it": "google/gemma-2-9b-it",
    "llama3.1-8b": "meta-llama/Llama-3.1-8B",
    "llama3.1-8b-it": "meta-llama/Llama-3.1-8B-Instruct",
}


def hub_id(name: str) -> str:
    """The id on the Hub of a model that goes by a short name; other names and paths stay as they are."""
    return HUB_IDS.get(name, name)


def names_of(model: str, label: str) -> set[str]:
    """
    All names under which a request may ask for the loaded model.

    Parameters:
        label: of the deployment, when it serves several models; else ''.
    """
    full = hub_id(model)
    short = {name for name, known in HUB_IDS.items() if known == full}
    return {model, full, full.rsplit("/", 1)[-1], *short} | ({label} if label else set())
