"""Limits of cost, checked at deploy: what the GPU containers could cost an hour and a month."""

from __future__ import annotations

from typing import Protocol

from .gpu import prices, region_factor, usd_per_hour

HOURS_PER_MONTH = 730  # a year's hours over twelve
BUDGETS = "https://modal.com/docs/guide/budgets"


class Priced(Protocol):
    """The settings that decide what an app may cost."""

    @property
    def gpus(self) -> list[str]: ...
    @property
    def container_rates(self) -> list[float]: ...
    @property
    def region(self) -> str: ...
    @property
    def min_containers(self) -> int: ...
    @property
    def max_containers(self) -> int: ...
    @property
    def max_usd_per_hour(self) -> float: ...
    @property
    def max_usd_per_month(self) -> float: ...


def over_hour(settings: Priced) -> str | None:
    """The arithmetic when all containers at once cost more an hour than the limit, else None."""
    rate = usd_per_hour(settings.gpus, settings.region)
    total = rate * settings.max_containers
    if total <= settings.max_usd_per_hour:
        return None
    return (
        f"APP_MAX_USD_PER_HOUR={settings.max_usd_per_hour:g}: {settings.max_containers} containers x "
        f"${rate:.2f} = ${total:.2f} an hour ({_basis(settings)}). "
        "Lower APP_MAX_CONTAINERS, choose another APP_GPU, or raise the limit"
    )


def over_month(settings: Priced) -> str | None:
    """The arithmetic when the containers that always run alone cost more a month than the limit, else None."""
    limit, rate = settings.max_usd_per_month, sum(settings.container_rates)
    total = rate * settings.min_containers * HOURS_PER_MONTH
    if not limit or total <= limit:
        return None
    return (
        f"APP_MAX_USD_PER_MONTH={limit:g}: {settings.min_containers} warm containers x ${rate:.2f} x "
        f"{HOURS_PER_MONTH} h = ${total:.2f} a month ({_basis(settings)}). "
        "Lower APP_MIN_CONTAINERS, choose another APP_GPU, or raise the limit"
    )


def spending_notes(settings: Priced) -> list[str]:
    """
    What the GPU containers can cost an hour and a month, for a person who deploys; empty without a GPU.

    CPU and memory come on top. An app cannot read the workspace's bill, so a monthly limit is only compared here;
    Modal's own budgets stop what runs.
    """
    rate = sum(settings.container_rates)
    if not rate:
        return []
    hour = rate * settings.max_containers
    month = hour * HOURS_PER_MONTH
    idle = rate * settings.min_containers * HOURS_PER_MONTH
    line = (
        f"GPU cost at most ${hour:.2f} an hour and ${month:,.0f} a month, if {settings.max_containers} "
        f"x ${rate:.2f} never stop; ${idle:,.0f} a month without a request."
    )
    limit = settings.max_usd_per_month
    if not limit or month <= limit:
        return [line]
    hours = limit / rate
    return [
        line,
        f"APP_MAX_USD_PER_MONTH={limit:g} buys {hours:.1f} hours of one container. The app cannot stop itself "
        f"there: set a workspace or environment budget of ${limit:g} ({BUDGETS}).",
    ]


def _basis(settings: Priced) -> str:
    """What the prices rest on."""
    factor = region_factor(settings.region)
    return f"prices of {prices().as_of}" + (f", times {factor:g} for a region" if factor != 1 else "")
