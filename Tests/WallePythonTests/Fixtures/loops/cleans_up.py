# expect: stopped time
# time: 100
# output: cleaned up
import sys


def run():
    try:
        while True:
            pass
    finally:
        print("cleaned up")
