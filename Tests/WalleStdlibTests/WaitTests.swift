import Foundation
import Testing
import Walle
import WallePython

/// Waits without end in C, beyond those of `WallePythonTests`: each ends when the run is stopped, and the VM goes on.
@Suite(.serialized) struct WaitTests {
    struct Wait: Sendable, CustomTestStringConvertible {
        var name: String
        /// Done before the run: starting a process, or importing, may take longer than the run.
        var before: String
        var wait: String
        var testDescription: String { name }

        init(_ name: String, after before: String = "", _ wait: String) {
            let lines = wait.split(separator: "\n", omittingEmptySubsequences: false)
            self.name = name
            self.before = (lines.filter { $0.hasPrefix("import ") } + [before[...]]).joined(separator: "\n")
            self.wait = lines.filter { !$0.hasPrefix("import ") }.map { "    \($0)\n" }.joined()
        }

        /// Leaves the function that waits where a later run finds it.
        var source: String { "\(before)\ndef run():\n\(wait)\nimport sys\nsys.walle_test = run" }
    }

    static let pair = "import socket\nleft, right = socket.socketpair()\n"
    static let server =
        "import socket\nserver = socket.socket(socket.AF_UNIX)\nserver.bind(folder + '/s')\nserver.listen(0)\n"
    static let locked = "import fcntl, os\nfirst, second = open(folder + '/l', 'w'), open(folder + '/l', 'w')\n"
    static let child = "import subprocess\nchild = subprocess.Popen(['/bin/sleep', '60'], stdin=-1, stdout=-1)\n"
    static let tls = pair + "import ssl\ncontext = ssl.create_default_context()\n"

    static let all: [Wait] = [
        Wait("accept", after: server, "server.accept()"),
        Wait("connect", after: server, "for _ in range(9):\n    socket.socket(socket.AF_UNIX).connect(folder + '/s')"),
        Wait(
            "connect_ex", after: server,
            "for _ in range(9):\n    socket.socket(socket.AF_UNIX).connect_ex(folder + '/s')"),
        Wait("recv with a timeout", after: pair, "left.settimeout(50)\nleft.recv(1)"),
        Wait("recv all", after: pair, "right.send(b'x')\nleft.recv(5, socket.MSG_WAITALL)\nleft.recv(1)"),
        Wait("recvfrom", after: pair, "left.recvfrom(1)"),
        Wait("recvfrom_into", after: pair, "left.recvfrom_into(bytearray(1))"),
        Wait("recv_into by name", after: pair, "left.recv_into(buffer=bytearray(1), nbytes=1)"),
        Wait("recvmsg", after: pair, "left.recvmsg(1)"),
        Wait("recvmsg_into", after: pair, "left.recvmsg_into([bytearray(1)])"),
        Wait("recv_fds", after: pair, "socket.recv_fds(left, 1, 1)"),
        Wait("send", after: pair, "while True: left.send(b'x' * 10**6)"),
        Wait("sendmsg", after: pair, "while True: left.sendmsg([b'x' * 10**6])"),
        Wait("sendto", after: pair, "left.settimeout(60)\nwhile True: left.send(b'x' * 10**6)"),
        Wait(
            "socket.sendfile", after: pair,
            "file = open(folder + '/f', 'wb+')\nfile.truncate(10**8)\nleft.sendfile(file)"),
        Wait("C type", "import _socket\nleft, right = _socket.socketpair()\nleft.recv(1)"),
        Wait("handshake", after: tls, "context.wrap_socket(left, server_hostname='x')"),
        Wait(
            "handshake with a timeout", after: tls,
            "left.settimeout(60)\ncontext.wrap_socket(left, server_hostname='x')"),
        Wait("os.read", "import os\nos.read(os.pipe()[0], 1)"),
        Wait("os.readv", "import os\nos.readv(os.pipe()[0], [bytearray(1)])"),
        Wait("os.write", "import os\nos.write(os.pipe()[1], b'x' * 10**6)"),
        Wait("os.writev", "import os\nos.writev(os.pipe()[1], [b'x' * 10**6])"),
        Wait("os.splice", "import os\nos.splice(os.pipe()[0], os.pipe()[1], 1)"),
        Wait("os.eventfd_read", "import os\nos.eventfd_read(os.eventfd(0))"),
        Wait("file read", "import os\nopen(os.pipe()[0], 'rb').read()"),
        Wait("file readline", "import os\nopen(os.pipe()[0]).readline()"),
        Wait("file read unbuffered", "import os\nopen(os.pipe()[0], 'rb', buffering=0).read(1)"),
        Wait("file write", "import os\nopen(os.pipe()[1], 'wb').write(b'x' * 10**6)"),
        Wait("text write", "import os\nopen(os.pipe()[1], 'w').write('x' * 10**6)"),
        Wait("flock", after: locked, "fcntl.flock(first, fcntl.LOCK_EX)\nfcntl.flock(second, fcntl.LOCK_EX)"),
        Wait("subprocess.wait", after: child, "child.wait()"),
        Wait("subprocess.communicate", after: child, "child.communicate()"),
        Wait("subprocess read", after: child, "child.stdout.read()"),
        Wait("subprocess write", after: child, "child.stdin.write(b'x' * 10**6)"),
        Wait("os.wait", after: child, "import os\nos.wait()"),
        Wait("os.wait3", after: child, "import os\nos.wait3(0)"),
        Wait("os.wait4", after: child, "import os\nos.wait4(child.pid, 0)"),
        Wait("os.waitid", after: child, "import os\nos.waitid(os.P_ALL, 0, os.WEXITED)"),
        Wait("signal.pause", "import signal\nsignal.pause()"),
        Wait("signal.sigwait", "import signal\nsignal.sigwait([signal.SIGUSR1])"),
        Wait("signal.sigwaitinfo", "import signal\nsignal.sigwaitinfo([signal.SIGUSR1])"),
        Wait("signal.sigtimedwait", "import signal\nsignal.sigtimedwait([signal.SIGUSR1], 60)"),
        Wait("SimpleQueue", "import queue\nqueue.SimpleQueue().get()"),
        Wait("select", "import select\nselect.select([], [], [], 60)"),
        Wait("poll", "import select\nselect.poll().poll()"),
        Wait("epoll", "import select\nselect.epoll().poll()"),
        Wait(
            "asyncio.subprocess",
            """
            import asyncio
            async def main():
                process = await asyncio.create_subprocess_exec("/bin/sleep", "60", stdin=-1, stdout=-1)
                await process.stdout.read()
            asyncio.run(main())
            """),
        Wait("asyncio.to_thread", "import asyncio, time\nasyncio.run(asyncio.to_thread(time.sleep, 60))"),
        Wait(
            "sqlite3 backup",
            """
            import sqlite3
            source = sqlite3.connect(folder + "/a")
            source.execute("create table t(x)")
            other = sqlite3.connect(folder + "/a", isolation_level=None)
            other.execute("begin exclusive")
            source.backup(sqlite3.connect(":memory:"))
            """),
        Wait(
            "sqlite3 query",
            """
            import sqlite3
            sqlite3.connect(":memory:").execute(
                "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c").fetchone()
            """),
    ]

    @Test(arguments: all) func ends(_ wait: Wait) async throws {
        _ = try Exercise.all()
        try await withTemporaryFolder { folder in
            let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 256 << 20))
            try await machine.perform { (interpreter) throws(PythonFailure) in
                interpreter.policy = Policy(writable: [folder], network: .all, threads: 4, processes: true)
                _ = try interpreter.execute("folder = \"\(folder)\"\n\(wait.source)")
            }
            let failure = await #expect(throws: PerformFailure.self) {
                try await machine.perform(limits: RunLimits(time: .milliseconds(300))) {
                    (interpreter) throws(PythonFailure) in
                    _ = try interpreter.execute("import sys\nsys.walle_test()")
                }
            }
            guard case .run(.stopped(.time, _, _)) = failure else {
                Issue.record("\(wait.name): \(failure.map(Exercise.text) ?? "")")
                return
            }
            await machine.finish()
        }
    }
}
