import ArgumentParser
import ReplayEngine

/// How to read text that different servers read differently.
struct DialectOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose rules hold for a gauge's sign and the type m: datadog (a level; refused), statsd (a change; counted), or auto, by what each sender sends. (default: auto)",
            valueName: "dialect"),
        transform: { text in
            guard let choice = DialectChoice(rawValue: text) else {
                throw ValidationError("'\(text)' is none of \(DialectChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return choice
        })
    var dialect: DialectChoice?
}
