// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// What a device can put back when a relay comes back from a backup: the newest envelopes that it knows,
/// without a gap, up to where it stands.
struct RepairTail: Sendable {
  let channel: ChannelID
  /// Where this device stands, and the chain as it computed it.
  let end: ReadMark
  /// One after the other; the last is at ``end``.
  let entries: [(position: Position, entry: TailEntry)]

  init(channel: ChannelID, end: ReadMark, stored: [(position: Position, entry: TailEntry)]) {
    self.channel = channel
    self.end = end
    var wanted = end.position
    var run: [(position: Position, entry: TailEntry)] = []
    for known in stored.reversed() {
      guard known.position == wanted, wanted.value > 0 else { break }
      run.append(known)
      wanted = Position(wanted.value - 1)
    }
    entries = run.reversed()
  }

  /// For each token, newest first, an append that can land nowhere: its refusal tells where the
  /// relay's log ends, if the relay knows the token.
  var probes: [Append] {
    var probes: [Append] = []
    var last: AccessToken?
    for known in entries.reversed() where last.map({ !$0.equals(known.entry.access) }) ?? true {
      last = known.entry.access
      let nowhere = ChainHash(checked: [UInt8](repeating: 0, count: ChainHash.length))
      probes.append(append(known, behind: nowhere))
    }
    return probes
  }

  /// The channel as it was made; nil when its first envelope is no longer known.
  var founding: NewChannel? {
    guard let first = entries.first, first.position == Position(1) else { return nil }
    return NewChannel(
      id: channel, kind: .relationship, token: first.entry.access.hash,
      turn: first.entry.turn.hash)
  }

  enum Plan {
    /// These, in this order; none where another member has put them back meanwhile.
    case append([Append])
    /// The relay has lost more than this device still knows.
    case tooShort
    /// The relay's log is not a beginning of this one.
    case fork
  }

  /// What is missing behind the relay's head. The chain decides: only over the log that this device has
  /// read do the missing entries lead to the chain that it computed.
  func plan(behind head: LogAt) -> Plan {
    // Somebody is ahead of this device and has been quicker: reading on tells whether it is the same log.
    guard head.position <= end.position else { return .append([]) }
    let missing = entries.filter { $0.position > head.position }
    guard UInt64(missing.count) == end.position.value - head.position.value else {
      return .tooShort
    }
    var chain = head.chain
    var appends: [Append] = []
    for known in missing {
      appends.append(append(known, behind: chain))
      let hash = EntryHash(
        id: known.entry.id, named: known.entry.named, envelope: known.entry.sealed)
      chain = chain.adding(hash, at: known.position)
    }
    return chain == end.chain ? .append(appends) : .fork
  }

  /// The very bytes, id and token that the relay had before.
  private func append(
    _ known: (position: Position, entry: TailEntry), behind chain: ChainHash
  ) -> Append {
    Append(
      channel: channel, token: known.entry.access, id: known.entry.id,
      turn: known.entry.named.isEmpty ? nil : known.entry.turn, named: known.entry.named,
      at: LogAt(position: known.position, chain: chain), envelope: known.entry.sealed)
  }
}
