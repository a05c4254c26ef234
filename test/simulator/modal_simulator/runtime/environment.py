"""The environment variables of a container process."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterable, Iterator

from modal_proto import api_pb2

from ..world import Task, World
from .view.view import View

KEPT_FROM_HOST = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
PASS_THROUGH = "MODAL_SIMULATOR_CONTAINER_ENV"

# Tells the control plane which container calls: its client sends no token.
TASK_HEADER = "x-simulator-task-id"


def container_environment(
    task: Task, function: api_pb2.Function, world: World, view: View, server_url: str
) -> dict[str, str]:
    """Returns the host's, the image's, the secrets', those asked for and Modal's own; later ones win."""
    env = {**_from_host(KEPT_FROM_HOST), **view.environment()}
    env["PATH"] = os.pathsep.join([os.path.dirname(view.python), env.get("PATH", os.defpath)])
    env.update(_image_variables(function.image_id, world))
    for secret_id in function.secret_ids:
        secret = world.secrets[secret_id]
        secret.last_used_at = time.time()
        env.update(secret.values)
    env.update(_from_host(os.environ.get(PASS_THROUGH, "").split(",")))
    env = {name: view.localize(value) for name, value in env.items()}
    app = world.apps[task.app_id]
    env.update(
        MODAL_IS_REMOTE="1",
        MODAL_SERVER_URL=server_url,
        MODAL_TASK_ID=task.task_id,
        MODAL_ENVIRONMENT=app.environment,
        MODAL_IMAGE_ID=function.image_id,
        MODAL_CLOUD_PROVIDER="LOCAL",
        MODAL_REGION="local",
        MODAL_OVERRIDE_HEADERS=f"{TASK_HEADER}:{task.task_id}",
        PYTHONPATH=view.home,
        PYTHONUNBUFFERED="1",
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONIOENCODING="utf-8",
    )
    return env


def _from_host(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _image_variables(image_id: str, world: World) -> dict[str, str]:
    """Returns what ``ENV`` commands of the image and of its bases set."""
    image = world.images.get(image_id)
    if image is None:
        return {}
    env: dict[str, str] = {}
    for base in image.definition.base_images:
        env.update(_image_variables(base.image_id, world))
    env.update(_env_commands(image.definition.dockerfile_commands))
    return env


def _env_commands(commands: Iterable[str]) -> Iterator[tuple[str, str]]:
    for command in commands:
        if not command.upper().startswith("ENV "):
            continue
        for word in shlex.split(command[4:]):
            name, found, value = word.partition("=")
            if found:
                yield name, value
