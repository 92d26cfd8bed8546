// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// Everything that lies on an intake channel, sorted by what it is.
///
/// An intake takes eight envelopes and never turns, so it is read whole each time: there is no cursor that
/// could hide a second answer.
struct IntakeLog: Sendable {
  let offers: [[UInt8]]
  let answers: [SealedAnswer]
  let welcomes: [IntakeWelcome]
  let ids: Set<EnvelopeID>
  /// How many envelopes are nothing that belongs here.
  let strays: Int
  /// The last envelope it holds.
  let head: Position

  init(_ entries: [LogEntry], _ secrets: IntakeSecrets, head: Position) {
    var offers: [[UInt8]] = []
    var answers: [SealedAnswer] = []
    var welcomes: [IntakeWelcome] = []
    var strays = 0
    for entry in entries {
      guard entry.named.isEmpty,
        let content = secrets.layer.open(entry.envelope, id: entry.id, named: entry.named),
        let message = try? IntakeMessage(wireBytes: content)
      else {
        strays += 1
        continue
      }
      switch message {
      case .offer(let bytes): offers.append(bytes)
      case .answer(let answer):
        // A relay that shows one envelope twice does not thereby burn an invitation.
        if !answers.contains(answer) { answers.append(answer) }
      case .welcome(let welcome): welcomes.append(welcome)
      }
    }
    self.offers = offers
    self.answers = answers
    self.welcomes = welcomes
    self.strays = strays
    self.head = head
    ids = Set(entries.map(\.id))
  }
}
