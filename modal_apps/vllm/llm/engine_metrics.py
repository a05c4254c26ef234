"""The few of the engine's Prometheus metrics that `/status` shows."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

NAMES = {"vllm:num_requests_running": "running", "vllm:num_requests_waiting": "waiting"}


def queue_lengths(text: str) -> dict[str, int]:
    """Requests that the engine works on, and those that wait; 0 for what it does not say."""
    found = dict.fromkeys(NAMES.values(), 0)
    for family in text_string_to_metric_families(text):
        if family.name in NAMES:
            found[NAMES[family.name]] = int(sum(sample.value for sample in family.samples))
    return found
