// SPDX-License-Identifier: Apache-2.0

/// What an operator is told once when it begins and once when it ends.
package struct Conditions: Sendable {
  private var isDiskLow = false
  private var hasClockJumped = false
  private var isRecovering = false
  private var isCertificateGood = true

  package init() {}

  /// - Parameter freeBytes: What is free beside the store; nil where nobody knows.
  /// - Parameter neededBytes: Below so many, nothing is taken.
  /// - Parameter isCertificateGood: Now and for another day. That it is again is told by its change.
  package mutating func see(
    freeBytes: Int64?, neededBytes: UInt64, isClockTrusted: Bool, isRecovering: Bool,
    isCertificateGood: Bool
  ) -> [RelayEvent] {
    var events: [RelayEvent] = []
    if let freeBytes {
      let mebibytes = Int(freeBytes >> 20)
      if (freeBytes < Int64(clamping: neededBytes)) != isDiskLow {
        isDiskLow.toggle()
        events.append(
          isDiskLow ? .lowDisk(freeMebibytes: mebibytes) : .diskFreed(freeMebibytes: mebibytes))
      }
    }
    if isClockTrusted == hasClockJumped {
      hasClockJumped.toggle()
      events.append(hasClockJumped ? .clockJump : .clockTrusted)
    }
    if isRecovering != self.isRecovering {
      self.isRecovering = isRecovering
      events.append(isRecovering ? .recoveryBegun : .recoveryEnded)
    }
    if self.isCertificateGood, !isCertificateGood { events.append(.certificateEnding) }
    self.isCertificateGood = isCertificateGood
    return events
  }
}
