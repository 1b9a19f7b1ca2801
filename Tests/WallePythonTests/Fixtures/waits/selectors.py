# expect: stopped time
# time: 200
# threads: 8
import os
import selectors


def run():
    reader, writer = os.pipe()
    selector = selectors.DefaultSelector()
    selector.register(reader, selectors.EVENT_READ)
    selector.select()
