# expect: raised RecursionError
import sys


def deeper(level):
    return sorted([level], key=lambda _: deeper(level + 1))


def run():
    sys.setrecursionlimit(20_000)
    return deeper(0)
