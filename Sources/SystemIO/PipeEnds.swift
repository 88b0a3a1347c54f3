import CLinuxNet

/// The two ends of a pipe, which never block, and which no program that this process starts inherits.
struct PipeEnds {
    let readEnd: Int32
    let writeEnd: Int32

    /// Creates the pipe. The caller must close both ends.
    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        // The call writes exactly the two numbers that the array holds.
        let number = unsafe clinuxnet_pipe(&ends)
        guard number == 0 else { throw SystemError(action: "make a pipe", subject: "", number: number) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
}
