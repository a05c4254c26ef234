"""Published rates (USD, seen unchanged from August to October 2026) and what a container costs by them."""

from __future__ import annotations

import time
from decimal import Decimal

from modal_proto import api_pb2

from .world import Task, World

RATES: dict[str, str] = {
    "gpu_hour_cost_t4": "0.59",
    "gpu_hour_cost_l4": "0.80",
    "gpu_hour_cost_a10g": "1.10",
    "gpu_hour_cost_l40s": "1.95",
    "gpu_hour_cost_a100_40gb": "2.10",
    "gpu_hour_cost_a100_80gb": "2.50",
    "gpu_hour_cost_rtx6000": "3.03",
    "gpu_hour_cost_h100": "3.95",
    "gpu_hour_cost_h200": "4.54",
    "gpu_hour_cost_b200": "6.25",
    "gpu_hour_cost_b300": "7.10",
    "cpu_hour_cost": "0.0473",
    "mem_gib_hour_cost": "0.008",
    "cpu_hour_cost_sandbox": "0.1419",
    "mem_gib_hour_cost_sandbox": "0.024",
    "volume_storage_gib_month_cost": "0.09",
}
_RATE_BY_GPU = {
    "T4": "t4",
    "L4": "l4",
    "A10": "a10g",
    "A10G": "a10g",
    "L40S": "l40s",
    "A100": "a100_40gb",
    "A100-40GB": "a100_40gb",
    "A100-80GB": "a100_80gb",
    "RTX-PRO-6000": "rtx6000",
    "H100": "h100",
    "H100!": "h100",
    "H200": "h200",
    "B200": "b200",
    "B200+": "b200",
    "B300": "b300",
}
DEFAULT_CORES = Decimal("0.125")
DEFAULT_GIB = Decimal("0.125")


def hourly_costs(task: Task, resources: api_pb2.Resources | None) -> dict[str, Decimal]:
    """Returns USD per hour by resource ('H100', 'CPU', 'Memory') of a container.

    Cores and memory of sandboxes have rates of their own.
    """
    kind = "_sandbox" if task.sandbox_id else ""
    cores, gib = cores_and_gib(resources)
    costs = {
        "CPU": cores * Decimal(RATES[f"cpu_hour_cost{kind}"]),
        "Memory": gib * Decimal(RATES[f"mem_gib_hour_cost{kind}"]),
    }
    gpu = _RATE_BY_GPU.get(task.gpu_type)
    if gpu and task.gpu_count:
        costs[task.gpu_type.rstrip("!+")] = task.gpu_count * Decimal(RATES[f"gpu_hour_cost_{gpu}"])
    return costs


def cores_and_gib(resources: api_pb2.Resources | None) -> tuple[Decimal, Decimal]:
    """Returns the cores and the memory that are paid for."""
    cores = Decimal(resources.milli_cpu) / 1000 if resources and resources.milli_cpu else DEFAULT_CORES
    gib = Decimal(resources.memory_mb) / 1024 if resources and resources.memory_mb else DEFAULT_GIB
    return cores, gib


def cost_between(world: World, task: Task, start: float, end: float) -> dict[str, Decimal]:
    """Returns the container's cost in USD by resource within [start, end)."""
    alive_from = max(start, task.enqueued_at)
    alive_to = min(end, task.finished_at or time.time())
    if alive_to <= alive_from:
        return {}
    hours = Decimal(str(alive_to - alive_from)) / 3600
    return {name: rate * hours for name, rate in hourly_costs(task, _resources(world, task)).items()}


def _resources(world: World, task: Task) -> api_pb2.Resources | None:
    if task.sandbox_id:
        return world.sandboxes[task.sandbox_id].definition.resources
    record = world.functions.get(task.function_id)
    return record.definition.resources if record and record.definition else None


def formatted_rates() -> str:
    """Returns the rates as a text table."""
    width = max(len(name) for name in RATES)
    return "\n".join(f"{name:<{width}}  ${value}" for name, value in RATES.items())
