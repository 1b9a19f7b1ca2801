# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError
# child: true
def run():
    import subprocess

    subprocess.run(["true"])
