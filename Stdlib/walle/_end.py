"""The end of a VM: what the task left is run and let go of while a limit of time holds."""

import gc
import sys

import _walle


def end():
    """Let go of what the task holds: exit functions, threads, modules. Each step is done though one before failed."""
    for step in (_run_exit_functions, _join_threads, _clear_modules, gc.collect):
        try:
            step()
        except Exception as error:
            print(f"at the end of the task: {type(error).__name__}: {error}", file=sys.stderr)


def _run_exit_functions():
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        atexit._run_exitfuncs()
    processes = sys.modules.get("walle._processes")
    if processes is not None:
        processes.end()


def _join_threads():
    threading = sys.modules.get("threading")
    if threading is None:
        return
    mine = (threading.current_thread(), threading.main_thread())
    for thread in list(threading._active.values()):
        if thread not in mine:
            thread.join(0.1)


def _clear_modules():
    """Run the finalisers of what the task's modules hold."""
    ours = (_walle.standard_library, _walle.folder)
    for module in list(sys.modules.values()):
        if type(module).__name__ == "Deferred":
            continue  # to ask it for its file would load it
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not file.startswith(ours):
            module.__dict__.clear()
