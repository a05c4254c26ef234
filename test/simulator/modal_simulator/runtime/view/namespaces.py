"""A view made by the kernel alone: a mount namespace, in a user namespace where that needs no privileges.

All of this runs between fork and exec, so it is nothing but system calls with arguments made before.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence

from .plan import Plan

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV = 0x1000, 0x4000, 0x40000, 0x2, 0x4
MNT_DETACH = 2
MOUNT_SETATTR = 442  # number of the system call, the same on every kind of machine
AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = -100, 0x8000, 0x1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
Step = Callable[[], None]


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


_READ_ONLY = _MountAttributes(MOUNT_ATTR_RDONLY, 0, 0, 0)


def making(plan: Plan, own_users: bool) -> Step:
    """Returns what makes the view in the process that calls it. It raises OSError.

    Parameters:
        own_users: whether in a user namespace, which needs no privileges; users stay what they are.
    """
    root = os.fsencode(plan.root)
    binds = [(os.fsencode(each.source), root + os.fsencode(each.path), each.read_only) for each in plan.binds]
    user, group = os.getuid(), os.getgid()

    def make() -> None:
        _call("unshare", CLONE_NEWNS | (CLONE_NEWUSER if own_users else 0))
        if own_users:
            _write("/proc/self/setgroups", b"deny")
            _write("/proc/self/uid_map", b"%d %d 1" % (user, user))
            _write("/proc/self/gid_map", b"%d %d 1" % (group, group))
        _call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
        _call("mount", root, root, None, MS_BIND | MS_REC, None)
        for source, target, read_only in binds:
            _bind(source, target, read_only)
        _call("mount", b"tmpfs", root + b"/dev/shm", b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=1777")
        os.chdir(root)
        _call("pivot_root", b".", b".")
        _call("umount2", b".", MNT_DETACH)

    return make


def joining(namespaces: Sequence[int]) -> Step:
    """Returns what brings the process that calls it into the namespaces of those descriptors. It raises OSError."""

    def join() -> None:
        for descriptor in namespaces:
            _call("setns", descriptor, 0)

    return join


def binding(source: bytes, target: bytes, read_only: bool) -> Step:
    """Returns what binds a folder that is seen in the view to a path of the view."""
    return lambda: _bind(source, target, read_only)


def unbinding(target: bytes) -> Step:
    """Returns what takes away what is bound to a path of the view."""
    return lambda: _call("umount2", target, MNT_DETACH)


def _bind(source: bytes, target: bytes, read_only: bool) -> None:
    _call("mount", source, target, None, MS_BIND | MS_REC, None)
    if read_only:
        size = ctypes.sizeof(_READ_ONLY)
        _call("syscall", MOUNT_SETATTR, AT_FDCWD, target, AT_RECURSIVE, ctypes.byref(_READ_ONLY), size)


def _call(name: str, *arguments: object) -> None:
    result = getattr(_libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{arguments}: {os.strerror(number)}")


def _write(path: str, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text)
    finally:
        os.close(descriptor)
