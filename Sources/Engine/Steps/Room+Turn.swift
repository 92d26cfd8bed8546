// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol
internal import WireFormat

extension Room {
  /// Takes an entry that turned the lock: one's own staged commit, or another member's.
  func receiveTurn(_ entry: LogEntry) throws {
    let staged = try tx.get(StagedCommit.self, .stagedCommit, owner)
    if let staged, staged.append.id == entry.id, staged.append.sealed == entry.envelope,
      staged.append.named == entry.named, staged.append.epoch == channel.epoch
    {
      try promote(staged, at: entry)
    } else {
      try receiveForeignTurn(entry, dropping: staged)
    }
  }

  /// The own commit has landed: its state becomes the state, and what it held is released.
  private func promote(_ staged: StagedCommit, at entry: LogEntry) throws {
    let before = channel.read.chain
    channel.turn(entry.hash, into: staged.secrets)
    set(try MemberGroup(stored: staged.group))
    try tx.delete(.stagedCommit, owner)
    try tx.put(
      RecordKey(entry.position.value).bytes, .ownEnvelope, owner, RecordKey(entry.id.bytes))
    if let line = staged.line {
      try append(try UnverifiedLine(line), byMe: true)
      try wantReceipt(for: entry, before: before)
      if let number = staged.lineNumber { try tx.delete(.waitingLine, owner, RecordKey(number)) }
      try forgetListedDead()
    }
    channel.ownSerial = max(channel.ownSerial, staged.serial)
    if let wish = staged.wish { channel.answered(wish) }
    channel.told = max(channel.told, staged.append.told)
    channel.schedule.committed(at: now, random: alcove.random)
    try finishTurn(byMe: true)
  }

  /// A turn by another member. Its commit is valid only if the lock it installs is that of the very epoch
  /// it leads to; anything else ends the channel.
  private func receiveForeignTurn(
    _ entry: LogEntry, dropping staged: StagedCommit?
  ) throws {
    guard let content = channel.layer.open(entry.envelope, id: entry.id, named: entry.named) else {
      try stop(.brokenTurn)
      return
    }
    let policy = CommitPolicy(ledger: ledger, floors: floors)
    let next: CommitPolicy.Accepted
    switch try group().process(content, policy: policy, channel: channel.id) {
    case .ownLeaf:
      try stop(.copied)
      return
    case .identityChanged:
      try stop(.identityChanged)
      return
    case .invalid:
      try stop(.brokenTurn)
      return
    case .valid(let accepted):
      next = accepted
    }
    // The turn is authenticated: what was named is what every receiver derives.
    guard next.secrets.named == entry.named else {
      try stop(.brokenTurn)
      return
    }
    guard try checkReadMark(next.data.read, at: entry) else { return }
    channel.turn(entry.hash, into: next.secrets)
    set(next.group)
    channel.peerSerial = max(channel.peerSerial, next.serial)
    // Whoever signed a line is to see that it was read. All turns alike, or an acknowledgement would tell a
    // withdrawal from new keys; but that of the client who enters, which nothing else can be.
    if channel.peerHasCommitted || record.mine == .client { channel.worthTelling = entry.position }
    channel.peerHasCommitted = true
    if let staged {
      // Its id is kept: should the envelope ever be shown, it is known as one's own.
      try tx.put([], .ownEnvelope, owner, RecordKey(staged.append.id.bytes))
      try tx.delete(.stagedCommit, owner)
    }
    if let line = next.line { try append(line, byMe: false) }
    try finishTurn(byMe: false)
    try settleWaitingLines()
  }

  private func finishTurn(byMe: Bool) throws {
    try bindEpoch()
    events.append(.epoch(name, epoch: channel.epoch, byMe: byMe))
  }

  /// After somebody else's turn: a waiting line that has landed is done, one that lost its race is dead.
  private func settleWaitingLines() throws {
    for (key, stored) in try waitingLines() {
      let waiting = try underCurrentKey(stored, key)
      guard let line = try? UnverifiedLine(waiting.bytes) else {
        try tx.delete(.waitingLine, owner, key)
        continue
      }
      if ledger.contains(line.hash) {
        try tx.delete(.waitingLine, owner, key)
        try forgetListedDead()
      } else if (try? ledger.appending(line)) == nil, !onlyBinds(waiting) {
        try tx.delete(.waitingLine, owner, key)
        if waiting.origin != .carried { channel.dead.append(line.hash.bytes) }
        if waiting.origin == .person { events.append(.lineDied(name, kind: waiting.kind)) }
      }
    }
  }

  /// Dead lines that a landed own line has listed need not be listed again.
  private func forgetListedDead() throws {
    let listed = Set(ledger.last.line.void.map(\.bytes))
    channel.dead.removeAll { listed.contains($0) }
  }
}
