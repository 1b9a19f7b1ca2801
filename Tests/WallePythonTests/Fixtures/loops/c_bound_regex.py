# expect: unresponsive time|stopped time
# time: 200
# child: true
import re


def run():
    return re.match(r"(a*)*b", "a" * 40)
