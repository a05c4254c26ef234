"""Proxies: static addresses for outgoing connections. They are kept and listed; no connection goes through one."""

from __future__ import annotations

import time

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import Proxy, new_id
from .base import RpcBase, check_name, not_found, unary

# Addresses for documentation (RFC 5737), which lead nowhere.
ADDRESS_PREFIX = "203.0.113."


class ProxyRpcs(RpcBase):
    """Proxies."""

    @unary
    async def ProxyCreate(self, request: api_pb2.ProxyCreateRequest) -> api_pb2.ProxyCreateResponse:
        environment = self.environment(request.environment_name).name
        check_name("Proxy", request.name)
        if self._find_proxy(request.name, environment) is not None:
            raise GRPCError(Status.ALREADY_EXISTS, f"Proxy '{request.name}' already exists")
        proxy = Proxy(new_id("pr"), request.name, environment, request.region or "us-east")
        self.world.proxies[proxy.proxy_id] = proxy
        self._add_address(proxy)
        return api_pb2.ProxyCreateResponse(proxy=_shown(proxy))

    @unary
    async def ProxyGet(self, request: api_pb2.ProxyGetRequest) -> api_pb2.ProxyGetResponse:
        environment = self.environment(request.environment_name).name
        proxy = self._find_proxy(request.name, environment)
        if proxy is None:
            raise not_found(f"Proxy '{request.name}' not found")
        return api_pb2.ProxyGetResponse(proxy=_shown(proxy))

    @unary
    async def ProxyGetOrCreate(
        self, request: api_pb2.ProxyGetOrCreateRequest
    ) -> api_pb2.ProxyGetOrCreateResponse:
        environment = self.environment(request.environment_name).name
        proxy = self._find_proxy(request.deployment_name, environment)
        if proxy is None:
            raise not_found(f"Proxy '{request.deployment_name}' not found")
        return api_pb2.ProxyGetOrCreateResponse(proxy_id=proxy.proxy_id)

    @unary
    async def ProxyList(self, _: Empty) -> api_pb2.ProxyListResponse:
        return api_pb2.ProxyListResponse(proxies=[_shown(each) for each in self.world.proxies.values()])

    @unary
    async def ProxyAddIp(self, request: api_pb2.ProxyAddIpRequest) -> api_pb2.ProxyAddIpResponse:
        proxy = self._proxy(request.proxy_id)
        self._add_address(proxy)
        return api_pb2.ProxyAddIpResponse(proxy_ip=_shown(proxy).proxy_ips[-1])

    @unary
    async def ProxyRemoveIp(self, request: api_pb2.ProxyRemoveIpRequest) -> Empty:
        for proxy in self.world.proxies.values():
            if proxy.addresses.pop(request.proxy_ip, None) is not None:
                return Empty()
        raise not_found(f"Proxy IP '{request.proxy_ip}' not found")

    @unary
    async def ProxyDelete(self, request: api_pb2.ProxyDeleteRequest) -> Empty:
        del self.world.proxies[self._proxy(request.proxy_id).proxy_id]
        return Empty()

    def _add_address(self, proxy: Proxy) -> None:
        used = {address for each in self.world.proxies.values() for address in each.addresses}
        free = (f"{ADDRESS_PREFIX}{number}" for number in range(1, 255))
        address = next((each for each in free if each not in used), None)
        if address is None:
            raise GRPCError(Status.RESOURCE_EXHAUSTED, "No proxy IP is left")
        proxy.addresses[address] = time.time()

    def _find_proxy(self, name: str, environment: str) -> Proxy | None:
        for each in self.world.proxies.values():
            if (each.name, each.environment) == (name, environment):
                return each
        return None

    def _proxy(self, proxy_id: str) -> Proxy:
        proxy = self.world.proxies.get(proxy_id)
        if proxy is None:
            raise not_found(f"Proxy {proxy_id} not found")
        return proxy


def _shown(proxy: Proxy) -> api_pb2.Proxy:
    addresses = [
        api_pb2.ProxyIp(
            proxy_ip=address,
            status=api_pb2.PROXY_IP_STATUS_ONLINE,
            created_at=created_at,
            environment_name=proxy.environment,
        )
        for address, created_at in proxy.addresses.items()
    ]
    return api_pb2.Proxy(
        name=proxy.name,
        created_at=proxy.created_at,
        environment_name=proxy.environment,
        proxy_ips=addresses,
        proxy_id=proxy.proxy_id,
        region=proxy.region,
    )
