# expect: value [0, 1, 4, 9]
# threads: 4
import concurrent.futures


def run():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda number: number * number, range(4)))
