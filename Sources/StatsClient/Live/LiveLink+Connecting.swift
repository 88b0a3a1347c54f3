import StatsModel
import SystemIO

// Making and renewing the socket. A host name may have to be resolved first, which a thread of its own does.
extension LiveLink {
    /// Takes over a socket that is ready. If there is no socket, it begins to make one when it is time.
    mutating func connect(at now: Instant, _ accounting: inout LiveAccounting) {
        if let outcome = connecting?.take() {
            connecting = nil
            adopt(outcome, &accounting)
        }
        guard socket == nil, connecting == nil, now >= nextConnect, !isGivenUp else { return }
        begin(at: now, &accounting)
    }

    private mutating func begin(at now: Instant, _ accounting: inout LiveAccounting) {
        nextConnect = now + pause
        pause = pause.doubled(atMost: Self.longestPause)
        do throws(SystemError) {
            if connector.mayBlock(destination) {
                connecting = try LiveConnecting.start(connector, to: destination, waking: spot)
            } else {
                adopt(.open(try connector.open(destination)), &accounting)
            }
        } catch {
            adopt(.failed(error), &accounting)
        }
    }

    private mutating func adopt(_ outcome: consuming LiveConnecting.Outcome, _ accounting: inout LiveAccounting) {
        switch consume outcome {
        case .open(let new):
            if let sendBufferByteCount { new.setSendBuffer(byteCount: sendBufferByteCount) }
            isWatching = !isDatagramless && new.watchReturned()
            socket = consume new
            accounting.progress.connects += 1
        case .failed(let error):
            lastFailure = SendFailure(number: error.number)
        }
    }

    /// Resolves the name again after a failure, but not before the pause is over. Until then, and while the resolver works, the
    /// present socket stays in use.
    mutating func renewSocket(at now: Instant) {
        guard now >= nextConnect, connecting == nil, !isGivenUp else { return }
        if connector.mayBlock(destination) {
            nextConnect = now + pause
            pause = pause.doubled(atMost: Self.longestPause)
            // If no thread can be created, the socket stays as it is until the next time.
            connecting = try? LiveConnecting.start(connector, to: destination, waking: spot)
        } else {
            socket = nil
        }
    }
}
