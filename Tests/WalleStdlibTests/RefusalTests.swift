import Foundation
import Testing
import Walle
import WallePython

/// Acts on the process and on what is the host's.
@Suite(.serialized) struct RefusalTests {
    /// What `body` prints is a problem.
    private func problems(_ source: String, policy: Policy = Policy(), name: String = "") async throws -> String {
        _ = try Exercise.all()
        let machine = try await VirtualMachine.start(MachineConfiguration())
        defer { machine.close() }
        do {
            return try await machine.perform(limits: RunLimits(time: .seconds(20))) {
                (interpreter) throws(PythonFailure) in
                interpreter.policy = policy
                let namespace = try interpreter.execute("problems = []\n\(source)\nproblems = '; '.join(problems)")
                return try interpreter.text(try interpreter.item("problems", of: namespace.pointer))
            }
        } catch {
            return Exercise.text(error)
        }
    }

    /// Calls every function of `refuses`. One that is CPython's own is not called: it might end the process.
    @Test func processWideFunctionsAreRefused() async throws {
        let modules = try Exercise.all().filter { !$0.module.refuses.isEmpty }
        #expect(modules.reduce(0) { $0 + $1.module.refuses.count } > 40)
        for exercise in modules {
            for name in [exercise.name] + exercise.module.parts {
                let found = try await problems(
                    """
                    import importlib, sys
                    module = importlib.import_module("\(name)")
                    for name in \(exercise.module.refuses):
                        function = getattr(module, name, None)
                        if function is None:
                            continue
                        if name != "breakpoint" and not hasattr(function, "__code__"):
                            problems.append(f"{name} is CPython's own")
                            continue
                        try:
                            function()
                        except PermissionError as error:
                            if "refused" not in str(error):
                                problems.append(f"{name}: {error}")
                        else:
                            problems.append(f"{name} is not refused")
                    """)
                #expect(found == "", "\(name)")
            }
        }
    }

    /// The host's pipe is neither read, written, closed nor taken over.
    @Test func descriptorsOfTheHostAreRefused() async throws {
        var pipe: [Int32] = [0, 0]
        #expect(Glibc.pipe(&pipe) == 0)
        defer {
            for descriptor in pipe { close(descriptor) }
        }
        var letter: UInt8 = 7
        #expect(write(pipe[1], &letter, 1) == 1)
        let listed = Set(try Exercise.all().filter { $0.name == "os" }.flatMap(\.module.descriptors))
        let found = try await problems(
            """
            import fcntl, io, mmap, os, posix, select, socket, _socket
            tried = set()
            arguments = {
                "close": (), "closerange": None, "copy_file_range": ("fd", 1), "dup": (), "dup2": (100,), "lseek": (0, 0),
                "posix_fallocate": (0, 1), "pread": (1, 0), "preadv": ([bytearray(1)], 0), "pwrite": (b"x", 0),
                "pwritev": ([b"x"], 0), "read": (1,), "readv": ([bytearray(1)],), "sendfile": ("fd", 0, 1),
                "set_blocking": (True,), "set_inheritable": (False,), "splice": ("fd", 1), "write": (b"x",),
                "writev": ([b"x"],),
            }
            def check(name, act):
                try:
                    act()
                except PermissionError as error:
                    if "did not open" not in str(error):
                        problems.append(f"{name}: {error}")
                except BaseException as error:
                    problems.append(f"{name}: {error!r}")
                else:
                    problems.append(f"{name} is not refused")
            for fd in (\(pipe[0]), \(pipe[1]), 0, 1, 2):
                for module in (os, posix):
                    for name, rest in arguments.items():
                        if rest is None or not hasattr(module, name):
                            continue
                        tried.add(name)
                        rest = [fd if argument == "fd" else argument for argument in rest]
                        check(f"{name}({fd})", lambda: getattr(module, name)(fd, *rest))
                for name, act in {
                    "_socket.close": lambda: _socket.close(fd), "epoll": lambda: select.epoll.fromfd(fd),
                    "fcntl": lambda: fcntl.fcntl(fd, fcntl.F_GETFL), "fdopen": lambda: os.fdopen(fd),
                    "FileIO": lambda: io.FileIO(fd), "ftruncate": lambda: os.ftruncate(fd, 0),
                    "fchmod": lambda: os.fchmod(fd, 0), "listdir": lambda: os.listdir(fd),
                    "mmap": lambda: mmap.mmap(fd, 1), "open": lambda: open(fd, closefd=False),
                    "socket": lambda: socket.socket(socket.AF_UNIX, fileno=fd), "socket.dup": lambda: socket.dup(fd),
                    "socket.fromfd": lambda: socket.fromfd(fd, socket.AF_UNIX, socket.SOCK_STREAM),
                    "socket.close": lambda: socket.close(fd), "dup2 onto": lambda: os.dup2(os.pipe()[0], fd),
                    "scandir": lambda: os.scandir(fd), "utime": lambda: os.utime(fd), "chmod": lambda: os.chmod(fd, 0),
                }.items():
                    check(f"{name}({fd})", act)
            check("closerange", lambda: os.closerange(0, 1000))
            os.closerange(3, 100_000)
            missing = set(\(listed.sorted())) - tried - {"closerange"}
            if missing:
                problems.append(f"not tried: {missing}")
            """, policy: Policy(writable: ["/"]))
        #expect(found == "")
        var back: UInt8 = 0
        #expect(read(pipe[0], &back, 1) == 1 && back == 7, "it is open, and holds what the host wrote")
    }

    /// What the task opened itself it may use, however it came to it.
    @Test func descriptorsOfTheTaskWork() async throws {
        try await withTemporaryFolder { folder in
            let found = try await problems(
                """
                import fcntl, os, select, shutil, socket, tempfile
                path = "\(folder)/file"
                with open(path, "w") as file:
                    os.write(file.fileno(), b"walle")
                    os.close(os.dup(file.fileno()))
                    fcntl.fcntl(file, fcntl.F_GETFL)
                left, right = socket.socketpair()
                os.write(left.fileno(), b"x")
                assert right.recv(5) == b"x"
                number = left.detach()
                with os.fdopen(number, "wb", buffering=0) as raw:
                    raw.write(b"y")
                assert right.recv(5) == b"y" and right.recv(1) == b""
                reader, writer = os.pipe()
                with open(reader, "r") as text, open(writer, "w") as out:
                    print("line", file=out, flush=True)
                    assert text.readline() == "line\\n"
                    try:
                        open(reader, "q")
                    except ValueError:
                        pass
                # A number that was closed behind its back is not the task's any more.
                descriptor = os.open(path, os.O_RDONLY)
                with os.fdopen(descriptor) as file:
                    assert file.read() == "walle"
                try:
                    os.close(descriptor)
                except OSError as error:
                    pass
                folder = tempfile.mkdtemp(dir="\(folder)")
                os.makedirs(folder + "/a/b")
                open(folder + "/a/b/c", "w").close()
                above = os.open(folder, os.O_RDONLY)
                os.mkdir("d", dir_fd=above)
                try:
                    os.rename("d", "../../../e", src_dir_fd=above, dst_dir_fd=above)
                    problems.append("renamed out of the folder")
                except PermissionError:
                    pass
                assert [names for _, _, names, _ in os.fwalk(folder)][-1] in (["c"], [])
                os.close(above)
                shutil.rmtree(folder)
                assert os.umask(0o777) == os.umask(0o22) != 0o777
                class Holder:
                    opener, reading = open, os.read
                Holder().opener(path).close()
                """, policy: Policy(writable: [folder]))
            #expect(found == "")
        }
    }

    /// Children are the task's own: it waits for them, ends them, and sees no others.
    @Test func childrenBelongToTheTask() async throws {
        let found = try await problems(
            """
            import os, subprocess
            os.environ["WALLE_TEST"] = "mine"
            assert subprocess.run(["/bin/sh", "-c", "echo $WALLE_TEST"], stdout=-1, text=True).stdout == "mine\\n"
            child = subprocess.Popen(["/bin/sleep", "100"], close_fds=False)
            assert os.waitpid(child.pid, os.WNOHANG) == (0, 0) and child.poll() is None
            child.kill()
            assert child.wait() == -9
            for wait in (os.wait, lambda: os.waitpid(-1, 0), lambda: os.waitid(os.P_ALL, 0, os.WEXITED), lambda: os.wait3(0)):
                try:
                    wait()
                    problems.append("waited for a stranger")
                except ChildProcessError:
                    pass
            try:
                os.kill(os.getpid(), 0)
                problems.append("signalled the host")
            except PermissionError:
                pass
            try:
                subprocess.run(["/bin/sleep", "100"], timeout=0.05)
            except subprocess.TimeoutExpired:
                pass
            left = subprocess.Popen(["/bin/sleep", "100"])
            """, policy: Policy(processes: true))
        #expect(found == "")
    }

    @Test(arguments: [
        ("import numpy", "import numpy: NumPy cannot load in an isolated interpreter. Use"),
        ("import pydantic_core", "import pydantic_core: pydantic cannot load in an isolated interpreter. Its part"),
        ("import curses", "import curses: Its C part does not load"),
        ("import multiprocessing.pool", "import multiprocessing: A process cannot be forked"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("breakpoint()", "builtins.breakpoint: refused. Use walle run --debug."),
        ("input()", "builtins.input: refused. A task has no terminal."),
        ("import os; os._exit(0)", "os._exit: refused. It acts on the whole process, which other tasks share."),
        ("import os; os.abort()", "os.abort: refused."),
        ("import os; os.fork()", "os.fork: refused."),
        ("import os; os.close(1)", "os.close(1): refused. The task did not open this descriptor."),
        ("import signal; signal.alarm(1)", "signal.alarm: refused."),
        ("import signal; signal.raise_signal(9)", "signal.raise_signal: refused."),
        ("import locale; locale.setlocale(0, 'de_DE')", "locale.setlocale('de_DE"),
    ]) func messages(_ source: String, _ message: String) async throws {
        let found = try await problems(
            "try:\n    exec(\"\(source)\")\nexcept Exception as error:\n    problems.append(str(error))")
        #expect(found.hasPrefix(message), "\(found)")
    }
}
