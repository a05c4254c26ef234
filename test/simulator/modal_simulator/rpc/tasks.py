"""Containers: list, details, stop."""

from __future__ import annotations

from modal_proto import api_pb2

from ..world import Task
from .base import RpcBase, not_found, unary


class TaskRpcs(RpcBase):
    """Containers as their owners see them."""

    @unary
    async def TaskList(self, request: api_pb2.TaskListRequest) -> api_pb2.TaskListResponse:
        environment = "" if request.app_id else self.environment(request.environment_name).name
        apps = self.world.apps
        tasks = [
            api_pb2.TaskStats(
                task_id=task.task_id,
                app_id=task.app_id,
                app_description=apps[task.app_id].description,
                started_at=task.started_at,
                enqueued_at=task.enqueued_at,
            )
            for task in self.world.active_tasks(request.app_id)
            if task.app_id in apps and (not environment or apps[task.app_id].environment == environment)
        ]
        return api_pb2.TaskListResponse(tasks=tasks)

    @unary
    async def TaskGetInfo(self, request: api_pb2.TaskGetInfoRequest) -> api_pb2.TaskGetInfoResponse:
        task = self._task_by_id(request.task_id)
        info = api_pb2.TaskInfo(
            id=task.task_id,
            enqueued_at=task.enqueued_at,
            started_at=task.started_at,
            finished_at=task.finished_at,
            result=task.result,
            gpu_type=task.gpu_type,
            sandbox_id=task.sandbox_id,
        )
        if task.gpu_count:
            info.gpu_config.CopyFrom(api_pb2.GPUConfig(gpu_type=task.gpu_type, count=task.gpu_count))
        return api_pb2.TaskGetInfoResponse(app_id=task.app_id, info=info)

    @unary
    async def ContainerStop(self, request: api_pb2.ContainerStopRequest) -> api_pb2.ContainerStopResponse:
        task = self._task_by_id(request.task_id)
        if not task.finished_at:
            await self.scheduler.stop_container(task.task_id, graceful=request.graceful)
        return api_pb2.ContainerStopResponse()

    def _task_by_id(self, task_id: str) -> Task:
        task = self.world.tasks.get(task_id)
        if task is None:
            raise not_found(f"Container '{task_id}' not found")
        return task
