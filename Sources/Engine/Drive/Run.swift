// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// What one call to the engine gathers while it goes from person to person.
struct Run {
  var events: [EngineEvent] = []
  var obstacles: [(name: LocalName, error: EngineError)] = []
  /// Relays that did not answer in this run: nobody else waits for them again.
  private(set) var unreachable: Set<RelayAddress> = []
  /// The intakes on which something is awaited, as far as they were read.
  var intakes: [(relay: RelayAddress, subscription: Subscription)] = []

  /// Notes why nothing more can be done for a person in this run, once: an invitation and the
  /// relationship that it founded may stand before the same obstacle.
  mutating func note(_ error: EngineError, for name: LocalName, at relay: RelayAddress?) {
    if !obstacles.contains(where: { $0.name == name && $0.error.code == error.code }) {
      obstacles.append((name, EngineError(error.code, about: name.text)))
    }
    if error.code == .relayUnreachable, let relay { unreachable.insert(relay) }
  }

  func requireReachable(_ relay: RelayAddress) throws {
    if unreachable.contains(relay) { throw EngineError(.relayUnreachable) }
  }

  /// Notes how far an intake was read, so that a watch is woken by what comes next.
  mutating func follow(_ log: IntakeLog, _ secrets: IntakeSecrets, _ invitation: InvitationRecord) {
    guard let relay = try? RelayAddress(stored: invitation.relay) else { return }
    let subscription = Subscription(
      channel: secrets.channel, token: secrets.access, after: log.head)
    intakes.append((relay, subscription))
  }
}
