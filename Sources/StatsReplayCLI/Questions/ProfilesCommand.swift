import ArgumentParser
import NetworkEmulator
import ReplayEngine

/// `profiles`: lists the named networks and failing receivers.
struct ProfilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "Lists the networks and failing receivers that have a name.",
        discussion: """
            Each stands for the options shown, which a run prints in its place; options beside it add or replace.

            Examples:
              statsreplay profiles
              statsreplay run my.pcapng --profile wifi
              statsreplay run my.pcapng --profile flapping-link --loss 1%
            """)

    func run() throws { try StandardOutput.print(Self.text()) }

    static func text() -> String {
        NetworkProfile.all.map { profile in
            """
            \(profile.name): \(profile.summary)
              \(profile.impairments.arguments.joined(separator: " "))
              source: \(profile.source)
            """
        }.joined(separator: "\n\n")
    }
}
