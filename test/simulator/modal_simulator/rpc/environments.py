"""Environments and their budgets."""

from __future__ import annotations

import re

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import Environment, new_id
from .base import DEFAULT_BUILDER_VERSION, check_name, invalid, not_found, unary
from .billing import BillingRpcs
from .lifecycle import AppLifecycleRpcs

SPEND_LIMIT_DOLLARS = 30.0
WEB_SUFFIX_PATTERN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


class EnvironmentRpcs(AppLifecycleRpcs, BillingRpcs):
    """Environments."""

    @unary
    async def EnvironmentList(self, _: Empty) -> api_pb2.EnvironmentListResponse:
        items = [self._environment_item(each) for each in self.world.environments.values()]
        return api_pb2.EnvironmentListResponse(items=items)

    @unary
    async def EnvironmentGetOrCreate(
        self, request: api_pb2.EnvironmentGetOrCreateRequest
    ) -> api_pb2.EnvironmentGetOrCreateResponse:
        name = request.deployment_name
        create = request.object_creation_type == api_pb2.OBJECT_CREATION_TYPE_CREATE_IF_MISSING
        if name and create and name not in self.world.environments:
            self._create_environment(name)
        environment = self.environment(name)
        settings = api_pb2.EnvironmentSettings(
            image_builder_version=DEFAULT_BUILDER_VERSION,
            webhook_suffix=environment.web_suffix,
            max_concurrent_gpus=environment.max_gpus,
            max_concurrent_tasks=environment.max_tasks,
        )
        return api_pb2.EnvironmentGetOrCreateResponse(
            environment_id=environment.environment_id,
            metadata=api_pb2.EnvironmentMetadata(name=environment.name, settings=settings),
        )

    @unary
    async def EnvironmentCreate(self, request: api_pb2.EnvironmentCreateRequest) -> Empty:
        if request.name in self.world.environments:
            raise GRPCError(Status.ALREADY_EXISTS, f"Environment '{request.name}' already exists")
        self._create_environment(request.name)
        return Empty()

    @unary
    async def EnvironmentUpdate(
        self, request: api_pb2.EnvironmentUpdateRequest
    ) -> api_pb2.EnvironmentListItem:
        environment = self.environment(request.current_name)
        if request.HasField("web_suffix"):
            self._check_web_suffix(request.web_suffix.value, environment)
            environment.web_suffix = request.web_suffix.value
        if request.HasField("max_concurrent_tasks"):
            environment.max_tasks = request.max_concurrent_tasks
        if request.HasField("max_concurrent_gpus"):
            environment.max_gpus = request.max_concurrent_gpus
        if request.HasField("name") and request.name.value != environment.name:
            self._rename_environment(environment, request.name.value)
        return self._environment_item(environment)

    @unary
    async def EnvironmentDelete(self, request: api_pb2.EnvironmentDeleteRequest) -> Empty:
        environment = self.world.environments.get(request.name)
        if environment is None:
            raise not_found(f"Environment '{request.name}' not found")
        if environment.default:
            raise GRPCError(Status.FAILED_PRECONDITION, "The default environment cannot be deleted")
        for app in [each for each in self.world.apps.values() if each.environment == environment.name]:
            await self.end_app(app, self.world.user, "environment deleted")
            del self.world.apps[app.app_id]
        for objects in self.world.owned():
            for object_id in [key for key, each in objects.items() if each.environment == environment.name]:
                del objects[object_id]
        del self.world.environments[environment.name]
        return Empty()

    @unary
    async def EnvironmentGetBudget(
        self, request: api_pb2.EnvironmentGetBudgetRequest
    ) -> api_pb2.EnvironmentGetBudgetResponse:
        item = self._environment_item(self.environment_by_id(request.environment_id))
        budget = item.cycle_budget_dollars if item.HasField("cycle_budget_dollars") else None
        return api_pb2.EnvironmentGetBudgetResponse(
            cycle_budget_dollars=budget,
            effective_cycle_spend_limit=item.effective_cycle_spend_limit,
            current_cycle_usage=item.current_cycle_usage,
            spend_limit_reached=item.spend_limit_reached,
        )

    @unary
    async def EnvironmentSetBudget(self, request: api_pb2.EnvironmentSetBudgetRequest) -> Empty:
        environment = self.environment_by_id(request.environment_id)
        if request.clear_budget:
            environment.budget_dollars = None
        elif request.HasField("cycle_budget_dollars"):
            if request.cycle_budget_dollars <= 0:
                raise invalid("The budget must be positive")
            environment.budget_dollars = request.cycle_budget_dollars
        return Empty()

    @unary
    async def EnvironmentGetRoles(
        self, request: api_pb2.EnvironmentGetRolesRequest
    ) -> api_pb2.EnvironmentGetRolesResponse:
        environment = self.environment_by_id(request.environment_id)
        return api_pb2.EnvironmentGetRolesResponse(name=environment.name, created_at=environment.created_at)

    @unary
    async def WorkspaceSetDefaultEnvironment(
        self, request: api_pb2.WorkspaceSetDefaultEnvironmentRequest
    ) -> Empty:
        chosen = self.environment(request.environment_name)
        for environment in self.world.environments.values():
            environment.default = environment is chosen
        return Empty()

    def _create_environment(self, name: str) -> None:
        check_name("environment", name)
        if name.startswith("en-"):
            raise invalid(f"Invalid environment name: '{name}'. Names may not start with 'en-'.")
        self.world.environments[name] = Environment(new_id("en"), name, web_suffix=name.lower())

    def _rename_environment(self, environment: Environment, name: str) -> None:
        check_name("environment", name)
        if name in self.world.environments:
            raise GRPCError(Status.ALREADY_EXISTS, f"Environment '{name}' already exists")
        old = environment.name
        for objects in (self.world.apps, *self.world.owned()):
            for each in objects.values():
                if each.environment == old:
                    each.environment = name
        environments = {**self.world.environments}
        self.world.environments.clear()
        for key, each in environments.items():
            self.world.environments[name if key == old else key] = each
        environment.name = name

    def _check_web_suffix(self, suffix: str, environment: Environment) -> None:
        if suffix and not WEB_SUFFIX_PATTERN.fullmatch(suffix):
            raise invalid(f"Invalid web suffix: '{suffix}'")
        for other in self.world.environments.values():
            if other is not environment and other.web_suffix == suffix:
                raise GRPCError(Status.ALREADY_EXISTS, f"Web suffix '{suffix}' is used by '{other.name}'")

    def _environment_item(self, environment: Environment) -> api_pb2.EnvironmentListItem:
        apps = self.world.apps
        tasks = [
            task
            for task in self.world.active_tasks()
            if task.app_id in apps and apps[task.app_id].environment == environment.name
        ]
        limit = environment.budget_dollars or SPEND_LIMIT_DOLLARS
        usage = limit if self.faults.budget_exhausted else min(self.spent(environment.name), limit)
        return api_pb2.EnvironmentListItem(
            name=environment.name,
            webhook_suffix=environment.web_suffix,
            created_at=environment.created_at,
            default=environment.default,
            environment_id=environment.environment_id,
            max_concurrent_tasks=environment.max_tasks,
            max_concurrent_gpus=environment.max_gpus,
            current_concurrent_tasks=len(tasks),
            current_concurrent_gpus=sum(task.gpu_count for task in tasks),
            cycle_budget_dollars=environment.budget_dollars,
            effective_cycle_spend_limit=limit,
            current_cycle_usage=usage,
            spend_limit_reached=usage >= limit,
            environment_type=api_pb2.ENVIRONMENT_TYPE_PUBLIC,
            image_builder_version=DEFAULT_BUILDER_VERSION,
        )
