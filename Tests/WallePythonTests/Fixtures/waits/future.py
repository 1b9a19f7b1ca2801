# expect: stopped time
# time: 200
# threads: 8
# child: true
import concurrent.futures
import threading


def run():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(threading.Event().wait).result()
