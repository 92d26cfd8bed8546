// SPDX-License-Identifier: Apache-2.0

import RelayLog
import Testing

@testable import Relay

/// What a relay logs: names of a closed list, counts, durations and classes.
@Suite struct EventTests {
  @Test func `a record is a name with counts, durations and classes, and nothing else`() {
    let events: [RelayEvent] =
      [
        .started, .draining, .drained(followers: 120, milliseconds: 83), .drainOverdue,
        .certificateChanged, .certificateRefused, .certificateEnding, .lowDisk(freeMebibytes: 3),
        .diskFreed(freeMebibytes: 900), .clockJump, .clockTrusted, .recoveryBegun, .recoveryEnded,
        .internalError,
      ] + StoreFault.allCases.map { .storeFailed($0) }
    for event in events {
      #expect(
        event.text.wholeMatch(of: /[a-z-]+( [a-z_]+=([0-9]+|io|corrupt))*/) != nil, "\(event.text)")
    }
    #expect(Set(events.map(\.text)).count == events.count)
    #expect(
      RelayEvent.drained(followers: 120, milliseconds: 83).text
        == "drained followers=120 milliseconds=83")
    #expect(RelayEvent.storeFailed(.io).text == "store-failed class=io")
  }

  @Test func `a condition is told once when it begins and once when it ends`() {
    var conditions = Conditions()
    func see(
      _ free: Int64?, _ isTrusted: Bool = true, _ isRecovering: Bool = false,
      certificate: Bool = true
    ) -> [RelayEvent] {
      conditions.see(
        freeBytes: free.map { $0 << 20 }, neededBytes: 256 << 20, isClockTrusted: isTrusted,
        isRecovering: isRecovering, isCertificateGood: certificate)
    }
    #expect(see(256) == [])
    #expect(see(255) == [.lowDisk(freeMebibytes: 255)])
    #expect(see(100) == [] && see(nil) == [])
    #expect(see(256) == [.diskFreed(freeMebibytes: 256)])
    #expect(see(300, false) == [.clockJump] && see(300, false) == [])
    #expect(see(300, true, true) == [.clockTrusted, .recoveryBegun])
    #expect(see(0) == [.lowDisk(freeMebibytes: 0), .recoveryEnded])
    #expect(see(0, certificate: false) == [.certificateEnding] && see(0, certificate: false) == [])
    #expect(see(0) == [] && see(0, certificate: false) == [.certificateEnding])
  }
}
