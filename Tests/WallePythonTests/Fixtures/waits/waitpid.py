# expect: raised ChildProcessError|stopped time
# time: 200
# threads: 8
import os


def run():
    return os.waitpid(-1, 0)
