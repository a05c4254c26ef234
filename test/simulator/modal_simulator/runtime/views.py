"""Makes the views of containers, in the way that this machine allows."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from modal_proto import api_pb2

from ..blobs import BlobStore
from ..world import World, new_id
from . import fs_tools
from .environment import PASS_THROUGH
from .python import container_python
from .rootfs import materialize
from .view.contents import HOME, Contents, contents_of
from .view.plan import TOOLS, Plan, copy_tree, make_plan, shared_places
from .view.view import BubblewrapView, NamespaceView, OwnView, SharedView, View, run_nothing

KINDS = ("namespaces", "user namespaces", "bubblewrap", "none")
TOOLS_NAME = "modal-sandbox-fs-tools"
MakeView = Callable[[Plan, Contents], OwnView]


class Views:
    """All containers' views.

    Parameters:
        work_dir: folder for what containers have of their own.
        wanted: one of ``KINDS``; empty = the first of these that works.
    """

    def __init__(self, world: World, blobs: BlobStore, work_dir: Path, wanted: str = "") -> None:
        self._world, self._blobs, self._work_dir = world, blobs, work_dir
        self._wanted = wanted
        self._tools = work_dir / "tools"
        self._make: MakeView | None = None
        self.kind = "none"
        self.problems: list[str] = []  # why those before ``kind`` do not work

    def choose(self) -> None:
        """Finds out what works here; takes some milliseconds."""
        _write_tools(self._tools)
        shutil.rmtree(self._work_dir / "containers", ignore_errors=True)  # of a run that was cut off
        if sys.platform != "linux":
            self.problems.append("this needs Linux")
            return
        for kind, make in self._kinds():
            if self._wanted not in ("", kind):
                continue
            problem = self._problem(make)
            if not problem:
                self.kind, self._make = kind, make
                return
            self.problems.append(f"{kind}: {problem}")

    def make(self, definition: api_pb2.Function | api_pb2.Sandbox, name: str) -> View:
        """Makes the view of a new container. Raises OSError or ValueError."""
        contents = contents_of(definition, self._world, self._blobs)
        python = container_python()
        if self._make is None:
            view: View = self._shared_view(contents, name)
        else:
            view = self._own_view(self._make, contents, name, python)
        view.python = python
        return view

    def snapshot(self, view: View, path: str = "/") -> Path:
        """Copies the files of a container, or of one of its folders, and returns where to. Raises OSError."""
        if not isinstance(view, OwnView):
            raise OSError(errno.EOPNOTSUPP, f"Containers have no file system of their own here: {self.why()}")
        folder = self._work_dir / "snapshots" / new_id("im")
        if path == "/":
            view.plan.own_files(folder)
        else:
            source = view.place(path)
            if not source.is_dir():
                raise OSError(errno.ENOENT, f"There is no folder {path}")
            folder.mkdir(parents=True)
            copy_tree(source, folder)
        return folder

    def mount(self, view: View, image_id: str, path: str) -> None:
        """Shows the files of an image, or an empty folder, in a running container. Raises OSError."""
        if not isinstance(view, OwnView):
            raise OSError(errno.EOPNOTSUPP, f"Containers have no file system of their own here: {self.why()}")
        contents = contents_of(api_pb2.Sandbox(image_id=image_id), self._world, self._blobs)
        view.mount(contents.snapshot or materialize(contents.uploads, self._work_dir / "roots"), path)

    def unmount(self, view: View, path: str) -> None:
        """Takes away what ``mount`` shows. Raises OSError."""
        if isinstance(view, OwnView):
            view.unmount(path)

    def why(self) -> str:
        """Returns why containers have no views of their own."""
        return "; ".join(self.problems) or "it was asked for"

    def _kinds(self) -> Iterator[tuple[str, MakeView]]:
        yield "namespaces", lambda plan, contents: NamespaceView(plan, contents, own_users=False)
        yield "user namespaces", lambda plan, contents: NamespaceView(plan, contents, own_users=True)
        program = shutil.which("bwrap")
        if program:
            yield "bubblewrap", lambda plan, contents: BubblewrapView(plan, contents, program)

    def _problem(self, make: MakeView) -> str:
        """Returns why that kind of view cannot be made here; empty if it can."""
        try:
            view = self._own_view(make, Contents(), "probe", sys.executable)
        except OSError as error:
            return str(error)
        try:
            run_nothing(view.entry("/"))
        except OSError as error:
            return error.strerror or str(error)
        finally:
            view.close()
        return ""

    def _own_view(self, make: MakeView, contents: Contents, name: str, python: str) -> OwnView:
        root = self._work_dir / "containers" / name
        handed = os.environ.get(PASS_THROUGH, "").split(",")
        shared = shared_places(os.environ, [each for each in handed if each], python)
        try:
            return make(make_plan(contents, root, self._tools, shared), contents)
        except BaseException:
            shutil.rmtree(root, ignore_errors=True)
            raise

    def _shared_view(self, contents: Contents, name: str) -> SharedView:
        root = materialize(contents.uploads, self._work_dir / "roots")
        mapped = {volume.path: str(volume.folder) for volume in contents.volumes}
        for volume in contents.volumes:
            volume.folder.mkdir(parents=True, exist_ok=True)
        mapped |= {HOME: str(root / "root"), TOOLS: str(self._tools)}
        workdir = "" if contents.workdir == HOME else mapped.get(contents.workdir, contents.workdir)
        return SharedView(root, mapped, self._work_dir / "arguments" / name, workdir)


def _write_tools(folder: Path) -> None:
    """Puts the programs into the folder that Modal has in each container."""
    folder.mkdir(mode=0o700, exist_ok=True)
    source = folder / "fs_tools.py"
    shutil.copyfile(fs_tools.__file__, source)
    program = folder / TOOLS_NAME
    words = " ".join(shlex.quote(word) for word in (sys.executable, "-I", "-S"))
    program.write_text(f'#!/bin/sh\nexec {words} "$(dirname "$0")/fs_tools.py" "$@"\n')
    program.chmod(0o700)
