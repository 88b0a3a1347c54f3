import ArgumentParser
import PacketCapture
import ReplayEngine
import StatsModel

extension Scenario {
    /// The scenario that options describe; `run`, `tolerate` and `minimize` share it.
    ///
    /// Throws `ValidationError` with the option's name and a reason for a wrong option, and ``CommandFailure`` if the file of a
    /// client cannot be used.
    init(
        network: NetworkOptions, rate: RateOptions, limits: LimitOptions, reading: ReadingOptions, port: [String], dialect: DialectOption,
        client: String? = nil, seed: UInt64? = nil
    ) throws {
        self.init()
        self.reading = reading.rules
        self.dialect = dialect.dialect ?? .auto
        if let seed { self.seed = seed }
        if let client { try RunCommand.choose(client, in: &self) }
        do {
            if !port.isEmpty { ports = try PortSet(parsing: port) }
            impairments = try network.impairments()
            try rate.apply(to: &self)
            try limits.apply(to: &self)
        } catch let error as OptionError {
            throw ValidationError("\(error)")
        } catch let error as UnitError {
            throw ValidationError("--port: \(error).")
        }
        do { try validate() } catch { throw ValidationError("\(error).") }
    }
}
