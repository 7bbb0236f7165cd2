"""Replaces itself by another program, which the kernel ends when the parent dies, even by SIGKILL.

So no server keeps running after the demo or the tests. bot.demo.child_process runs this file as a script:
`exec_tied_to_parent.py PARENT SIGNAL UID:GID PROGRAM ARGUMENT ...`. UID:GID is `-` to keep the current user. The script
imports nothing of `bot`, so it starts quickly. The process id stays the same.
"""

import ctypes
import os
import sys

#: prctl(2): sets the signal that this process gets when its parent dies. Linux only; elsewhere the child lives on.
PR_SET_PDEATHSIG = 1


def change_user(user: int, group: int) -> None:
    """Change from root to another user, for a program that refuses to run as root."""
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def request_signal_at_parent_death(parent: int, last_signal: int) -> None:
    """Let the kernel send a signal to this process when the parent dies.

    To be called after `change_user`: the kernel forgets the request when the user changes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before prctl was called
        sys.exit(1)


def main(parent: str, last_signal: str, owner: str, *program: str) -> None:
    """Change the user, ask for a signal at the parent's death, and replace this process by the program."""
    if owner != "-":
        user, group = owner.split(":")
        change_user(int(user), int(group))
    request_signal_at_parent_death(int(parent), int(last_signal))
    os.execv(program[0], program)


if __name__ == "__main__":
    main(*sys.argv[1:])
