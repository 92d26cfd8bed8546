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
    /// The certificate is good for another day.
    case certificate
    /// The relay is not going down.
    case serving
  }

  private let store: any RelayStore
  private let drain: Drain
  private let clock: @Sendable () -> Int64
  private let sample: @Sendable () -> RelayMetrics.Sample

  package init(
    _ server: RelayServer, store: any RelayStore, clock: @escaping @Sendable () -> Int64,
    sample: @escaping @Sendable () -> RelayMetrics.Sample
  ) {
    self.store = store
    self.clock = clock
    self.sample = sample
    drain = server.drain
  }

  /// Whether a restored relay still takes nothing but what members put back: no fault, and needed by them.
  package var isRecovering: Bool { store.isRecovering }

  package func run() async -> [(check: Check, holds: Bool)] {
    let sample = sample()
    var found: [(Check, Bool)] = []
    for check in Check.allCases {
      switch check {
      case .store: found.append((check, await isReadable))
      case .disk:
        // Where writes stop, and not before.
        let needed = Int64(clamping: store.policy.freeBytes)
        found.append((check, sample.freeBytes.map { $0 >= needed } ?? true))
      case .clock: found.append((check, Self.isPlausible(clock()) && store.isClockTrusted))
      case .certificate: found.append((check, sample.certificateDays.map { $0 >= 1 } ?? true))
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
