"""Child processes: a task waits for its own, and for no other's."""

import errno
import sys
import time

import _walle
from walle._descriptors import put

#: Processes that this interpreter started and has not waited for.
_children = set()
_SLICE = 0.005


def _none():
    return ChildProcessError(errno.ECHILD, "No child processes")


def _candidates(pid):
    """The children that a `pid` of waitpid(2) means."""
    if pid > 0:
        if pid not in _children:
            raise _none()
        return [pid]
    if not _children:
        raise _none()
    return list(_children)


def _wait(ask, pid, options, is_done):
    """Ask for one child after the other, without waiting, until one has ended."""
    import posix

    pause = 0.0005
    while True:
        for child in _candidates(pid):
            try:
                result = ask(child, options | posix.WNOHANG)
            except ChildProcessError:
                _children.discard(child)
                raise
            if is_done(result):
                return child, result
        if options & posix.WNOHANG:
            return 0, result
        time.sleep(pause)
        pause = min(_SLICE, pause * 2)


def _ended(posix, child, status):
    if posix.WIFEXITED(status) or posix.WIFSIGNALED(status):
        _children.discard(child)


def replace_posix(module):
    """Replace the functions that wait for, or signal, processes."""
    ask_pid, ask_usage, ask_id, send = module.waitpid, module.wait4, module.waitid, module.kill

    def waitpid(pid, options, /):
        child, (found, status) = _wait(ask_pid, pid, options, lambda result: result[0])
        if child:
            _ended(module, child, status)
        return found, status

    def wait():
        return waitpid(-1, 0)

    def wait4(pid, options):
        child, result = _wait(ask_usage, pid, options, lambda result: result[0])
        if child:
            _ended(module, child, result[1])
        return result

    def wait3(options):
        return wait4(-1, options)

    def waitid(idtype, id, options, /):
        if idtype not in (module.P_PID, module.P_ALL):
            raise PermissionError("os.waitid: refused. A task may wait for P_PID and P_ALL.")

        def ask(child, options):
            return ask_id(module.P_PID, child, options)

        child, result = _wait(ask, id if idtype == module.P_PID else -1, options, lambda result: result is not None)
        if child and not options & module.WNOWAIT and options & module.WEXITED:
            _children.discard(child)
        return result

    def kill(pid, signal, /):
        if pid in _children:
            code = _walle.kill((pid, signal))
            if code:
                raise OSError(code, "Cannot signal the process")
        else:
            send(pid, signal)

    for function in (waitpid, wait, wait3, wait4, waitid, kill):
        put(module, function.__name__, function)


def replace_posixsubprocess(module):
    """Ask for the permission, give the child the environment of the VM, and remember it."""
    original = module.fork_exec

    def fork_exec(args, executables, close_fds, pass_fds, cwd, env, *rest):
        sys.audit("subprocess.Popen", executables, args, cwd, env)
        if env is None:
            import os

            env = [key + b"=" + value for key, value in os.environb.items()]
        child = original(args, executables, close_fds, pass_fds, cwd, env, *rest)
        _children.add(child)
        return child

    put(module, "fork_exec", fork_exec)


def replace_subprocess(module):
    """posix_spawn is refused: only fork_exec tells whose child it is."""
    module._USE_POSIX_SPAWN = False


def end():
    """Leave no process behind: nobody else would wait for it."""
    import posix

    for child in list(_children):
        _walle.kill((child, 9))
    deadline = time.monotonic() + 0.2
    while _children and time.monotonic() < deadline:
        for child in list(_children):
            try:
                posix.waitpid(child, posix.WNOHANG)
            except ChildProcessError:
                pass
        time.sleep(0.001)
