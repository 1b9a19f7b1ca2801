import Testing
import WalleCommands

@Suite struct TableTests {
    @Test func columnsAreAligned() {
        var table = Table("task", ">runs", "note")
        table.add("next-item", "7", "")
        table.add("日本", "1,000", "draining 1.0.0")
        #expect(
            table.text == """
                task        runs  note
                next-item      7
                日本       1,000  draining 1.0.0
                """)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12345, "-12,345"),
    ])
    func grouped(number: Int, text: String) { #expect(ProgressBar.grouped(number) == text) }

    @Test(arguments: [
        (0, 10, "░░░░ 0 %"), (5, 10, "██░░ 50 %"), (10, 10, "████ 100 %"), (0, 0, "████ 100 %"), (12, 10, "████ 100 %"),
    ])
    func bar(done: Int, total: Int, text: String) { #expect(ProgressBar.bar(done, of: total, columns: 4) == text) }

    @Test func progressShowsOnATerminalOnly() {
        let (plain, terminal) = (Recorder(), Recorder())
        ProgressBar(on: plain.console()).update(done: 5, of: 10, failed: 0)
        #expect(plain.error == "")
        let console = terminal.console(isTerminal: true)
        let bar = ProgressBar(on: console)
        bar.update(done: 5, of: 10, failed: 1)
        #expect(terminal.error.hasPrefix("\r5 runs  ██████████░░░░░░░░░░ 50 %   1 failed"))
        console.print("result")
        #expect(terminal.output == "result\n")
        #expect(terminal.error.hasSuffix("1 failed"))
        bar.clear()
        #expect(terminal.error.hasSuffix("\r\u{1B}[K"))
    }
}
