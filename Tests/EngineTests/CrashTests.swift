// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import RelayLog
import Synchronization
import Testing

/// A process may end before and after every write and every post. What was promised holds all the same.
@Suite struct CrashTests {
  /// Ends the process at its n-th point, once.
  private final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let hit = Mutex(false)
    init(_ point: Int) { left = Mutex(point) }
    var reached: Bool { hit.withLock { $0 } }
    func point(_ name: String) throws {
      let now = left.withLock { left -> Bool in
        left -= 1
        return left == 0
      }
      guard now else { return }
      hit.withLock { $0 = true }
      throw Someone.Crash()
    }
  }

  private func arm(_ practice: Practice, at point: Int) -> Countdown {
    let countdown = Countdown(point)
    for person in [practice.ines, practice.mara] {
      person.atEachPoint { try countdown.point($0) }
    }
    return countdown
  }

  private func disarm(_ practice: Practice) {
    practice.ines.neverCrash()
    practice.mara.neverCrash()
  }

  @Test func `founding survives an end at every point`() async throws {
    var point = 1
    while true {
      let practice = try Practice(seed: 7)
      let countdown = arm(practice, at: point)
      do {
        try await practice.invite()
        for _ in 0..<3 {
          _ = try await practice.ines.alcove.sync()
          _ = try await practice.mara.alcove.sync()
        }
      } catch {}
      disarm(practice)
      // Afterwards people do again what they were doing.
      if try !practice.mara.alcove.people().contains(where: { $0.name == practice.inesName }) {
        try await practice.invite()
      }
      try await practice.settle()
      try practice.expectAgreement()
      #expect(try practice.mara.alcove.person(practice.inesName).state == .connected, "\(point)")
      #expect(try practice.ines.alcove.person(practice.maraName).epoch ?? 0 >= 2, "\(point)")
      guard countdown.reached else { break }
      point += 1
    }
    #expect(point > 30)
  }

  @Test func `each message is delivered once whatever point a process ends at`() async throws {
    var point = 1
    while true {
      let practice = try await Practice.connected(seed: 8)
      let countdown = arm(practice, at: point)
      await say("from ines", practice.ines, practice.maraName)
      await say("from mara", practice.mara, practice.inesName)
      _ = try? await practice.ines.alcove.rotateKeys(with: practice.maraName)
      await say("after the turn", practice.mara, practice.inesName)
      _ = try? await practice.mara.alcove.withdrawConsent(
        with: practice.inesName, .scopes([.questionnaires]))
      _ = try? await practice.ines.alcove.sync()
      disarm(practice)
      try await practice.settle()
      for (person, name) in [
        (practice.ines, practice.maraName), (practice.mara, practice.inesName),
      ] {
        let texts = try person.texts(name)
        #expect(Set(texts).count == texts.count, "twice at \(point): \(texts)")
        #expect(try person.alcove.outbox().messages.isEmpty, "left at \(point)")
      }
      #expect(
        try practice.ines.texts(practice.maraName) == practice.mara.texts(practice.inesName),
        "at \(point)")
      try practice.expectAgreement()
      for (person, name) in [
        (practice.ines, practice.maraName), (practice.mara, practice.inesName),
      ] {
        #expect(try person.alcove.audit(name).audit.findings == [], "at \(point)")
      }
      guard countdown.reached else { break }
      // Every seventh point in one run; the simulation ends processes at all of them.
      point += 7
    }
    #expect(point > 40)
  }

  /// Says something, and says it again only if the device does not hold it.
  private func say(_ text: String, _ person: Someone, _ name: LocalName) async {
    _ = try? await person.alcove.send(text, to: name)
    guard (try? person.texts(name).contains(text)) == false else { return }
    _ = try? await person.alcove.send(text, to: name)
  }
}
