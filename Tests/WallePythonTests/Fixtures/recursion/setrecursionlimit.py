# expect: raised ValueError
import sys


def run():
    sys.setrecursionlimit(1_000_000)
