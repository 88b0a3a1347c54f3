import Foundation

// Usage: StatsFuzz TARGET [libFuzzer's arguments]
//        StatsFuzz seed TARGET FOLDER [CAPTURE...]   writes the initial corpus
let arguments = CommandLine.arguments
if arguments.count >= 4, arguments[1] == "seed", let target = FuzzTarget(rawValue: arguments[2]) {
    try Seeds.write(target, into: arguments[3], captures: Array(arguments[4...]))
} else if arguments.count >= 2, let target = FuzzTarget(rawValue: arguments[1]) {
    exit(FuzzDriver.run(target, arguments: [arguments[0]] + arguments[2...]))
} else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    let usage = "usage: StatsFuzz TARGET [OPTION...] | seed TARGET FOLDER [CAPTURE...]; targets: \(names)\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
}
