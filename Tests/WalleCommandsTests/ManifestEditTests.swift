import Testing

@testable import WalleCommands

@Suite struct ManifestEditTests {
    @Test(arguments: [
        ("[task]\nname = \"a\"\n", "[task]\nname = \"a\"\n\n[python]\npath = [\"vendor\"]\n"),
        ("", "[python]\npath = [\"vendor\"]\n"),
        (
            "[python]  # imports\nimports = []\n\n[limits]\n",
            "[python]  # imports\npath = [\"vendor\"]\nimports = []\n\n[limits]\n"
        ),
        ("[python]\npath = []\n", "[python]\npath = [\"vendor\"]\n"),
        ("[python]\npath = [\"lib\"] # mine\n", "[python]\npath = [\"vendor\", \"lib\"] # mine\n"),
        ("[python]\npath = [\n  \"lib\",\n]\n", "[python]\npath = [\"vendor\", \n  \"lib\",\n]\n"),
        ("[limits]\npath = [1]\n[python]\n", "[limits]\npath = [1]\n[python]\npath = [\"vendor\"]\n"),
    ])
    func addsAFolder(before: String, after: String) {
        #expect(ManifestEdit.addingImportFolder("vendor", to: before) == after)
    }

    @Test func aFormItDoesNotKnow() {
        #expect(ManifestEdit.addingImportFolder("vendor", to: "[python]\npath =\n") == nil)
    }
}
