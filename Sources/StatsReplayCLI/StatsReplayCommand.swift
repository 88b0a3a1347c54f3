import ArgumentParser

/// The program: the parent of all commands.
@main
struct StatsReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statsreplay",
        abstract: "Records real stats traffic and replays it through a complete client over a failing network.",
        discussion: """
            Examples:
              statsreplay capture eth0 --duration 30s --output prod.pcapng
              statsreplay inspect prod.pcapng
              statsreplay run prod.pcapng --loss 3%
            """,
        version: "0.1.0",
        subcommands: [
            CaptureCommand.self, InspectCommand.self, RunCommand.self, ProfilesCommand.self, TolerateCommand.self,
            MinimizeCommand.self, SelfTestCommand.self, LoadCommand.self, BenchCommand.self,
        ])

    static func main() {
        StandardOutput.reserve()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { printError("statsreplay: \(failure.message)") }
            Self.exit(withError: ExitCode(failure.status.rawValue))
        } catch {
            Self.exit(withError: error)
        }
    }
}
