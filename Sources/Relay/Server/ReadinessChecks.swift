// SPDX-License-Identifier: Apache-2.0

package import RelayLog
import RelayProtocol

/// What must hold for a relay to be given work: names alone, no values.
package struct ReadinessChecks: Sendable {
  package enum Check: String, CaseIterable, Sendable {
    /// A read goes through.
    case store
    /// There is room for what clients send.
    case disk
    /// The clock says a time that can be, and has not jumped.
    case clock
    /// The certificate is good now and for another day.
    case certificate
    /// The relay is not going down.
    case serving
  }

  private let store: any RelayStore
  private let drain: Drain
  private let certificate: ServerCertificate?
  private let clock: @Sendable () -> Int64
  private let freeBytes: @Sendable () -> Int64?
  private let threads = FileThreads(count: 1)

  /// - Parameter freeBytes: What is free beside the store; nil where nobody knows. It may wait for the disk.
  package init(
    _ server: RelayServer, store: any RelayStore, clock: @escaping @Sendable () -> Int64,
    freeBytes: @escaping @Sendable () -> Int64?
  ) {
    self.store = store
    self.clock = clock
    self.freeBytes = freeBytes
    drain = server.drain
    certificate = server.settings.certificate
  }

  /// Whether a restored relay still takes nothing but what members put back: no fault, and needed by them.
  package var isRecovering: Bool { store.isRecovering }

  package func run() async -> [(check: Check, holds: Bool)] {
    let free = await threads.run { [freeBytes] in freeBytes() }
    var found: [(Check, Bool)] = []
    for check in Check.allCases {
      switch check {
      case .store: found.append((check, await isReadable))
      case .disk:
        // Where writes stop, and not before.
        let needed = Int64(clamping: store.policy.freeBytes)
        found.append((check, free.map { $0 >= needed } ?? true))
      case .clock: found.append((check, Self.isPlausible(clock()) && store.isClockTrusted))
      case .certificate:
        found.append((check, certificate?.isGood(at: clock(), for: 86_400) ?? true))
      case .serving: found.append((check, !drain.isDraining))
      }
    }
    return found
  }

  /// From 2025 to 2100, in seconds since 1970.
  package static func isPlausible(_ time: Int64) -> Bool {
    (1_735_689_600..<4_102_444_800).contains(time)
  }

  /// A channel that cannot be is looked for: the store says so, or that it cannot be read.
  private var isReadable: Bool {
    get async {
      do {
        _ = try await store.read(
          ChannelID(checked: [UInt8](repeating: 0, count: ChannelID.length)),
          token: TokenHash(checked: [UInt8](repeating: 0, count: TokenHash.length)),
          after: Position(0), maximumBytes: 1)
        return true
      } catch {
        return error == .refused(.noSuchChannel)
      }
    }
  }
}
