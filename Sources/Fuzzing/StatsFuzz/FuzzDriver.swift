import CFuzzDriver
import Foundation

/// Hands the process to libFuzzer.
enum FuzzDriver {
    /// Runs libFuzzer's loop over one target; its exit code.
    ///
    /// libFuzzer calls back a plain C function, which can carry nothing: so there is one for each target.
    static func run(_ target: FuzzTarget, arguments: [String]) -> Int32 {
        // libFuzzer keeps the arguments until the process ends, so nothing frees them.
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var count = Int32(arguments.count)
        return unsafe strings.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            switch target {
            case .capture: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.capture, $0, $1) }
            case .frame: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.frame, $0, $1) }
            case .text: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.text, $0, $1) }
            case .packet: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.packet, $0, $1) }
            case .parity: return unsafe LLVMFuzzerRunDriver(&count, &base) { unsafe FuzzDriver.check(.parity, $0, $1) }
            }
        }
    }

    /// - Parameter size: how many bytes libFuzzer guarantees at `data`
    private static func check(_ target: FuzzTarget, _ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
        // In bounds: libFuzzer's buffer holds exactly `size` bytes; the copy ends where the input does, so that the
        // address sanitizer sees a read behind it.
        target.check(unsafe [UInt8](UnsafeBufferPointer(start: data, count: size)))
        return 0
    }
}
