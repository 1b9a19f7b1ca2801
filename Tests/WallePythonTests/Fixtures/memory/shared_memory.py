# expect: raised PermissionError|raised ImportError|raised ModuleNotFoundError|stopped memory
# time: 20000
# child: true
# memory: 32
from multiprocessing import shared_memory


def run():
    return shared_memory.SharedMemory(create=True, size=1 << 30).size
