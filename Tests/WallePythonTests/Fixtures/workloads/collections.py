import collections
import functools
import heapq
import itertools


@functools.lru_cache(None)
def ways(total, largest):
    if total == 0:
        return 1
    return sum(ways(total - part, part) for part in range(1, min(total, largest) + 1))


def run():
    counts = collections.Counter(itertools.chain.from_iterable(itertools.combinations(range(14), 4)))
    heap = []
    for number in range(5000):
        heapq.heappush(heap, (number * 7919 % 1000, str(number)))
    return ways(40, 40) + len(counts) + len(heapq.nsmallest(10, heap))
