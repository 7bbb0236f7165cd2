"""Replaces itself by another program, which the kernel ends when the parent dies, even by SIGKILL.

No server is left behind. bot.demo.child_process runs this file as a script:
`exec_tied_to_parent.py PARENT SIGNAL UID:GID PROGRAM ARGUMENT ...`. UID:GID is `-` to keep the current user. The script
imports nothing of `bot`, so it starts quickly. The process id stays the same.
"""

import ctypes
import os
import sys

#: prctl(2): the signal this process gets when its parent dies. Linux only; elsewhere a killed parent leaves its child.
PR_SET_PDEATHSIG = 1


def change_user(user: int, group: int) -> None:
    """Give up being root, for a program that refuses to be."""
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def request_signal_at_parent_death(parent: int, last_signal: int) -> None:
    """Get `last_signal` when the parent dies. Must come after `become`: the kernel forgets it when the user changes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


def main(parent: str, last_signal: str, owner: str, *program: str) -> None:
    """Change the user, tie ourselves to the parent, and be the program from here on."""
    if owner != "-":
        user, group = owner.split(":")
        change_user(int(user), int(group))
    request_signal_at_parent_death(int(parent), int(last_signal))
    os.execv(program[0], program)


if __name__ == "__main__":
    main(*sys.argv[1:])
