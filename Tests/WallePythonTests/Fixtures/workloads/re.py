import re


def run():
    text = "user-%d@example.com " * 2000
    return len(re.findall(r"(\w+)-%d@(\w+)\.com", text)) + len(re.sub(r"[aeiou]", lambda match: match[0] * 3, text))
